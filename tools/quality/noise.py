"""moons by the stochastic sampler at several noise levels c sqrt(1-t): energy distance to data, beside
that of the deterministic sampler of the same model."""

import numpy

import common

COUNT = 2000
LEVELS = (0.3, 1, 2)


def distances(rill, seed, draws, **flags):
    """Of `draws` samples of COUNT, each to a draw of data of its own."""
    samples = rill.sample("moons", "samples.npy", n=COUNT * draws, seed=1000 + seed, **flags)
    pieces = rill.pieces("draw", samples, COUNT)
    return [rill.distance("energy", piece, f"data{i}.npy") for i, piece in enumerate(pieces)]


def main():
    options = common.arguments(__doc__)
    rill = common.Command(options)
    draws, steps, short = (4, 500, {"steps": 4000}) if options.quick else (8, 1000, {})
    bar = 1.7 if options.quick else 1.3  # quick steps are twice as long
    for i in range(draws):
        rill.data(f"data{i}.npy", "moons", n=COUNT, seed=i, held_out=True)
    rill.check_energy("data0.npy", "data1.npy")
    rill.train("moons", data="moons", seed=0, **short)
    sure = distances(rill, 0, draws, steps=steps)
    table = common.Table(f"moons, energy distance to data: {draws} draws of {COUNT}, {steps} steps of "
                         "Euler-Maruyama", "over no noise", mark="noise")
    table.add("no noise", sure, 1.0)
    for i, level in enumerate(LEVELS):
        found = distances(rill, i + 1, draws, steps=steps, noise_level=f"root:{level}")
        table.add(f"c = {level}", found, numpy.mean(found) / numpy.mean(sure),
                  at_most=bar * numpy.mean(sure))
    table.add("of data to data", [rill.distance("energy", f"data{i}.npy", f"data{i + 1}.npy")
                                  for i in range(0, draws, 2)])
    table.finish(options.page)


if __name__ == "__main__":
    main()
