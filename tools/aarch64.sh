#!/bin/sh
# aarch64.sh - builds rill for 64-bit ARM from the same sources and runs it under qemu: the tests of
# base, core and ops, the gradients of all ops and networks, and moons from training to samples, which have to
# be those that this machine draws from the same model. On Debian; some minutes; in build-aarch64.
set -eu
cd "$(dirname "$0")/.."
. tools/setup.sh

# shellcheck disable=SC2154,SC2086 # a list of words, from setup.sh
need $build_packages gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
arm_build=build-aarch64
packages=$PWD/$arm_build.packages
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# arm_apt WORD...: apt-get for the other kind of machine, apart from what is installed on this one.
arm_apt() {
    apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o APT::Sandbox::User=root \
        -o Dir::State::Lists="$packages/lists" -o Dir::Cache="$packages/cache" "$@"
}

# Check for the other machine: unpacked, not installed.
unpack_check() {
    mkdir -p "$packages/lists/partial" "$packages/cache/archives/partial"
    arm_apt update
    (cd "$packages" && arm_apt download check libsubunit-dev libsubunit0)
    for package in "$packages"/*.deb; do
        dpkg-deb -x "$package" "$packages/root"
    done
    printf "[constants]\nroot = '%s'\n" "$packages/root" >"$packages/root.ini"
}

arm() {
    qemu-aarch64 -L /usr/aarch64-linux-gnu $arm_build/tools/rill "$@"
}

# w2 A B: the distance of two files of samples.
w2() {
    build/tools/rill compare "$1" "$2" | sed -n 's/^W2 //p'
}

# less A B: whether A < B; says so when not.
less() {
    awk "BEGIN { exit !($1 < $2) }" || { echo "$1 is not less than $2" >&2; return 1; }
}

[ -f "$packages/root.ini" ] || unpack_check
[ -f $arm_build/build.ninja ] ||
    configure $arm_build --cross-file "$packages/root.ini" --cross-file tools/aarch64.ini -Dbuildtype=release \
        -Dcairo=disabled -Dtests=enabled
configure build
compile build tools/rill
compile $arm_build tools/rill

# qemu 7 itself fails when a forked child makes threads.
export CK_EXCLUDE_TAGS=fork CK_TIMEOUT_MULTIPLIER=10
meson test -C $arm_build --timeout-multiplier 10 --suite base --suite core --suite ops >"$work/tests" 2>&1 ||
    { cat "$work/tests"; exit 1; }
grep -E '^(Ok|Fail|Skipped):' "$work/tests"
arm gradcheck >"$work/gradcheck" || { cat "$work/gradcheck"; exit 1; }
tail -n 1 "$work/gradcheck"

arm train --data moons --steps 2000 --hidden 32 --out "$work/model.safetensors"
arm sample --model "$work/model.safetensors" --n 1000 --out "$work/arm.npy"
build/tools/rill sample --model "$work/model.safetensors" --n 1000 --out "$work/here.npy"
build/tools/rill data moons --n 1000 --held-out --out "$work/moons.npy"
learnt=$(w2 "$work/arm.npy" "$work/moons.npy")
apart=$(w2 "$work/arm.npy" "$work/here.npy")
echo "moons: W2 to the data $learnt, to samples drawn here $apart"
less "$learnt" 0.5  # noise is at 0.9
less "$apart" 1e-5  # some units in the last place of f32, in ten steps
