/* test_dot.c - drawings: what they hold, that they are the same each time, and that Graphviz takes
 * them. */
#include "base/alloc.h"
#include "core/grad.h"
#include "core/program.h"
#include "core/store.h"
#include "formats/dot.h"
#include "ops/effect.h"
#include "ops/elementwise.h"
#include "ops/matmul.h"
#include "ops/random.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "ops/softmax.h"
#include "tests/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A store, a graph, the loss of one layer, its gradient and an update. */
typedef struct model {
    rill_store *store;
    rill_graph *g;
    rill_tensor *x, *w, *h, *flat, *loss, *update;
} model;

static model make(void)
{
    model m = { .store = rill_store_new(1) };
    rill_tensor *gw;
    const rill_init init = { RILL_INIT_NORMAL, 1 };
    m.g = rill_graph_new(m.store);
    m.x = rill_input(m.g, "x", RILL_F32, RILL_SHAPE(8, 3));
    rill_scope_begin(m.g, "net");
    rill_scope_begin(m.g, "layer");
    m.w = rill_param(m.g, RILL_F32, RILL_SHAPE(3, 4), init, "weight");
    m.h = rill_softmax(rill_matmul(m.x, m.w), -1);
    rill_scope_end(m.g);
    m.flat = rill_reshape(rill_scale(m.h, 0.5), RILL_SHAPE(32));
    rill_scope_end(m.g);
    m.loss = rill_require_finite(rill_sum_all(rill_square(m.flat)));
    rill_grad(m.loss, &m.w, 1, &gw);
    m.update = rill_assign(m.w, rill_sub(m.w, gw));
    return m;
}

static void destroy(model *m)
{
    rill_graph_free(m->g);
    rill_store_free(m->store);
}

static char *draw(rill_tensor *y, const rill_dot_options *options)
{
    char *text;
    size_t size;
    rill_message why = { "" };
    rill_status status = rill_dot(&y, 1, options, &text, &size, &why);
    ck_assert_msg(status == RILL_OK, "%s", why.text);
    ck_assert_uint_eq(strlen(text), size);
    return text;
}

static char *draw_program(rill_program *p)
{
    char *text;
    rill_message why = { "" };
    ck_assert_msg(rill_program_dot(p, NULL, &text, NULL, &why) == RILL_OK, "%s", why.text);
    return text;
}

static void assert_holds(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no %s in:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) == NULL, "%s in:\n%s", part, text);
}

static int have_graphviz(void)
{
    return system("command -v dot >/dev/null 2>&1") == 0;
}

/* `dot -Tsvg` takes the text without a word. */
static void assert_clean(const char *text)
{
    struct stat info;
    char folder[] = "/tmp/rill-dot-XXXXXX", command[256];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(command, sizeof command, "%s/warnings", folder);
    char *warnings = strdup(command);
    snprintf(command, sizeof command, "dot -Tsvg -o %s/g.svg 2>%s", folder, warnings);
    FILE *pipe = popen(command, "w");
    ck_assert_ptr_nonnull(pipe);
    ck_assert_int_ge(fputs(text, pipe), 0);
    ck_assert_int_eq(pclose(pipe), 0);
    ck_assert_int_eq(stat(warnings, &info), 0);
    ck_assert_msg(info.st_size == 0, "dot warns about\n%s", text);
    snprintf(command, sizeof command, "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0);
    free(warnings);
}

/* ---- What is drawn. */

START_TEST(nodes_edges_and_clusters_are_there)
{
    model m = make();
    char *text = draw(m.update, NULL);
    const char *parts[] = { "digraph rill {",
                            "[label=\"x\", tooltip=\"fed before a run\", shape=invhouse",
                            "[label=\"weight\", tooltip=",
                            "shape=cylinder",
                            "label=\"matmul\"",
                            "label=\"a: 8×3\"",
                            "label=\"b: 3×4\"",
                            "label=\"net\"; style",
                            "label=\"layer\"; style",
                            "label=\"net, derivative\"; style",
                            "shape=octagon",
                            "assign\\nnet.layer.weight",
                            "peripheries=2",
                            "label=\"legend\"" };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_holds(text, parts[i]);
    rill_dot_free(text);
    destroy(&m);
}
END_TEST

START_TEST(numbers_stand_in_the_op_and_views_on_the_edge)
{
    model m = make();
    char *text = draw(m.loss, NULL);
    assert_holds(text, "\\nreshape 32\"");
    assert_lacks(text, "label=\"reshape");
    assert_lacks(text, "constant");
    assert_lacks(text, "shape=octagon");
    assert_holds(text, "0.5");
    rill_dot_free(text);
    destroy(&m);
}
END_TEST

START_TEST(outputs_are_drawn_whatever_they_are)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x = rill_input(g, "x", RILL_I32, RILL_SHAPE(2, 3));
    rill_tensor *y[] = { rill_reshape(x, RILL_SHAPE(6)), rill_full(g, RILL_F64, RILL_SCALAR, 2.5),
                         x, x };
    char *text;
    ck_assert_int_eq(rill_dot(y, 4, NULL, &text, NULL, NULL), RILL_OK);
    assert_holds(text, "label=\"reshape\\n6\"");
    assert_holds(text, "label=\"2.5\\nscalar\"");
    assert_holds(text, "2×3 i32");
    rill_dot_free(text);
    rill_graph_free(g);
}
END_TEST

START_TEST(options_are_heeded)
{
    model m = make();
    char *text = draw(
        m.loss, &(rill_dot_options){ .title = "The \"loss\"", .no_legend = 1, .highlight = m.x });
    assert_holds(text, "label=\"The \\\"loss\\\"\"");
    assert_lacks(text, "legend");
    assert_holds(text, "color=\"#ff0000\"");
    rill_dot_free(text);
    destroy(&m);
}
END_TEST

/* ---- Names. */

START_TEST(names_come_first)
{
    model m = make();
    const rill_dot_name names[] = { { m.h, "\"h\"" },   { m.h, "too late" },
                                    { m.x, "x" },       { NULL, "none" },
                                    { m.flat, "half" }, { rill_exp(m.x), "not drawn" },
                                    { m.loss, "loss" } };
    rill_dot_options how = { .names = names, .name_count = sizeof names / sizeof *names };
    char *text = draw(m.loss, &how);
    assert_holds(text, "[label=\"\\\"h\\\"\\nsoftmax");
    assert_holds(text, "[label=\"half\\nmul"); /* what is reshaped to it */
    assert_holds(text, "[label=\"loss\\nrequire_finite");
    assert_holds(text, "[label=\"x\", tooltip");
    assert_lacks(text, "too late");
    assert_lacks(text, "not drawn");
    rill_dot_free(text);
    how.zoom = 1;
    char *open = draw(m.loss, &how);
    assert_holds(open, "[label=\"\\\"h\\\"\\ndiv");
    rill_dot_free(open);
    destroy(&m);
}
END_TEST

/* Outputs and what is drawn at random have names in a program, with slices and without. */
START_TEST(a_program_has_names)
{
    rill_store *store = rill_store_new(1);
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x = rill_normal(g, RILL_F32, RILL_SHAPE(_i ? 512 : 8, 8));
    rill_tensor *u = rill_uniform(g, RILL_F32, RILL_SHAPE(_i ? 512 : 8, 1));
    rill_tensor *w =
        rill_param(g, RILL_F32, RILL_SHAPE(8, 64), (rill_init){ RILL_INIT_NORMAL, 1 }, "w");
    rill_tensor *y = rill_sum_all(rill_square(rill_tanh(rill_matmul(rill_mul(x, u), w))));
    const rill_dot_name names[] = { { u, "time" }, { x, "noise" }, { y, "loss" } };
    rill_program *p = rill_compile(g, y);
    ck_assert_msg(p != NULL, "%s", rill_error(g));
    char *text;
    rill_dot_options how = { .names = names, .name_count = 3 };
    ck_assert_int_eq(rill_program_dot(p, &how, &text, NULL, NULL), RILL_OK);
    assert_holds(text, "label=\"noise\\n");
    assert_holds(text, "label=\"time\\n");
    assert_holds(text, "label=\"loss\\n");
    const char *normal = strstr(text, "  normal"), *noise = strstr(text, "noise\\n");
    ck_assert_ptr_nonnull(normal);
    ck_assert(noise < normal && normal - noise < 12);
    rill_dot_free(text);
    rill_program_free(p);
    rill_graph_free(g);
    rill_store_free(store);
}
END_TEST

/* ---- Boxes. */

START_TEST(deep_scopes_are_boxes)
{
    model m = make();
    char *all = draw(m.update, &(rill_dot_options){ .depth = 3 });
    char *outer = draw(m.update, &(rill_dot_options){ .depth = 1 });
    char *inner = draw(m.update, &(rill_dot_options){ .depth = 2 });
    char *open = draw(m.update, NULL);
    ck_assert_str_eq(all, open);
    assert_holds(outer, "[label=\"net\\n4 nodes\", shape=folder");
    assert_holds(outer, "[label=\"net, derivative\\n");
    assert_lacks(outer, "weight\", tooltip");
    assert_lacks(outer, "label=\"layer");
    assert_holds(outer, "a tab");
    assert_holds(inner, "label=\"net\"; style");
    assert_holds(inner, "[label=\"layer\\n3 nodes\", shape=folder");
    assert_lacks(open, "folder");
    if (have_graphviz()) {
        assert_clean(outer);
        assert_clean(inner);
    }
    rill_dot_free(all);
    rill_dot_free(outer);
    rill_dot_free(inner);
    rill_dot_free(open);
    destroy(&m);
}
END_TEST

/* A box takes its arrays by one edge, each counted once, and gives them by one each. */
START_TEST(edges_into_a_box_are_one)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(2, 3)), *y[3], *sum;
    rill_scope_begin(g, "from");
    for (int i = 0; i < 3; i++)
        y[i] = rill_shift(rill_exp(x), i + 1);
    rill_scope_end(g);
    rill_scope_begin(g, "to");
    sum = rill_add(rill_mul(y[0], y[1]), rill_add(rill_neg(y[2]), rill_mul(y[0], y[2])));
    rill_scope_end(g);
    char *text = draw(sum, &(rill_dot_options){ .depth = 1, .no_legend = 1 });
    assert_holds(text, " [label=\"3 arrays\"]");
    assert_holds(text, "n0 -> c");
    assert_holds(text, ", peripheries=2];");
    assert_lacks(strstr(strstr(text, "3 arrays") + 1, "];"), "3 arrays");
    rill_dot_free(text);
    rill_graph_free(g);
}
END_TEST

START_TEST(zoom_opens_composites)
{
    model m = make();
    char *closed = draw(m.loss, NULL), *open = draw(m.loss, &(rill_dot_options){ .zoom = 1 });
    assert_holds(closed, "[label=\"softmax");
    assert_lacks(open, "[label=\"softmax");
    assert_holds(open, "label=\"softmax\"; style=\"rounded,dashed\"");
    assert_holds(open, "label=\"exp\"");
    char *again = draw(m.loss, &(rill_dot_options){ .zoom = 1 });
    ck_assert_str_eq(open, again);
    rill_dot_free(again);
    rill_dot_free(open);
    rill_dot_free(closed);
    destroy(&m);
}
END_TEST

START_TEST(names_are_escaped)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_scope_begin(g, "a \"b\" \\ <c> &amp; {d|e}\n\xff\x01 é");
    rill_tensor *x = rill_input(g, "q\"\\n\n\t&lt;\xc3", RILL_F32, RILL_SHAPE(2));
    rill_tensor *y = rill_neg(x);
    rill_scope_end(g);
    char *text = draw(y, NULL);
    assert_holds(text, "a \\\"b\\\" \\\\ <c> &amp;amp; {d|e}\\n?? é");
    assert_holds(text, "q\\\"\\\\n\\n?&amp;lt;?");
    rill_dot_free(text);
    rill_graph_free(g);
}
END_TEST

/* ---- The same each time. */

START_TEST(bytes_are_the_same_from_run_to_run)
{
    model a = make();
    void *gap = malloc(12345); /* other addresses */
    model b = make();
    free(gap);
    rill_exp(b.x); /* a node that is not drawn */
    char *first = draw(a.update, NULL), *second = draw(b.update, NULL);
    ck_assert_str_eq(first, second);
    assert_lacks(first, "0x");
    rill_dot_free(first);
    rill_dot_free(second);
    destroy(&a);
    destroy(&b);
}
END_TEST

/* ---- A program is drawn as it runs. */

START_TEST(a_program_shows_its_steps)
{
    model m = make();
    rill_program *p = rill_compile(m.g, m.loss, m.update);
    ck_assert_msg(p != NULL, "%s", rill_error(m.g));
    char *text = draw_program(p), *again = draw_program(p);
    ck_assert_str_eq(text, again);
    assert_holds(text, ", fused\"");
    assert_holds(text, "matmul");
    assert_holds(text, "net.layer.weight");
    rill_dot_free(text);
    rill_dot_free(again);
    rill_program_free(p);
    destroy(&m);
}
END_TEST

/* ---- Graphviz. */

START_TEST(graphviz_takes_a_step)
{
    model m = make();
    rill_tensor *both[] = { m.loss, m.update };
    char *text;
    ck_assert_int_eq(
        rill_dot(both, 2, &(rill_dot_options){ .title = "step", .zoom = _i }, &text, NULL, NULL),
        RILL_OK);
    if (have_graphviz())
        assert_clean(text);
    rill_dot_free(text);
    destroy(&m);
}
END_TEST

/* What runs by slices is drawn, not the node that runs it: w's product joins x and the sum, and the
 * sums of four lanes are added. */
START_TEST(slices_are_drawn_open)
{
    rill_store *store = rill_store_new(1);
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(512, 8));
    rill_tensor *w =
        rill_param(g, RILL_F32, RILL_SHAPE(8, 64), (rill_init){ RILL_INIT_NORMAL, 1 }, "w");
    rill_tensor *y = rill_sum_all(rill_square(rill_tanh(rill_matmul(x, w))));
    rill_program *p = rill_compile(g, y);
    ck_assert_msg(p != NULL, "%s", rill_error(g));
    char *text = draw_program(p);
    assert_holds(text, "\"4 slices of 128 rows\"");
    assert_holds(text, "label=\"slice 1: scalar\"");
    assert_holds(text, "label=\"slice 4: scalar\"");
    assert_holds(text, "tanh");
    assert_holds(text, "128×64");
    ck_assert_ptr_null(strstr(text, "region"));
    ck_assert_ptr_null(strstr(text, "room"));
    rill_dot_free(text);
    rill_program_free(p);
    rill_graph_free(g);
    rill_store_free(store);
}
END_TEST

START_TEST(graphviz_takes_a_program)
{
    model m = make();
    rill_program *p = rill_compile(m.g, m.loss, m.update);
    char *text = draw_program(p);
    if (have_graphviz())
        assert_clean(text);
    rill_dot_free(text);
    rill_program_free(p);
    destroy(&m);
}
END_TEST

START_TEST(graphviz_takes_any_name)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_scope_begin(g, "a \"b\" \\ <c> &amp; {d|e}\n\xff\x01 é");
    rill_tensor *y = rill_neg(rill_input(g, "q\"\\n\n\t&lt;&#x;\xc3", RILL_F32, RILL_SHAPE(2, 0)));
    rill_scope_end(g);
    char *text = draw(y, &(rill_dot_options){ .title = "<b>&\"\\\xfe</b>" });
    if (have_graphviz())
        assert_clean(text);
    rill_dot_free(text);
    rill_graph_free(g);
}
END_TEST

/* ---- What cannot be drawn. */

START_TEST(misuse_is_refused)
{
    rill_graph *g = rill_graph_new(NULL), *h = rill_graph_new(NULL);
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SCALAR);
    rill_tensor *other = rill_input(h, "x", RILL_F32, RILL_SCALAR);
    char *text = (char *)1;
    size_t size = 7;
    rill_message why;
    ck_assert_int_eq(rill_dot(NULL, 1, NULL, &text, &size, &why), RILL_BAD_ARGUMENT);
    ck_assert_ptr_null(text);
    ck_assert_uint_eq(size, 0);
    ck_assert_int_eq(rill_dot(&x, 0, NULL, &text, &size, &why), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_dot(&x, -3, NULL, &text, &size, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_dot(&x, 1, NULL, NULL, NULL, &why), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_dot((rill_tensor *[]){ NULL }, 1, NULL, &text, NULL, &why),
                     RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_dot((rill_tensor *[]){ x, NULL }, 2, NULL, &text, NULL, &why),
                     RILL_BAD_ARGUMENT);
    ck_assert_str_eq(why.text, "dot: tensor 1 is NULL");
    ck_assert_int_eq(rill_dot((rill_tensor *[]){ x, other }, 2, NULL, &text, NULL, &why),
                     RILL_BAD_ARGUMENT);
    ck_assert_str_eq(why.text, "dot: tensor 1 is of another graph");
    ck_assert_int_eq(rill_program_dot(NULL, NULL, &text, NULL, &why), RILL_BAD_ARGUMENT);
    rill_tensor *bad = rill_matmul(x, x);
    ck_assert_int_eq(rill_dot(&bad, 1, NULL, &text, NULL, &why), RILL_BAD_GRAPH);
    ck_assert_str_eq(why.text, rill_error(g));
    ck_assert_ptr_null(text);
    rill_dot_free(NULL);
    rill_graph_free(g);
    rill_graph_free(h);
}
END_TEST

START_TEST(memory_may_run_out_anywhere)
{
    model m = make();
    rill_status status = RILL_NO_MEMORY;
    const rill_dot_options how = { .depth = _i };
    for (int64_t n = 1; status != RILL_OK; n++) {
        char *text = NULL;
        rill_alloc_fail(n, 0);
        status = rill_dot(&m.update, 1, &how, &text, NULL, NULL);
        rill_alloc_fail(0, 0);
        ck_assert_int_eq(text != NULL, status == RILL_OK);
        ck_assert(status == RILL_OK || status == RILL_NO_MEMORY);
        rill_dot_free(text);
    }
    destroy(&m);
}
END_TEST

START_TEST(depth_is_bounded_by_memory)
{
    enum { DEPTH = 100000 };
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *chain = rill_input(g, "x", RILL_F32, RILL_SCALAR);
    for (int i = 0; i < DEPTH; i++)
        chain = rill_sin(chain);
    char *text = draw(chain, NULL);
    assert_holds(text, "n99999 -> n100000 ");
    rill_dot_free(text);
    rill_graph_free(g);
}
END_TEST

static Suite *dot_suite(void)
{
    Suite *suite = suite_create("drawings");
    TCase *tcase = tcase_create("drawings");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, nodes_edges_and_clusters_are_there);
    tcase_add_test(tcase, numbers_stand_in_the_op_and_views_on_the_edge);
    tcase_add_test(tcase, outputs_are_drawn_whatever_they_are);
    tcase_add_test(tcase, options_are_heeded);
    tcase_add_test(tcase, names_come_first);
    tcase_add_loop_test(tcase, a_program_has_names, 0, 2);
    tcase_add_test(tcase, deep_scopes_are_boxes);
    tcase_add_test(tcase, edges_into_a_box_are_one);
    tcase_add_test(tcase, zoom_opens_composites);
    tcase_add_test(tcase, names_are_escaped);
    tcase_add_test(tcase, bytes_are_the_same_from_run_to_run);
    tcase_add_test(tcase, a_program_shows_its_steps);
    tcase_add_loop_test(tcase, graphviz_takes_a_step, 0, 2);
    tcase_add_test(tcase, slices_are_drawn_open);
    tcase_add_test(tcase, graphviz_takes_a_program);
    tcase_add_test(tcase, graphviz_takes_any_name);
    tcase_add_test(tcase, misuse_is_refused);
    tcase_add_loop_test(tcase, memory_may_run_out_anywhere, 0, 2);
    tcase_add_test(tcase, depth_is_bounded_by_memory);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return run_suite(dot_suite());
}
