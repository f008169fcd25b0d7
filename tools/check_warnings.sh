#!/bin/sh
# check_warnings.sh [COMPILER...] - compiles every source with each compiler (gcc and clang by default) and
# all of the house's warnings as errors.  In build-warnings-COMPILER.
set -eu
cd "$(dirname "$0")/.."
. tools/setup.sh

[ $# -gt 0 ] || set -- gcc clang
status=0
for compiler in "$@"; do
    dir=build-warnings-$compiler
    [ -f "$dir/build.ninja" ] || export CC="$compiler"
    configure "$dir" -Doptimization=1 -Dwerror=true
    # One run names everything that is wrong, not only the first.
    ninja -k 0 -C "$dir" >"$dir.log" 2>&1 || status=1
    grep -A 4 -E '(error|warning):' "$dir.log" || true
    echo "$compiler: $(grep -c -E '(error|warning):' "$dir.log") warnings"
done
exit $status
