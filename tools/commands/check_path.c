/* rill check-path - whether something is a path, and what kind of one. */
#include "commands.h"

#include "tools/cli/choices.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/path.h"
#include "tools/cli/train_options.h"
#include "tools/paths/picture.h"
#include "tools/plot/canvas.h"

#include <math.h>
#include <stdio.h>

enum { DIM, SEED, PICTURE, FUNCTIONS, OPTION_COUNT };

static const cli_option options[OPTION_COUNT] = {
    [DIM] = { .name = "dim",
              .kind = CLI_WHOLE,
              .metavar = "D",
              .standard = "2",
              .low = 1,
              .high = 4096,
              .doc = "numbers of a sample" },
    [SEED] = CLI_SEED_OPTION,
    [PICTURE] = { .name = "picture",
                  .kind = CLI_TEXT,
                  .file = CLI_WRITTEN,
                  .metavar = "P.png|P.svg|P.pdf",
                  .doc = "draws where some samples are over time, what they are made of, and how "
                         "fast they move" },
    [FUNCTIONS] = { .name = "functions",
                    .kind = CLI_FLAG,
                    .doc = "lists what a formula may call, and does nothing else" },
};

/* ---- What was found, as lines of a name and a value. */

static void print_end(const char *name, const path_end *end)
{
    printf("%s %.3g", name, end->miss);
    if (end->miss > 0)
        printf(" at x0 = %g, x1 = %g", end->x0, end->x1);
    putchar('\n');
}

static void print_velocity(const path_report *r)
{
    printf("difference %.3g\n", r->velocity.difference);
    if (r->has_closed_form)
        printf("closed-form %.3g\n", r->velocity.closed);
    else
        printf("closed-form none\n");
    if (r->scan.fastest < 0)
        printf("fastest none\n");
    else
        printf("fastest %.6g at t = %.4g\n", r->scan.fastest, r->scan.fastest_at);
}

/* Where all pairs have a position, the times that are singular. */
static void print_singular(const path_report *r)
{
    char text[300];
    if (r->hole.found) {
        path_hole_describe(&r->hole, text, sizeof text);
        printf("hole %s\n", text);
        return;
    }
    printf("hole none\n");
    if (r->scan.count == 0)
        printf("singular none\n");
    for (int i = 0; i < r->scan.count; i++) {
        path_singularity_describe(&r->scan.singular[i], text, sizeof text);
        printf("singular %.9g, where the velocity %s\n", r->scan.singular[i].t, text);
    }
}

static void print_jump(const path_report *r)
{
    if (r->scan.jump > 0)
        printf("jump %.3g at t = %.9g\n", r->scan.jump, r->scan.jump_at);
    else
        printf("jump none\n");
}

/* What a fit leaves of 0. */
static double without_noise(double x)
{
    return fabs(x) < 1e-12 ? 0 : x;
}

static void print_affinity(const path_report *r)
{
    printf("affine %s\n", r->affinity.affine ? "yes" : "no");
    for (int k = 0; k < PATH_AFFINE_TIMES && r->affinity.affine; k++) {
        double t = k / (PATH_AFFINE_TIMES - 1.0);
        printf("alpha(%g) %.6g\n", t, without_noise(r->affinity.alpha[k]));
        printf("sigma(%g) %.6g\n", t, without_noise(r->affinity.sigma[k]));
    }
}

/* Whether the velocity is bounded on all of [0,1]; if it is not, whether it is between the ends. */
static const char *boundedness(const path_report *r)
{
    if (r->hole.found)
        return "no";
    for (int i = 0; i < r->scan.count; i++)
        if (r->scan.singular[i].t > 0 && r->scan.singular[i].t < 1)
            return "no";
    return r->scan.count ? "inside" : "yes";
}

static void print_spread(const path_report *r)
{
    static const char *const wild[] = {
        [RILL_SINGULAR_START] = "; the rate of that is infinite at t = 0",
        [RILL_SINGULAR_END] = "; the rate of that is infinite at t = 1",
        [RILL_SINGULAR_START | RILL_SINGULAR_END] = "; the rate of that is infinite at both ends",
    };
    const double *at = r->spread.at;
    const char *rate = wild[r->spread.singular & (RILL_SINGULAR_START | RILL_SINGULAR_END)];
    if (r->spread.random)
        printf("random normal about it, sd %.6g at t = 0, %.6g at 0.5, %.6g at 1%s\n", at[0], at[1],
               at[2], rate ? rate : "");
    else
        printf("random no\n");
}

static const char *verdict(const path_report *r, int good)
{
    if (!good)
        return "no path: ";
    return r->misses_start ? "a path, which by definition only comes near x0" : "a path";
}

static int print_report(const cli_args *args, const path_report *r)
{
    rill_message reason = { "" };
    int good = path_is_one(r, &reason);
    print_end("start", &r->ends[0]);
    print_end("end", &r->ends[1]);
    print_velocity(r);
    printf("finite %s\n", boundedness(r));
    print_singular(r);
    print_jump(r);
    print_affinity(r);
    print_spread(r);
    printf("verdict %s%s\n", verdict(r, good), reason.text);
    return good ? CLI_DONE : cli_fail(args, "'%.60s' is no path", args->operand[0]);
}

/* ---- The command. */

static rill_status draw(const rill_path *path, const rill_shape *sample, const cli_args *args,
                        const path_report *report, rill_message *message)
{
    const char *file = args->value[PICTURE].text;
    if (!file)
        return RILL_OK;
    cli_interrupt_watch(); /* no temporary file is left behind */
    rill_status status = path_draw(path, sample, (uint64_t)args->value[SEED].whole, report,
                                   args->operand[0], file, message);
    cli_interrupt_pass_on();
    return status;
}

/* What is no path is drawn, too: one sees why. */
static int check(const cli_args *args, const rill_path *path)
{
    path_report report;
    rill_message message;
    rill_shape sample = RILL_SHAPE(args->value[DIM].whole);
    uint64_t seed = (uint64_t)args->value[SEED].whole;
    if (args->value[PICTURE].text && canvas_check(args->value[PICTURE].text, &message) != RILL_OK)
        return cli_fail(args, "%s", message.text);
    if (path_examine(path, &sample, seed, &report, &message) != RILL_OK ||
        draw(path, &sample, args, &report, &message) != RILL_OK)
        return cli_fail(args, "%s", message.text);
    return print_report(args, &report);
}

static int list_functions(void)
{
    for (int i = 0; rill_op_at(i); i++) {
        const rill_op *op = rill_op_at(i);
        if (!formula_may_call(op))
            continue;
        int used = printf("%s(", op->name);
        for (int k = 0; k < op->arity; k++)
            used += printf("%s%c", k ? ", " : "", 'a' + k);
        printf(")%*s%s\n", used < 22 ? 22 - used : 1, "", op->doc);
    }
    return CLI_DONE;
}

static int run_check_path(const cli_args *args)
{
    mistake wrong;
    cli_path path;
    const char *text = args->operand[0];
    if (args->value[FUNCTIONS].given)
        return list_functions();
    if (!text)
        return cli_usage(args, "expected NAME or FORMULA");
    int there = cli_path_open(args->extensions, text, &path, &wrong);
    if (!there && !*wrong.reason.text)
        return cli_unknown(args, "path", text, cli_path_choices);
    int status = there ? check(args, path.path) : cli_mistake(args, &wrong);
    cli_path_close(&path);
    return status;
}

const cli_command cli_check_path_command = {
    .name = "check-path",
    .operands = "NAME|FORMULA",
    .doc = "whether a path begins at the noise and ends at the data, how fast it is, where it is "
           "singular, and whether it is affine",
    .most_operands = 1,
    .operand_choices = cli_path_choices,
    .options = options,
    .option_count = OPTION_COUNT,
    .run = run_check_path,
};
