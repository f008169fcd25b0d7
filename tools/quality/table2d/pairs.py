"""What the table's scripts share: the pairs of sets, the methods, and how a run is judged."""

PAIRS = [("gaussian", "8gaussians"), ("moons", "8gaussians"), ("gaussian", "moons"), ("gaussian", "scurve")]
METHODS = ["independent", "ot", "sf2m"]
STEPS, BATCH, EULER = 20_000, 512, 100


def path_energy(trajectory):
    """E integral |v|^2 dt along Euler steps [steps+1, n, 2] of equal length."""
    moves = trajectory[1:] - trajectory[:-1]
    return float((moves**2).sum(-1).mean(1).sum() * (len(trajectory) - 1))


def cells():
    for source, target in PAIRS:
        for method in METHODS:
            yield source, target, method
