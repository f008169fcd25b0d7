#!/bin/sh
# check_extra_op.sh SOURCE BUILD - a new elementwise op is one line in one file.
#
# Builds rill in BUILD with the line of tests/extra_op/softsign.def added to elementwise.def, and looks for
# the op everywhere: list, derivatives of both orders, kernels of both float types, fusion, drawing, C.
set -eu
source=$1 build=$2

if [ ! -f "$build/build.ninja" ]; then
    meson setup "$build" "$source" -Doptimization=0 -Dcairo=disabled -Dtests=disabled \
        -Dc_args="['-DRILL_EXTRA_ELEMENTWISE=\"$source/tests/extra_op/softsign.def\"']" >"$build.log" 2>&1 ||
        { cat "$build.log" >&2; exit 1; }
fi
ninja -C "$build" librill.a tools/rill >"$build.log" 2>&1 || { cat "$build.log" >&2; exit 1; }

expect() {
    printf '%s\n' "$1" | grep -q "$2" || { echo "check_extra_op: no '$2' in: $1" >&2; exit 1; }
}
rill=$build/tools/rill
expect "$("$rill" ops)" '^ *softsign'
expect "$("$rill" ops softsign)" 'y = a / (1 + abs(a))'
expect "$("$rill" gradcheck softsign)" '^op *softsign *ok.*first order.*second order'

cc -std=gnu11 -Wall -Wextra -ffp-contract=off "-I$build/include" \
    "-DRILL_EXTRA_ELEMENTWISE=\"$source/tests/extra_op/softsign.def\"" \
    "$source/tests/extra_op/softsign.c" "$build/librill.a" -lm -pthread -o "$build/softsign"
"$build/softsign"
