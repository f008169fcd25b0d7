"""What the table's scripts share: the pairs of sets, the methods, the settings, and where results are kept."""

import csv
import pathlib

PAIRS = [("gaussian", "8gaussians"), ("moons", "8gaussians"), ("gaussian", "moons"), ("gaussian", "scurve")]
METHODS = ["independent", "ot", "sf2m"]
STEPS, BATCH, EULER, SEEDS = 20_000, 512, 100, 5
RESULTS = pathlib.Path(__file__).parent / "results.csv"
FIELDS = ["library", "source", "target", "method", "seed", "W2", "energy", "seconds", "versions"]


def cells():
    for source, target in PAIRS:
        for method in METHODS:
            yield source, target, method


def runs():
    """Seed by seed, so that what is there when one stops is a whole table."""
    for seed in range(SEEDS):
        for cell in cells():
            yield (*cell, seed)


def results():
    """{(library, source, target, method, seed): row}, of what was run so far."""
    if not RESULTS.exists():
        return {}
    with RESULTS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {(r["library"], r["source"], r["target"], r["method"], int(r["seed"])): r for r in rows}


def keep(row):
    new = not RESULTS.exists()
    with RESULTS.open("a", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)


def path_energy(trajectory):
    """E integral |v|^2 dt along Euler steps [steps+1, n, 2] of equal length."""
    moves = trajectory[1:] - trajectory[:-1]
    return float((moves**2).sum(-1).mean(1).sum() * (len(trajectory) - 1))


def normalised(energy, w2):
    """Of a path energy, by the W2 between what is carried and where to."""
    return abs(energy - w2**2) / w2**2
