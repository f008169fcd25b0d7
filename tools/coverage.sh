#!/bin/sh
# coverage.sh [--files] - the lines of core, formats, ops and models that the suite runs.  Built by gcc in
# build-coverage.
set -eu
cd "$(dirname "$0")/.."
. tools/setup.sh
# shellcheck disable=SC2086 # a list of words
need $build_packages check

dir=build-coverage
configure $dir -Dbuildtype=plain -Doptimization=1 -Db_ndebug=false -Db_coverage=true
compile $dir
find $dir -name '*.gcda' -delete
CK_FORK=${CK_FORK:-yes} meson test -C $dir --no-rebuild --quiet --no-suite house >$dir.log 2>&1 ||
    { tail -n 30 $dir.log >&2; exit 1; }
exec python3 tools/count_coverage.py . $dir "${1:-}"
