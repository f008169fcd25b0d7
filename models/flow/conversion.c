#include "conversion.h"

#include "ops/elementwise.h"
#include "ops/shape.h"

#define MARGIN 1e-3

const char *rill_quantity_name(rill_quantity quantity)
{
    static const char *const names[] = { "velocity", "data", "noise", "score" };
    return (unsigned)quantity < RILL_QUANTITY_COUNT ? names[quantity] : NULL;
}

/* ---- Times. */

static rill_shape time_shape(const rill_tensor *x)
{
    rill_shape shape = rill_shape_of(x);
    for (int i = 1; i < shape.rank; i++)
        shape.dim[i] = 1;
    return shape;
}

rill_tensor *rill_time_for(const char *who, rill_tensor *t, rill_tensor *x)
{
    char text[RILL_SHAPE_TEXT];
    rill_shape given = rill_shape_of(t), wanted = time_shape(x);
    if (rill_is_inert(t))
        return t;
    if (wanted.rank >= 1 && given.rank >= 1 && given.dim[0] == wanted.dim[0] &&
        rill_count(t) == given.dim[0])
        return rill_reshape(t, wanted);
    return rill_graph_fail(rill_graph_of(x), "%s: t has shape %s, expected [%lld]", who,
                           rill_shape_print(&given, text, sizeof text), (long long)wanted.dim[0]);
}

static const rill_scheduler *scheduler_of(const rill_conversion *conversion)
{
    return conversion && conversion->scheduler ? conversion->scheduler : &rill_scheduler_linear;
}

/* Where each quantity, as what is given and as what is wanted, cannot be had: bits of these. */
enum { AT_START = 1, AT_END = 2 };

static int is_noise(rill_quantity quantity)
{
    return quantity == RILL_NOISE || quantity == RILL_SCORE;
}

static int poles(const rill_scheduler *scheduler, rill_quantity from, rill_quantity to)
{
    int given = from == RILL_DATA ? AT_END : AT_START;
    if ((from == RILL_VELOCITY && !scheduler->starts_at_rest) || (is_noise(from) && is_noise(to)))
        given = 0;
    return to == RILL_SCORE ? given | AT_END : given;
}

rill_tensor *rill_conversion_clip(const rill_conversion *conversion, rill_tensor *t,
                                  rill_quantity from, rill_quantity to)
{
    if (from == to)
        return t;
    int at = poles(scheduler_of(conversion), from, to);
    if (from == RILL_VELOCITY || to == RILL_VELOCITY)
        t = rill_singular_clip(t, scheduler_of(conversion)->singular);
    if (at == 0)
        return t;
    return rill_clip(t, at & AT_START ? MARGIN : 0.0, at & AT_END ? 1.0 - MARGIN : 1.0);
}

/* ---- Quantities as x0 and x1. */

/* noise x0 + data x1. */
typedef struct combination {
    rill_tensor *noise, *data;
} combination;

static combination combination_of(rill_quantity quantity, const rill_scheduler_point *at)
{
    rill_tensor *zero = rill_scalar_like(at->alpha, 0.0), *one = rill_scalar_like(at->alpha, 1.0);
    const combination all[] = {
        { at->sigma_rate, at->alpha_rate }, { zero, one }, { one, zero }, { one, zero }
    }; /* a score is first made the noise */
    return all[quantity];
}

/* score = -noise / (sigma s^2), and back. */
static rill_tensor *noise_of_score(const rill_conversion *c, const rill_scheduler_point *at,
                                   rill_tensor *score)
{
    double sd = c && c->source_sd > 0 ? c->source_sd : 1.0;
    return rill_mul(rill_scale(at->sigma, -sd * sd), score);
}

static rill_tensor *score_of_noise(const rill_conversion *c, const rill_scheduler_point *at,
                                   rill_tensor *noise)
{
    double sd = c && c->source_sd > 0 ? c->source_sd : 1.0;
    return rill_div(noise, rill_scale(at->sigma, -sd * sd));
}

static rill_tensor *cross(rill_tensor *a, rill_tensor *b, rill_tensor *c, rill_tensor *d)
{
    return rill_sub(rill_mul(a, b), rill_mul(c, d));
}

/* x = sigma x0 + alpha x1 and value = p x0 + q x1 give, by Cramer's rule over D = sigma q - alpha
 * p, r x0 + w x1 = ((r q - w p) x + (w sigma - r alpha) value) / D. */
static rill_tensor *combine(const rill_scheduler_point *at, rill_tensor *x, rill_tensor *value,
                            rill_quantity from, rill_quantity to)
{
    combination given = combination_of(from, at), wanted = combination_of(to, at);
    rill_tensor *under = cross(at->sigma, given.data, at->alpha, given.noise);
    rill_tensor *of_x = cross(wanted.noise, given.data, wanted.data, given.noise);
    rill_tensor *of_value = cross(wanted.data, at->sigma, wanted.noise, at->alpha);
    return rill_add(rill_mul(rill_div(of_x, under), x), rill_mul(rill_div(of_value, under), value));
}

rill_tensor *rill_convert(const rill_conversion *conversion, rill_tensor *x, rill_tensor *t,
                          rill_tensor *value, rill_quantity from, rill_quantity to)
{
    rill_graph *g = rill_graph_of(x);
    if ((unsigned)from >= RILL_QUANTITY_COUNT || (unsigned)to >= RILL_QUANTITY_COUNT)
        return rill_graph_fail(g, "convert: there is no quantity %d", (int)from);
    if (from == to || rill_is_inert(value))
        return value;
    rill_shape shape = rill_shape_of(x), other = rill_shape_of(value);
    if (!rill_shape_equal(&shape, &other))
        return rill_graph_fail(g, "convert: x and the value have different shapes");
    t = rill_conversion_clip(conversion, rill_time_for("convert", t, x), from, to);
    rill_scheduler_point at = rill_scheduler_at(scheduler_of(conversion), t);
    if (from == RILL_SCORE)
        value = noise_of_score(conversion, &at, value);
    if (!is_noise(from) || !is_noise(to))
        value = combine(&at, x, value, from, to);
    return to == RILL_SCORE ? score_of_noise(conversion, &at, value) : value;
}
