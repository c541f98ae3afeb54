/* SPDX-License-Identifier: MIT */
/* TLS, rightly and wrongly, against tests/support/tls_receiver.py (python3 and openssl). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "http_client_fixture.h"

enum { CASES_MAX = 16 };

static const char *script;
static char folder[] = "/tmp/till-tls-XXXXXX";
static pid_t pid;
static int to_script;
static struct {
    char name[128];
    unsigned port;
} cases[CASES_MAX];
static size_t case_count;

static void run_script(int in, int out) {
    (void)dup2(in, STDIN_FILENO);
    (void)dup2(out, STDOUT_FILENO);
    (void)execl("/usr/bin/python3", "python3", "-Wignore", script, folder, (char *)NULL);
    _exit(127);
}

static bool start_script(void) {
    int in[2];
    int out[2];
    assert_non_null(mkdtemp(folder));
    assert_int_equal(pipe(in) + pipe(out), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)close(in[1]);
        (void)close(out[0]);
        run_script(in[0], out[1]);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    to_script = in[1];
    FILE *lines = fdopen(out[0], "r");
    char line[128];
    bool is_ready = false;
    while (!is_ready && fgets(line, sizeof line, lines) != NULL) {
        is_ready = strcmp(line, "ready\n") == 0;
        char *space = strchr(line, ' ');
        if (space != NULL && case_count < CASES_MAX) {
            *space = '\0';
            (void)snprintf(cases[case_count].name, sizeof cases[0].name, "%.*s",
                           (int)sizeof cases[0].name - 1, line);
            cases[case_count++].port = (unsigned)strtoul(space + 1, NULL, 10);
        }
    }
    (void)fclose(lines);
    return is_ready;
}

static int stop_script(void) {
    (void)close(to_script);
    int status;
    (void)waitpid(pid, &status, 0);
    DIR *files = opendir(folder);
    for (const struct dirent *file; files != NULL && (file = readdir(files)) != NULL;) {
        char path[sizeof folder + 300];
        (void)snprintf(path, sizeof path, "%s/%s", folder, file->d_name);
        (void)unlink(path);
    }
    (void)closedir(files);
    return rmdir(folder);
}

static int resolve(const char *host, struct net_address *ret_addresses) {
    (void)host;
    *ret_addresses = (struct net_address){.bytes = {127, 0, 0, 1}};
    return 1;
}

static struct call call_case(struct bench *bench, const char *host, const char *name) {
    if (case_count == 0) {
        skip();
    }
    for (size_t i = 0; i < case_count; i++) {
        if (strcmp(cases[i].name, name) == 0) {
            bench_restart(bench, resolve, arena_printf(bench->arena, "127.0.0.1:%u", cases[i].port),
                          arena_printf(bench->arena, "%s/ca.pem", folder));
            struct http_post post = bench_post(
                bench, arena_printf(bench->arena, "https://%s:%u/", host, cases[i].port));
            post.body = STR("{}");
            struct call call;
            bench_start(bench, &post, &call);
            bench_wait(bench, &call);
            return call;
        }
    }
    fail_msg("no case \"%s\"", name);
    return (struct call){0};
}

static void test_a_right_certificate_is_accepted_by_name_and_by_address(void **state) {
    struct call call = call_case(*state, "shop.example", "good");
    assert_complete(&call, 200);
    call = call_case(*state, "127.0.0.1", "good");
    assert_complete(&call, 200);
}

static void test_the_server_is_told_which_name_is_wanted(void **state) {
    struct call call = call_case(*state, "shop.example", "needs_name");
    assert_complete(&call, 200);
    call = call_case(*state, "other.example", "needs_name");
    assert_fault(&call, HTTP_FAULT_TLS);
}

static void test_wrong_certificates_are_refused_with_a_reason(void **state) {
    static const char *const wrong[][2] = {
        {"expired", "expired"},
        {"other_host", "host name"},
        {"self_signed", "self"},
        {"unknown_authority", "issuer"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct call call = call_case(*state, "shop.example", wrong[i][0]);
        assert_fault(&call, HTTP_FAULT_TLS);
        assert_int_equal(call.answer.status, 0);
        if (strstr(call.error, wrong[i][1]) == NULL) {
            fail_msg("%s: %s", wrong[i][0], call.error);
        }
    }
}

static void test_a_certificate_for_another_name_is_refused(void **state) {
    struct call call = call_case(*state, "evil.example", "good");
    assert_fault(&call, HTTP_FAULT_TLS);
}

static void test_old_protocols_and_broken_handshakes_are_refused(void **state) {
    struct call call = call_case(*state, "shop.example", "old_protocol");
    assert_fault(&call, HTTP_FAULT_TLS);
    call = call_case(*state, "shop.example", "reset");
    assert_fault(&call, HTTP_FAULT_TLS);
}

static void test_the_systems_authorities_do_not_know_ours(void **state) {
    struct bench *bench = *state;
    if (case_count == 0) {
        skip();
    }
    bench_restart(bench, resolve, arena_printf(bench->arena, "127.0.0.1:%u", cases[0].port), NULL);
    struct call call =
        bench_call(bench, arena_printf(bench->arena, "https://shop.example:%u/", cases[0].port));
    assert_fault(&call, HTTP_FAULT_TLS);
}

int main(int argc, char **argv) {
    script = argc > 1 ? argv[1] : "";
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_right_certificate_is_accepted_by_name_and_by_address),
        TEST(test_the_server_is_told_which_name_is_wanted),
        TEST(test_wrong_certificates_are_refused_with_a_reason),
        TEST(test_a_certificate_for_another_name_is_refused),
        TEST(test_old_protocols_and_broken_handshakes_are_refused),
        TEST(test_the_systems_authorities_do_not_know_ours),
    };
    if (!start_script()) {
        (void)fprintf(stderr, "# TLS is not tested: tls_receiver.py needs python3 and openssl\n");
        case_count = 0;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)stop_script();
    return failed;
}
