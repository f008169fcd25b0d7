#include "plan.h"

#include <math.h>
#include <string.h>

/* Of the costs, in absolute value. */
#define LARGEST  1e290
#define SMALLEST 1e-13 /* regularization, relative to the largest cost */

/* Potentials are in units of the regularization e: P_ij = exp(f_i + log a_i + g_j + log b_j - c_ij
 * / e).  f and g are kept with the logs of the weights added, as `rows` and `columns`. */
struct problem {
    rill_plan *plan;
    const double *cost;
    double scale; /* 1/e */
    double give;  /* 1; with a relaxation r, r / (r + e) */
};

static double check_cost(const rill_plan *p, const double *cost, rill_message *message)
{
    double largest = 0.0;
    for (int64_t k = 0; k < p->n * p->m; k++) {
        if (!(fabs(cost[k]) < LARGEST)) {
            rill_fail(message, RILL_NOT_FINITE,
                      "sinkhorn: cost %g in row %lld, column %lld; below %g", cost[k],
                      (long long)(k / p->m), (long long)(k % p->m), LARGEST);
            return -1.0;
        }
        largest = fmax(largest, fabs(cost[k]));
    }
    return largest;
}

static rill_status check(const rill_plan *plan, const double *cost, const rill_sinkhorn_options *o,
                         rill_message *message)
{
    if (!plan || !cost || !o)
        return rill_fail(message, RILL_BAD_ARGUMENT, "sinkhorn: %s not given",
                         !plan   ? "a plan"
                         : !cost ? "costs"
                                 : "options");
    if (!(o->regularization > 0.0) || isinf(o->regularization))
        return rill_fail(message, RILL_BAD_ARGUMENT, "sinkhorn: regularization %g; above 0",
                         o->regularization);
    if (!(o->relaxation >= 0.0) || isinf(o->relaxation))
        return rill_fail(message, RILL_BAD_ARGUMENT, "sinkhorn: relaxation %g; 0 or above",
                         o->relaxation);
    if (!(o->tolerance >= 0.0) || o->max_iterations < 0)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "sinkhorn: tolerance %g, %lld iterations; 0 or above", o->tolerance,
                         (long long)o->max_iterations);
    return RILL_OK;
}

/* Logs of weights.  Their sum, or -1 where they are no weights. */
static double take_weights(const double *weights, int64_t count, double *logs)
{
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++) {
        double weight = weights ? weights[i] : 1.0 / (double)count;
        if (!(weight >= 0.0) || isinf(weight))
            return -1.0;
        logs[i] = log(weight);
        sum += weight;
    }
    return isinf(sum) ? -1.0 : sum;
}

static rill_status check_weights(rill_plan *p, const rill_sinkhorn_options *o,
                                 rill_message *message)
{
    double a = take_weights(o->a, p->n, p->log_a), b = take_weights(o->b, p->m, p->log_b);
    if (!(a > 0.0) || !(b > 0.0))
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "sinkhorn: weights %s; numbers from 0 on, not all 0",
                         !(a > 0.0) ? "a" : "b");
    if (o->relaxation == 0.0 && !(fabs(a - b) <= 1e-9 * a))
        return rill_fail(
            message, RILL_MISMATCH,
            "sinkhorn: weights of sum %.12g and %.12g have no plan without a relaxation", a, b);
    return RILL_OK;
}

/* Potentials of the rows, for those of the columns.  Returns the error of the report. */
static double update_rows(const struct problem *s)
{
    rill_plan *p = s->plan;
    double error = 0.0;
    for (int64_t i = 0; i < p->n; i++) {
        double f = -s->give * p->sweep->log_sum_exp(s->cost + i * p->m, p->columns, s->scale, p->m);
        double before = p->rows[i], now = f + p->log_a[i];
        if (now > -HUGE_VAL) /* else its weight is zero */
            error += fabs(exp(p->log_a[i] + (before - now) / s->give) - exp(p->log_a[i]));
        p->rows[i] = now;
    }
    return error;
}

/* The same for columns, row by row of the costs. */
static void update_columns(const struct problem *s)
{
    rill_plan *p = s->plan;
    for (int64_t j = 0; j < p->m; j++)
        p->most[j] = -HUGE_VAL, p->sum[j] = 0.0;
    for (int64_t i = 0; i < p->n; i++)
        p->sweep->raise(s->cost + i * p->m, p->rows[i], s->scale, p->m, p->most);
    for (int64_t i = 0; i < p->n; i++)
        p->sweep->add_exp(s->cost + i * p->m, p->rows[i], s->scale, p->most, p->m, p->sum);
    for (int64_t j = 0; j < p->m; j++)
        p->columns[j] = -s->give * (p->most[j] + log(p->sum[j])) + p->log_b[j];
}

/* Iterates until the error is at most `tolerance` or `most` iterations are made. */
static void iterate(const struct problem *s, double tolerance, int64_t most,
                    rill_sinkhorn_report *report)
{
    report->error = HUGE_VAL;
    for (int64_t k = 0; k < most && !(report->error <= tolerance); k++) {
        report->error = update_rows(s);
        update_columns(s);
        report->iterations++;
    }
}

/* Potentials in the unit of another regularization: an iteration starts from the columns, and its
 * error is by the rows. */
static void rescale(rill_plan *p, double ratio)
{
    for (int64_t i = 0; i < p->n; i++)
        p->rows[i] =
            p->log_a[i] == -HUGE_VAL ? -HUGE_VAL : (p->rows[i] - p->log_a[i]) * ratio + p->log_a[i];
    for (int64_t j = 0; j < p->m; j++)
        p->columns[j] = p->log_b[j] == -HUGE_VAL
                            ? -HUGE_VAL
                            : (p->columns[j] - p->log_b[j]) * ratio + p->log_b[j];
}

static struct problem problem_at(rill_plan *p, const double *cost, double regularization,
                                 double relaxation)
{
    double give = relaxation > 0.0 ? 1.0 / (1.0 + regularization / relaxation) : 1.0;
    return (struct problem){ p, cost, 1.0 / regularization, give };
}

/* Each regularization of the way down starts from the potentials of the one before: there is no
 * need to be exact before the last, which has an iteration at least. */
static void descend(rill_plan *p, const double *cost, double largest,
                    const rill_sinkhorn_options *o, rill_sinkhorn_report *report)
{
    const int64_t few = 20;
    const double step = 4.0, coarse = 1e-2;
    double last = fmax(o->regularization, SMALLEST * largest), at = fmax(last, largest / step);
    int64_t left = o->max_iterations ? o->max_iterations : 1000;
    memcpy(p->rows, p->log_a, (size_t)p->n * sizeof *p->rows);
    memcpy(p->columns, p->log_b, (size_t)p->m * sizeof *p->columns);
    while (at > last) {
        struct problem s = problem_at(p, cost, at, o->relaxation);
        int64_t spare = left - 1 - report->iterations;
        iterate(&s, coarse, spare < few ? spare : few, report);
        double next = fmax(last, at / step);
        rescale(p, at / next);
        at = next;
    }
    struct problem s = problem_at(p, cost, last, o->relaxation);
    iterate(&s, o->tolerance > 0.0 ? o->tolerance : 1e-9, left - report->iterations, report);
}

/* The plan of the potentials, the sums of its rows, and what the report says of it. */
static void write_plan(rill_plan *p, const double *cost, double regularization,
                       rill_sinkhorn_report *report)
{
    for (int64_t i = 0; i < p->n; i++) {
        double sum = 0.0;
        for (int64_t j = 0; j < p->m; j++) {
            double *mass = p->matrix + i * p->m + j;
            *mass = exp(p->rows[i] + p->columns[j] - cost[i * p->m + j] / regularization);
            sum += *mass;
            report->cost += *mass * cost[i * p->m + j];
        }
        report->mass += sum;
        p->up_to[i] = report->mass;
    }
}

rill_status rill_plan_sinkhorn(rill_plan *plan, const double *cost,
                               const rill_sinkhorn_options *options, rill_sinkhorn_report *report,
                               rill_message *message)
{
    rill_status status = check(plan, cost, options, message);
    if (status == RILL_OK)
        status = check_weights(plan, options, message);
    if (status != RILL_OK)
        return status;
    double largest = check_cost(plan, cost, message);
    if (largest < 0.0)
        return RILL_NOT_FINITE;
    rill_sinkhorn_report made = { 0 };
    descend(plan, cost, largest, options, &made);
    made.converged = made.error <= (options->tolerance > 0.0 ? options->tolerance : 1e-9);
    write_plan(plan, cost, fmax(options->regularization, SMALLEST * largest), &made);
    if (!isfinite(made.mass))
        return rill_fail(message, RILL_NOT_FINITE,
                         "sinkhorn: the plan is too large for numbers: costs are below 0");
    if (report)
        *report = made;
    return RILL_OK;
}
