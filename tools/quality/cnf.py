"""moons by maximum likelihood beside flow matching: held-out negative log-likelihood in nats, by
dopri5 to 1e-6 and by the solver that the likelihood was trained through, over the entropy of the
data."""

import numpy

import common

RADIUS, SD = 1.5, 0.075
ANGLES = 1200  # arcs between are .004 long, a twentieth of the noise
FINE = {"solver": "dopri5", "tol": 1e-6}


def circles():
    """Points along the two half circles that the noise is added to."""
    angle = numpy.pi * (numpy.arange(ANGLES) + 0.5) / ANGLES
    upper = RADIUS * numpy.stack([numpy.cos(angle) - 0.5, numpy.sin(angle) - 0.25], 1)
    return numpy.concatenate([upper, -upper])


def density(points):
    """Of the set moons: the mean of the noise's density over the half circles."""
    centres = circles()
    result = numpy.empty(len(points))
    for i, point in enumerate(points):
        squared = ((centres - point) ** 2).sum(1)
        result[i] = numpy.exp(-squared / (2 * SD**2)).mean() / (2 * numpy.pi * SD**2)
    return result


def entropy():
    """By the midpoint rule over all there is, half a deviation a cell; checked by its sum."""
    cell = SD / 2
    x, y = numpy.meshgrid(numpy.arange(-3, 3, cell), numpy.arange(-2, 2, cell))
    p = density(numpy.stack([x.ravel(), y.ravel()], 1))
    assert abs(p.sum() * cell**2 - 1) < 1e-6
    p = p[p > 0]
    return -(p * numpy.log(p)).sum() * cell**2


def nll(rill, model, **solver):
    rill.run("loglik", model=model, data="held-out.npy", out="log-p.npy", **solver, **rill.threads)
    return -rill.load("log-p.npy").mean()


def main():
    options = common.arguments(__doc__)
    rill = common.Command(options)
    seeds, points, steps = (1, 1000, 6) if options.quick else (2, 10000, 20)
    # A few hundred steps are far from the end, and so is a tenth of flow matching's.
    cnf = {"steps": 300, "batch": 64} if options.quick else {"steps": 2000}
    held_out = rill.data("held-out.npy", "moons", n=points, held_out=True)
    least = entropy()
    found = []
    for seed in range(seeds):
        matched, likely = f"fm{seed}", f"cnf{seed}"
        rill.train(matched, data="moons", seed=seed, **({"steps": 2000} if options.quick else {}))
        rill.train(likely, data="moons", seed=seed, objective=f"cnf:{steps}", **cnf)
        found.append([nll(rill, matched, **FINE), nll(rill, likely, **FINE),
                      nll(rill, likely, solver="rk4", steps=steps)])
    matched, likely, coarse = numpy.array(found).T
    table = common.Table(f"moons, nats a sample: {points} held-out points, {seeds} seeds, "
                         f"cnf:{steps}", "flow matching")
    table.add("entropy", least)
    table.add("-log p of the data themselves", -numpy.log(density(held_out)).mean())
    table.add("-log p", likely, matched.mean(), at_least=least, at_most=matched.mean() + 0.05)
    table.add("-log p, by the solver trained through", coarse)
    table.add("apart", abs(coarse - likely), at_most=0.01)
    table.finish(options.page)


if __name__ == "__main__":
    main()
