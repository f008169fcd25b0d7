#!/bin/sh
# accuracy.sh BUILD [EVERY [DOUBLES]] - docs/accuracy.md on stdout: the worst errors of every elementwise function of one
# argument with each instruction set, over every EVERY-th f32 (1: all) and DOUBLES random f64 (10^8). In full it takes some
# forty minutes on two idle cores.  The status is 1 when a function is worse than promised.
set -eu
build=$1 every=${2:-1} doubles=${3:-100000000}
sets='avx512 avx2 baseline'
lines=$(mktemp -d)
trap 'rm -rf "$lines"' EXIT
status=0
for isa in $sets; do
    RILL_ISA=$isa "$build/tools/rill-accuracy" --threads "$(nproc)" --every "$every" --doubles "$doubles" \
        >"$lines/$isa" || status=$?
done
case $every in
    1) arguments='all 2^32 of them' ;;
    *) arguments="one bit pattern in $every" ;;
esac
cat <<HEAD
# Accuracy of the elementwise functions

The worst errors of the vector functions (ops/cpu/vecmath.h) as the ops of elementwise.def use them, found by
tools/accuracy.sh among arguments in f32 ($arguments) and in f64 ($doubles at random, half of them any bits
at all), infinities, NaN, zeros and subnormals included. They are told in ulp: the distance of neighbouring numbers at the
exact result; for gelu and gelu_tanh at the argument, and for slopes, which are factors near 1, at 1. The bound is 2, for
sigmoid, silu, softplus and slopes 4. \`at\` is the argument of the worst error with the first set.

HEAD
printf '| function |'
for isa in $sets; do printf ' f32 %s |' "$isa"; done
printf ' at |'
for isa in $sets; do printf ' f64 %s |' "$isa"; done
printf ' at |\n|---|---|---|---|---|---|---|---|---|\n'
cd "$lines"
# shellcheck disable=SC2086 # a list of files
paste -d' ' $sets | sed 's/ BROKEN//g' |
    awk '{ printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", $1, $2, $7, $12, $3, $4, $9, $14, $5 }'
exit $status
