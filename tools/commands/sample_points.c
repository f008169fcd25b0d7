/* Samples of a model over points: noise, or what --x0 says, is carried along the field, a chunk at
 * a time. */
#include "sample_points.h"

#include "formats/npy_file.h"
#include "tools/cli/interrupt.h"

#include <stdlib.h>

int sample_failed(const point_run *r)
{
    return cli_fail(r->args, "%s", r->message.text);
}

static int prepare(point_run *r)
{
    const cli_model *m = &r->field->model;
    size_t chunk = (size_t)((r->n < SAMPLE_CHUNK ? r->n : SAMPLE_CHUNK) * m->width);
    r->starts = malloc(chunk * sizeof *r->starts);
    r->rows = malloc(chunk * sizeof *r->rows);
    r->log_p = malloc((size_t)(r->scorer ? r->n : 1) * sizeof *r->log_p);
    if (!r->starts || !r->rows || !r->log_p)
        return cli_fail(r->args, "out of memory");
    r->output = (sample_output){
        .args = r->args, .model = m, .type = RILL_NPY_F4, .n = r->n, .times = r->times.count
    };
    return sample_output_open(&r->output, &r->message);
}

/* Where rows first..first+n-1 start, in the network's units; NULL for noise. */
static const float *start_of(point_run *r, int64_t first, int64_t n)
{
    const cli_model *model = &r->field->model;
    if (!r->x0.values)
        return cli_start_rows(&r->start, (uint64_t)r->args->value[SAMPLE_SEED].whole, first, n,
                              r->starts);
    for (int64_t i = 0; i < n * model->width; i++)
        r->starts[i] = (float)r->x0.values[first * model->width + i];
    if (cli_start_has_units(model) || r->args->value[SAMPLE_BACKWARD].given)
        cli_model_normalize(model, n, r->starts);
    return r->starts;
}

static rill_status carry(point_run *r, const rill_sampling *sampling)
{
    if (r->scorer) {
        rill_scores scores = { r->log_p + sampling->first, NULL };
        return cli_scorer_run(r->scorer, sampling, &scores, &r->message);
    }
    if (r->field->on_manifold)
        return rill_manifold_sampler_run(r->field->on_manifold, sampling, &r->message);
    return cli_steering_run(&r->steering, r->field, sampling, &r->message);
}

static rill_status sample_chunk(void *self, int64_t first, int64_t n)
{
    point_run *r = self;
    const cli_value *value = r->args->value;
    rill_sampling sampling = {
        .solver = rill_solver_find(value[SAMPLE_SOLVER].text),
        .times = r->times.at,
        .time_count = r->times.count,
        .tolerance = r->times.tolerance,
        .counts = &r->counts,
        .seed = (uint64_t)value[SAMPLE_SEED].whole,
        .first = first,
        .n = n,
        .x0 = start_of(r, first, n),
        .cond = cli_condition_rows(&r->field->condition, first, n, r->labels),
        .interrupt = cli_interrupt(),
        .samples = r->rows,
        .trajectory = r->output.part,
    };
    rill_status status = carry(r, &sampling);
    if (status != RILL_OK)
        return status;
    sample_output_keep(&r->output, first, n);
    int64_t width = r->field->model.width;
    if (!value[SAMPLE_BACKWARD].given || cli_start_has_units(&r->field->model))
        cli_model_restore(&r->field->model, n, r->rows);
    status = cli_check_finite("sample", r->rows, first, n, width, &r->message);
    if (status != RILL_OK)
        return status;
    return sample_output_write(&r->output, r->rows, n);
}

static rill_status save_log_p(point_run *r)
{
    rill_shape shape = RILL_SHAPE(r->n);
    return rill_npy_save(r->args->value[SAMPLE_LOGP].text, RILL_NPY_F8, &shape, r->log_p,
                         &r->message);
}

static rill_status save_trajectory(point_run *r)
{
    float *x = r->output.trajectory;
    if (x)
        cli_model_restore(&r->field->model, r->times.count * r->n, x);
    return sample_output_save_trajectory(&r->output, &r->message);
}

static const char *plural(double count)
{
    return count == 1 ? "" : "s";
}

/* What the samples took, on stderr. */
static void say_counts(const point_run *r)
{
    double n = (double)r->n, evaluations = (double)r->counts.evaluations / n;
    double steps = (double)r->counts.accepted / n, rejected = (double)r->counts.rejected / n;
    if (r->times.tolerance > 0)
        cli_note(r->args, "a sample took %.4g evaluation%s, %.3g step%s and %.2g rejected one%s",
                 evaluations, plural(evaluations), steps, plural(steps), rejected,
                 plural(rejected));
    else
        cli_note(r->args, "a sample took %.4g evaluation%s", evaluations, plural(evaluations));
}

/* On a failure nothing is written; a failed write shows in the commit, with its reason. */
static int sample_all(point_run *r)
{
    rill_status status = sample_output_each(&r->output, sample_chunk, r);
    if (status == RILL_INTERRUPTED)
        return CLI_INTERRUPTED;
    if (status == RILL_OK || status == RILL_IO)
        status = sample_output_commit(&r->output, &r->message);
    if (status == RILL_OK)
        say_counts(r);
    if (status == RILL_OK && r->scorer)
        status = save_log_p(r);
    if (status == RILL_OK)
        status = save_trajectory(r);
    return status == RILL_OK ? CLI_DONE : sample_failed(r);
}

static void end(point_run *r)
{
    sample_output_free(&r->output);
    cli_steering_free(&r->steering);
    cli_array_free(&r->x0);
    cli_start_free(&r->start);
    free(r->times.at);
    free(r->starts);
    free(r->rows);
    cli_scorer_free(r->scorer);
    free(r->log_p);
    free(r);
}

int sample_points(const cli_args *args, cli_field *field)
{
    point_run *r = calloc(1, sizeof *r);
    if (!r)
        return cli_fail(args, "out of memory");
    r->field = field;
    r->args = args;
    cli_interrupt_watch(); /* no temporary file is left behind */
    int status = sample_open_points(r);
    if (status == CLI_DONE)
        status = prepare(r);
    if (status == CLI_DONE)
        status = sample_all(r);
    end(r);
    cli_interrupt_finish(status == CLI_DONE);
    return status;
}
