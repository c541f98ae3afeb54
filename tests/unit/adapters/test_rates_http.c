/* SPDX-License-Identifier: MIT */
/* The real adapter against tests/support/rate_source.py, in each of its moods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "adapters/rates_http/rates_http.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"

enum { ARENA_BYTES = 4 << 20, MAX_AGE_MS = 300000, TIMEOUT_MS = 700, PATIENCE_MS = 20000 };

static const char *script;
static unsigned port;
static unsigned tls_port;
static char certificate[200];
static pid_t pid;
static int to_script;

struct heard {
    struct result result;
    char detail[200];
    struct rate_report report;
    bool told;
};

struct fixture {
    struct arena *arena;
    struct rate_feeds *feeds;
    struct heard heard[RATE_FEEDS_MAX];
};

/* ---- the script */

static int start_script(void **state) {
    (void)state;
    int in[2];
    int out[2];
    assert_int_equal(pipe(in) + pipe(out), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)dup2(in[0], STDIN_FILENO);
        (void)dup2(out[1], STDOUT_FILENO);
        (void)close(in[1]);
        (void)close(out[0]);
        (void)execl("/usr/bin/python3", "python3", script, getenv("TILL_TEST_VECTORS"),
                    (char *)NULL);
        _exit(127);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    to_script = in[1];
    FILE *lines = fdopen(out[0], "r");
    char line[256] = "";
    assert_non_null(fgets(line, sizeof line, lines));
    char *rest;
    port = (unsigned)strtoul(line, &rest, 10);
    tls_port = (unsigned)strtoul(rest, &rest, 10);
    struct str path = str_trim(str_from_c(rest));
    (void)snprintf(certificate, sizeof certificate, "%.*s", STR_ARG(path));
    (void)fclose(lines);
    assert_true(port != 0 && tls_port != 0);
    return 0;
}

static int stop_script(void **state) {
    (void)state;
    (void)close(to_script);
    int status;
    (void)waitpid(pid, &status, 0);
    return 0;
}

static int64_t now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the adapter */

static void take(void *context, size_t feed, struct result heard,
                 const struct rate_report *report) {
    struct fixture *fixture = context;
    struct heard *into = &fixture->heard[feed];
    assert_false(into->told);
    *into = (struct heard){.result = heard, .report = *report, .told = true};
    (void)snprintf(into->detail, sizeof into->detail, "%s", result_text(heard));
    assert_true(result_is_ok(heard) == (report->count > 0));
}

static struct result open_feeds(struct fixture *fixture, const char *sources, const char *url,
                                uint32_t timeout_ms) {
    static const char *const names[] = {"coinbase",  "kraken", "binance",
                                        "coingecko", "erapi",  "frankfurter"};
    struct rate_source_url urls[6];
    for (size_t i = 0; i < 6; i++) {
        urls[i] = (struct rate_source_url){names[i], url};
    }
    struct rates_http_options options = {.sources = sources,
                                         .urls = urls,
                                         .url_count = 6,
                                         .max_age_ms = MAX_AGE_MS,
                                         .user_agent = "till/test",
                                         .timeout_ms = timeout_ms};
    return rates_http_new(fixture->arena, &options, &fixture->feeds);
}

static struct fixture *fixture_new(void) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture->arena = arena_new(ARENA_BYTES);
    return fixture;
}

static void fixture_free(struct fixture *fixture) {
    rates_http_free(fixture->feeds);
    arena_free(fixture->arena);
    free(fixture);
}

static void ask_until_told(struct fixture *fixture, uint32_t wanted) {
    int64_t until_ms = now_ms() + PATIENCE_MS;
    for (uint32_t left = wanted; left != 0;) {
        assert_true(now_ms() < until_ms);
        fixture->feeds->ops->ask(fixture->feeds, wanted, 1000, take, fixture);
        wanted = 0; /* the rest is under way */
        for (size_t i = 0; i < fixture->feeds->count; i++) {
            left &= fixture->heard[i].told ? ~(1u << i) : UINT32_MAX;
        }
    }
}

static struct fixture *ask_in_mood(const char *sources, const char *mood, uint32_t timeout_ms) {
    struct fixture *fixture = fixture_new();
    const char *url = arena_printf(fixture->arena, "http://127.0.0.1:%u/%s/", port, mood);
    assert_true(result_is_ok(open_feeds(fixture, sources, url, timeout_ms)));
    uint32_t all = (1u << fixture->feeds->count) - 1;
    ask_until_told(fixture, all);
    return fixture;
}

/* ---- good ones */

static void test_every_source_is_asked_and_understood(void **state) {
    (void)state;
    struct fixture *fixture =
        ask_in_mood("coinbase, kraken,binance,coingecko,erapi,frankfurter", "good", PATIENCE_MS);
    assert_int_equal(fixture->feeds->count, 8);
    size_t prices = 0;
    for (size_t i = 0; i < fixture->feeds->count; i++) {
        if (!result_is_ok(fixture->heard[i].result)) {
            fail_msg("%s: %s", fixture->feeds->list[i].name, fixture->heard[i].detail);
        }
        prices += fixture->heard[i].report.count;
    }
    assert_int_equal(prices, 29 + 6 + 1 + 6 + 1 + 16 + 24 + 14);
    fixture_free(fixture);
}

static void test_only_what_is_wanted_is_asked(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new();
    const char *url = arena_printf(fixture->arena, "http://127.0.0.1:%u/good", port);
    assert_true(result_is_ok(open_feeds(fixture, "kraken,coingecko", url, PATIENCE_MS)));
    assert_int_equal(fixture->feeds->count, 3);
    fixture->feeds->ops->ask(fixture->feeds, 1u << 2, PATIENCE_MS, take, fixture);
    assert_false(fixture->heard[0].told);
    assert_false(fixture->heard[1].told);
    assert_true(fixture->heard[2].told);
    assert_string_equal(fixture->feeds->list[2].name, "coingecko");
    assert_string_equal(fixture->feeds->source_names[fixture->feeds->list[2].source], "coingecko");
    fixture_free(fixture);
}

/* ---- the worst */

struct mood {
    const char *name;
    const char *why;
    uint32_t timeout_ms; /* 0: more than enough */
};

static const struct mood moods[] = {
    {"html", "byte 0"},
    {"zero", "not a positive number"},
    {"negative", "cannot be used"}, /* or, as a JSON number, not a positive one */
    {"nan", "cannot be used"},
    {"error", "HTTP status 500"},
    {"limited", "HTTP status 429"},
    {"redirect", "HTTP status 302: redirects are not followed"},
    {"truncated", "partial"},
    {"torn", "cannot be used"},
    {"slow", "Timeout", TIMEOUT_MS},
    {"silent", "Timeout", TIMEOUT_MS},
    {"endless", "longer than"},
    {"deep", "cannot be used"},
};

static void test_the_worst_answers_are_told_apart_and_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof moods / sizeof *moods; i++) {
        int64_t before_ms = now_ms();
        uint32_t timeout_ms = moods[i].timeout_ms == 0 ? PATIENCE_MS : moods[i].timeout_ms;
        struct fixture *fixture =
            ask_in_mood("coinbase,kraken,binance,coingecko", moods[i].name, timeout_ms);
        assert_true(now_ms() - before_ms < PATIENCE_MS);
        for (size_t feed = 0; feed < fixture->feeds->count; feed++) {
            const struct heard *heard = &fixture->heard[feed];
            bool stable_only = strcmp(fixture->feeds->list[feed].name, "binance TUSD") == 0;
            if (heard->result.code != &ERR_RATE_ANSWER) {
                fail_msg("%s, %s: \"%s\"", moods[i].name, fixture->feeds->list[feed].name,
                         heard->detail);
            }
            if (strstr(heard->detail, moods[i].why) == NULL && !stable_only) {
                fail_msg("%s, %s: \"%s\" should tell of \"%s\"", moods[i].name,
                         fixture->feeds->list[feed].name, heard->detail, moods[i].why);
            }
            assert_null(strstr(heard->detail, "<"));
        }
        fixture_free(fixture);
    }
}

/* Others are told of, and may be asked again, while one keeps us waiting. */
static void test_a_silent_source_keeps_nobody_waiting(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new();
    const char *good = arena_printf(fixture->arena, "http://127.0.0.1:%u/good", port);
    const char *silent = arena_printf(fixture->arena, "http://127.0.0.1:%u/silent", port);
    struct rate_source_url urls[] = {{"coinbase", silent}, {"coingecko", good}};
    struct rates_http_options options = {.sources = "coinbase,coingecko",
                                         .urls = urls,
                                         .url_count = 2,
                                         .max_age_ms = MAX_AGE_MS,
                                         .user_agent = "till/test",
                                         .timeout_ms = PATIENCE_MS};
    assert_true(result_is_ok(rates_http_new(fixture->arena, &options, &fixture->feeds)));
    uint32_t wanted = 3;
    for (int round = 0; round < 3; round++) {
        fixture->heard[1].told = false;
        fixture->feeds->ops->ask(fixture->feeds, wanted, PATIENCE_MS / 2, take, fixture);
        assert_true(fixture->heard[1].told);
        assert_true(result_is_ok(fixture->heard[1].result));
        wanted = 2;
    }
    assert_false(fixture->heard[0].told);
    fixture_free(fixture);
}

/* What one source answers over TLS, to who trusts `ca_file`. */
static struct fixture *ask_secure(const char *host, const char *ca_file) {
    struct fixture *fixture = fixture_new();
    const char *url = arena_printf(fixture->arena, "https://%s:%u/good", host, tls_port);
    struct rate_source_url mirror = {"coingecko", url};
    struct rates_http_options options = {.sources = "coingecko",
                                         .urls = &mirror,
                                         .url_count = 1,
                                         .max_age_ms = MAX_AGE_MS,
                                         .user_agent = "till/test",
                                         .ca_file = ca_file,
                                         .timeout_ms = PATIENCE_MS};
    assert_true(result_is_ok(rates_http_new(fixture->arena, &options, &fixture->feeds)));
    ask_until_told(fixture, 1);
    return fixture;
}

static void test_a_mirror_must_prove_who_it_is(void **state) {
    (void)state;
    struct fixture *trusted = ask_secure("127.0.0.1", certificate);
    assert_true(result_is_ok(trusted->heard[0].result));
    fixture_free(trusted);
    struct fixture *stranger = ask_secure("127.0.0.1", NULL);
    assert_string_equal(stranger->heard[0].detail,
                        "SSL peer certificate or SSH remote key was not OK");
    fixture_free(stranger);
    struct fixture *other_name = ask_secure("localhost", certificate);
    assert_string_equal(other_name->heard[0].detail,
                        "SSL peer certificate or SSH remote key was not OK");
    fixture_free(other_name);
}

static void test_nobody_there(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new();
    assert_true(result_is_ok(open_feeds(fixture, "coinbase", "http://127.0.0.1:1", PATIENCE_MS)));
    fixture->feeds->ops->ask(fixture->feeds, 1, PATIENCE_MS, take, fixture);
    assert_true(fixture->heard[0].told);
    assert_ptr_equal(fixture->heard[0].result.code, &ERR_RATE_ANSWER);
    fixture_free(fixture);
}

static void *stop_soon(void *context) {
    struct fixture *fixture = context;
    (void)usleep(100000);
    fixture->feeds->ops->stop(fixture->feeds);
    return NULL;
}

static void test_stopping_does_not_wait_for_a_silent_source(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new();
    const char *url = arena_printf(fixture->arena, "http://127.0.0.1:%u/silent", port);
    assert_true(result_is_ok(open_feeds(fixture, "coinbase", url, PATIENCE_MS)));
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, fixture), 0);
    int64_t before_ms = now_ms();
    fixture->feeds->ops->ask(fixture->feeds, 1, PATIENCE_MS, take, fixture);
    assert_true(now_ms() - before_ms < PATIENCE_MS / 2);
    assert_false(fixture->heard[0].told);
    (void)pthread_join(thread, NULL);
    fixture->feeds->ops->ask(fixture->feeds, 0, PATIENCE_MS, take, fixture);
    assert_true(now_ms() - before_ms < PATIENCE_MS / 2);
    assert_false(fixture->heard[0].told);
    fixture_free(fixture);
}

/* ---- configuration */

static void test_what_cannot_be_configured_is_named(void **state) {
    (void)state;
    static const struct {
        const char *sources;
        const char *url;
        const char *why;
    } wrong[] = {
        {"coinbase,mtgox", "http://127.0.0.1:1", "\"mtgox\""},
        {"binance", "http://127.0.0.1:1", "USDT"},
        {"binance,erapi", "http://127.0.0.1:1", "USDT"},
        {"kraken", "ftp://mirror.example", "https://mirror.example"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct fixture *fixture = fixture_new();
        struct result opened = open_feeds(fixture, wrong[i].sources, wrong[i].url, PATIENCE_MS);
        assert_ptr_equal(opened.code, &ERR_CONFIG);
        assert_non_null(strstr(opened.detail, wrong[i].why));
        fixture_free(fixture);
    }
    struct fixture *fixture = fixture_new();
    assert_true(result_is_ok(open_feeds(fixture, "", "http://127.0.0.1:1", PATIENCE_MS)));
    assert_int_equal(fixture->feeds->count, 0);
    fixture_free(fixture);
}

int main(int argc, char **argv) {
    script = argc > 1 ? argv[1] : "tests/support/rate_source.py";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_source_is_asked_and_understood),
        cmocka_unit_test(test_only_what_is_wanted_is_asked),
        cmocka_unit_test(test_the_worst_answers_are_told_apart_and_refused),
        cmocka_unit_test(test_a_silent_source_keeps_nobody_waiting),
        cmocka_unit_test(test_a_mirror_must_prove_who_it_is),
        cmocka_unit_test(test_nobody_there),
        cmocka_unit_test(test_stopping_does_not_wait_for_a_silent_source),
        cmocka_unit_test(test_what_cannot_be_configured_is_named),
    };
    return cmocka_run_group_tests(tests, start_script, stop_script);
}
