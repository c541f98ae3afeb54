/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/json_read.h"
#include "base/log.h"

static const struct error_code node_down = {"node_down", ERROR_SOFT, "the node does not answer"};

/* A pipe that takes the log; `text` is what came out of it so far. */
struct catcher {
    int ends[2];
    size_t len;
    char text[1 << 17];
};

static int setup(void **state) {
    static struct catcher catcher;
    catcher.len = 0;
    assert_int_equal(pipe(catcher.ends), 0);
    assert_int_equal(fcntl(catcher.ends[0], F_SETFL, O_NONBLOCK), 0);
    log_set_fd(catcher.ends[1]);
    log_set_level(LOG_INFO);
    *state = &catcher;
    return 0;
}

static int teardown(void **state) {
    struct catcher *catcher = *state;
    log_set_fd(STDERR_FILENO);
    close(catcher->ends[0]);
    close(catcher->ends[1]);
    return 0;
}

/* Reads what is there. */
static struct str caught(struct catcher *catcher) {
    ssize_t got;
    while ((got = read(catcher->ends[0], catcher->text + catcher->len,
                       sizeof catcher->text - 1 - catcher->len)) > 0) {
        catcher->len += (size_t)got;
    }
    catcher->text[catcher->len] = '\0';
    return (struct str){.ptr = catcher->text, .len = catcher->len};
}

static bool contains(struct str text, const char *part) {
    return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

static size_t count_lines_that_are_json(struct str text) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 20);
    struct str line;
    size_t count = 0;
    while (str_split_next(&text, '\n', &line) && !str_is_empty(line)) {
        struct json_reader reader;
        json_reader_init(&reader, arena, bytes_from_str(line));
        json_skip_value(&reader);
        assert_true(json_reader_finish(&reader));
        arena_reset(arena);
        count++;
    }
    return count;
}

static void test_an_event_is_one_line_with_time_level_and_fields(void **state) {
    size_t size = 7;
    int64_t change = -3;
    log_event(LOG_WARN, "block_fetched", LOG_STR("network", STR("btc")), LOG_U64("txs", size),
              LOG_I64("change", change), LOG_BOOL("late", size > 5), LOG_CSTR("peer", "a"),
              LOG_CSTR("none", NULL), LOG_RESULT(result_fail(&node_down)));
    struct str line = caught(*state);
    assert_true(str_starts_with(line, STR("{\"ts\":\"20")));
    struct str rest = str_slice(line, strlen("{\"ts\":\"2025-01-01T00:00:00.000Z"), line.len);
    assert_string_equal(rest.ptr, "\",\"level\":\"warn\",\"event\":\"block_fetched\","
                                  "\"network\":\"btc\",\"txs\":7,\"change\":-3,\"late\":true,"
                                  "\"peer\":\"a\",\"none\":null,\"error\":\"node_down\","
                                  "\"detail\":\"the node does not answer\"}\n");
}

static void test_an_event_needs_no_fields(void **state) {
    log_event(LOG_ERROR, "stopped");
    assert_true(
        str_ends_with(caught(*state), STR(",\"level\":\"error\",\"event\":\"stopped\"}\n")));
}

static void test_values_cannot_forge_lines_or_move_the_cursor(void **state) {
    log_event(LOG_INFO, "x",
              LOG_STR("v", STR("a\r\n{\"level\":\"error\"}\x1b[2J\x7f\xc2\x9b"
                               "\xff")));
    struct str line = caught(*state);
    assert_int_equal(count_lines_that_are_json(line), 1);
    for (size_t i = 0; i + 1 < line.len; i++) {
        assert_in_range((unsigned char)line.ptr[i], 0x20, 0x7e);
    }
}

static void test_below_the_threshold_nothing_is_written_nor_computed(void **state) {
    unsigned evaluated = 0;
    log_event(LOG_DEBUG, "x", LOG_U64("n", ++evaluated));
    assert_int_equal(caught(*state).len, 0);
    assert_int_equal(evaluated, 0);
    log_set_level(LOG_DEBUG);
    log_event(LOG_DEBUG, "x", LOG_U64("n", ++evaluated));
    assert_true(contains(caught(*state), "\"level\":\"debug\""));
    assert_int_equal(evaluated, 1);
}

static void test_levels_have_names(void **state) {
    (void)state;
    enum log_level level;
    assert_true(log_level_by_name(STR("warn"), &level));
    assert_int_equal(level, LOG_WARN);
    assert_false(log_level_by_name(STR("WARN"), &level));
    assert_false(log_level_by_name(STR(""), &level));
}

static void test_a_long_line_is_cut_and_says_so(void **state) {
    char text[5000];
    for (size_t i = 0; i + 1 < sizeof text; i += 2) {
        memcpy(text + i, "\xc3\xa9", 2);
    }
    struct str even = {.ptr = text, .len = sizeof text};
    struct str odd = {.ptr = text + 1, .len = sizeof text - 1};
    log_event(LOG_INFO, "long", LOG_STR("a", even), LOG_STR("b", odd), LOG_STR("c", even),
              LOG_STR("d", even), LOG_STR("e", even), LOG_U64("last", 1u));
    struct str line = caught(*state);
    assert_int_equal(count_lines_that_are_json(line), 1);
    assert_true(line.len <= LOG_LINE_BYTES_MAX);
    assert_true(contains(line, "\"a\":"));
    assert_false(contains(line, "\"e\":"));
    assert_true(str_ends_with(line, STR("\"last\":1,\"cut\":true}\n")));
}

static int64_t now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Both for a pipe that would block us and for one that refuses at once. */
static void check_full_pipe(struct catcher *catcher, int flags) {
    assert_int_equal(fcntl(catcher->ends[1], F_SETFL, flags), 0);
    uint64_t dropped_before = log_dropped_count();
    int64_t started_ms = now_ms();
    for (unsigned i = 0; i < 5000; i++) {
        log_event(LOG_INFO, "flood", LOG_U64("n", i));
    }
    assert_true(now_ms() - started_ms < 60000);
    uint64_t dropped = log_dropped_count() - dropped_before;
    assert_true(dropped > 0 && dropped < 5000);

    struct str text = caught(catcher);
    assert_int_equal(count_lines_that_are_json(text), 5000 - dropped);
    catcher->len = 0;
    log_event(LOG_INFO, "after");
    char expected[64];
    (void)snprintf(expected, sizeof expected, "\"dropped\":%llu}\n", (unsigned long long)dropped);
    assert_true(str_ends_with(caught(catcher), str_from_c(expected)));
    catcher->len = 0;
    log_event(LOG_INFO, "later");
    assert_false(contains(caught(catcher), "dropped"));
    catcher->len = 0;
}

static void test_a_reader_that_stops_costs_lines_not_time(void **state) {
    check_full_pipe(*state, O_NONBLOCK);
    check_full_pipe(*state, 0);
}

/* A disk that fills up in the middle of a line; a limit of the process stands for it. */
static void test_a_torn_line_does_not_spoil_the_next(void **state) {
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    struct rlimit usual;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
    void (*usual_handler)(int) = signal(SIGXFSZ, SIG_IGN);
    struct rlimit small = {.rlim_cur = 100, .rlim_max = usual.rlim_max};
    log_set_fd(fileno(file));
    log_event(LOG_INFO, "first");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    log_event(LOG_INFO, "torn");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
    log_event(LOG_INFO, "whole");
    log_set_fd(STDERR_FILENO);
    (void)signal(SIGXFSZ, usual_handler);

    char text[1000] = "";
    size_t len = (size_t)pread(fileno(file), text, sizeof text - 1, 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(len, strlen(text));
    const char *torn = strchr(text, '\n') + 1;
    const char *whole = strchr(torn, '\n') + 1;
    assert_int_equal(whole - text, 101);
    assert_int_equal(count_lines_that_are_json(str_from_c(whole)), 1);
    assert_non_null(strstr(whole, "\"event\":\"whole\",\"dropped\":1}\n"));
}

static void *log_many(void *name) {
    for (unsigned i = 0; i < 50; i++) {
        log_event(LOG_INFO, "thread", LOG_CSTR("name", name), LOG_U64("n", i));
    }
    return NULL;
}

static void test_lines_of_threads_do_not_mix(void **state) {
    pthread_t threads[8];
    char names[8][2] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    uint64_t dropped_before = log_dropped_count();
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, log_many, names[i]), 0);
    }
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(log_dropped_count(), dropped_before);
    assert_int_equal(count_lines_that_are_json(caught(*state)), 8 * 50);
}

static void test_a_closed_log_is_counted_and_leaves_errno_alone(void **state) {
    (void)state;
    uint64_t dropped_before = log_dropped_count();
    log_set_fd(-1);
    errno = ENOENT;
    log_event(LOG_INFO, "x");
    assert_int_equal(errno, ENOENT);
    assert_int_equal(log_dropped_count(), dropped_before + 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_event_is_one_line_with_time_level_and_fields, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_an_event_needs_no_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(test_values_cannot_forge_lines_or_move_the_cursor, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_below_the_threshold_nothing_is_written_nor_computed,
                                        setup, teardown),
        cmocka_unit_test(test_levels_have_names),
        cmocka_unit_test_setup_teardown(test_a_long_line_is_cut_and_says_so, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_reader_that_stops_costs_lines_not_time, setup,
                                        teardown),
        cmocka_unit_test(test_a_torn_line_does_not_spoil_the_next),
        cmocka_unit_test_setup_teardown(test_lines_of_threads_do_not_mix, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_closed_log_is_counted_and_leaves_errno_alone, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
