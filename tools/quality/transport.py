"""Optimal transport: rill's assignment against scipy's linear_sum_assignment and POT's emd, in cost and in time, and
its Sinkhorn against POT's.  Needs numpy, scipy and pot (PyPI).  All run on one thread, and times are of its processor,
so that other work on the machine counts less; each instance is solved once, by all in turn.

With --write PAGE the tables replace what is between the marks of that page (docs/transport.md)."""

import ctypes
import datetime
import os

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"

import argparse
import re
import subprocess
import tempfile
import time

import numpy
import ot
import scipy
from scipy.optimize import linear_sum_assignment

import common

F32, F64 = 0, 1
DOUBLES, INTEGERS = (numpy.ctypeslib.ndpointer(t, flags="C") for t in (numpy.float64, numpy.int64))


class PointPairs(ctypes.Structure):
    _fields_ = [("x0", ctypes.c_void_p), ("x1", ctypes.c_void_p), ("dtype", ctypes.c_int), ("n", ctypes.c_int64),
                ("dim", ctypes.c_int64), ("labels0", ctypes.c_void_p), ("labels1", ctypes.c_void_p),
                ("weight", ctypes.c_double)]


class Options(ctypes.Structure):
    _fields_ = [("regularization", ctypes.c_double), ("relaxation", ctypes.c_double), ("tolerance", ctypes.c_double),
                ("max_iterations", ctypes.c_int64), ("a", ctypes.c_void_p), ("b", ctypes.c_void_p)]


class Report(ctypes.Structure):
    _fields_ = [("converged", ctypes.c_int), ("iterations", ctypes.c_int64), ("error", ctypes.c_double),
                ("cost", ctypes.c_double), ("mass", ctypes.c_double)]


class Message(ctypes.Structure):
    _fields_ = [("text", ctypes.c_char * 512)]


class Rill:
    """The library's transport by ctypes, out of the archive that the build made."""

    def __init__(self, archive):
        with tempfile.TemporaryDirectory() as folder:
            shared = os.path.join(folder, "librill.so")
            subprocess.run(["cc", "-shared", "-o", shared, "-Wl,--whole-archive", archive, "-Wl,--no-whole-archive",
                            "-lm", "-lpthread"], check=True)
            self.lib = ctypes.CDLL(shared)
        self.lib.rill_assignment_new.restype = ctypes.c_void_p
        self.lib.rill_assignment_new.argtypes = [ctypes.c_int64]
        self.lib.rill_assignment_of_matrix.argtypes = [
            ctypes.c_void_p, DOUBLES, ctypes.c_int64, INTEGERS, ctypes.POINTER(ctypes.c_double), ctypes.c_void_p]
        self.lib.rill_assignment_of_points.argtypes = [
            ctypes.c_void_p, ctypes.POINTER(PointPairs), INTEGERS, ctypes.POINTER(ctypes.c_double), ctypes.c_void_p]
        self.lib.rill_plan_new.restype = ctypes.c_void_p
        self.lib.rill_plan_new.argtypes = [ctypes.c_int64, ctypes.c_int64]
        self.lib.rill_plan_free.argtypes = [ctypes.c_void_p]
        self.lib.rill_plan_matrix.restype = ctypes.POINTER(ctypes.c_double)
        self.lib.rill_plan_matrix.argtypes = [ctypes.c_void_p]
        self.lib.rill_plan_sinkhorn.argtypes = [ctypes.c_void_p, DOUBLES, ctypes.POINTER(Options),
                                                ctypes.POINTER(Report), ctypes.c_void_p]
        self.memory = self.lib.rill_assignment_new(4096)
        self.message = Message()

    def checked(self, status):
        if status != 0:
            raise RuntimeError(self.message.text.decode())

    def matrix(self, cost):
        permutation, total = numpy.empty(len(cost), numpy.int64), ctypes.c_double()
        self.checked(self.lib.rill_assignment_of_matrix(self.memory, cost, len(cost), permutation, total,
                                                        ctypes.byref(self.message)))
        return permutation

    def sinkhorn(self, a, b, cost, regularization, relaxation, tolerance, most):
        """(plan, report)"""
        plan, report = self.lib.rill_plan_new(*cost.shape), Report()
        options = Options(regularization, relaxation, tolerance, most, a.ctypes.data, b.ctypes.data)
        self.checked(self.lib.rill_plan_sinkhorn(plan, cost, options, report, ctypes.byref(self.message)))
        matrix = numpy.ctypeslib.as_array(self.lib.rill_plan_matrix(plan), cost.shape).copy()
        self.lib.rill_plan_free(plan)
        return matrix, report

    def points(self, x0, x1):
        """x0, x1 float32, as a step of training has them."""
        permutation, total = numpy.empty(len(x0), numpy.int64), ctypes.c_double()
        pairs = PointPairs(x0.ctypes.data, x1.ctypes.data, F32, *x0.shape, None, None, 0.0)
        self.checked(self.lib.rill_assignment_of_points(self.memory, pairs, permutation, total,
                                                        ctypes.byref(self.message)))
        return permutation


def eight_gaussians(random, n):
    angle = 2 * numpy.pi * random.integers(8, size=n) / 8
    return 5 * numpy.stack([numpy.cos(angle), numpy.sin(angle)], 1) + 0.5623 * random.standard_normal((n, 2))


def gaussian_to_8gaussians(random, n):
    return random.standard_normal((n, 2)), eight_gaussians(random, n)


def moons(random, n):
    angle, lower = numpy.pi * random.random(n), random.integers(2, size=n)
    x = numpy.where(lower, 1 - numpy.cos(angle), numpy.cos(angle))
    y = numpy.where(lower, 0.5 - numpy.sin(angle), numpy.sin(angle))
    return 2 * (numpy.stack([x, y], 1) + 0.05 * random.standard_normal((n, 2))) - [1, 0]


def moons_to_8gaussians(random, n):
    return moons(random, n), eight_gaussians(random, n)


def gaussian_to_moons(random, n):
    return random.standard_normal((n, 2)), moons(random, n)


def gaussians(dim):
    def pair(random, n):
        return random.standard_normal((n, dim)), random.standard_normal((n, dim)) + 1
    return pair


def digits_like(random, n):
    """Noise, and 64 numbers about ten centres."""
    centres = random.standard_normal((10, 64))
    return random.standard_normal((n, 64)), centres[random.integers(10, size=n)] + 0.3 * random.standard_normal((n, 64))


def coarse(random, n):
    """Points of a grid: most distances tie, and many points are there twice."""
    return tuple(numpy.round(2 * x) / 2 for x in gaussian_to_8gaussians(random, n))


def clusters(random, n):
    """Few different points."""
    return tuple(random.standard_normal((10, 2))[random.integers(10, size=n)] for _ in range(2))


POINTS = {"Gaussian to 8 Gaussians": gaussian_to_8gaussians, "moons to 8 Gaussians": moons_to_8gaussians,
          "Gaussian to moons": gaussian_to_moons, "Gaussians in 8-D": gaussians(8), "Gaussians in 64-D": gaussians(64),
          "noise to 10 centres in 64-D": digits_like, "8 Gaussians on a grid": coarse, "10 points, repeated": clusters}
MATRICES = {"uniform costs": lambda random, n: random.random((n, n)),
            "integers below 100": lambda random, n: random.integers(100, size=(n, n)).astype(float),
            "integers below 5": lambda random, n: random.integers(5, size=(n, n)).astype(float),
            "zeros and ones, a tenth ones": lambda random, n: (random.random((n, n)) < 0.1).astype(float),
            "products i j": lambda random, n: numpy.outer(numpy.arange(1.0, n + 1), numpy.arange(1.0, n + 1)),
            "uniform, exponents spread": lambda random, n: numpy.exp(10 * random.random((n, n)))}


def instance(name, random, n):
    """(cost matrix in f64, points or None)"""
    if name in MATRICES:
        return MATRICES[name](random, n), None
    x0, x1 = (numpy.ascontiguousarray(x, numpy.float32) for x in POINTS[name](random, n))
    gaps = x0[:, None].astype(float) - x1[None]
    return numpy.ascontiguousarray((gaps * gaps).sum(-1)), (x0, x1)


def check_costs(rill, count):
    """Worst relative difference of costs from scipy's, over all kinds and sizes."""
    random, worst, names = numpy.random.default_rng(1), 0.0, [*POINTS, *MATRICES]
    for k in range(count):
        n = int(random.integers(1, 8)) if k % 4 == 0 else int(random.integers(1, 257))
        cost, points = instance(names[k % len(names)], random, n)
        best = cost[linear_sum_assignment(cost)].sum()
        for permutation in [rill.matrix(cost)] + ([rill.points(*points)] if points else []):
            assert sorted(permutation) == list(range(n))
            worst = max(worst, abs(cost[numpy.arange(n), permutation].sum() - best) / max(best, 1e-300))
    return worst


def timed(function, *arguments):
    start = time.thread_time()
    function(*arguments)
    return 1e3 * (time.thread_time() - start)


def time_kind(rill, name, n, repeats):
    """Medians in ms over fresh instances, taken in turn: rill, rill from the points, scipy, ot.dist, ot.emd."""
    random, weights = numpy.random.default_rng(2), numpy.full(n, 1 / n)
    rows = []
    for _ in range(repeats):  # scipy and emd take the matrix; what it costs is ot.dist's column
        cost, points = instance(name, random, n)
        cost.sum()  # into cache, which else the first in turn would do for all
        rows.append([timed(rill.matrix, cost), timed(rill.points, *points) if points else numpy.nan,
                     timed(linear_sum_assignment, cost), timed(ot.dist, *points) if points else numpy.nan,
                     timed(ot.emd, weights, weights, cost)])
    return numpy.median(rows, axis=0)



def speed_table(rill, n, repeats):
    lines = ["| costs, n = %d | rill, points | rill, matrix | scipy | POT emd | scipy / rill | emd / rill |" % n,
             "|---|---|---|---|---|---|---|"]
    for name in [*POINTS, *MATRICES]:
        matrix, points, theirs, _, emd = time_kind(rill, name, n, repeats)
        ours = matrix if numpy.isnan(points) else points
        lines.append(f"| {name} | {'' if numpy.isnan(points) else f'{points:.2f}'} | {matrix:.2f} | {theirs:.2f} | {emd:.2f} | "
                     f"{theirs / ours:.1f} | {emd / ours:.1f} |")
    return lines


SINKHORN = [(0.5, 0.0), (0.05, 0.0), (0.01, 0.0), (0.05, 1.0), (0.05, 0.1), (0.5, 10.0)]


def sinkhorn_table(rill, n):
    """Both at a tolerance near rounding and weights that are not even: plans should agree to what that leaves."""
    random = numpy.random.default_rng(3)
    x0, x1 = gaussian_to_8gaussians(random, n)
    cost = numpy.ascontiguousarray(ot.dist(x0, x1))
    cost /= cost.max()
    a, b = 1 + random.random(n), 1 + random.random(n)
    a, b = a / a.sum(), b / b.sum()
    lines = ["| e / largest cost | relaxation | iterations | largest difference of plans, times n | rill, ms | POT, ms |",
             "|---|---|---|---|---|---|"]
    for regularization, relaxation in SINKHORN:
        start = time.thread_time()
        plan, report = rill.sinkhorn(a, b, cost, regularization, relaxation, 1e-12, 100000)
        ours, start = 1e3 * (time.thread_time() - start), time.thread_time()
        if relaxation:
            theirs = ot.unbalanced.sinkhorn_unbalanced(a, b, cost, regularization, relaxation, stopThr=1e-14,
                                                       numItermax=100000)
        else:
            theirs = ot.sinkhorn(a, b, cost, regularization, method="sinkhorn_log", stopThr=1e-13, numItermax=100000)
        peer = 1e3 * (time.thread_time() - start)
        lines.append(f"| {regularization} | {relaxation or 'none'} | {report.iterations}{'' if report.converged else ', not converged'} | "
                     f"{n * abs(plan - theirs).max():.1e} | {ours:.1f} | {peer:.1f} |")
    return lines


def draw(rill, command, folder):
    """Pairs of a batch, as straight trajectories, apart and by assignment."""
    x0, x1 = (numpy.ascontiguousarray(x, numpy.float32) for x in gaussian_to_8gaussians(numpy.random.default_rng(4), 200))
    for name, pairs, title in (("apart", numpy.arange(200), "drawn apart"), ("ot", rill.points(x0, x1), "optimal transport")):
        with tempfile.TemporaryDirectory() as scratch:
            numpy.save(f"{scratch}/pairs.npy", numpy.stack([x0, x1[pairs]]))
            subprocess.run([command, "plot", "trajectories", f"{scratch}/pairs.npy", "--title", title, "--out",
                            f"{folder}/pairs-{name}.svg"], check=True)


def write(page, text):
    with open(page, encoding="utf-8") as file:
        old = file.read()
    with open(page, "w", encoding="utf-8") as file:
        file.write(re.sub("(<!-- measured -->\n).*(<!-- end -->)", lambda m: m[1] + text + m[2], old, flags=re.S))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", help="the folder of the build")
    parser.add_argument("--repeats", type=int, default=21, help="instances of each kind that are timed")
    parser.add_argument("--write", metavar="PAGE", help="put the tables into this page")
    parser.add_argument("--pictures", metavar="FOLDER", help="draw pairs into this folder")
    options = parser.parse_args()
    rill = Rill(os.path.join(options.build, "librill.a"))
    if options.pictures:
        draw(rill, os.path.join(options.build, "tools", "rill"), options.pictures)
    worst = check_costs(rill, 1000)
    lines = [f"{common.machine()}, {datetime.date.today()}; scipy {scipy.__version__}, POT {ot.__version__}.", "",
             f"Costs of 1,000 instances of the kinds below, of 1 to 256 rows: at most {worst:.1e} of scipy's away from it.",
             "", f"Times in ms, medians over {options.repeats} instances; scipy and POT are given the matrix (ot.dist, which makes it, is not counted).", ""]
    for n in (128, 512):
        lines += speed_table(rill, n, options.repeats) + [""]
    lines += ["Sinkhorn, n = 200, uneven weights, against ot.sinkhorn (sinkhorn_log) and ot.unbalanced.sinkhorn_unbalanced:", ""]
    lines += sinkhorn_table(rill, 200)
    text = "\n".join(lines) + "\n"
    print(text)
    if options.write:
        write(options.write, text)
    if worst > 1e-9:
        raise SystemExit("costs differ from scipy's")


if __name__ == "__main__":
    main()
