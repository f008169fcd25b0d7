/* gradcheck_impl.h (private) - the bench on which functions are checked. */
#ifndef RILL_OPS_CHECK_GRADCHECK_IMPL_H
#define RILL_OPS_CHECK_GRADCHECK_IMPL_H

#include "base/arena.h"
#include "core/program.h"
#include "gradcheck.h"

enum { RILL_CHECK_MAX_INPUTS = 8, RILL_CHECK_MAX_VARIABLES = 2 * RILL_CHECK_MAX_INPUTS };

/* An input or a parameter of a graph, and the value it is given.  All numbers of a check are
 * doubles; they become the tensor's dtype where they are fed. */
typedef struct rill_variable {
    rill_tensor *x;
    double *value; /* [count] */
    int64_t count;
} rill_variable;

/* One check under way: where numbers come from, and where verdicts go. */
typedef struct rill_bench {
    rill_arena arena; /* of every number */
    uint64_t seed, drawn;
    rill_check_report *report;
    const char *name;   /* of what is checked: "mul: sample 2" */
    rill_status status; /* RILL_OK until memory runs out */
} rill_bench;

/* The options with standard values filled in. */
rill_check_options rill_bench_options(const rill_check_options *options);
/* A bench, and an empty report. */
rill_bench rill_bench_begin(const rill_check_options *options, rill_check_report *report);
/* Frees the numbers; the verdict, with the first failure as the message. */
rill_status rill_bench_end(rill_bench *b, rill_message *message);

/* `count` doubles (0), from [low, high], or with a size from 0.5 to 1.5; NULL without memory. */
double *rill_bench_zeros(rill_bench *b, int64_t count);
double *rill_bench_uniform(rill_bench *b, int64_t count, double low, double high);
double *rill_bench_signed(rill_bench *b, int64_t count);
/* Integers low..high. */
double *rill_bench_integers(rill_bench *b, int64_t count, double low, double high);
/* The value of an input as it is described, but for `values`. */
double *rill_bench_input(rill_bench *b, const rill_check_input *input);

/* A failure that is no comparison. */
void rill_bench_fail(rill_bench *b, rill_check check, const char *format, ...) RILL_PRINTF(3, 4);

/* Notes that `got` stands where `expected` should, for element `at` of `what`, against `scale`. */
typedef struct rill_verdict {
    rill_check check;
    const char *what; /* "gradient by input" */
    int index;        /* which of them */
    double tolerance; /* of |got - expected| / scale */
    double scale;
} rill_verdict;
void rill_bench_compare(rill_bench *b, const rill_verdict *v, int64_t at, double got,
                        double expected);
/* The same for arrays, against the largest expected number; 0 tolerance: bit by bit. */
void rill_bench_compare_all(rill_bench *b, rill_verdict v, int64_t count, const double *got,
                            const double *expected);

/* Programs by numbers.  Failures go to the report, as RILL_CHECK_BUILD. */
rill_program *rill_bench_compile(rill_bench *b, rill_tensor *const *y, int n, uint32_t passes_off);
/* Gives a variable's value, or `value` instead of it, to the program or to the store. */
int rill_bench_set(rill_bench *b, rill_program *p, const rill_variable *v, const double *value);
int rill_bench_set_all(rill_bench *b, rill_program *p, const rill_variable *v, int n);
int rill_bench_run(rill_bench *b, rill_program *p);
int rill_bench_read(rill_bench *b, rill_program *p, const rill_tensor *y, double *out);

/* A function of variables: y[0..ny-1], each with a cotangent that is a variable too. */
typedef struct rill_subject {
    rill_tensor *y[RILL_CHECK_MAX_VARIABLES];
    rill_variable gy[RILL_CHECK_MAX_VARIABLES];
    int ny;
    const rill_variable *with; /* all that is to be given: the inputs */
    int with_count;
} rill_subject;

/* The derivative of sum_i <gy[i], y[i]> by each of `by`, against differences.  The gradient is left
 * in gradient[0..n-1].  0 when it could not be built. */
int rill_bench_check_order(rill_bench *b, rill_check order, const rill_subject *s,
                           const rill_variable *by, int n, int64_t entries, rill_tensor **gradient);

/* Everything that rill_check_function() promises, for y of the inputs x. */
void rill_bench_check_function(rill_bench *b, rill_tensor *y, const rill_variable *x, int n,
                               int orders, int64_t entries);

/* The op on inputs with values, by slices of those that it lets come by rows. */
void rill_bench_check_rows(rill_bench *b, const rill_op *op, const void *attrs,
                           const rill_check_input *in, int count);

/* An input named after `what` and its number, with a value. */
rill_variable rill_bench_variable(rill_bench *b, rill_graph *g, const char *what, int number,
                                  rill_dtype dtype, rill_shape shape, double *value);

#endif
