"""1d-mixture, half N(-2, .3^2) and half N(2, .3^2), learned from N(0,1) on the linear path: the
network against the closed form of the field, and its samples against exact quantiles."""

from statistics import NormalDist

import numpy

import common

MODE, SD = 2.0, 0.3
STEPS = (1, 2, 3, 5, 10, 20, 100)


def exact_velocity(x, t):
    """E[X1 - X0 | x_t = x], x_t = (1-t) X0 + t X1.  Given its mode m, x_t is N(t m, V) and the
    velocity is m + (V'/2V) (x - t m), linear in m; so m is replaced by its mean given x."""
    variance = (1 - t) ** 2 + (t * SD) ** 2
    mode = MODE * numpy.tanh(t * MODE * x / variance)
    return mode + (t * SD**2 - (1 - t)) / variance * (x - t * mode)


def exact_euler(x, steps):
    for k in range(steps):
        x = x + exact_velocity(x, k / steps) / steps
    return x


def exact_quantiles(n):
    """At (i + .5)/n.  Either mode is its half of them: what it has beyond 0, 6.7 sd away, is
    1e-11 of its mass."""
    mode = NormalDist(MODE, SD)
    upper = numpy.array([mode.inv_cdf((i + 0.5) / (n / 2)) for i in range(n // 2)])
    return numpy.concatenate([-upper[::-1], upper])


def w1(samples, quantiles):
    return numpy.abs(numpy.sort(samples.ravel()) - quantiles).mean()


def path_points(n):
    """Points x_t of the path and their times, by numpy's generator rather than rill's."""
    random = numpy.random.default_rng(2023)
    t = random.random(n)
    x1 = random.choice([-MODE, MODE], n) + SD * random.standard_normal(n)
    return (1 - t) * random.standard_normal(n) + t * x1, t


def excess_loss(rill, model, x, t):
    """What the loss has above the floor that a perfect network reaches (2.489)."""
    v = rill.velocity(model, x[:, None], t)
    return numpy.mean((v.ravel() - exact_velocity(x, t)) ** 2)


def main():
    options = common.arguments(__doc__)
    rill = common.Command(options)
    seeds, count = (2, 20000) if options.quick else (5, 100000)
    train = {"steps": 4000} if options.quick else {}
    # A fifth of the training leaves about five times the excess loss and the sd at one step; 20,000
    # samples rather than 100,000 add to W1.  The zero field has an excess loss of several units.
    bars = {"excess": 0.015, "sd": 0.2, 10: 0.13, 100: 0.03}
    if options.quick:
        bars = {"excess": 0.08, "sd": 0.6, 10: 0.25, 100: 0.15}
    quantiles = exact_quantiles(count)
    x, t = path_points(count)
    noise = numpy.random.default_rng(2024).standard_normal(count)

    excess, samples = [], {steps: [] for steps in STEPS}
    for seed in range(seeds):
        model = f"mixture{seed}.safetensors"
        rill.train(model, data="1d-mixture", seed=seed, **train)
        excess.append(excess_loss(rill, model, x, t))
        for steps in STEPS:
            name = f"samples{seed}-{steps}.npy"
            samples[steps].append(rill.sample(model, name, n=count, steps=steps, seed=seed))

    euler = {steps: exact_euler(noise, steps) for steps in STEPS}
    table = common.Table(f"1d-mixture: {seeds} seeds, {count} samples by Euler", "exact field")
    table.add("excess loss", excess, 0.0, at_most=bars["excess"])
    for steps in STEPS:
        distances = [w1(s, quantiles) for s in samples[steps]]
        exact = w1(euler[steps], quantiles)
        table.add(f"W1, {steps} steps", distances, exact, at_most=bars.get(steps))
    for steps in STEPS:
        sds = [s.std() for s in samples[steps]]
        limit = bars["sd"] if steps == 1 else None
        table.add(f"sd, {steps} steps", sds, euler[steps].std(), at_most=limit)
    table.add("sd of the data", numpy.hypot(MODE, SD))
    table.finish()


if __name__ == "__main__":
    main()
