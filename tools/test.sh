#!/bin/sh
# test.sh [--sanitize] - installs what is missing, builds rill and runs the whole suite; the last line
# counts what passed and what failed.  With --sanitize: built by clang with ASan and UBSan.  WERROR=true
# makes warnings errors.
cd "$(dirname "$0")/.."
. tools/setup.sh

sanitize=
case "${1:-}" in
    '') ;;
    --sanitize) sanitize=1 ;;
    *) echo "usage: test.sh [--sanitize]" >&2; exit 2 ;;
esac

# shellcheck disable=SC2086 # a list of words
need $build_packages graphviz check g++ clang libclang-rt-14-dev python3-numpy

if [ -n "$sanitize" ]; then
    dir=build-sanitize
    [ -f $dir/build.ninja ] || export CC=clang
    configure $dir -Dwerror=${WERROR:-false} -Dbuildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false \
        -Dc_args=-fno-sanitize-recover=all
else
    dir=build
    configure $dir -Dwerror=${WERROR:-false} -Dbuildtype=release
fi
compile $dir
CK_FORK=${CK_FORK:-yes} meson test -C $dir --no-rebuild --quiet >$dir.log 2>&1 || true
exec python3 tools/count_tests.py $dir/meson-logs/testlog.json
