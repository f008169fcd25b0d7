"""data.py DIR - the points of the table: pools to train on and points to test on, as .npy files.

Eight Gaussians: radius 5, sd .5623.  Moons: two half circles with noise of sd .05, times 2, column 0 less 1.
S-curve: columns x and z of the surface in space, noise of sd .05, times 1.5.  100,000 points each to train on, and for each
of five seeds 10,000 to test on, with the 10,000 points that start there."""

import pathlib
import sys

import numpy

POOL, TEST, SEEDS = 100_000, 10_000, 5


def gaussian(rng, n):
    return rng.standard_normal((n, 2))


def eight_gaussians(rng, n):
    angle = 2 * numpy.pi * rng.integers(8, size=n) / 8
    centres = 5 * numpy.stack([numpy.cos(angle), numpy.sin(angle)], 1)
    return centres + 0.5623 * rng.standard_normal((n, 2))


def moons(rng, n):
    angle, lower = numpy.pi * rng.random(n), rng.random(n) < 0.5
    x = numpy.where(lower, 1 - numpy.cos(angle), numpy.cos(angle))
    y = numpy.where(lower, 0.5 - numpy.sin(angle), numpy.sin(angle))
    points = 2 * (numpy.stack([x, y], 1) + 0.05 * rng.standard_normal((n, 2)))
    points[:, 0] -= 1
    return points


def scurve(rng, n):
    t = 3 * numpy.pi * (rng.random(n) - 0.5)
    points = numpy.stack([numpy.sin(t), numpy.sign(t) * (numpy.cos(t) - 1)], 1)
    return 1.5 * (points + 0.05 * rng.standard_normal((n, 2)))


SETS = {"gaussian": gaussian, "8gaussians": eight_gaussians, "moons": moons, "scurve": scurve}


def main(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for k, (name, draw) in enumerate(SETS.items()):
        rng = numpy.random.default_rng(k)
        numpy.save(folder / f"{name}.npy", draw(rng, POOL).astype("f4"))
        for seed in range(SEEDS):
            rng = numpy.random.default_rng(1000 + 10 * k + seed)
            numpy.save(folder / f"{name}-test{seed}.npy", draw(rng, TEST).astype("f4"))


if __name__ == "__main__":
    main(sys.argv[1])
