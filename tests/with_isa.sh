#!/bin/sh
# with_isa.sh ISA RILL PROGRAM - runs PROGRAM with the kernels of one instruction set; skipped (77) where the
# command says that the processor has no such set.
export RILL_ISA="$1"
"$2" gradcheck sin >/dev/null 2>&1 || exit 77
exec "$3"
