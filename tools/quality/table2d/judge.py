"""judge.py RILL DIR - W2 of the samples of both libraries in DIR to the test points, by one program, `rill compare`;
adds what is new to results.csv, which is kept since the other library's runs take hours."""

import json
import pathlib
import subprocess
import sys

from pairs import keep, results, runs


def w2(rill, a, b):
    told = subprocess.run([rill, "compare", str(a), str(b), "--metric", "W2"], check=True, capture_output=True, text=True)
    return float(told.stdout.split()[1])


def versions(rill, facts):
    if "torch" in facts:
        return f"torchcfm 1.0.7, torch {facts['torch']}"
    return subprocess.run([rill, "--version"], capture_output=True, text=True).stdout.strip()


def main(rill, folder):
    known = results()
    for source, target, method, seed in runs():
        for library in ("rill", "torchcfm"):
            name = folder / library / f"{source}-{target}-{method}-{seed}"
            if (library, source, target, method, seed) in known or not name.with_suffix(".json").exists():
                continue
            facts = json.loads(name.with_suffix(".json").read_text())
            keep({"library": library, "source": source, "target": target, "method": method, "seed": seed,
                  "W2": f"{w2(rill, name.with_suffix('.npy'), folder / f'{target}-test{seed}.npy'):.6g}",
                  "energy": f"{facts['energy']:.6g}", "seconds": f"{facts['seconds']:.3g}",
                  "versions": versions(rill, facts)})
            print(library, source, target, method, seed, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
