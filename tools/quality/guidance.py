"""Two classes N(-1, 1) and N(1, 1), learned with their labels and label dropout, guided to the second
one: the samples beside those of the exact guided field."""

import numpy

import common

# Weight: share above 0, mean and sd under u_w = (1-w) u_0 + w u_c with the exact fields.
EXACT = {0: (0.5, 0, 1.414214), 1: (0.84134475, 1, 1), 2: (0.99083143, 1.612542, 0.761754),
         3: (0.99997802, 2.026889, 0.653692)}


def draw_classes(rill, rows):
    random = numpy.random.default_rng(2022)
    labels = random.integers(0, 2, rows)
    rill.save("x.npy", (2 * labels - 1 + random.standard_normal(rows))[:, None])
    rill.save("labels.npy", labels)


def main():
    options = common.arguments(__doc__)
    rill = common.Command(options)
    seeds, short = (1, {"steps": 5000}) if options.quick else (5, {})
    count = 10000 if options.quick else 40000
    near = 0.12 if options.quick else 0.05
    draw_classes(rill, 200000)
    found = {weight: [] for weight in EXACT}
    for seed in range(seeds):
        rill.train("classes", data="x.npy", cond="labels.npy", dropout=0.3, batch=512, seed=seed, **short)
        for weight in EXACT:
            x = rill.sample("classes", "samples.npy", n=count, cond=1, solver="rk4", steps=25,
                            guidance=weight, seed=seed)
            found[weight].append(((x > 0).mean(), x.mean(), x.std()))
    table = common.Table(f"two classes, guided: {seeds} seeds, {count} samples", "exact field",
                         mark="guidance")
    for weight, exact in EXACT.items():
        for i, what in enumerate(("share > 0", "mean", "sd")):
            table.add(f"w = {weight}: {what}", [row[i] for row in found[weight]], exact[i],
                      at_most=exact[i] + near, at_least=exact[i] - near)
    table.finish(options.page)


if __name__ == "__main__":
    main()
