"""moons, 8gaussians and checkerboard with the default network: energy distance of samples to data
beside its floor, which is that of data to data."""

import numpy

import common

COUNT = 2000
BARS = {"moons": 1.25, "8gaussians": 1.25, "checkerboard": 1.5}


def data(rill, kind, i):
    """The i-th fresh set of COUNT points: held out, so that no training has seen them."""
    name = f"{kind}-data{i}.npy"
    rill.data(name, kind, n=COUNT, seed=i, held_out=True)
    return name


def floor(rill, kind, pairs):
    """What the distance is between two finite samples of one distribution: not zero."""
    return numpy.mean([
        rill.distance("energy", data(rill, kind, 2 * i), data(rill, kind, 2 * i + 1))
        for i in range(pairs)
    ])


def model_distance(rill, model, kind, seed, draws):
    """Mean distance of `draws` samples of the model to as many sets of data."""
    name = f"{kind}-samples.npy"
    samples = rill.sample(model, name, n=COUNT * draws, steps=100, seed=seed)
    pieces = rill.pieces(f"{kind}-draw", samples, COUNT)
    return numpy.mean([
        rill.distance("energy", piece, data(rill, kind, seed * draws + i))
        for i, piece in enumerate(pieces)
    ])


def main():
    options = common.arguments(__doc__)
    rill = common.Command(options)
    seeds, draws, pairs = (1, 5, 10) if options.quick else (5, 20, 100)
    train = {"steps": 5000} if options.quick else {}
    # A quarter of the training leaves about twice the floor, and few draws add to it; noise that
    # was never moved is at seven times the floor, and more.
    slack = 3.0 if options.quick else 1.0
    table = common.Table(
        f"Energy distance of {COUNT} samples at 100 steps to data, over that of data to data: "
        f"{seeds} seeds of {draws} draws, {pairs} pairs",
        "floor",
    )
    for kind, bar in BARS.items():
        least = floor(rill, kind, pairs)
        rill.check_energy(f"{kind}-data0.npy", f"{kind}-data1.npy")
        ratios = []
        for seed in range(seeds):
            model = f"{kind}{seed}.safetensors"
            rill.train(model, data=kind, seed=seed, **train)
            ratios.append(model_distance(rill, model, kind, seed, draws) / least)
        table.add(kind, ratios, least, at_most=slack * bar)
    table.finish()


if __name__ == "__main__":
    main()
