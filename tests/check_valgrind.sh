#!/bin/sh
# check_valgrind.sh RILL FAILED_BUILD - nothing is leaked, and nothing is read before it is written, by
# training, by sampling, and by a program whose graph fails to build.  Exit status 77: no valgrind.
#
# RILL_ISA=baseline since valgrind knows no AVX-512.
set -eu
command -v valgrind >/dev/null 2>&1 || { echo "check_valgrind: skipped: no valgrind"; exit 77; }
rill=$1 failed_build=$2
export RILL_ISA=baseline

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
watch() {
    valgrind --quiet --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
        --error-exitcode=9 "$@"
}
watch "$rill" train --data moons --out "$place/model.safetensors" --steps 50 --hidden 16 --layers 2 \
    --batch 32 --threads 2 --quiet
watch "$rill" sample --model "$place/model.safetensors" --n 20 --steps 3 --threads 2 --out "$place/samples.npy"
watch "$failed_build"
