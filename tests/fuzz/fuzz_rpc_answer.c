/* SPDX-License-Identifier: MIT */
/* A node's answer has one verdict however it arrives, and its words cannot harm a log. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "adapters/node_http/rpc.h"
#include "adapters/node_http/rpc_answer.h"
#include "base/arena.h"
#include "support/json_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void skip(struct json_reader *reader, void *context) {
    *(unsigned *)context += 1;
    json_skip_value(reader);
}

static struct result decode(struct arena *arena, struct bytes answer, size_t piece,
                            unsigned *ret_results) {
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new((size_t)4 << 20);
    *ret_results = 0;
    struct rpc_call call = {
        .method = "getit", .answer_bytes_max = 4096, .decode = skip, .context = ret_results};
    struct rpc_question question = {.calls = &call,
                                    .count = 1,
                                    .id = 1,
                                    .dialect = &rpc_dialect_evm,
                                    .label = "http://node",
                                    .scratch = scratch};
    struct json_pieces pieces = {.rest = answer, .first = piece, .then = piece};
    struct result done = rpc_answer_decode(&question, arena, json_pieces_source(&pieces));
    json_pieces_release(&pieces);
    return done;
}

/* A batch of three; each result that counts was decoded once. */
static struct result decode_batch(struct arena *arena, struct bytes answer, size_t piece) {
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new((size_t)4 << 20);
    enum { CALLS = 3 };
    unsigned decoded[CALLS] = {0};
    struct rpc_call calls[CALLS];
    struct result results[CALLS];
    for (size_t i = 0; i < CALLS; i++) {
        calls[i] = (struct rpc_call){
            .method = "getit", .answer_bytes_max = 2048, .decode = skip, .context = &decoded[i]};
    }
    struct rpc_question question = {.calls = calls,
                                    .count = CALLS,
                                    .id = 1,
                                    .dialect = &rpc_dialect_evm,
                                    .label = "http://node",
                                    .scratch = scratch};
    struct json_pieces pieces = {.rest = answer, .first = piece, .then = piece};
    struct rpc_flaws flaws;
    struct result done =
        rpc_answers_decode(&question, arena, json_pieces_source(&pieces), results, &flaws);
    json_pieces_release(&pieces);
    for (size_t i = 0; result_is_ok(done) && i < CALLS; i++) {
        assert(!result_is_ok(results[i]) || decoded[i] == 1);
        assert(!result_is_ok(results[i]) || !flaws.left_out[i]);
    }
    return done;
}

static void check_words(struct result result) {
    if (!result_is_ok(result)) {
        for (const char *c = result.detail; *c != '\0'; c++) {
            assert(*c >= ' ' && *c <= '~');
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new((size_t)1 << 20);
    struct bytes answer = {.ptr = input, .len = size};
    unsigned results;
    struct result whole = decode(arena, answer, size + 1, &results);
    assert(!result_is_ok(whole) || results == 1);
    struct result pieces = decode(arena, answer, 3, &results);
    assert(whole.code == pieces.code);
    check_words(whole);
    whole = decode_batch(arena, answer, size + 1);
    pieces = decode_batch(arena, answer, 3);
    assert(whole.code == pieces.code);
    check_words(whole);
    return 0;
}
