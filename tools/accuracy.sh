#!/bin/sh
# accuracy.sh BUILD [OPTION...] - docs/accuracy.md on stdout: the worst errors of every elementwise function of one
# argument, over all f32, with each instruction set of this machine.  Some ten minutes a set on two cores.
# OPTION: of rill-accuracy (tools/accuracy/main.c), as in --threads 2.
set -eu
build=$1
shift
lines=$(mktemp -d)
trap 'rm -rf "$lines"' EXIT
status=0
for isa in avx512 avx2 baseline; do
    RILL_ISA=$isa "$build/tools/rill-accuracy" "$@" >"$lines/$isa" || status=$?
done
cat <<'HEAD'
# Accuracy of the elementwise functions

The worst errors of the vector functions (ops/cpu/vecmath.h) as the ops of elementwise.def use them, found by
tools/accuracy.sh: f32 over all 2^32 arguments, f64 over 10^8 random ones, half of them any bits at all. The unit
is the distance of neighbouring numbers (ulp) at the exact result; for gelu and gelu_tanh at the argument, and for the
slopes, which are factors of about 1, at 1. The bound is 2, for sigmoid, silu, softplus and the slopes 4.
Infinities, NaN, zeros and subnormals are among the arguments. `at` is where the error with the first set is.

HEAD
printf '| function |'
for isa in avx512 avx2 baseline; do printf ' f32 %s |' $isa; done
printf ' at |'
for isa in avx512 avx2 baseline; do printf ' f64 %s |' $isa; done
printf ' at |\n|---|---|---|---|---|---|---|---|---|\n'
paste -d' ' "$lines/avx512" "$lines/avx2" "$lines/baseline" | sed 's/ BROKEN//g' |
    awk '{ printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", $1, $2, $7, $12, $3, $4, $9, $14, $5 }'
exit $status
