"""moons before and after reflow: how straight samples travel, and the energy distance of few steps
to data."""

import numpy

import common

COUNT = 2000
STEPS = (1, 2, 5, 100)


def travel(rill, model, seed):
    """squared-speed and straightness, by 100 steps of rk4."""
    rill.sample(model, "end.npy", n=10000, steps=100, solver="rk4", seed=1000 + seed,
                trajectory="ways.npy")
    lines = rill.run("trajectory", "ways.npy").splitlines()
    return {name: float(value) for name, value in map(str.split, lines)}


def distances(rill, model, seed, draws):
    """For each of STEPS, the mean over draws; they share their noise."""
    result = {}
    for steps in STEPS:
        samples = rill.sample(model, "samples.npy", n=COUNT * draws, steps=steps, seed=1000 + seed)
        pieces = rill.pieces("draw", samples, COUNT)
        result[steps] = numpy.mean([
            rill.distance("energy", piece, f"data{i}.npy") for i, piece in enumerate(pieces)
        ])
    return result


def main():
    options = common.arguments(__doc__)
    rill = common.Command(options)
    seeds, draws = (1, 4) if options.quick else (5, 20)
    short = {"steps": 4000} if options.quick else {}
    for i in range(draws):
        rill.data(f"data{i}.npy", "moons", n=COUNT, seed=i, held_out=True)
    rill.check_energy("data0.npy", "data1.npy")
    floor = rill.distance("energy", "data0.npy", "data1.npy")
    before, after = [], []
    for seed in range(seeds):
        rill.train("bent", data="moons", seed=seed, **short)
        rill.run("reflow", model="bent", out="straight", seed=seed, quiet=True, **short,
                 **rill.threads)
        for model, found in (("bent", before), ("straight", after)):
            found.append((travel(rill, model, seed), distances(rill, model, seed, draws)))
    report(options, before, after, floor, f"{seeds} seeds, {draws} draws of {COUNT}")


def report(options, before, after, floor, what):
    """before and after: (travel, distances by steps) of each seed."""
    table = common.Table(f"moons, energy distance to data and straightness: {what}", "before")
    bent, straight = (numpy.array([t["straightness"] for t, _ in found])
                      for found in (before, after))
    table.add("straightness", straight, bent.mean())
    table.add("straightness, of before", straight / bent, at_most=0.05)
    table.add("squared speed", [t["squared-speed"] for t, _ in after],
              numpy.mean([t["squared-speed"] for t, _ in before]))
    for steps in STEPS:
        table.add(f"energy distance, {steps} steps" if steps > 1 else "energy distance, 1 step",
                  [d[steps] for _, d in after], numpy.mean([d[steps] for _, d in before]))
    table.add("of data to data", floor)
    # A fifth of the training leaves ways a little bent.
    table.add("1 step over 100", [d[1] / d[100] for _, d in after],
              numpy.mean([d[1] / d[100] for _, d in before]), at_most=1.5 if options.quick else 1.25)
    table.finish(options.page)


if __name__ == "__main__":
    main()
