#!/usr/bin/env python3
"""Adaptive solvers against diffrax: how many evaluations of the velocity each takes for the same error.

    python3 -m venv ~/.cache/rill/solvers
    ~/.cache/rill/solvers/bin/pip install diffrax
    ~/.cache/rill/solvers/bin/python tools/quality/solvers.py build [--page docs/solvers.md]

Both integrate the same functions from the same points in float64: a batch of 64 as one state under one norm, the root
of the mean square in units of tolerance (1 + |x|).  diffrax has its own defaults (PIDController with rtol = atol, the
first step chosen).  Each is run at 25 tolerances from 1e-3 to 1e-9; errors are against a run at 1e-13.  The line of
log(evaluations) over log(error), fitted by a cubic, gives what each takes for an error; the figure is the ratio of
both, rill's over diffrax's.  rill is called through its archive, by callbacks.
"""

import argparse
import ctypes
import datetime
import functools
import importlib.metadata
import math
import os
import subprocess
import sys
import tempfile

import diffrax
import jax
import jax.numpy as jnp
import numpy

import common

jax.config.update("jax_enable_x64", True)

BATCH = 64
SEED = 5
TOLERANCES = 10.0 ** numpy.linspace(-3, -9, 25)
ERRORS = (1e-4, 1e-6, 1e-8)
SOLVERS = {"dopri5": diffrax.Dopri5, "tsit5": diffrax.Tsit5}

# ---- Fields: (t, x [batch, width]) -> velocity, t of [batch, 1] or one number.


def mixture(means, sd):
    """The exact field of the linear path from N(0, I) to equal Gaussians."""
    means = jnp.asarray(means)

    def velocity(t, x):
        t = jnp.reshape(jnp.asarray(t), (-1, 1))
        variance = (1 - t) ** 2 + (t * sd) ** 2
        away = x[:, None, :] - t[..., None] * means
        share = jax.nn.softmax(-(away**2).sum(-1) / (2 * variance), axis=-1)
        slope = ((t * sd**2 - (1 - t)) / variance)[..., None]
        return (share[..., None] * (means + slope * away)).sum(1)

    return velocity


def turn(t, x):
    t = jnp.reshape(jnp.asarray(t), (-1, 1))
    return 20 * t * jnp.stack([-x[:, 1], x[:, 0]], axis=1)


def growth(t, x):
    return x * jnp.cos(jnp.reshape(jnp.asarray(t), (-1, 1)))


def network(seed, width=2, hidden=64):
    """Of random weights: as bent as a trained one, and of no closed form."""
    draw = numpy.random.default_rng(seed).standard_normal
    w1, b1 = draw((hidden, width + 1)) * 1.5, draw(hidden)
    w2, w3 = draw((hidden, hidden)) * math.sqrt(1 / hidden) * 1.5, draw((width, hidden)) * 2 / math.sqrt(hidden)

    def velocity(t, x):
        t = jnp.broadcast_to(jnp.reshape(jnp.asarray(t), (-1, 1)), (len(x), 1))
        h = jax.nn.silu(jnp.concatenate([x, t], axis=1) @ w1.T + b1)
        return jax.nn.silu(h @ w2.T) @ w3.T

    return velocity


def circle(n):
    angle = 2 * numpy.pi * numpy.arange(n) / n
    return 5 * numpy.stack([numpy.cos(angle), numpy.sin(angle)], axis=1)


FIELDS = {
    "two modes, 1-D": (mixture([[-2.0], [2.0]], 0.3), 1, 0.0, 1.0),
    "8 Gaussians": (mixture(circle(8), 0.5623), 2, 0.0, 1.0),
    "8 Gaussians, late": (mixture(circle(8), 0.5623), 2, 0.5, 1.0),
    "8 Gaussians, back": (mixture(circle(8), 0.5623), 2, 1.0, 0.0),
    "x cos t": (growth, 1, 0.3, 2.3),
    "turning, 20 t": (turn, 2, -0.5, 1.0),
    "a network": (network(SEED), 2, 0.0, 1.0),
}


def start(name):
    field, width, begin, _ = FIELDS[name]
    x = numpy.random.default_rng(SEED).standard_normal((BATCH, width))
    if begin == 1.0:  # where the flow leads
        x = solve_diffrax(field, diffrax.Dopri5, x, 0.0, 1.0, 1e-12)[0]
    return numpy.ascontiguousarray(x)


# ---- Both solvers: x at the end, evaluations.


@functools.cache
def diffrax_solver(field, solver):
    @jax.jit
    def solve(x, begin, end, tolerance):
        return diffrax.diffeqsolve(
            diffrax.ODETerm(lambda t, y, args: field(t, y)), solver(), begin, end, None, x, max_steps=100000,
            stepsize_controller=diffrax.PIDController(rtol=tolerance, atol=tolerance))

    return solve


def solve_diffrax(field, solver, x, begin, end, tolerance):
    done = diffrax_solver(field, solver)(x, begin, end, tolerance)
    # Six a step, since the last of a step is the first of the next, and the very first.
    return numpy.array(done.ys[0]), 6 * int(done.stats["num_steps"]) + 1


VELOCITY = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


class Ode(ctypes.Structure):
    _fields_ = [("dtype", ctypes.c_int), ("rows", ctypes.c_int64), ("width", ctypes.c_int64), ("velocity", VELOCITY),
                ("observe", ctypes.c_void_p), ("self", ctypes.c_void_p), ("average", ctypes.c_void_p)]


class Options(ctypes.Structure):
    _fields_ = [("solver", ctypes.c_void_p), ("tolerance", ctypes.c_double), ("first_step", ctypes.c_double),
                ("max_steps", ctypes.c_int64), ("counts", ctypes.c_void_p)]


class Rill:
    """The archive of a build as a library."""

    F64 = 1

    def __init__(self, build, folder):
        path = os.path.join(folder, "librill.so")
        subprocess.run(["cc", "-shared", "-o", path, "-Wl,--whole-archive", os.path.join(build, "librill.a"),
                        "-Wl,--no-whole-archive", "-lm", "-lpthread"], check=True)
        self.library = ctypes.CDLL(path)
        self.library.rill_solver_find.restype = ctypes.c_void_p

    def solve(self, field, solver, x, begin, end, tolerance, rows=1):
        """rows = 1: the batch is one state; BATCH: each row has steps of its own."""
        made = [0]

        def velocity(_, t, at, out):
            made[0] += 1
            t = numpy.ctypeslib.as_array(ctypes.cast(t, ctypes.POINTER(ctypes.c_double)), (rows, 1))
            at, out = (numpy.ctypeslib.as_array(ctypes.cast(p, ctypes.POINTER(ctypes.c_double)), x.shape)
                       for p in (at, out))
            out[:] = field(t.copy(), at.copy())
            return 0

        x, times = x.copy(), (ctypes.c_double * 2)(begin, end)
        counts = (ctypes.c_int64 * 4)()
        ode = Ode(self.F64, rows, x.size // rows, VELOCITY(velocity))
        options = Options(self.library.rill_solver_find(solver.encode()), tolerance, 0, 0,
                          ctypes.cast(counts, ctypes.c_void_p))
        message = ctypes.create_string_buffer(512)
        status = self.library.rill_ode_integrate(ctypes.byref(ode), ctypes.byref(options), times, ctypes.c_int64(2),
                                                 x.ctypes.data_as(ctypes.c_void_p), message)
        if status:
            sys.exit(message.value.decode())
        assert counts[0] == made[0], "evaluations are not those that were made"
        return x, made[0]


# ---- What each takes for an error.


def error_of(x, wanted):
    return math.sqrt((((x - wanted) / (1 + abs(wanted))) ** 2).mean())


def curve(solve, wanted):
    """log evaluations as a cubic of log error."""
    points = [(error_of(x, wanted), n) for x, n in map(solve, TOLERANCES)]
    errors, counts = numpy.log(points).T
    return numpy.polynomial.Polynomial.fit(errors, counts, 3), min(errors), max(errors)


def compare(rill, name):
    """Ratios by solver and error; None where one of both has no such error."""
    field, _, begin, end = FIELDS[name]
    field = jax.jit(field)
    x = start(name)
    wanted, _ = solve_diffrax(field, diffrax.Dopri8, x, begin, end, 1e-13)
    rows = []
    for solver, theirs in SOLVERS.items():
        own, own_low, own_high = curve(lambda tol: rill.solve(field, solver, x, begin, end, tol), wanted)
        peer, low, high = curve(lambda tol: solve_diffrax(field, theirs, x, begin, end, tol), wanted)
        ratios = []
        for error in map(math.log, ERRORS):
            inside = max(own_low, low) <= error <= min(own_high, high)
            ratios.append((math.exp(own(error)), math.exp(peer(error))) if inside else None)
        rows.append((name, solver, ratios))
    return rows


def table(rows):
    lines = ["| field | solver | " + " | ".join(f"error {e:g}" for e in ERRORS) + " |",
             "|---|---|" + "---|" * len(ERRORS)]
    every = []
    for name, solver, ratios in rows:
        cells = []
        for pair in ratios:
            cells.append(f"{pair[0]:.0f} / {pair[1]:.0f} = {pair[0] / pair[1]:.3f}" if pair else "")
            every += [pair[0] / pair[1]] if pair else []
        lines.append(f"| {name} | {solver} | " + " | ".join(cells) + " |")
    mean = math.exp(numpy.log(every).mean())
    lines.append("")
    lines.append(f"Geometric mean of the ratios {mean:.3f}, largest {max(every):.3f}, bar 1.10. "
                 f"diffrax {importlib.metadata.version('diffrax')}, jax {jax.__version__}; seed {SEED}. "
                 f"{common.machine()}, {datetime.date.today()}.")
    return "\n".join(lines), max(every)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="the build folder, with librill.a")
    parser.add_argument("--page", metavar="P.md", help="write the table into this page too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rill = Rill(options.build, folder)
        rows = [row for name in FIELDS for row in compare(rill, name)]
    text, worst = table(rows)
    print(text)
    if options.page:
        begin, end = "<!-- solvers -->\n", "<!-- end -->"
        with open(options.page, encoding="utf-8") as page:
            head, rest = page.read().split(begin)
        with open(options.page, "w", encoding="utf-8") as page:
            page.write(head + begin + text + "\n" + end + rest.split(end, 1)[1])
    sys.exit(worst > 1.10)


if __name__ == "__main__":
    main()
