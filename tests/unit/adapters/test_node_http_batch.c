/* SPDX-License-Identifier: MIT */
/* Many calls in one request: whose answer is whose, whatever order a node answers in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapters/node_http/rpc.h"
#include "adapters/node_http/rpc_answer.h"
#include "base/arena.h"
#include "core/error.h"
#include "scripted_server.h"
#include "support/json_trace.h"

enum { CALLS = 3 };

#define ONE   "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":11}"
#define TWO   "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":12}"
#define THREE "{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":13}"

static struct arena *arena;
static uint64_t values[CALLS];
static int64_t errors[CALLS];
static struct result results[CALLS];

static int setup(void **state) {
    (void)state;
    arena = arena_new(4 << 20);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static void decode_u64(struct json_reader *reader, void *context) {
    *(uint64_t *)context = json_read_u64(reader);
}

static void fill_calls(struct rpc_call calls[CALLS]) {
    memset(values, 0, sizeof(values));
    for (size_t i = 0; i < CALLS; i++) {
        errors[i] = -99;
        calls[i] = (struct rpc_call){.method = "getit",
                                     .params = STR("[]"),
                                     .answer_bytes_max = 1000,
                                     .decode = decode_u64,
                                     .context = &values[i],
                                     .ret_error = &errors[i]};
    }
}

/* The verdict on an answer to three calls, a few bytes at a time. */
static struct result decode_flaws(const char *answer, struct rpc_flaws *ret_flaws) {
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new(1 << 20);
    struct rpc_call calls[CALLS];
    fill_calls(calls);
    struct rpc_question question = {.calls = calls,
                                    .count = CALLS,
                                    .id = 1,
                                    .dialect = &rpc_dialect_evm,
                                    .label = "http://node/",
                                    .scratch = scratch};
    struct json_pieces pieces = {.rest = bytes_from_str(str_from_c(answer)), .first = 3, .then = 3};
    struct result done =
        rpc_answers_decode(&question, arena, json_pieces_source(&pieces), results, ret_flaws);
    json_pieces_release(&pieces);
    return done;
}

static struct result decode(const char *answer, bool *ret_is_mixed_up) {
    struct rpc_flaws flaws;
    struct result done = decode_flaws(answer, &flaws);
    *ret_is_mixed_up = flaws.is_mixed_up;
    return done;
}

static void assert_all(const char *answer) {
    bool is_mixed_up;
    struct result done = decode(answer, &is_mixed_up);
    if (!result_is_ok(done)) {
        fail_msg("%s: %s", answer, result_text(done));
    }
    assert_false(is_mixed_up);
    for (size_t i = 0; i < CALLS; i++) {
        assert_true(result_is_ok(results[i]));
        assert_int_equal(values[i], 11 + i);
        assert_int_equal(errors[i], 0);
    }
}

static void assert_unfit(const char *answer, const char *why, bool mixes_up) {
    bool is_mixed_up;
    struct result done = decode(answer, &is_mixed_up);
    if (done.code != &ERR_NODE_ANSWER || strstr(done.detail, why) == NULL ||
        is_mixed_up != mixes_up) {
        fail_msg("%s: %s (%d)", answer, result_text(done), is_mixed_up);
    }
}

static void test_answers_are_matched_by_id_in_any_order(void **state) {
    (void)state;
    assert_all("[" ONE "," TWO "," THREE "]");
    assert_all("[" THREE "," ONE "," TWO "]");
    assert_all(" [ " TWO " , " THREE " , " ONE " ] ");
    /* The result before the id: fine as long as the order is that of the calls. */
    assert_all("[{\"result\":11,\"id\":1},{\"result\":12,\"id\":2},{\"result\":13,\"id\":3}]");
    assert_all("[" TWO ",{\"result\":11,\"id\":1},{\"result\":13,\"id\":3}]");
}

static void test_an_answer_that_is_missing_twice_there_or_nobodys_fails_the_batch(void **state) {
    (void)state;
    assert_unfit("[" ONE "," TWO "]", "missing", false);
    assert_unfit("[]", "missing", false);
    assert_unfit("[" ONE "," TWO "," TWO "," THREE "]", "twice", false);
    assert_unfit("[" ONE "," ONE "," TWO "]", "twice", false);
    assert_unfit("[" ONE "," TWO "," THREE "," THREE "]", "twice", false);
    assert_unfit("[" ONE "," TWO ",{\"id\":4,\"result\":13}]", "another question", false);
    assert_unfit("[" ONE "," TWO ",{\"id\":0,\"result\":13}]", "another question", false);
    assert_unfit("[" ONE "," TWO ",{\"id\":null,\"result\":13}]", "another question", false);
    assert_unfit("[" ONE "," TWO ",{\"id\":\"3\",\"result\":13}]", "another question", false);
    assert_unfit("[" ONE "," TWO ",{\"result\":13}]", "another question", false);
    assert_unfit("[" ONE "," TWO "," THREE ",{\"result\":14,\"id\":9}]", "more answers", false);
    assert_unfit("[" ONE "," TWO "," THREE "] []", "at byte", false);
    assert_unfit("[" ONE "," TWO "," THREE, "at byte", false);
    assert_unfit("[1,2,3]", "at byte", false);
    assert_unfit("<html>", "at byte", false);
}

static void test_a_node_that_mixes_answers_up_is_recognized(void **state) {
    (void)state;
    assert_unfit("[{\"result\":12,\"id\":2},{\"result\":11,\"id\":1}," THREE "]",
                 "another question", true);
    assert_unfit(ONE, "one answer to a batch", true);
    assert_unfit("{\"id\":null,\"error\":{\"code\":-32600,\"message\":\"no batches\"}}",
                 "no batches", true);
}

static void test_a_refusal_of_the_whole_batch_keeps_its_meaning(void **state) {
    (void)state;
    bool is_mixed_up;
    struct result done =
        decode("{\"id\":null,\"error\":{\"code\":-32005,\"message\":\"slow down\"}}", &is_mixed_up);
    assert_ptr_equal(done.code, &ERR_NODE_UNREACHABLE);
    assert_non_null(strstr(done.detail, "slow down"));
    assert_false(is_mixed_up);
}

static void test_an_error_belongs_to_its_own_call(void **state) {
    (void)state;
    bool is_mixed_up;
    struct result done =
        decode("[" ONE ",{\"id\":3,\"error\":{\"code\":-32601,\"message\":\"no such method\"}},"
               "{\"id\":2,\"error\":{\"code\":-32000,\"message\":\"header not found\"}}]",
               &is_mixed_up);
    assert_true(result_is_ok(done));
    assert_true(result_is_ok(results[0]));
    assert_ptr_equal(results[1].code, &ERR_BLOCK_UNKNOWN);
    assert_ptr_equal(results[2].code, &ERR_NODE_ANSWER);
    assert_int_equal(errors[0], 0);
    assert_int_equal(errors[1], -32000);
    assert_int_equal(errors[2], RPC_METHOD_NOT_FOUND);
    done = decode("[" ONE "," TWO ",{\"id\":3,\"result\":null}]", &is_mixed_up);
    assert_true(result_is_ok(done));
    assert_ptr_equal(results[2].code, &ERR_NODE_ANSWER);
    assert_int_equal(errors[2], 0);
}

static void test_the_limit_is_that_of_all_calls(void **state) {
    (void)state;
    static char answer[4096];
    memset(answer, ' ', sizeof(answer) - 1);
    memcpy(answer + 2800, "[" ONE "," TWO "," THREE "]", sizeof("[" ONE "," TWO "," THREE "]"));
    assert_all(answer);
    memset(answer, ' ', sizeof(answer) - 1);
    memcpy(answer + 3000, "[" ONE "," TWO "," THREE "]", sizeof("[" ONE "," TWO "," THREE "]"));
    assert_unfit(answer, "at byte", false);
}

/* ---- over a connection */

static struct scripted_step answer_with(const char *body) {
    const char *bytes =
        arena_printf(arena, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
    return (struct scripted_step){.bytes = bytes};
}

static struct rpc *open_rpc(struct scripted_server *server, const struct scripted_step *steps,
                            size_t count) {
    scripted_server_start(server, steps, count);
    const char *url = arena_printf(arena, "http://127.0.0.1:%d", server->port);
    struct rpc_options options = {.http = {.url = str_from_c(url), .timeout_ms = 2000},
                                  .dialect = &rpc_dialect_evm};
    struct rpc *rpc;
    assert_true(result_is_ok(rpc_new(&options, arena, &rpc)));
    return rpc;
}

static void test_a_batch_is_one_request(void **state) {
    (void)state;
    struct scripted_step step = answer_with("[" TWO "," ONE "," THREE "]");
    struct scripted_server server;
    struct rpc *rpc = open_rpc(&server, &step, 1);
    struct rpc_call calls[CALLS];
    fill_calls(calls);
    struct result done = rpc_batch(rpc, arena, calls, CALLS, results);
    assert_string_equal(result_text(done), "ok");
    assert_int_equal(values[0] + values[1] + values[2], 36);
    rpc_free(rpc);
    scripted_server_stop(&server);
    assert_non_null(strstr(server.requests[0],
                           "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"getit\",\"params\":[]},"
                           "{\"jsonrpc\":\"2.0\",\"id\":2,"));
}

static void test_a_node_without_batches_is_asked_in_turn(void **state) {
    (void)state;
    struct scripted_step steps[] = {
        answer_with("{\"id\":null,\"error\":{\"code\":-32600,\"message\":\"no way\"}}"),
        answer_with("{\"id\":4,\"result\":11}"),
        answer_with("{\"id\":5,\"error\":{\"code\":-32601}}"),
        answer_with("{\"id\":6,\"result\":13}"),
    };
    struct scripted_server server;
    struct rpc *rpc = open_rpc(&server, steps, 4);
    struct rpc_call calls[CALLS];
    fill_calls(calls);
    struct result done = rpc_batch(rpc, arena, calls, CALLS, results);
    assert_ptr_equal(done.code, &ERR_NODE_ANSWER);
    done = rpc_batch(rpc, arena, calls, CALLS, results);
    assert_string_equal(result_text(done), "ok");
    assert_true(result_is_ok(results[0]) && result_is_ok(results[2]));
    assert_int_equal(errors[1], RPC_METHOD_NOT_FOUND);
    assert_int_equal(values[2], 13);
    rpc_free(rpc);
    scripted_server_stop(&server);
    assert_int_equal(server.steps_done, 4);
}

/* A stranger may fill a block: what is too long together is asked for by itself. */
static void test_answers_that_are_too_long_together_are_asked_for_one_by_one(void **state) {
    (void)state;
    static const char *const refusals[] = {
        "[" ONE "," TWO
        ",{\"id\":3,\"error\":{\"code\":-32003,\"message\":\"response too large\"}}]",
        "[" ONE "," TWO ",{\"id\":3,\"error\":{\"code\":-32005,\"message\":"
        "\"MaxBatchResponseBodySize of 32768KB exceeded\"}}]",
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct scripted_step steps[] = {answer_with(refusals[i]),
                                        answer_with("{\"id\":4,\"result\":13}")};
        struct scripted_server server;
        struct rpc *rpc = open_rpc(&server, steps, 2);
        struct rpc_call calls[CALLS];
        fill_calls(calls);
        struct result done = rpc_batch(rpc, arena, calls, CALLS, results);
        assert_string_equal(result_text(done), "ok");
        assert_true(result_is_ok(results[2]));
        assert_int_equal(values[2], 13);
        assert_int_equal(errors[2], 0);
        rpc_free(rpc);
        scripted_server_stop(&server);
        assert_int_equal(server.steps_done, 2);
    }
}

static void test_a_batch_that_is_refused_for_its_length_is_asked_in_turn(void **state) {
    (void)state;
    struct scripted_step steps[] = {
        answer_with("{\"id\":null,\"error\":{\"code\":-32011,\"message\":\"The batch response was "
                    "too large\"}}"),
        answer_with("{\"id\":4,\"result\":11}"),
        answer_with("{\"id\":5,\"error\":{\"code\":-32601}}"),
        answer_with("{\"id\":6,\"result\":13}"),
        answer_with("[{\"id\":7,\"result\":11},{\"id\":8,\"result\":12},{\"id\":9,\"result\":13}]"),
    };
    struct scripted_server server;
    struct rpc *rpc = open_rpc(&server, steps, 5);
    struct rpc_call calls[CALLS];
    fill_calls(calls);
    assert_string_equal(result_text(rpc_batch(rpc, arena, calls, CALLS, results)), "ok");
    assert_int_equal(values[0] + values[2], 24);
    assert_int_equal(errors[1], RPC_METHOD_NOT_FOUND);
    /* It was that batch, and not batches. */
    assert_string_equal(result_text(rpc_batch(rpc, arena, calls, CALLS, results)), "ok");
    rpc_free(rpc);
    scripted_server_stop(&server);
    assert_int_equal(server.steps_done, 5);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_answers_are_matched_by_id_in_any_order),
        TEST(test_an_answer_that_is_missing_twice_there_or_nobodys_fails_the_batch),
        TEST(test_a_node_that_mixes_answers_up_is_recognized),
        TEST(test_a_refusal_of_the_whole_batch_keeps_its_meaning),
        TEST(test_an_error_belongs_to_its_own_call),
        TEST(test_the_limit_is_that_of_all_calls),
        TEST(test_a_batch_is_one_request),
        TEST(test_a_node_without_batches_is_asked_in_turn),
        TEST(test_answers_that_are_too_long_together_are_asked_for_one_by_one),
        TEST(test_a_batch_that_is_refused_for_its_length_is_asked_in_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
