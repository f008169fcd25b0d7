#!/bin/sh
# peers.sh [FOLDER] - makes the Python environment of `rill bench --peers`: JAX and PyTorch for
# processors, in the versions that are compared with.  FOLDER is ~/.cache/rill/peers unless given; with
# another one, RILL_PEERS=FOLDER tells rill.  About 2 GB; needs Python 3.11 or later and the network.
set -eu
folder=${1:-${RILL_PEERS:-$HOME/.cache/rill/peers}}
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    { echo "peers.sh: $python is older than 3.11: name a later one, PYTHON=python3.11 peers.sh" >&2; exit 1; }
"$python" -m venv "$folder" ||
    { echo "peers.sh: no environment in $folder: on Debian, python3-venv is needed" >&2; exit 1; }
pip="$folder/bin/python -m pip --disable-pip-version-check install --quiet"
$pip 'jax[cpu]==0.10.2'
# Builds without CUDA have an index of their own; where it is out of reach, the others serve as well.
$pip --retries 1 --index-url https://download.pytorch.org/whl/cpu 'torch==2.15.0' 2>/dev/null || $pip 'torch==2.15.0'
$pip setuptools # torch.compile needs it
command -v g++ >/dev/null || echo "peers.sh: torch.compile needs g++, which is not there" >&2
"$folder/bin/python" -c 'import jax, torch; print("jax", jax.__version__, "torch", torch.__version__)'
