// use.cc - rill from C++, as somebody would who installed it: the gradient of a sum of squares.
#include <rill/rill.h>

#include <cstdio>

int main()
{
    const float x_values[3] = { 1, 2, 3 };
    float dx_values[3] = {};
    rill_graph *g = rill_graph_new(nullptr);
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(3));
    rill_tensor *dx = nullptr;
    rill_grad(rill_sum_all(rill_square(x)), &x, 1, &dx);
    rill_program *program = rill_compile(g, dx);
    if (!program) {
        std::fprintf(stderr, "%s\n", rill_error(g));
        return 1;
    }
    rill_feed(program, x, x_values, 3);
    rill_run(program);
    rill_read(program, dx, dx_values, 3);
    rill_program_free(program);
    rill_graph_free(g);
    std::printf("gradient: %g %g %g\n", double(dx_values[0]), double(dx_values[1]),
                double(dx_values[2]));
    return dx_values[0] == 2 && dx_values[1] == 4 && dx_values[2] == 6 ? 0 : 1;
}
