/* SPDX-License-Identifier: MIT */
/* Names that resolve, that do not, and that never come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <netdb.h>
#include <pthread.h>
#include <time.h>

#include "base/arena.h"
#include "http_client_fixture.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t released = PTHREAD_COND_INITIALIZER;
static bool is_released;
static unsigned lookups;
static unsigned hanging;
static unsigned hanging_most;

static void let_pass_ms(long ms) {
    (void)nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static void hang(void) {
    hanging++;
    hanging_most = hanging > hanging_most ? hanging : hanging_most;
    while (!is_released) {
        (void)pthread_cond_wait(&released, &lock);
    }
    hanging--;
}

/* "never...": hangs until released; "none...": no such name; "a.while": takes a while; others
 * are loopback. */
static int resolve(const char *host, struct net_address *ret_addresses) {
    (void)pthread_mutex_lock(&lock);
    lookups++;
    if (strncmp(host, "never", 5) == 0) {
        hang();
    }
    (void)pthread_mutex_unlock(&lock);
    if (strcmp(host, "a.while") == 0) {
        let_pass_ms(200);
    }
    if (strncmp(host, "none", 4) == 0) {
        return EAI_NONAME;
    }
    *ret_addresses = (struct net_address){.bytes = {127, 0, 0, 1}};
    return 1;
}

static unsigned count_lookups(void) {
    (void)pthread_mutex_lock(&lock);
    unsigned count = lookups;
    (void)pthread_mutex_unlock(&lock);
    return count;
}

static unsigned count_hanging_most(void) {
    (void)pthread_mutex_lock(&lock);
    unsigned count = hanging_most;
    (void)pthread_mutex_unlock(&lock);
    return count;
}

static void wait_until_one_hangs(void) {
    while (count_hanging_most() == 0) {
        let_pass_ms(1);
    }
}

/* For names that never resolve. */
static void set_connect_ms(struct bench *bench, uint32_t connect_ms) {
    bench->connect_ms = connect_ms;
    bench_restart(bench, resolve,
                  arena_printf(bench->arena, "127.0.0.1:%u", bad_receiver_port(bench->receiver)),
                  NULL);
}

static int setup(void **state) {
    is_released = false;
    lookups = 0;
    hanging_most = 0;
    (void)bench_setup(state);
    set_connect_ms(*state, PATIENCE_MS);
    return 0;
}

static int teardown(void **state) {
    (void)bench_teardown(state); /* while look-ups hang: it must not wait for them */
    (void)pthread_mutex_lock(&lock);
    is_released = true;
    (void)pthread_cond_broadcast(&released);
    (void)pthread_mutex_unlock(&lock);
    for (bool is_over = false; !is_over;) {
        let_pass_ms(1);
        (void)pthread_mutex_lock(&lock);
        is_over = hanging == 0;
        (void)pthread_mutex_unlock(&lock);
    }
    return 0;
}

static unsigned count_threads(void) {
    DIR *tasks = opendir("/proc/self/task");
    assert_non_null(tasks);
    unsigned count = 0;
    for (const struct dirent *task; (task = readdir(tasks)) != NULL;) {
        count += task->d_name[0] != '.' ? 1 : 0;
    }
    (void)closedir(tasks);
    return count;
}

static void test_a_name_is_looked_up_once_and_then_known(void **state) {
    struct bench *bench = *state;
    for (int i = 0; i < 5; i++) {
        struct call call = bench_call(bench, bench_url(bench, "shop.example", "/ok"));
        assert_complete(&call, 200);
    }
    assert_int_equal(count_lookups(), 1);
    assert_int_equal(bad_receiver_connections(bench->receiver), 1);
}

static void test_a_name_without_address_is_a_fault_with_a_reason(void **state) {
    struct bench *bench = *state;
    for (int i = 0; i < 3; i++) {
        struct call call = bench_call(bench, bench_url(bench, "none.example", "/ok"));
        assert_fault(&call, HTTP_FAULT_LOOKUP);
        assert_string_equal(call.error,
                            "\"none.example\" could not be resolved: the name does not exist");
    }
    assert_int_equal(count_lookups(), 3);
}

static void test_many_who_wait_for_one_name_share_one_look_up(void **state) {
    struct bench *bench = *state;
    enum { CALLS = 50 };
    static struct call calls[CALLS];
    struct http_post post = bench_post(bench, bench_url(bench, "a.while", "/ok"));
    for (size_t i = 0; i < CALLS; i++) {
        bench_start(bench, &post, &calls[i]);
    }
    for (size_t i = 0; i < CALLS; i++) {
        bench_wait(bench, &calls[i]);
        assert_complete(&calls[i], 200);
    }
    assert_int_equal(count_lookups(), 1);
}

static void test_a_name_that_never_resolves_delays_nobody(void **state) {
    struct bench *bench = *state;
    struct http_post dead = bench_post(bench, bench_url(bench, "never.example", "/ok"));
    struct call waiting;
    bench_start(bench, &dead, &waiting);
    wait_until_one_hangs();
    for (int i = 0; i < 20; i++) {
        const char *name = arena_printf(bench->arena, "shop%d.example", i);
        struct call call = bench_call(bench, bench_url(bench, name, "/ok"));
        assert_complete(&call, 200);
        assert_true(call.answer.duration_ms < PATIENCE_MS / 2);
    }
    assert_int_equal(waiting.done, 0);
}

static void test_a_name_that_never_resolves_is_given_up_and_looked_up_once(void **state) {
    struct bench *bench = *state;
    enum { CONNECT_MS = 500 };
    set_connect_ms(bench, CONNECT_MS);
    struct call call = bench_call(bench, bench_url(bench, "never.example", "/ok"));
    assert_fault(&call, HTTP_FAULT_LOOKUP);
    assert_in_range(call.answer.duration_ms, CONNECT_MS - 10, CONNECT_MS + 20000);
    wait_until_one_hangs();
    /* The look-up still hangs. Who asks again waits for it, and no second one is begun. */
    struct call again = bench_call(bench, bench_url(bench, "never.example", "/ok"));
    assert_fault(&again, HTTP_FAULT_LOOKUP);
    assert_int_equal(count_lookups(), 1);
}

static void test_hundreds_of_dead_names_leave_threads_to_names_that_work(void **state) {
    struct bench *bench = *state;
    set_connect_ms(bench, 5000);
    struct call call = bench_call(bench, bench_url(bench, "shop.example", "/ok"));
    assert_complete(&call, 200);
    unsigned threads_before = count_threads();
    enum { CALLS = 300 };
    static struct call calls[CALLS];
    static struct http_post posts[CALLS];
    for (size_t i = 0; i < CALLS; i++) {
        const char *name = arena_printf(bench->arena, "never%zu.example", i);
        posts[i] = bench_post(bench, bench_url(bench, name, "/ok"));
        bench_start(bench, &posts[i], &calls[i]);
    }
    bench_let_pass(bench, 100);
    wait_until_one_hangs();
    call = bench_call(bench, bench_url(bench, "shop.example", "/ok"));
    assert_complete(&call, 200);
    assert_true(count_threads() <= threads_before + 16);
    assert_in_range(count_hanging_most(), 1, 12);
    for (size_t i = 0; i < CALLS; i++) {
        bench_wait(bench, &calls[i]);
        assert_fault(&calls[i], HTTP_FAULT_LOOKUP);
    }
}

static void test_the_systems_resolver_knows_localhost(void **state) {
    struct bench *bench = *state;
    bench_restart(bench, NULL,
                  arena_printf(bench->arena, "localhost:%u", bad_receiver_port(bench->receiver)),
                  NULL);
    struct call call = bench_call(bench, bench_url(bench, "localhost", "/ok"));
    assert_complete(&call, 200);
}

static void test_too_many_requests_are_refused_at_once(void **state) {
    struct bench *bench = *state;
    enum { CALLS = HTTP_CLIENT_REQUESTS_MAX + 10 };
    static struct call calls[CALLS];
    set_connect_ms(bench, 500);
    struct http_post post = bench_post(bench, bench_url(bench, "never.example", "/ok"));
    for (size_t i = 0; i < CALLS; i++) {
        bench_start(bench, &post, &calls[i]);
    }
    wait_until_one_hangs();
    unsigned busy = 0;
    for (size_t i = 0; i < CALLS; i++) {
        bench_wait(bench, &calls[i]);
        busy += calls[i].answer.fault == HTTP_FAULT_BUSY ? 1 : 0;
    }
    assert_int_equal(busy, 10);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_name_is_looked_up_once_and_then_known),
        TEST(test_a_name_without_address_is_a_fault_with_a_reason),
        TEST(test_many_who_wait_for_one_name_share_one_look_up),
        TEST(test_a_name_that_never_resolves_delays_nobody),
        TEST(test_a_name_that_never_resolves_is_given_up_and_looked_up_once),
        TEST(test_hundreds_of_dead_names_leave_threads_to_names_that_work),
        TEST(test_the_systems_resolver_knows_localhost),
        TEST(test_too_many_requests_are_refused_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
