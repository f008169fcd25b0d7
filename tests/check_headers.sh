#!/bin/sh
# check_headers.sh BUILD - every header that is installed compiles alone, as C11 and as C++17, with nothing
# but the installed headers to include, and comes with rill.h.  Each compiler of gcc, g++, clang and clang++ that is
# there says so.
set -eu

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
meson install -C "$1" --no-rebuild --quiet --tags devel --destdir "$place" >"$place/log" 2>&1 ||
    { cat "$place/log" >&2; exit 1; }
include=$(dirname "$(find "$place" -type d -path '*/include/rill')")

checked=0 failed=0
# alone COMPILER LANGUAGE STANDARD: each header, included twice, as a program's first line.
alone() {
    command -v "$1" >/dev/null 2>&1 || return 0
    for header in $headers; do
        checked=$((checked + 1))
        printf '#include <%s>\n#include <%s>\n' "$header" "$header" |
            "$1" -x "$2" "-std=$3" -Wall -Wextra -Wpedantic -Werror -fsyntax-only "-I$include" - ||
            { echo "check_headers: $1 -std=$3: <$header> does not compile alone" >&2; failed=$((failed + 1)); }
    done
}

headers=$(cd "$include" && find rill -name '*.h' | sort)
alone gcc c c11
alone clang c c11
alone g++ c++ c++17
alone clang++ c++ c++17

# <rill/rill.h> gives a user everything.
reached=$(echo '#include <rill/rill.h>' | gcc -M -x c "-I$include" - | tr -d '\\' | tr ' ' '\n' | grep /rill/ |
    xargs realpath)
for header in $headers; do
    echo "$reached" | grep -q "/$header\$" ||
        { echo "check_headers: <rill/rill.h> does not include <$header>" >&2; failed=$((failed + 1)); }
done

echo "check_headers: $checked compilations, $failed failed"
[ "$failed" -eq 0 ] && [ "$checked" -gt 0 ]
