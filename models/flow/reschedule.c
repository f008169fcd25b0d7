#include "reschedule.h"

#include "conversion.h"
#include "ops/effect.h"
#include "ops/elementwise.h"

enum { BISECTIONS = 60 }; /* more than f64 has bits */

/* Radius and angle at t with their derivatives. */
typedef struct polar {
    rill_tensor *radius, *angle, *radius_rate, *angle_rate;
} polar;

static polar polar_at(const rill_scheduler *s, rill_tensor *t)
{
    rill_scheduler_point at = rill_scheduler_at(s, t);
    rill_tensor *square = rill_add(rill_square(at.alpha), rill_square(at.sigma));
    rill_tensor *along =
        rill_add(rill_mul(at.alpha, at.alpha_rate), rill_mul(at.sigma, at.sigma_rate));
    rill_tensor *across =
        rill_sub(rill_mul(at.sigma, at.alpha_rate), rill_mul(at.alpha, at.sigma_rate));
    rill_tensor *radius = rill_sqrt(square);
    return (polar){ radius, rill_atan2(at.alpha, at.sigma), rill_div(along, radius),
                    rill_div(across, square) };
}

static rill_tensor *angle_at(const rill_scheduler *s, rill_tensor *t)
{
    return rill_atan2(s->alpha(t, s->self), s->sigma(t, s->self));
}

/* The time at which the angle, which rises, is reached: exact at both ends. */
static rill_tensor *time_of_angle(const rill_scheduler *s, rill_tensor *angle)
{
    rill_graph *g = rill_graph_of(angle);
    rill_tensor *low = rill_full(g, rill_dtype_of(angle), rill_shape_of(angle), 0.0), *high = low;
    high = rill_shift(high, 1.0);
    rill_tensor *end = high;
    for (int i = 0; i < BISECTIONS; i++) {
        rill_tensor *middle = rill_scale(rill_add(low, high), 0.5);
        rill_tensor *below = rill_le(angle_at(s, middle), angle);
        low = rill_where(below, middle, low);
        high = rill_where(below, high, middle);
    }
    return rill_where(rill_ge(angle, angle_at(s, end)), end, low);
}

/* Off the ends at which dt_r/dr is infinite or 0/0.  A learned velocity is not exactly 0 where the
 * scheduler rests, and its error is divided by the margin. */
static rill_tensor *kept_inside(const rill_scheduler *s, rill_tensor *t)
{
    double rest = rill_dtype_of(t) == RILL_F64 ? 1e-7 : 1e-2;
    t = rill_singular_clip(t, s->singular);
    return s->starts_at_rest ? rill_clip(t, rest, 1.0) : t;
}

rill_rescheduled rill_reschedule_at(const rill_scheduler *trained, const rill_scheduler *wanted,
                                    rill_tensor *r)
{
    if (!trained || !wanted || !trained->alpha || !trained->sigma || !wanted->alpha ||
        !wanted->sigma) {
        rill_tensor *none = rill_graph_fail(rill_graph_of(r), "reschedule: a scheduler is missing");
        return (rill_rescheduled){ none, none, none, none, none };
    }
    polar target = polar_at(wanted, r);
    rill_rescheduled out = { .t = rill_stop(time_of_angle(trained, rill_stop(target.angle))) };
    out.inside = kept_inside(trained, out.t);
    polar there = polar_at(trained, out.inside);
    out.t_rate = rill_div(target.angle_rate, there.angle_rate);
    /* Until the wanted path comes to where the trained one begins, that waits. */
    rill_tensor *waits = rill_lt(target.angle, angle_at(trained, rill_scalar_like(r, 0.0)));
    out.t_rate = rill_where(waits, rill_scalar_like(r, 0.0), out.t_rate);
    /* The same number, whose derivative in r is t_rate. */
    rill_tensor *moves = rill_mul(rill_stop(out.t_rate), rill_sub(r, rill_stop(r)));
    out.t = rill_add(out.t, moves);
    out.inside = rill_add(out.inside, moves);
    out.c = rill_div(target.radius, polar_at(trained, out.t).radius);
    out.c_rate = rill_sub(rill_div(target.radius_rate, target.radius),
                          rill_mul(out.t_rate, rill_div(there.radius_rate, there.radius)));
    return out;
}

static rill_tensor *field_at(rill_tensor *x, rill_tensor *r, rill_tensor *cond, const void *self)
{
    const rill_reschedule *of = self;
    if (!of || !of->field.at)
        return rill_graph_fail(rill_graph_of(x), "reschedule: there is no field");
    rill_tensor *when = rill_time_for("reschedule", r, x);
    rill_rescheduled at = rill_reschedule_at(of->trained, of->wanted, when);
    rill_tensor *v = of->field.at(rill_div(x, at.c), at.inside, cond, of->field.self);
    return rill_add(rill_mul(at.c_rate, x), rill_mul(rill_mul(at.c, at.t_rate), v));
}

/* (b - a) / h, or where h is 0 the rate. */
static rill_tensor *secant(rill_tensor *a, rill_tensor *b, rill_tensor *h, rill_tensor *rate)
{
    rill_tensor *zero = rill_scalar_like(h, 0.0), *moves = rill_ne(h, zero);
    rill_tensor *length = rill_where(moves, h, rill_scalar_like(h, 1.0));
    return rill_where(moves, rill_div(rill_sub(b, a), length), rate);
}

/* x_r = c x_t goes by (dc X + c' dt u) / dr, X = x_r/c, c' and t' those at the end.  That takes no
 * rates, and so no clipping, but where there is nowhere to go. */
static rill_tensor *average_at(rill_tensor *x, rill_tensor *r, rill_tensor *until,
                               rill_tensor *cond, const void *self)
{
    const rill_reschedule *of = self;
    rill_tensor *from = rill_time_for("reschedule", r, x);
    rill_tensor *to = rill_time_for("reschedule", until, x), *h = rill_sub(to, from);
    rill_rescheduled a = rill_reschedule_at(of->trained, of->wanted, from);
    rill_rescheduled b = rill_reschedule_at(of->trained, of->wanted, to);
    rill_tensor *moves = rill_ne(h, rill_scalar_like(h, 0.0)), *place = rill_div(x, a.c);
    rill_tensor *u = of->field.average(place, rill_where(moves, a.t, a.inside),
                                       rill_where(moves, b.t, a.inside), cond, of->field.self);
    rill_tensor *c_rate = secant(a.c, b.c, h, rill_mul(a.c, a.c_rate));
    rill_tensor *t_rate = secant(a.t, b.t, h, a.t_rate);
    return rill_add(rill_mul(c_rate, place), rill_mul(rill_mul(b.c, t_rate), u));
}

rill_field rill_rescheduled_field(const rill_reschedule *reschedule)
{
    int averages = reschedule && reschedule->field.average;
    return (rill_field){ field_at, reschedule, averages ? average_at : NULL };
}
