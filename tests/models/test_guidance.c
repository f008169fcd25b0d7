/* test_guidance.c - guided fields against closed forms and the exact fields of mixtures, and two
 * models in one store. */
#include "core/rng.h"
#include "evaluate.h"
#include "models/flow/flow.h"
#include "models/flow/guidance.h"
#include "models/flow/mixture.h"
#include "models/flow/sampler.h"
#include "models/flow/scoped.h"
#include "models/nets/built_in.h"
#include "models/ode/integrate.h"
#include "models/ode/unroll.h"
#include "ops/cast.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "ops/shape.h"

#include <math.h>
#include <string.h>

static const uint64_t seed = 5;
static rill_store *store;
static rill_graph *g;

static void begin(void)
{
    store = rill_store_new(seed);
    g = rill_graph_new(store);
}

static void end(void)
{
    rill_graph_free(g);
    rill_store_free(store);
}

/* ---- Two classes N(-m, s^2) (label 0) and N(m, s^2) (label 1) from N(0,1), on the linear path. */

typedef struct classes {
    double m, s;
} classes;

/* Their exact field; label -1 asks for that of both. */
static rill_tensor *class_field(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    const classes *c = self;
    rill_tensor *sigma = rill_sub(rill_scalar_like(t, 1), t),
                *s2 = rill_scalar_like(t, c->s * c->s);
    rill_tensor *v = rill_add(rill_square(sigma), rill_mul(s2, rill_square(t)));
    rill_tensor *slope = rill_div(rill_sub(rill_mul(s2, t), sigma), v);
    /* E[sign of the class] given x. */
    rill_tensor *both = rill_tanh(rill_div(rill_scale(rill_mul(t, x), c->m), v));
    rill_tensor *label = rill_reshape(rill_cast(cond, RILL_F64), rill_shape_of(t));
    rill_tensor *known = rill_ge(label, rill_scalar_like(label, 0));
    rill_tensor *sign = rill_where(known, rill_shift(rill_scale(label, 2), -1), both);
    rill_tensor *mean = rill_scale(sign, c->m);
    return rill_add(mean, rill_mul(slope, rill_sub(x, rill_mul(t, mean))));
}

/* The same in plain C by models/flow/mixture.h: of the class +m, or of both. */
static double mixture_velocity(const classes *c, int both, double x, double t)
{
    static const double one = 1, half[] = { .5, .5 };
    double origin = 0, mean[] = { c->m, -c->m }, sd[] = { c->s, c->s };
    rill_mixture source = { 1, 1, &one, &origin, &one };
    rill_mixture target = { 1, both ? 2 : 1, both ? half : &one, mean, sd };
    rill_mixture_field field;
    ck_assert_int_eq(
        rill_mixture_field_at(&source, &target, rill_mixing_linear(t), &x, &field, NULL), RILL_OK);
    return field.velocity[0];
}

enum { ROWS = 201, STEPS = 200 };

typedef struct compiled_field {
    rill_program *p;
    rill_tensor *x, *t, *v;
} compiled_field;

/* A field under label 1 (which others do not look at). */
static compiled_field compile_field(rill_field field)
{
    compiled_field f = { .x = rill_input(g, "x", RILL_F64, RILL_SHAPE(ROWS, 1)),
                         .t = rill_input(g, "t", RILL_F64, RILL_SHAPE(ROWS, 1)) };
    rill_tensor *label = rill_full(g, RILL_I32, RILL_SHAPE(ROWS), 1);
    f.v = field.at(f.x, f.t, label, field.self);
    f.p = compiled(g, &f.v, 1);
    return f;
}

static rill_status velocity(void *self, const double *t, const void *x, void *dxdt)
{
    compiled_field *f = self;
    rill_feed(f->p, f->x, x, ROWS);
    rill_feed(f->p, f->t, t, ROWS);
    rill_status status = rill_run(f->p);
    return status ? status : rill_read(f->p, f->v, dxdt, ROWS);
}

static void solve(const compiled_field *f, const char *solver, double from, double to, double *x)
{
    double times[STEPS + 1];
    rill_ode ode = { RILL_F64, ROWS, 1, velocity, NULL, (void *)(uintptr_t)f };
    rill_ode_options options = { .solver = rill_solver_find(solver) };
    ck_assert_int_eq(rill_time_grid(from, to, STEPS, times, NULL), RILL_OK);
    ck_assert_int_eq(rill_ode_integrate(&ode, &options, times, STEPS + 1, x, NULL), RILL_OK);
}

#define REACH 10.0 /* beyond it N(0,1) has nothing */

static double start_of(int i)
{
    return REACH * (2.0 * i / (ROWS - 1) - 1);
}

typedef struct moments {
    double share, mean, sd; /* share above 0 */
} moments;

/* Of phi(z), z ~ N(0,1), from phi at the starts (the trapezoidal rule, whose error is below that of
 * doubles here) and the point that phi takes to 0: phi rises. */
static moments moments_of(const double *phi, double root)
{
    double first = 0, second = 0, h = 2 * REACH / (ROWS - 1);
    for (int i = 0; i < ROWS; i++) {
        double z = start_of(i), w = h * exp(-z * z / 2) / sqrt(2 * M_PI);
        first += w * phi[i];
        second += w * phi[i] * phi[i];
    }
    return (moments){ .5 * erfc(root / sqrt(2)), first, sqrt(second - first * first) };
}

static moments guided_moments(const rill_guidance *guidance)
{
    double x[ROWS], back[ROWS] = { 0 };
    compiled_field f = compile_field(rill_guided_field(guidance));
    for (int i = 0; i < ROWS; i++)
        x[i] = start_of(i);
    solve(&f, "rk4", 0, 1, x);
    solve(&f, "rk4", 1, 0, back);
    rill_program_free(f.p);
    return moments_of(x, back[0]);
}

/* ---- Guidance by a condition. */

START_TEST(guided_classes_have_the_printed_moments)
{
    static const double printed[][3] = { { .5, 0, 1.414214 },
                                         { .84134475, 1, 1 },
                                         { .99083143, 1.612542, .761754 },
                                         { .99997802, 2.026889, .653692 } };
    const classes unit = { 1, 1 };
    rill_guidance guidance = { .field = { class_field, &unit }, .weight = _i };
    moments got = guided_moments(&guidance);
    ck_assert_double_eq_tol(got.share, printed[_i][0], 6e-9); /* half a digit, and RK4's h^4 */
    ck_assert_double_eq_tol(got.mean, printed[_i][1], 6e-7);
    ck_assert_double_eq_tol(got.sd, printed[_i][2], 6e-7);
}
END_TEST

/* dx/dt by the mixture's field in plain C, and Kutta's 3/8 rule: another method of order 4. */
static double carried(const classes *c, double w, double x, double from, double to)
{
    double h = (to - from) / STEPS, k[4];
#define GUIDED(x, t) ((1 - w) * mixture_velocity(c, 1, x, t) + w * mixture_velocity(c, 0, x, t))
    for (int i = 0; i < STEPS; i++) {
        double t = from + i * h;
        k[0] = GUIDED(x, t);
        k[1] = GUIDED(x + h * k[0] / 3, t + h / 3);
        k[2] = GUIDED(x + h * (k[1] - k[0] / 3), t + 2 * h / 3);
        k[3] = GUIDED(x + h * (k[0] - k[1] + k[2]), t + h);
        x += h * (k[0] + 3 * k[1] + 3 * k[2] + k[3]) / 8;
    }
#undef GUIDED
    return x;
}

START_TEST(other_classes_are_guided_as_by_plain_integration)
{
    static const struct setting {
        double w;
        classes c;
    } settings[] = { { .5, { 1, 1 } }, { 1.5, { 2, .5 } }, { 4, { .5, 2 } }, { -1, { 1.5, .8 } } };
    const struct setting *s = &settings[_i];
    double x[ROWS];
    rill_guidance guidance = { .field = { class_field, &s->c }, .weight = s->w };
    moments got = guided_moments(&guidance);
    for (int i = 0; i < ROWS; i++)
        x[i] = carried(&s->c, s->w, start_of(i), 0, 1);
    moments wanted = moments_of(x, carried(&s->c, s->w, 0, 1, 0));
    ck_assert_double_eq_tol(got.share, wanted.share, 1e-7); /* h^4 of both */
    ck_assert_double_eq_tol(got.mean, wanted.mean, 1e-6);
    ck_assert_double_eq_tol(got.sd, wanted.sd, 1e-6);
}
END_TEST

/* Rows of x under label 1 at times spread over (0,1). */
static void values_of(rill_field field, double *out)
{
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(ROWS, 1));
    rill_tensor *label = rill_full(g, RILL_I32, RILL_SHAPE(ROWS), 1);
    evaluate(field.at(x, time_constant(g, RILL_SHAPE(ROWS, 1)), label, field.self), out, ROWS);
}

START_TEST(outside_the_interval_the_field_is_as_it_was)
{
    const classes unit = { 1, 1 };
    double guided[ROWS], part[ROWS], plain[ROWS];
    rill_guidance all = { .field = { class_field, &unit }, .weight = 3 }, some = all, none = all;
    some.times = (rill_interval){ .25, .6 };
    none.weight = 1;
    values_of(rill_guided_field(&all), guided);
    values_of(rill_guided_field(&some), part);
    values_of(rill_guided_field(&none), plain);
    for (int i = 0; i < ROWS; i++) {
        double t = (i + .5) / ROWS;
        ck_assert_double_eq(part[i], t >= .25 && t <= .6 ? guided[i] : plain[i]);
        ck_assert(fabs(guided[i] - plain[i]) > 1e-6);
    }
}
END_TEST

START_TEST(a_weight_of_one_is_the_field_and_of_zero_the_unconditional_one)
{
    const classes unit = { 1, 1 };
    double got[ROWS], wanted[ROWS], free[ROWS];
    const double *x = normals(seed, 0, ROWS);
    rill_guidance one = { .field = { class_field, &unit }, .weight = 1 }, zero = one;
    zero.weight = 0;
    values_of(rill_guided_field(&one), got);
    values_of(one.field, wanted);
    values_of(rill_guided_field(&zero), free);
    ck_assert_mem_eq(got, wanted, sizeof got);
    for (int i = 0; i < ROWS; i++) /* only roundings */
        ck_assert_double_eq_tol(free[i], mixture_velocity(&unit, 1, x[i], (i + .5) / ROWS), 1e-12);
}
END_TEST

/* What flows leave out in training is what guidance asks with. */
START_TEST(the_condition_left_out_is_that_of_dropout)
{
    float vectors[8], none_vectors[8];
    int32_t labels[4], none_labels[4];
    rill_flow flow = { .net = { rill_mlp,
                                &(rill_net_size){ .hidden = 8, .layers = 1, .classes = 3 } },
                       .dropout = 1 };
    rill_tensor *x1 = rill_full(g, RILL_F32, RILL_SHAPE(4, 2), 1);
    rill_tensor *label = rill_full(g, RILL_I32, RILL_SHAPE(4), 2);
    rill_tensor *vector = rill_full(g, RILL_F32, RILL_SHAPE(4, 2), 7);
    rill_flow_parts by_label = rill_flow_build(&flow, (rill_flow_batch){ .x1 = x1, .cond = label });
    rill_flow_parts by_vector =
        rill_flow_build(&flow, (rill_flow_batch){ .x1 = x1, .cond = vector });
    evaluate(by_label.cond, labels, 4);
    evaluate(by_vector.cond, vectors, 8);
    evaluate(rill_condition_none(label), none_labels, 4);
    evaluate(rill_condition_none(vector), none_vectors, 8);
    ck_assert_mem_eq(labels, none_labels, sizeof labels);
    ck_assert_mem_eq(vectors, none_vectors, sizeof vectors);
    ck_assert_ptr_null(rill_condition_none(NULL));
}
END_TEST

/* ---- Guidance by an energy. */

/* Data N(m, s^2) on the path of a scheduler, and the energy (k/2)(x1 - y)^2: the tilted data are
 * N((m/s^2 + k y)/p, 1/p), p = 1/s^2 + k. */
typedef struct tilt {
    const rill_scheduler *scheduler;
    double m, s, k, y;
} tilt;

static double tilted_variance(const tilt *of)
{
    return 1 / (1 / (of->s * of->s) + of->k);
}

static double tilted_mean(const tilt *of)
{
    return tilted_variance(of) * (of->m / (of->s * of->s) + of->k * of->y);
}

/* The exact field to N(m, s2). */
static rill_tensor *gaussian_field(const rill_scheduler *scheduler, double m, double s2,
                                   rill_tensor *x, rill_tensor *t)
{
    rill_scheduler_point at = rill_scheduler_at(scheduler, t);
    rill_tensor *v = rill_add(rill_square(at.sigma), rill_scale(rill_square(at.alpha), s2));
    rill_tensor *c = rill_add(rill_mul(at.sigma, at.sigma_rate),
                              rill_scale(rill_mul(at.alpha, at.alpha_rate), s2));
    rill_tensor *off = rill_sub(x, rill_scale(at.alpha, m));
    return rill_add(rill_scale(at.alpha_rate, m), rill_mul(rill_div(c, v), off));
}

static rill_tensor *untilted(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    const tilt *of = self;
    (void)cond;
    return gaussian_field(of->scheduler, of->m, of->s * of->s, x, t);
}

static rill_tensor *tilted(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    const tilt *of = self;
    (void)cond;
    return gaussian_field(of->scheduler, tilted_mean(of), tilted_variance(of), x, t);
}

/* -log E[exp(-(k/2)(x1 - y)^2) | x_t = x] without what x has no part in: x1 given x is normal. */
static rill_tensor *noisy_energy(rill_tensor *x, rill_tensor *t, rill_tensor *cond,
                                 const void *self)
{
    const tilt *of = self;
    (void)cond;
    double s2 = of->s * of->s;
    rill_scheduler_point at = rill_scheduler_at(of->scheduler, t);
    rill_tensor *sigma2 = rill_square(at.sigma);
    rill_tensor *v = rill_add(sigma2, rill_scale(rill_square(at.alpha), s2));
    rill_tensor *gain = rill_scale(rill_div(at.alpha, v), s2);
    rill_tensor *mean = rill_shift(rill_mul(gain, rill_sub(x, rill_scale(at.alpha, of->m))), of->m);
    rill_tensor *spread = rill_shift(rill_scale(rill_div(sigma2, v), s2), 1 / of->k);
    rill_tensor *off = rill_shift(mean, -of->y);
    return rill_scale(rill_div(rill_square(off), spread), .5);
}

static rill_tensor *clean_energy(rill_tensor *x, rill_tensor *t, rill_tensor *cond,
                                 const void *self)
{
    const tilt *of = self;
    (void)t;
    (void)cond;
    rill_tensor *half = rill_scale(rill_square(rill_shift(x, -of->y)), of->k / 2);
    return rill_sum(half, RILL_AXES(-1), 0);
}

static const struct {
    double m, s, k, y;
} tilts[] = { { .5, .4, 3, 1 }, { -1, 1, 1, 2 }, { 2, .3, 10, 1.5 }, { 0, 2, .5, -1 } };
enum { TILTS = sizeof tilts / sizeof *tilts };

static tilt tilt_of(int i)
{
    return (tilt){ rill_scheduler_built_in(i / TILTS), tilts[i % TILTS].m, tilts[i % TILTS].s,
                   tilts[i % TILTS].k, tilts[i % TILTS].y };
}

static int tilt_count(void)
{
    int n = 0;
    while (rill_scheduler_built_in(n))
        n++;
    return n * TILTS;
}

/* By the true energy at t, the field is that to the tilted data. */
START_TEST(a_true_energy_gives_the_field_of_the_tilted_data)
{
    tilt of = tilt_of(_i);
    double got[ROWS], wanted[ROWS];
    rill_energy_guidance guidance = { .field = { untilted, &of },
                                      .energy = { noisy_energy, &of },
                                      .conversion = { .scheduler = of.scheduler },
                                      .weight = 1 };
    values_of(rill_energy_guided_field(&guidance), got);
    values_of((rill_field){ tilted, &of }, wanted);
    for (int i = 1; i < ROWS; i++) /* from row 1 on times are above the clipped 1e-3 */
        ck_assert_msg(fabs(got[i] - wanted[i]) < 1e-9 * (1 + fabs(wanted[i])),
                      "%s, t = %g: %.12g, expected %.12g", of.scheduler->name, (i + .5) / ROWS,
                      got[i], wanted[i]);
}
END_TEST

/* ... and carries noise to them: the flow is affine, so that two points tell mean and sd. */
START_TEST(an_energy_carries_noise_to_the_tilted_data)
{
    tilt of = tilt_of(_i);
    double x[ROWS] = { 0, 1 };
    rill_energy_guidance guidance = { .field = { untilted, &of },
                                      .energy = { noisy_energy, &of },
                                      .weight = 1 };
    compiled_field f = compile_field(rill_energy_guided_field(&guidance));
    solve(&f, "rk4", 0, 1, x);
    /* What is clipped is 1e-3 away for a time of 1e-3. */
    ck_assert_double_eq_tol(x[0], tilted_mean(&of), 2e-5);
    ck_assert_double_eq_tol(x[1] - x[0], sqrt(tilted_variance(&of)), 2e-5);
    rill_program_free(f.p);
}
END_TEST

/* -b k (x1hat - y) dx1hat/dx by hand: x1hat = m + (a s^2/V)(x - a m), b = (1-t)/t. */
START_TEST(an_energy_of_the_data_goes_through_the_field)
{
    tilt of = tilt_of(_i);
    double got[ROWS], plain[ROWS];
    const double *x = normals(seed, 0, ROWS);
    rill_energy_guidance guidance = {
        .field = { untilted, &of }, .energy = { clean_energy, &of }, .of_data = 1, .weight = 2
    };
    values_of(rill_energy_guided_field(&guidance), got);
    values_of(guidance.field, plain);
    for (int i = 1; i < ROWS; i++) {
        double t = (i + .5) / ROWS, s2 = of.s * of.s, v = (1 - t) * (1 - t) + t * t * s2;
        double gain = t * s2 / v, data = of.m + gain * (x[i] - t * of.m);
        double wanted = plain[i] - 2 * (1 - t) / t * of.k * (data - of.y) * gain;
        ck_assert_double_eq_tol(got[i], wanted, 1e-9 * (1 + fabs(wanted)));
    }
}
END_TEST

/* Before t = 1e-3, where b grows without bound, all is as it is then. */
START_TEST(an_energy_waits_for_its_start)
{
    tilt of = tilt_of(0);
    double early[ROWS], later[ROWS];
    rill_energy_guidance guidance = {
        .field = { untilted, &of }, .energy = { clean_energy, &of }, .of_data = _i, .weight = 1
    };
    rill_field field = rill_energy_guided_field(&guidance);
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(ROWS, 1));
    rill_tensor *start = rill_full(g, RILL_F64, RILL_SHAPE(ROWS, 1), 0);
    evaluate(field.at(x, start, NULL, field.self), early, ROWS);
    evaluate(field.at(x, rill_shift(start, 1e-3), NULL, field.self), later, ROWS);
    ck_assert_mem_eq(early, later, sizeof early);
}
END_TEST

START_TEST(an_energy_has_an_interval_too)
{
    tilt of = tilt_of(0);
    double guided[ROWS], part[ROWS], plain[ROWS];
    rill_energy_guidance all = { .field = { untilted, &of },
                                 .energy = { noisy_energy, &of },
                                 .weight = 1 };
    rill_energy_guidance some = all;
    some.times = (rill_interval){ .5, 1 };
    values_of(rill_energy_guided_field(&all), guided);
    values_of(rill_energy_guided_field(&some), part);
    values_of(all.field, plain);
    for (int i = 1; i < ROWS; i++)
        ck_assert_double_eq(part[i], (i + .5) / ROWS >= .5 ? guided[i] : plain[i]);
}
END_TEST

/* ---- Guidance by another model. */

enum { B = 16, D = 2 };
static const rill_net_size large = { .hidden = 16, .layers = 2 },
                           small = { .hidden = 4, .layers = 1 };
static const rill_flow flow = { .net = { rill_mlp, &large } },
                       lesser = { .net = { rill_mlp, &small } };

/* A store with the weights of a flow, as they start. */
static rill_store *weights_of(const rill_flow *of, uint64_t its_seed)
{
    rill_store *weights = rill_store_new(its_seed);
    rill_graph *graph = rill_graph_new(weights);
    rill_tensor *x = rill_full(graph, RILL_F32, RILL_SHAPE(1, D), 0);
    rill_tensor *v = rill_flow_velocity(of, x, rill_full(graph, RILL_F32, RILL_SHAPE(1), 0), NULL);
    rill_program_free(compiled(graph, &v, 1));
    rill_graph_free(graph);
    return weights;
}

static void velocities(rill_store *weights, rill_field field, float *out)
{
    rill_message message = { "" };
    float x[B * D];
    double t[B];
    for (int i = 0; i < B * D; i++)
        x[i] = (float)normals(seed, 1, B * D)[i];
    for (int i = 0; i < B; i++)
        t[i] = (i + .5) / B;
    rill_sampler_options options = { .sample = RILL_SHAPE(D), .batch = B };
    rill_sampler *s = rill_sampler_new(weights, field, &options, &message);
    ck_assert_msg(s != NULL, "%s", message.text);
    ck_assert_int_eq(rill_sampler_velocity(s, B, x, t, NULL, out, NULL), RILL_OK);
    rill_sampler_free(s);
}

START_TEST(two_models_live_in_one_store)
{
    float first[B * D], second[B * D], got[B * D];
    rill_message message = { "" };
    rill_store *one = weights_of(&flow, 1), *other = weights_of(&lesser, 2);
    velocities(one, rill_flow_field(&flow), first);
    velocities(other, rill_flow_field(&lesser), second);
    ck_assert_msg(!rill_adopt_parameters(one, "guide", other, &message), "%s", message.text);
    rill_scoped guide = { rill_flow_field(&lesser), "guide" };
    rill_guidance away = { rill_flow_field(&flow), rill_scoped_field(&guide), .weight = 2.5 };
    velocities(one, rill_guided_field(&away), got);
    for (int i = 0; i < B * D; i++) /* f32 */
        ck_assert_double_eq_tol((double)got[i], -1.5 * (double)second[i] + 2.5 * (double)first[i],
                                2e-6);
    ck_assert(first[0] != second[0]);
    rill_store_free(one);
    rill_store_free(other);
}
END_TEST

START_TEST(models_that_do_not_fit_are_refused)
{
    rill_message message = { "" };
    rill_store *one = weights_of(&flow, 1), *other = weights_of(&lesser, 2);
    ck_assert_int_eq(rill_adopt_parameters(one, "guide", other, &message), RILL_OK);
    ck_assert_int_eq(rill_adopt_parameters(one, "guide", one, &message), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_adopt_parameters(NULL, "guide", one, &message), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_adopt_parameters(one, "", other, &message), RILL_BAD_ARGUMENT);
    rill_store *third = weights_of(&flow, 3);
    ck_assert_int_eq(rill_adopt_parameters(one, "guide", third, &message), RILL_MISMATCH);
    /* A guide that was not adopted is missing, not made at random. */
    rill_scoped guide = { rill_flow_field(&flow), "absent" };
    rill_sampler_options options = { .sample = RILL_SHAPE(D) };
    ck_assert_ptr_null(rill_sampler_new(one, rill_scoped_field(&guide), &options, &message));
    ck_assert_ptr_nonnull(strstr(message.text, "absent."));
    rill_store_free(one);
    rill_store_free(other);
    rill_store_free(third);
}
END_TEST

START_TEST(what_is_missing_is_refused)
{
    const classes unit = { 1, 1 };
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(2, 1), 1);
    rill_tensor *label = rill_full(g, RILL_I32, RILL_SHAPE(2), 1);
    rill_field field = { class_field, &unit };
    const rill_guidance wrong[] = { { .weight = 1 },
                                    { .field = field, .weight = (double)NAN },
                                    { .field = field, .weight = 2, .times = { .5, .5 } },
                                    { .field = field, .weight = 2, .times = { .5, (double)NAN } } };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert(rill_is_inert(rill_guided_field(&wrong[i]).at(x, x, label, &wrong[i])));
    const rill_guidance fine = { .field = field, .weight = 2 };
    ck_assert(rill_is_inert(rill_guided_field(&fine).at(x, x, NULL, &fine)));
    ck_assert(rill_is_inert(rill_guided_field(NULL).at(x, x, label, NULL)));
    const rill_energy_guidance no_energy = { .field = field, .weight = 1 };
    ck_assert(rill_is_inert(rill_energy_guided_field(&no_energy).at(x, x, label, &no_energy)));
    ck_assert(rill_is_inert(rill_energy_guided_field(NULL).at(x, x, label, NULL)));
    ck_assert(rill_is_inert(rill_scoped_field(NULL).at(x, x, label, NULL)));
}
END_TEST

START_TEST(an_energy_is_one_number_a_row)
{
    tilt of = tilt_of(0);
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(2, 3), 1);
    rill_energy_guidance guidance = { .field = { untilted, &of },
                                      .energy = { noisy_energy, &of },
                                      .weight = 1 };
    rill_tensor *t = rill_full(g, RILL_F64, RILL_SHAPE(2, 1), .5);
    ck_assert(rill_is_inert(rill_energy_guided_field(&guidance).at(x, t, NULL, &guidance)));
    ck_assert_str_eq(rill_error(g), "guidance: 6 energies for 2 rows");
}
END_TEST

/* ---- Mean velocities. */

/* v = rate x and its mean, (e^(rate h) - 1) x / h. */
static rill_tensor *growth(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)t, (void)cond;
    return rill_scale(x, *(const double *)self);
}

static rill_tensor *mean_growth(rill_tensor *x, rill_tensor *t, rill_tensor *until,
                                rill_tensor *cond, const void *self)
{
    rill_tensor *h = rill_sub(until, t), *zero = rill_scalar_like(h, 0);
    rill_tensor *mean = rill_div(rill_expm1(rill_scale(h, *(const double *)self)), h);
    return rill_where(rill_ne(h, zero), rill_mul(mean, x), growth(x, t, cond, self));
}

static const double fast = 1.1, slow = -.4;
static const rill_scoped plain_guide = { { growth, &slow }, "guide" },
                         guide = { { growth, &slow, mean_growth }, "guide" };

/* Where x = 1 is after n equal steps of Euler. */
static double grown(const rill_guidance *guidance, int n)
{
    double x, times[129];
    ck_assert_int_eq(rill_time_grid(0, 1, n, times, NULL), RILL_OK);
    rill_tensor *one = rill_full(g, RILL_F64, RILL_SHAPE(1, 1), 1);
    evaluate(rill_ode_unroll(rill_guided_field(guidance), rill_solver_find("euler"), times, n + 1,
                             one, NULL),
             &x, 1);
    return x;
}

START_TEST(guided_means_are_exact_at_weight_one_and_else_of_first_order)
{
    rill_guidance led = { .field = { growth, &fast, mean_growth },
                          .guide = rill_scoped_field(&guide),
                          .weight = 1 };
    ck_assert_double_eq_tol(grown(&led, 1), exp(fast), 1e-14);
    for (led.weight = -1; led.weight < 3; led.weight += 1.5) {
        double exact = exp((1 - led.weight) * slow + led.weight * fast);
        double coarse = grown(&led, 64) - exact, fine = grown(&led, 128) - exact;
        ck_assert_msg(fabs(coarse / fine - 2) < .1, "weight %g: errors %g, %g", led.weight, coarse,
                      fine);
    }
}
END_TEST

START_TEST(a_step_is_guided_when_it_begins_within_the_times)
{
    rill_guidance led = { .field = { growth, &fast, mean_growth },
                          .guide = rill_scoped_field(&guide),
                          .weight = 3,
                          .times = { .5, 1 } };
    double mean = 3 * expm1(fast / 2) - 2 * expm1(slow / 2);
    ck_assert_double_eq_tol(grown(&led, 2), exp(fast / 2) * (1 + mean), 1e-14);
}
END_TEST

START_TEST(means_are_known_where_both_know_theirs)
{
    rill_field knows = { growth, &fast, mean_growth }, does_not = { growth, &fast };
    rill_guidance both = { .field = knows, .guide = rill_scoped_field(&guide) };
    rill_guidance one = { .field = knows }, other = { .field = does_not, .guide = both.guide };
    rill_guidance neither = { .field = knows, .guide = rill_scoped_field(&plain_guide) };
    ck_assert(rill_guided_field(&both).average && rill_guided_field(&one).average);
    ck_assert(!rill_guided_field(&other).average && !rill_guided_field(&neither).average);
    ck_assert(!rill_scoped_field(&plain_guide).average && !rill_scoped_field(NULL).average);
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(2, 1), 1);
    rill_tensor *t = rill_full(g, RILL_F64, RILL_SHAPE(2, 1), .3);
    rill_field led = rill_guided_field(&both);
    double mean[2], velocity_there[2];
    evaluate(led.average(x, t, t, NULL, led.self), mean, 2);
    evaluate(led.at(x, t, NULL, led.self), velocity_there, 2);
    ck_assert_mem_eq(mean, velocity_there, sizeof mean);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, guided_means_are_exact_at_weight_one_and_else_of_first_order);
    tcase_add_test(cases, a_step_is_guided_when_it_begins_within_the_times);
    tcase_add_test(cases, means_are_known_where_both_know_theirs);
    tcase_add_loop_test(cases, guided_classes_have_the_printed_moments, 0, 4);
    tcase_add_loop_test(cases, other_classes_are_guided_as_by_plain_integration, 0, 4);
    tcase_add_test(cases, outside_the_interval_the_field_is_as_it_was);
    tcase_add_test(cases, a_weight_of_one_is_the_field_and_of_zero_the_unconditional_one);
    tcase_add_test(cases, the_condition_left_out_is_that_of_dropout);
    tcase_add_loop_test(cases, a_true_energy_gives_the_field_of_the_tilted_data, 0, tilt_count());
    tcase_add_loop_test(cases, an_energy_carries_noise_to_the_tilted_data, 0, TILTS);
    tcase_add_loop_test(cases, an_energy_of_the_data_goes_through_the_field, 0, TILTS);
    tcase_add_loop_test(cases, an_energy_waits_for_its_start, 0, 2);
    tcase_add_test(cases, an_energy_has_an_interval_too);
    tcase_add_test(cases, two_models_live_in_one_store);
    tcase_add_test(cases, models_that_do_not_fit_are_refused);
    tcase_add_test(cases, what_is_missing_is_refused);
    tcase_add_test(cases, an_energy_is_one_number_a_row);
}

int main(void)
{
    Suite *suite = suite_create("guidance");
    TCase *cases = tcase_create("guidance");
    tcase_add_checked_fixture(cases, begin, end);
    tcase_set_timeout(cases, 30);
    suite_add_tcase(suite, cases);
    add_cases(cases);
    return run_suite(suite);
}
