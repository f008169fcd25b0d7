/* failed_build.c - a network that cannot be built, for valgrind: what is left after an error is
 * freed. */
#include <rill/rill.h>

#include <stdio.h>
#include <stdlib.h>

static int fails_to_compile(rill_store *store)
{
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(256, 2));
    rill_tensor *h = rill_silu(rill_linear(x, 64, "hidden"));
    rill_tensor *y = rill_matmul(h, rill_input(g, "w", RILL_F32, RILL_SHAPE(65, 2)));
    rill_tensor *update = rill_adam(rill_mean_all(y), (rill_adam_options){ .lr = 1e-3 });
    rill_program *step = rill_compile(g, y, update);
    int failed = step == NULL;
    printf("%s\n", rill_error(g));
    rill_program_free(step);
    rill_graph_free(g);
    return failed;
}

int main(void)
{
    rill_store *store = rill_store_new(1);
    int failed = fails_to_compile(store);
    rill_store_free(store);
    return failed ? EXIT_SUCCESS : EXIT_FAILURE;
}
