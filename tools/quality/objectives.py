"""8gaussians in one step, by the objectives that learn where a sample ends up, beside five Euler steps
of the velocity: W2 and energy distance to held-out data."""

import itertools

import numpy

import common

COUNT = 2000
ONE_STEP = {
    "meanflow": {"objective": "meanflow"},
    "meanflow, OT pairs": {"objective": "meanflow", "coupling": "ot"},
    "shortcut": {"objective": "shortcut"},
    "consistency": {"objective": "consistency"},
}
FIRST = 10  # seeds before it are those that the defaults were chosen on


def distances(rill, model, seed, steps, draws):
    """(W2, energy) to data, the means over draws; models share their noise."""
    samples = rill.sample(model, "samples.npy", n=COUNT * draws, steps=steps, seed=1000 + seed)
    pieces = rill.pieces("draw", samples, COUNT)
    return numpy.mean([
        [rill.distance(metric, piece, f"data{i}.npy") for metric in ("W2", "energy")]
        for i, piece in enumerate(pieces)
    ], axis=0)


def main():
    options = common.arguments(__doc__)
    rill = common.Command(options)
    seeds, draws = (1, 2) if options.quick else (10, 6)
    short = {"steps": 5000} if options.quick else {}
    for i in range(draws):
        rill.data(f"data{i}.npy", "8gaussians", n=COUNT, seed=i, held_out=True)
    rill.check_energy("data0.npy", "data1.npy")
    pairs = list(itertools.combinations([f"data{i}.npy" for i in range(draws)], 2))
    floor = [numpy.mean([rill.distance(metric, *pair) for pair in pairs]) for metric in ("W2", "energy")]
    plain, found = [], {(name, steps): [] for name in ONE_STEP for steps in (1, 2)}
    for seed in range(FIRST, FIRST + seeds):
        rill.train("plain", data="8gaussians", seed=seed, **short)
        plain.append(distances(rill, "plain", seed, 5, draws))
        for name, flags in ONE_STEP.items():
            rill.train("model", data="8gaussians", seed=seed, **flags, **short)
            for steps in (1, 2):
                found[name, steps].append(distances(rill, "model", seed, steps, draws))
    report(options, numpy.array(plain), found, floor,
           f"{seeds} seeds of training, from {FIRST} on, {draws} draws of {COUNT}")


def report(options, plain, found, floor, what):
    """plain and each of found: (W2, energy) of each seed."""
    table = common.Table(f"8gaussians in one and two steps: {what}", "velocity, 5 Euler steps")
    for (name, steps), values in found.items():
        ratios = numpy.array(values).mean(axis=0) / plain.mean(axis=0)
        judged = "meanflow" in name and steps == 1 and not options.quick
        for i, (metric, most) in enumerate((("W2", 1.0), ("energy distance", 0.7))):
            of = f"{name}, {steps} step{'s' if steps > 1 else ''}: {metric}"
            table.add(of, numpy.array(values)[:, i], plain[:, i].mean())
            table.add(f"{of}, times", ratios[i], at_most=most if judged else None)
    for metric, value in zip(("W2", "energy distance"), floor):
        table.add(f"of data to data: {metric}", value)
    table.finish(options.page)


if __name__ == "__main__":
    main()
