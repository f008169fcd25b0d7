# setup.sh - sourced by demo.sh and test.sh: sees to the packages that a build needs.
#
# `need PACKAGE...` installs what is missing with apt-get, as root or by sudo, and otherwise says
# exactly what to install and ends.

set -eu

missing_of() {
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            printf '%s ' "$package"
    done
}

need() {
    command -v dpkg-query >/dev/null 2>&1 || return 0 # not Debian: the build says what it lacks
    missing=$(missing_of "$@")
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
            as_root=sudo
        else
            echo "rill needs packages that are not installed. As root:" >&2
            echo "    apt-get install $missing" >&2
            exit 1
        fi
    fi
    echo "installing: $missing" >&2
    # shellcheck disable=SC2086 # a list of words
    { $as_root apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends \
            $missing; } >&2
}

# configure DIR [MESON OPTION...]: makes or updates a build directory.
configure() {
    dir=$1
    shift
    if [ -f "$dir/build.ninja" ]; then
        meson configure "$dir" "$@" >/dev/null
    else
        meson setup "$dir" "$@" >"$dir.log" 2>&1 || { cat "$dir.log" >&2; exit 1; }
    fi
}

# compile DIR [TARGET...]: builds, with no more than a line unless it fails.
compile() {
    dir=$1
    shift
    echo "building in $dir (the first time: a minute or two)" >&2
    ninja -C "$dir" "$@" >"$dir.log" 2>&1 || { cat "$dir.log" >&2; exit 1; }
}

build_packages="gcc libc6-dev meson ninja-build pkg-config libcairo2-dev"
