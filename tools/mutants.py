#!/usr/bin/env python3
"""mutants.py [--fit | PATTERN] - mistakes put into the formulas of models, one at a time, that a test has to find.

Each mutant is a line below: a file, a text that is in it once, what is put in its place, and the tests that have to fail.
The tree is copied to a scratch folder and built there once; then each mutant is built and its tests are run. Exit status 1 when
one survives, 2 when the table does not fit the tree. PATTERN picks those whose file contains it; --fit only sees whether each line of the table fits
the tree, as the suite does. The rest takes some minutes:

    nice tools/mutants.py
    nice tools/mutants.py schedulers
"""
import os
import pathlib
import subprocess
import sys
import tempfile

FLOW, ODE = "models/flow/", "models/ode/"
MUTANTS = [
    # Schedulers.
    (FLOW + "schedulers/linear.c", "rill_sub(rill_scalar_like(t, 1.0), t)", "t", "path"),
    (FLOW + "schedulers/cosine.c", "rill_scale(t, M_PI_2)", "rill_scale(t, M_PI)", "path"),
    (FLOW + "schedulers/cosine.c", "alpha(rill_sub(rill_scalar_like(t, 1.0), t), self)", "alpha(t, self)", "path"),
    (FLOW + "schedulers/power.c", "rill_sub(one, alpha(t, self))", "alpha(rill_sub(one, t), self)", "path"),
    (FLOW + "schedulers/power.c", "rill_neg(rill_expm1(exponent))", "rill_neg(exponent)", "path"),
    (FLOW + "schedulers/linear_vp.c", "rill_add(one, t)", "rill_sub(one, t)", "path"),
    (FLOW + "schedulers/vp.c", "exponent(t, beta), -0.5", "exponent(t, beta), -1.0", "path"),
    (FLOW + "schedulers/vp.c", "/ 2.0", "/ 1.0", "path"),
    (FLOW + "schedulers/vp.c", "rill_neg(rill_expm1(rill_neg(exponent(t, beta))))",
     "rill_sub(rill_scalar_like(t, 1.0), rill_exp(rill_neg(exponent(t, beta))))", "path"),
    (FLOW + "scheduler.c", "rill_mul(s->alpha(t, s->self), x1), rill_mul(s->sigma(t, s->self), x0)",
     "rill_mul(s->alpha(t, s->self), x0), rill_mul(s->sigma(t, s->self), x1)", "path"),
    (FLOW + "scheduler.c", "rill_mul(at.sigma_rate, x0)", "rill_neg(rill_mul(at.sigma_rate, x0))", "path"),
    # Paths.
    (FLOW + "paths.c", "rill_scale(t, -4.0), 2.0", "rill_scale(t, 4.0), 2.0", "path"),
    (FLOW + "paths.c", "rill_scale(rill_sqrt(rill_mul(t, rest_of(t)))", "rill_scale(rill_mul(t, rest_of(t))", "path"),
    (FLOW + "path.c", "rill_add(point->velocity, rill_mul(rate, point->noise))",
     "rill_sub(point->velocity, rill_mul(rate, point->noise))", "path"),
    # Time laws and weightings.
    (FLOW + "times/beta.c", "2.0 / 3.0", "1.0 / 3.0", "time_law"),
    (FLOW + "times/beta.c", "rill_sub(rill_scalar_like(b, 1.0), b)", "b", "time_law"),
    (FLOW + "times/logit_normal.c", "p[1]), p[0]", "p[1]), -p[0]", "time_law"),
    (FLOW + "times/u_shaped.c", "rill_scale(asinh_of(height), 0.25)", "rill_scale(asinh_of(height), 0.5)", "time_law"),
    (FLOW + "time_law.c", "rill_add(row, u)", "row", "time_law"),
    (FLOW + "normal_quantile.c", "rill_sign(q)", "rill_scalar_like(q, 1.0)", "time_law"),
    (FLOW + "weightings/min_snr.c", "rill_max(signal, noise)", "rill_min(signal, noise)", "conversion"),
    (FLOW + "weightings/cosmap.c", "2.0 / M_PI", "M_PI / 2.0", "conversion"),
    # Conversions.
    (FLOW + "conversion.c", "rill_mul(rill_scale(at->sigma, -sd * sd), score)",
     "rill_mul(rill_scale(at->sigma, sd * sd), score)", "conversion"),
    (FLOW + "conversion.c", "rill_div(noise, rill_scale(at->sigma, -sd * sd))",
     "rill_div(noise, rill_scale(at->sigma, -sd))", "conversion"),
    (FLOW + "conversion.c", "{ at->sigma_rate, at->alpha_rate }", "{ at->alpha_rate, at->sigma_rate }", "conversion"),
    (FLOW + "conversion.c", "return rill_reshape(t, wanted);",
     "return rill_reshape(t, given.rank == 1 ? RILL_SHAPE(1, given.dim[0]) : wanted);", "conversion"),
    # The exact field of mixtures.
    (FLOW + "mixture.c", "at.sigma * at.alpha_rate - at.sigma_rate * at.alpha",
     "at.sigma * at.alpha_rate + at.sigma_rate * at.alpha", "mixture"),
    (FLOW + "mixture.c", "(double)dim * total->slope / w + total->inner / w - mean_inner",
     "(double)dim * total->slope / w - total->inner / w + mean_inner", "mixture"),
    (FLOW + "mixture.c", "(double)dim * s0 * s1 * turn", "s0 * s1 * turn", "mixture"),
    (FLOW + "mixture.c", "(distance + (double)dim * log(2.0 * M_PI * spread))",
     "(distance + log(2.0 * M_PI * spread))", "mixture"),
    (FLOW + "mixture.c", "log(source->weight[j] * target->weight[k])", "log(target->weight[k])", "mixture"),
    # Reschedule.
    (FLOW + "reschedule.c", "rill_div(target.angle_rate, there.angle_rate)",
     "rill_div(there.angle_rate, target.angle_rate)", "reschedule"),
    (FLOW + "reschedule.c", "rill_div(x, at.c)", "rill_mul(x, at.c)", "reschedule"),
    (FLOW + "reschedule.c", "rill_mul(rill_mul(at.c, at.t_rate), v)", "rill_mul(at.t_rate, v)", "reschedule"),
    (FLOW + "reschedule.c", "rill_mul(at.alpha, at.alpha_rate), rill_mul(at.sigma, at.sigma_rate)",
     "rill_mul(at.alpha, at.alpha_rate), rill_neg(rill_mul(at.sigma, at.sigma_rate))", "reschedule"),
    (FLOW + "reschedule.c", "rill_clip(t, rest, 1.0)", "t", "reschedule"),
    (FLOW + "reschedule.c", "rill_where(waits, rill_scalar_like(r, 0.0), out.t_rate)", "out.t_rate", "reschedule"),
    (FLOW + "reschedule.c", "rill_where(moves, b.t, a.inside)", "rill_where(moves, a.t, a.inside)", "reschedule"),
    (FLOW + "reschedule.c", "rill_mul(b.c, t_rate)", "rill_mul(a.c, t_rate)", "reschedule"),
    # Diffusion.
    (FLOW + "diffusion.c", "rill_log(alpha), rill_log(sigma)), 2.0", "rill_log(alpha), rill_log(sigma)), 1.0", "diffusion"),
    (FLOW + "diffusion.c", "rill_mul(at.next_alpha, at.data), rill_mul(at.next_sigma, at.noise)",
     "rill_mul(at.next_alpha, at.data), rill_mul(at.sigma, at.noise)", "diffusion"),
    (FLOW + "diffusion.c", "rill_mul(at.next_sigma, root)", "at.next_sigma", "diffusion"),
    # Solvers.
    (ODE + "solvers.def", "ROW(1. / 6, 1. / 3, 1. / 3, 1. / 6)", "ROW(.25, .25, .25, .25)", "integrate"),
    (ODE + "solvers.def", "ROW(0, .5), ROW(.5), ROW(0, 1)", "ROW(0, .5), ROW(.5), ROW(1, 0)", "integrate"),
    (ODE + "solvers.def", "ROW(0, 1), ROW(1), ROW(.5, .5)", "ROW(0, 0), ROW(1), ROW(.5, .5)", "integrate"),
    (ODE + "grid.c", "from + (to - from) * ", "(to - from) * ", "integrate"),
    (ODE + "grid.c", "shift * (1 - times[i])", "shift * times[i]", "integrate"),
    (ODE + "grid.c", "descends ? times[i] < times[i - 1] : times[i] > times[i - 1]", "times[i] != times[i - 1]", "integrate"),
    (ODE + "step.c", "(s->to[r] - s->from[r]) * weight[j]", "fabs(s->to[r] - s->from[r]) * weight[j]", "integrate"),
    (ODE + "unroll.c", "double h = until - t;", "double h = t - until;", "sampler"),
    (ODE + "unroll.c", "rill_stage_time(solver->c[i], t, until)", "t", "sampler"),
    (ODE + "integrate.c", "s.calls * ode->rows", "s.calls", "integrate"),
    (ODE + "integrate.c", "s.calls / options->solver->stages * ode->rows", "s.calls * ode->rows", "integrate"),
    (ODE + "adaptive.c", "share * (rise + rest", "share * (rise - rest", "adaptive"),
    (ODE + "adaptive.c", "-1.0 / (double)a->s.solver->order) : 0", "1.0 / (double)a->s.solver->order) : 0", "adaptive"),
    (ODE + "adaptive.c", "first - rise + share * bend", "rise - first + share * bend", "adaptive"),
    (ODE + "adaptive.c", "rest * h * combine(a, solver->d", "h * combine(a, solver->d", "adaptive"),
    (ODE + "adaptive.c", "copysign(step, rest)", "step", "adaptive"),
    (ODE + "step.h", "from + c * (to - from)", "c * (to - from)", "integrate"),
    # Divergence and likelihood.
    (FLOW + "divergence.c", "at.rank >= 2", "at.rank == 2", "divergence"),
    (FLOW + "scoring.c", "j->ascends ? -integral : integral", "j->ascends ? integral : -integral", "likelihood"),
    (FLOW + "scoring.c", "j->ascends ? weigh(c) : RILL_OK", "j->ascends ? RILL_OK : weigh(c)", "likelihood"),
    (FLOW + "scoring.c", "j->ascends ? RILL_OK : weigh(c)", "RILL_OK", "likelihood"),
    (FLOW + "scoring.c", "(double)(n - 1) / (double)n", "(double)n / (double)n", "likelihood_nets"),
    (FLOW + "probed.c", "u < .5 ? -1.0 : 1.0", "u < .5 ? 0.0 : 1.0", "likelihood"),
    (FLOW + "source.c", "-.5 / (sd * sd)", "-.5 / sd", "likelihood"),
    (FLOW + "divergence.c", "rill_mul(d, rill_jvp(u, x, d))", "rill_jvp(u, x, d)", "divergence"),
    (FLOW + "divergence.c", "rill_scale(rill_ge(u, rill_scalar_like(u, .5)), 2), -1",
     "rill_scale(rill_ge(u, rill_scalar_like(u, .5)), 1), 0", "divergence"),
    (FLOW + "divergence.c", "1.0 / (double)(n - 1)", "1.0 / (double)n", "divergence"),
    (FLOW + "likelihood.c", "ascends(l) ? rill_sub(log_source, integral.mean) : rill_add(log_source, integral.mean)",
     "ascends(l) ? rill_add(log_source, integral.mean) : rill_sub(log_source, integral.mean)", "likelihood_nets"),
    (FLOW + "likelihood.c", "ascends(l) ? x : end", "ascends(l) ? end : x", "likelihood_nets"),
    # Guidance.
    (FLOW + "guidance.c", "1.0 - g->weight", "-g->weight", "guidance"),
    (FLOW + "guidance.c", "rill_scale(away, 1.0 - g->weight), rill_scale(towards, g->weight)",
     "rill_scale(towards, 1.0 - g->weight), rill_scale(away, g->weight)", "guidance"),
    (FLOW + "guidance.c", "slope(g, x, off, cond, v), -g->weight", "slope(g, x, off, cond, v), g->weight", "guidance"),
    (FLOW + "guidance.c", "return guided(self, x, t, until, cond);", "return guided(self, x, t, t, cond);", "guidance"),
    (FLOW + "scoped.c", "rill_field_ask(scoped->field, x, t, until, cond)", "rill_field_ask(scoped->field, x, t, NULL, cond)", "guidance"),
    (FLOW + "guidance.c", "rill_ge(t, rill_scalar_like(t, times.from))", "rill_le(t, rill_scalar_like(t, times.from))", "guidance"),
    # Sampling with noise.
    (FLOW + "stochastic.c", "rill_square(e), 0.5", "rill_square(e), 1.0", "stochastic"),
    (FLOW + "stochastic.c", "rill_scale(rill_square(e), 0.5)", "rill_scale(e, 0.5)", "stochastic"),
    (FLOW + "stochastic.c", "sqrt(square / (times[i + 1] - times[i]))", "sqrt(square)", "stochastic"),
    (FLOW + "noise_levels/linear.c", "rill_sub(rill_scalar_like(t, 1.0), t)", "t", "stochastic"),
    (FLOW + "noise_levels/root.c", "rill_scale(rill_sqrt(left)", "rill_scale(left", "stochastic"),
    (FLOW + "stochastic_sampler.c", "factors[index]", "factors[0]", "stochastic"),
    (FLOW + "stochastic_sampler.c", "c->sampling->first + c->rows->first + row", "c->rows->first + row", "stochastic"),
    (FLOW + "sampling.c", "s->until, l->until_rows, c", "s->until, l->t_rows, c", "objectives"),
    # What samplers share.
    ("models/sampling/rows.c", "r->first + first, count", "r->first, count", "sampler"),
    ("models/sampling/rows.c", "rill_rows_give(rows, i, 1, bytes, rows);", ";", "samplers"),
    ("models/sampling/rows.c", "!asking->answer && interrupt->asked", "interrupt->asked", "samplers"),
    ("base/share.c", "number < atomic_load(&s->failed)", "1", "samplers"),
    # Objectives.
    (FLOW + "objectives/meanflow.c", "rill_mul(rill_sub(p->until, p->t), rate)", "rill_mul(rill_sub(p->t, p->until), rate)", "objectives"),
    (FLOW + "objectives/meanflow.c", "rill_scale(p->velocity, 1.0 - own)", "rill_scale(p->velocity, own)", "objectives"),
    (FLOW + "objectives/meanflow.c", "rill_where(to_end, one, last)", "rill_where(to_end, last, one)", "objectives"),
    (FLOW + "objectives/meanflow.c", "rill_scale(place, -2.0), 1.0", "rill_scale(place, 0.0), 1.0", "objectives"),
    (FLOW + "objectives/meanflow.c", "share + ends))", "ends))", "objectives"),
    (FLOW + "objectives/meanflow.c", "rill_where(to_end, p->t, first)", "first", "objectives"),
    (FLOW + "objectives/meanflow.c", "rill_add(p->loss, of_velocity)", "of_velocity", "objectives"),
    (FLOW + "objectives/shortcut.c", "rill_add(p->x, rill_mul(half, first))", "rill_add(p->x, rill_mul(h, first))", "objectives"),
    (FLOW + "objectives/predictions.c", "teach(flow, p, p->x0);", "teach(flow, p, rill_neg(p->x0));", "conversion"),
    (FLOW + "objectives/predictions.c", "rill_scale(s->sigma(p->t, s->self), -sd * sd)",
     "rill_scale(s->sigma(p->t, s->self), sd * sd)", "conversion"),
    (FLOW + "objectives/sf2m.c", "scaled, rill_neg(p->noise)", "scaled, p->noise", "sf2m"),
    (FLOW + "objectives/consistency.c", "rill_mul(rill_sub(rill_scalar_like(t, 1.0), t), v)", "rill_mul(t, v)", "sf2m"),
    (FLOW + "objectives/cnf.c", "rill_neg(rill_mean_all(p->prediction))", "rill_mean_all(p->prediction)", "cnf"),
    (FLOW + "objectives/cnf.c", "rill_time_grid(1.0, 0.0, steps", "rill_time_grid(0.0, 1.0, steps", "cnf"),
    (FLOW + "flow.c", "rill_ge(u, rill_scalar_like(u, flow->dropout))", "rill_lt(u, rill_scalar_like(u, flow->dropout))", "conversion"),
    # Couplings.
    (FLOW + "couplings/ot.c", "square += a * a + b * b", "square += a * a", "coupling"),
    (FLOW + "couplings/ot.c", "lengthen(batch, batch->x1, sqrt(weight), long1)",
     "lengthen(batch, batch->x1, weight, long1)", "coupling"),
    (FLOW + "couplings/sinkhorn.c", "from1, from0, message);", "from0, from1, message);", "coupling"),
    ("models/transport/point_pairs.c", "permutation[rows[k]] = columns[k]", "permutation[columns[k]] = rows[k]", "transport_points"),
    ("models/transport/point_pairs.c", "permutation[rows[k]] = columns[k]", "permutation[rows[k]] = columns[k / 2]", "transport_points"),
    ("models/transport/point_pairs.c", "p->labels0[i] != p->labels1[first + j]", "p->labels0[i] == p->labels1[first + j]", "transport_points"),
    ("models/transport/sinkhorn.c", "1.0 / (1.0 + regularization / relaxation)", "1.0 / (1.0 + relaxation / regularization)", "transport_sinkhorn"),
    ("models/transport/sinkhorn.c", "p->columns[j] - cost[i * p->m + j]", "p->columns[j] + cost[i * p->m + j]", "transport_sinkhorn"),
    ("models/transport/sinkhorn.c", "-s->give * (p->most[j] + log(p->sum[j]))", "-s->give * p->most[j]", "transport_sinkhorn"),
    ("models/transport/plan.c", "v * sum", "v", "transport_sinkhorn"),
    # Tokens.
    ("models/discrete/kappa.c", "rill_div(speed, k->rest(inside, k->self))", "rill_div(speed, k->kappa(inside, k->self))", "discrete"),
    ("models/discrete/kappas/cubic.c", "-slope(self, END), -slope(self, START)", "-slope(self, START), -slope(self, END)", "discrete"),
    ("models/discrete/jump.c", "rill_mul(jump.forward, at.hazard)", "rill_mul(jump.forward, at.rate)", "jump"),
    ("models/discrete/jump.c", "rill_add(at.kappa, rill_mul(at.rest, chance))", "rill_add(at.rest, rill_mul(at.kappa, chance))", "jump"),
    ("models/discrete/jump.c", "*stays = rill_exp(rill_neg(jumps))", "*stays = rill_sub(rill_scalar_like(jumps, 1.0), jumps)", "jump"),
    ("models/discrete/jump.c", "to == 1.0 ?", "to > 1.0 ?", "jump"),
    ("models/discrete/token_loss.c", "rill_mul(differs, p->log_data)", "p->log_data", "discrete"),
    ("models/discrete/jumping.c", "times[i], h, h, draw + k", "times[i - 1], h, h, draw + k", "jump"),
    # Manifolds.
    ("models/manifold/sphere.c", "return rill_sub(v, rill_mul(rill_dot_rows(x, v), x));", "return v;", "manifold"),
    ("models/manifold/sphere.c", "rill_mul(x, rill_smooth_cos(square))", "x", "manifold"),
    ("models/manifold/sphere.c", "rill_scale(rill_dot_rows(w, w), 4)", "rill_dot_rows(w, w)", "manifold"),
    ("models/manifold/sphere.c", "0.5 * (double)rill_dim(x, -1)", "0.5 * (double)(rill_dim(x, -1) - 1)", "manifold"),
    ("models/manifold/torus.c", "return wrapped(rill_sub(y, x));", "return rill_sub(y, x);", "manifold"),
    ("models/manifold/torus.c", "log(2 * M_PI)", "log(M_PI)", "manifold"),
    ("models/manifold/smooth.c", "rill_scalar_like(s, 0), root", "rill_scalar_like(s, 1), root", "manifold_smooth"),
    ("models/manifold/smooth.c", "rill_sqrt(rill_where(tiny, rill_scalar_like(s, 1), s))", "rill_sqrt(s)", "manifold_smooth"),
    ("models/manifold/geodesic.c", "rill_mul(t, rill_manifold_log(self, x0, x1))",
     "rill_mul(rill_sub(rill_scalar_like(t, 1.0), t), rill_manifold_log(self, x0, x1))", "manifold_flow"),
    ("models/manifold/divergence.c", "rill_manifold_tangent(m, x, rill_axis_like(x, i))", "rill_axis_like(x, i)", "manifold_density"),
    ("models/manifold/geodesic.c", "return rill_manifold_tangent(tangent->manifold, x, v);", "return v;", "manifold_flow"),
    ("models/manifold/unroll.c", "return rill_jvp(rill_manifold_log(m, x, y), y, u);", "return u;", "manifold_sampler"),
    ("models/manifold/torus.c", "rill_scale(z, M_SQRT1_2)", "z", "manifold"),
    ("models/manifold/product.c", "columns(y, first, width)", "columns(y, 0, width)", "manifold_own"),
    ("models/manifold/product.c", "sum ? rill_add(sum, part) : part", "part", "manifold_density"),
    ("models/manifold/carry.c", "j->ascends ? -integral : integral", "j->ascends ? integral : -integral", "manifold_density"),
    ("models/manifold/carry.c", "j->log_p[i] += rill_number_at(s->dtype, l->w_rows, i)",
     "j->log_p[i] = rill_number_at(s->dtype, l->w_rows, i)", "manifold_density"),
    ("models/manifold/carry.c", "j->request->times + i - 1, 2", "j->request->times, 2", "manifold_sampler"),
    ("models/manifold/carry.c", "memset(l->w_rows, 0, (size_t)count * s->item);", "", "manifold_sampler"),
    ("models/manifold/carry.c", "i * r->n + first", "i * r->n", "manifold_sampler"),
    ("models/manifold/carry.c", "j.calls * rows->count", "j.calls", "manifold_sampler"),
    # How far and how straight.
    ("tools/metrics/trajectory.c", "h * (straight - velocity) * (straight - velocity)", "(straight - velocity) * (straight - velocity)", "trajectory"),
    ("tools/metrics/trajectory.c", "fabs(squared_speed - w2 * w2)", "fabs(squared_speed - w2)", "trajectory"),
    ("tools/metrics/energy.c", "return 2.0 * sum;", "return sum;", "metrics"),
    ("tools/metrics/energy.c", "fmax(0.0, 2.0 * mean_distance(x, y, space) - within)", "fmax(0.0, mean_distance(x, y, space) - within / 2)", "metrics"),
]


def run(command, where, **kwargs):
    return subprocess.run(command, cwd=where, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **kwargs).returncode


def copy_tree(source, tree):
    """What git knows, as it is now."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=source, capture_output=True, check=True).stdout
    archive = subprocess.run(["tar", "-c", "--null", "-T", "-"], cwd=source, input=files, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x"], cwd=tree, input=archive, check=True)


def build(tree, tests):
    return run(["ninja", "-C", "build"] + ["tests/test_" + t for t in tests], tree)


def fails(tree, test):
    """A test that does not end has failed too."""
    environment = dict(os.environ, CK_FORK="no", CK_VERBOSITY="silent")
    try:
        return run([str(tree / "build/tests" / ("test_" + test))], tree, env=environment, timeout=120) != 0
    except subprocess.TimeoutExpired:
        return True


def misfits(tree):
    """What is wrong with lines of the table: their text is not once in their file."""
    for name, text, *_ in MUTANTS:
        path = tree / name
        count = path.read_text().count(text) if path.exists() else 0
        if count != 1:
            yield f"{name}: {text} is {count} times in the file"


def judge(tree, mutant):
    """killed, survived, or what is wrong with the line of the table."""
    name, text, other, tests = mutant
    path = tree / name
    original = path.read_text()
    try:
        path.write_text(original.replace(text, other))
        if build(tree, tests.split()):
            return "does not build"
        return "killed" if any(fails(tree, t) for t in tests.split()) else "survived"
    finally:
        path.write_text(original)


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    source = pathlib.Path(__file__).resolve().parents[1]
    wrong = list(misfits(source))
    if wrong or wanted == "--fit":
        print("\n".join(wrong) if wrong else f"{len(MUTANTS)} mutants fit")
        return 2 if wrong else 0
    mutants = [m for m in MUTANTS if wanted in m[0]]
    tests = sorted({t for m in mutants for t in m[3].split()})
    counts = {}
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = pathlib.Path(folder)
        copy_tree(source, tree)
        if run(["meson", "setup", "build", "-Dbuildtype=release"], tree) or build(tree, tests):
            sys.exit("the tree does not build")
        broken = [t for t in tests if fails(tree, t)]
        if broken:
            sys.exit("these fail without a mutant: " + ", ".join(broken))
        for m in mutants:
            verdict = judge(tree, m)
            kind = verdict if verdict in ("killed", "survived") else "misfit"
            counts[kind] = counts.get(kind, 0) + 1
            print("%-9s %s: %s -> %s%s" % (kind, m[0], m[1], m[2], "" if kind == verdict else ": " + verdict), flush=True)
    print(", ".join("%d %s" % (n, kind) for kind, n in sorted(counts.items())))
    return 2 if counts.get("misfit") else 1 if counts.get("survived") else 0


if __name__ == "__main__":
    sys.exit(main())
