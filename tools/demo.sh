#!/bin/sh
# demo.sh [DIR] - installs what is missing, builds rill and runs `rill demo DIR` (rill-demo unless
# given): it trains on real data, draws what it learnt and prints steps against quality.
cd "$(dirname "$0")/.."
. tools/setup.sh

# shellcheck disable=SC2086 # a list of words
need $build_packages graphviz
configure build -Dbuildtype=release
compile build
exec build/tools/rill demo "$@"
