/* suite.h - the end of every test program. */
#ifndef RILL_TESTS_SUITE_H
#define RILL_TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Runs the suite, and returns the exit status of a program. */
static inline int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
