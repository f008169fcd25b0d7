"""rill_runs.py RILL DIR - the same training as torchcfm_runs.py by the rill command, on the same files; the samples
and their path energy go to DIR/rill, with the processor time of all threads.  Runs that are there already are not
done again."""

import json
import pathlib
import resource
import subprocess
import sys

import numpy

from pairs import BATCH, EULER, STEPS, path_energy, runs

METHODS = {
    "independent": ["--path", "tube:.1"],
    "ot": ["--path", "tube:.1", "--coupling", "ot"],
    "sf2m": ["--path", "bridge:1", "--coupling", "ot", "--objective", "sf2m"],
}
SETTINGS = ["--hidden", "64", "--layers", "3", "--activation", "selu", "--optimizer", "adamw", "--lr", "1e-3",
            "--weight-decay", "1e-5", "--lr-schedule", "constant", "--ema", "0", "--batch", str(BATCH),
            "--steps", str(STEPS), "--quiet"]


def processor_seconds():
    """Of all commands that ended so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(rill, folder, source, target, method, seed):
    name = folder / "rill" / f"{source}-{target}-{method}-{seed}"
    if name.with_suffix(".json").exists():
        return
    model, end, way = (str(name) + suffix for suffix in (".safetensors", ".npy", "-way.npy"))
    start = [] if source == "gaussian" else ["--source", str(folder / f"{source}.npy")]
    begin = processor_seconds()
    subprocess.run([rill, "train", "--data", str(folder / f"{target}.npy"), *start, *METHODS[method], *SETTINGS,
                    "--seed", str(seed), "--threads", "2", "--out", model], check=True)
    seconds = processor_seconds() - begin
    subprocess.run([rill, "sample", "--model", model, "--x0", str(folder / f"{source}-test{seed}.npy"),
                    "--steps", str(EULER), "--out", end, "--trajectory", way], check=True)
    energy = path_energy(numpy.load(way))
    pathlib.Path(way).unlink()
    name.with_suffix(".json").write_text(json.dumps({"energy": energy, "seconds": seconds}))


def main(rill, folder):
    (folder / "rill").mkdir(exist_ok=True)
    for job in runs():
        run(rill, folder, *job)
        print(*job, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
