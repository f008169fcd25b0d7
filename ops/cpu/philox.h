/* philox.h (private) - Philox4x32-10 (core/rng.h) on vectors: as many blocks at a time as a vector
 * has lanes of 32 bits.
 *
 * Blocks are made in two sets, those of even and of odd lanes.  In each a word has 64 bits to
 * itself, so that a product has room; what is above its low 32 bits is left as it comes until the
 * end. */
#ifndef RILL_OPS_CPU_PHILOX_H
#define RILL_OPS_CPU_PHILOX_H

#include "vecmath.h"

enum { PHILOX_LANES = VM_BYTES / 4 };

/* Consecutive blocks of a row, or the same block of consecutive rows. */
typedef struct philox_place {
    uint64_t key;
    uint32_t step, block;
    uint64_t row;
    int along_rows;
} philox_place;

/* Word k of the block in each lane. */
typedef struct philox_words {
    vm_u32 word[4];
} philox_words;

/* The products of the low halves of lanes.  x86 has an instruction for it, which gcc does not see
 * in a product of what is masked. */
VM_INLINE vm_u64 philox_product(vm_u64 a, uint32_t b)
{
#ifdef VM_X86
    typedef VM_VECTOR(long long) bits;
    return (vm_u64)VM_X86(mul_epu32)((bits)a, (bits)(b + (vm_u64){ 0 }));
#else
    return (a & UINT32_MAX) * b;
#endif
}

/* 0, 2, 4, ... */
VM_INLINE vm_u64 philox_even(void)
{
    vm_u64 lane;
    for (size_t i = 0; i < VM_BYTES / 8; i++)
        lane[i] = 2 * i;
    return lane;
}

VM_INLINE void philox_rounds(vm_u64 c[4], uint64_t key)
{
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
        vm_u64 p0 = philox_product(c[0], 0xD2511F53u), p1 = philox_product(c[2], 0xCD9E8D57u);
        c[0] = (p1 >> 32) ^ c[1] ^ k0;
        c[1] = p1;
        c[2] = (p0 >> 32) ^ c[3] ^ k1;
        c[3] = p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}

/* The blocks of lanes 0, 2, 4, ... (or 1, 3, 5, ...) */
VM_INLINE void philox_set(const philox_place *at, uint32_t odd, vm_u64 c[4])
{
    const vm_u64 zero = { 0 }, lane = philox_even() + odd;
    vm_u64 row = at->row + (at->along_rows ? lane : zero);
    c[0] = at->block + (at->along_rows ? zero : lane);
    c[1] = row;
    c[2] = row >> 32;
    c[3] = at->step + zero;
    philox_rounds(c, at->key);
}

VM_INLINE philox_words philox_blocks(const philox_place *at)
{
    philox_words made;
    vm_u64 even[4], odd[4];
    philox_set(at, 0, even);
    philox_set(at, 1, odd);
    for (int k = 0; k < 4; k++)
        made.word[k] = (vm_u32)((even[k] & UINT32_MAX) | odd[k] << 32);
    return made;
}

#endif
