#!/bin/sh
# run.sh SECONDS [TARGET...] - fuzzes the parsers (csv, formula, npy, safetensors; all by default), each for
# that long, and adds to tests/fuzz/corpus what reaches code that the corpus does not.
#
# Built by clang with libFuzzer, ASan and UBSan in build-fuzz, or in $BUILD.  An input that crashes is left
# there as crash-*, and the exit status is 1.
set -eu
cd "$(dirname "$0")/../.."

[ $# -ge 1 ] || { echo "usage: run.sh SECONDS [TARGET...]" >&2; exit 2; }
seconds=$1
shift
[ $# -gt 0 ] || set -- csv formula npy safetensors

build=${BUILD:-build-fuzz}
CC=${CC:-clang}
[ -f "$build/build.ninja" ] || CC=$CC meson setup "$build" -Dtests=disabled -Dcairo=disabled -Dbuildtype=debugoptimized \
    -Db_sanitize=address,undefined -Db_lundef=false \
    -Dc_args="-fsanitize=fuzzer-no-link -fno-sanitize-recover=all" >/dev/null
ninja -C "$build" librill.a tools/librill_command.a >/dev/null

status=0
for target in "$@"; do
    corpus=tests/fuzz/corpus/$target
    $CC -std=gnu11 -D_GNU_SOURCE -I. -I"$build/include" -O1 -g -fsanitize=fuzzer,address,undefined \
        -fno-sanitize-recover=all "tests/fuzz/fuzz_$target.c" "$build/tools/librill_command.a" "$build/librill.a" \
        -lm -pthread -o "$build/fuzz_$target"
    mkdir -p "$build/found_$target" "$corpus"
    log=$build/$target.log
    "$build/fuzz_$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=1024 \
        -malloc_limit_mb=512 -print_final_stats=1 -artifact_prefix="$build/crash-$target-" \
        "$build/found_$target" "$corpus" >"$log" 2>&1 || status=1
    # Only what adds coverage, the smallest first; what is long stays out of the repository.
    find "$build/found_$target" -type f -size +1024c -delete
    "$build/fuzz_$target" -set_cover_merge=1 -max_len=4096 "$corpus" "$build/found_$target" \
        >"$log.merge" 2>&1 || status=1
    echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") executions," \
        "$(find "$corpus" -type f | wc -l) files, $(du -sb "$corpus" | cut -f1) bytes"
done
exit $status
