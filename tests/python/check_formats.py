#!/usr/bin/env python3
"""What rill writes, Python reads, and the other way round.

    check_formats.py FORMAT_EXCHANGE

FORMAT_EXCHANGE is the program built from tests/formats/format_exchange.c.  .npy is held against numpy,
byte for byte; .safetensors against the safetensors package when it can be imported.  Exit status 0: all
agree; 1: they do not; 77: no numpy, nothing was checked.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
except ImportError:
    print("check_formats: skipped: numpy cannot be imported (Debian: python3-numpy)")
    sys.exit(77)

try:
    import safetensors
    import safetensors.numpy
except ImportError:
    safetensors = None

SHAPES = [(), (1,), (0,), (7,), (2, 3), (5, 0, 10000), (1, 2, 1, 2, 1, 2, 1, 2)]
TYPES = ["f4", "f8", "i4", "i8", "u1"]
DTYPES = {"f32": "f4", "f64": "f8", "i32": "i4"}
METADATA = {"plain": "text", 'quote " \\ \n \x01': "caf\u00e9 \U0001f600"}


def expected(kind, shape):
    """The array that both sides know: see format_exchange.c."""
    i = np.arange(int(np.prod(shape)))
    values = i if kind == "u1" else (i - 3) * 2.5
    return values.astype("<" + kind).reshape(shape)


def arrays():
    for kind in TYPES:
        for index, shape in enumerate(SHAPES):
            yield f"{kind}-{index}.npy", expected(kind, shape)


def tensors():
    return {
        f"{name}.{index}": expected(kind, shape)
        for name, kind in DTYPES.items()
        for index, shape in enumerate(SHAPES)
    }


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b)


def check_npy(ours, theirs):
    """`ours` was written by rill; writes the same arrays to `theirs`."""
    for name, array in arrays():
        np.save(theirs / name, array)
        assert same(np.load(ours / name), array), f"{name}: numpy reads something else"
        assert (ours / name).read_bytes() == (theirs / name).read_bytes(), f"{name}: other bytes"
    return 2 * len(TYPES) * len(SHAPES)


def check_safetensors(ours, theirs):
    """As above; the bytes are compared without metadata, whose order the package leaves open."""
    path = ours / "rill.safetensors"
    found = safetensors.numpy.load_file(path)
    assert found.keys() == tensors().keys(), "rill.safetensors: other names"
    for name, array in tensors().items():
        assert same(found[name], array), f"rill.safetensors: {name} differs"
    with safetensors.safe_open(path, "numpy") as file:
        assert file.metadata() == METADATA, "rill.safetensors: other metadata"
    safetensors.numpy.save_file(tensors(), theirs / "python.safetensors", METADATA)
    blob, peer = path.read_bytes(), (theirs / "python.safetensors").read_bytes()
    assert after_metadata(blob) == after_metadata(peer), "rill.safetensors: other layout"
    return len(found)


def after_metadata(blob):
    """The tensors of the header, in order and without padding, and the data."""
    end = 8 + int.from_bytes(blob[:8], "little")
    header = blob[8:end].decode()
    return header[header.index("},") :].rstrip(), blob[end:]


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as theirs:
        subprocess.run([program, "write", ours], check=True)
        done = check_npy(Path(ours), Path(theirs))
        if safetensors:
            done += check_safetensors(Path(ours), Path(theirs))
        else:
            print("check_formats: .safetensors skipped: the package cannot be imported")
        subprocess.run([program, "read", theirs], check=True)
        for name, array in arrays():  # as transposed ones are saved
            np.save(Path(theirs) / name, np.array(array, order="F"))
        subprocess.run([program, "read", theirs], check=True)
    print(f"check_formats: {done} comparisons agree")


if __name__ == "__main__":
    main()
