/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>
#include <event2/thread.h>

#include "ports/store.h"
#include "support/app_fixture.h"
#include "workers/delivery_worker.h"

enum { STARTS = 200, HANG_S = 300 };

static int fixture_setup(void **state) {
    *state = app_fixture_new();
    return 0;
}

static int fixture_teardown(void **state) {
    app_fixture_free(*state);
    return 0;
}

/* However far the thread has come: a stop that it does not hear would wait for ever. */
static void test_a_stop_right_after_the_start_is_heard(void **state) {
    struct app_fixture *fixture = *state;
    struct store_conn *reader;
    assert_true(result_is_ok(store_reader_open(fixture->app.store, &reader)));
    (void)alarm(HANG_S);
    for (int i = 0; i < STARTS; i++) {
        struct event_base *base = event_base_new();
        assert_non_null(base);
        struct delivery_worker_options options = {
            .app = &fixture->app, .base = base, .reader = reader};
        struct delivery_worker *worker = delivery_worker_new(&options);
        delivery_worker_start(worker);
        if (i % 2 == 1) {
            (void)usleep((useconds_t)i * 2);
        }
        delivery_worker_stop(worker);
        delivery_worker_free(worker);
        event_base_free(base);
    }
    (void)alarm(0);
    store_reader_close(reader);
}

int main(void) {
    if (evthread_use_pthreads() != 0) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_stop_right_after_the_start_is_heard, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
