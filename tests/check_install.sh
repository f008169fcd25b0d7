#!/bin/sh
# check_install.sh SOURCE BUILD - what `meson install` installs is enough to build on.
#
# Programs in C and C++, and one with a command of its own, are compiled in another folder with what
# pkg-config says, and run.  CC, CXX and FLAGS are how BUILD itself was compiled, for sanitizers.
set -eu
source=$1 build=$2

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
meson install -C "$build" --no-rebuild --quiet --destdir "$place" >log 2>&1 || { cat log >&2; exit 1; }

# What is installed was moved from where it would be: so is what its .pc files say.
folder=$(dirname "$(find "$place" -name rill.pc)")
for pc in "$folder"/rill*.pc; do
    sed -i "s|^prefix=|prefix=$place|" "$pc"
done
export PKG_CONFIG_PATH="$folder"
LD_LIBRARY_PATH=$(dirname "$folder")
export LD_LIBRARY_PATH

# build NAME COMPILER SOURCE PACKAGE
build() {
    # shellcheck disable=SC2046,SC2086 # lists of words
    $2 ${FLAGS:-} $(pkg-config --cflags "$4") "$3" -o "$1" $(pkg-config --libs "$4") -lm
}
printf '#include <rill/core/graph.h>\nint main(void) { rill_graph_free(rill_graph_new(0)); return 0; }\n' >alone.c
build alone "${CC:-cc} -std=c11" alone.c rill
build regress "${CC:-cc} -std=gnu11" "$source/examples/regress.c" rill
build use "${CXX:-c++} -std=c++17" "$source/tests/install/use.cc" rill
build own_command "${CC:-cc} -std=gnu11" "$source/examples/own_command.c" rill_command

./alone
./regress
./use
./own_command gradcheck wavy
"$(find "$place" -path '*/bin/rill')" --version
