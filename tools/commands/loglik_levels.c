/* Data that are even levels: probabilities instead of densities. */
#include "loglik_run.h"

#include "core/rng.h"
#include "tools/cli/column.h"
#include "tools/cli/place.h"

#include <math.h>

double loglik_level_step(const loglik_run *r)
{
    const cli_value *value = r->args->value;
    if (!value[LOGLIK_LEVELS].given)
        return 0.0;
    return value[LOGLIK_RANGE].given ? (value[LOGLIK_RANGE].high - value[LOGLIK_RANGE].number) /
                                           (double)(value[LOGLIK_LEVELS].whole - 1)
                                     : 1.0;
}

/* Files of f4 hold levels as near as f4 does. */
static int is_level(const loglik_run *r, double x)
{
    const cli_value *value = r->args->value;
    double low = value[LOGLIK_RANGE].given ? value[LOGLIK_RANGE].number : 0.0;
    double level = (x - low) / loglik_level_step(r);
    return level > -.5 && level < (double)value[LOGLIK_LEVELS].whole - .5 &&
           fabs(level - round(level)) < 1e-3;
}

int loglik_check_levels(loglik_run *r)
{
    int64_t width = r->model.width;
    const cli_value *value = r->args->value;
    const char *path = value[LOGLIK_DATA].text;
    char place[CLI_PLACE_TEXT];
    for (int64_t i = 0; value[LOGLIK_LEVELS].given && i < r->n * width; i++)
        if (!is_level(r, r->data.values[i]))
            return cli_fail(
                r->args, "'%.200s': %s is %g, which is not one of the %lld levels", path,
                cli_place(path, i / width, cli_column_in_file(i % width, r->data.taken), place),
                r->data.values[i], (long long)value[LOGLIK_LEVELS].whole);
    return CLI_DONE;
}

/* A level stands for the step above it: noise of that width makes it a density (Theis et al., "A
 * note on the evaluation of generative models", 2016). */
void loglik_take_data(loglik_run *r)
{
    int64_t width = r->model.width;
    uint64_t key = rill_stream_key((uint64_t)r->args->value[LOGLIK_SEED].whole, "dequantize");
    double step = loglik_level_step(r);
    for (int64_t i = 0; i < r->n * width; i++) {
        double u = 0.0;
        if (step > 0.0)
            rill_stream_uniform(key, 0, i / width, i % width, 1, &u);
        r->x[i] = (float)(r->data.values[i] + u * step);
    }
    cli_model_normalize(&r->model, r->n, r->x);
}
