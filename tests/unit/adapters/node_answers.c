/* SPDX-License-Identifier: MIT */
#include "node_answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/chain_bitcoin/node.h"
#include "adapters/node_http/rpc_answer.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/asset.h"
#include "support/json_trace.h"

enum { RECORDING_BYTES_MAX = 1 << 20 };

struct str node_recording(struct arena *arena, const char *name) {
    const char *folder = getenv("TILL_TEST_VECTORS");
    assert_non_null(folder);
    FILE *file = fopen(arena_printf(arena, "%s/nodes/%s.json", folder, name), "re");
    assert_non_null(file);
    char *text = arena_alloc(arena, RECORDING_BYTES_MAX);
    size_t len = fread(text, 1, RECORDING_BYTES_MAX, file);
    fclose(file);
    assert_in_range(len, 1, RECORDING_BYTES_MAX - 1);
    return (struct str){.ptr = text, .len = len};
}

struct str text_with(struct arena *arena, struct str text, const char *from, const char *to) {
    const char *at = memmem(text.ptr, text.len, from, strlen(from));
    if (at == NULL) {
        fail_msg("the recording has no %s", from);
    }
    size_t before = (size_t)(at - text.ptr);
    struct buf changed = buf_in(arena);
    buf_put_str(&changed, str_slice(text, 0, before));
    buf_puts(&changed, to);
    buf_put_str(&changed, str_slice(text, before + strlen(from), text.len));
    return buf_str(&changed);
}

struct call_in_pieces {
    struct rpc_call call;
    struct str answer;
    size_t piece;
};

static struct result decode_in_pieces(struct arena *arena, const struct call_in_pieces *given) {
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new(16 << 20);
    size_t piece = given->piece ? given->piece : given->answer.len;
    struct json_pieces pieces = {
        .rest = bytes_from_str(given->answer), .first = piece, .then = piece};
    struct rpc_question question = {.calls = &given->call,
                                    .count = 1,
                                    .id = 1,
                                    .dialect = &rpc_dialect_bitcoin,
                                    .label = "http://node",
                                    .scratch = scratch};
    struct result done = rpc_answer_decode(&question, arena, json_pieces_source(&pieces));
    json_pieces_release(&pieces);
    return done;
}

struct result decode_block(struct arena *arena, const char *network, struct str json, size_t piece,
                           struct block_hash asked, struct chain_block *ret_block) {
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new(16 << 20);
    struct block_decoder decoder = {
        .outputs = {.arena = arena, .coin = network_coin(network_by_key(str_from_c(network)))},
        .scratch = scratch,
    };
    struct buf answer = buf_in(arena);
    buf_puts(&answer, "{\"result\":");
    buf_put_str(&answer, json);
    buf_puts(&answer, ",\"error\":null,\"id\":1}");
    assert_false(answer.failed);
    struct call_in_pieces given = {
        .call = {.method = "getblock",
                 .answer_bytes_max = 64 << 20,
                 .decode = block_decode,
                 .context = &decoder},
        .answer = buf_str(&answer),
        .piece = piece,
    };
    TRY(decode_in_pieces(arena, &given));
    return block_check(&decoder, asked, ret_block);
}

static void skip_anything(struct json_reader *reader, void *context) {
    (void)context;
    json_skip_value(reader);
}

struct result decode_answer(struct arena *arena, struct str answer, size_t piece,
                            size_t answer_bytes_max) {
    struct call_in_pieces given = {
        .call = {.method = "getit", .answer_bytes_max = answer_bytes_max, .decode = skip_anything},
        .answer = answer,
        .piece = piece,
    };
    return decode_in_pieces(arena, &given);
}

struct block_hash hash_from_hex(const char *hex) {
    struct block_hash hash;
    assert_true(hex_decode(str_from_c(hex), hash.bytes, HASH_BYTES));
    return hash;
}

struct str outputs_as_text(struct arena *arena, const struct chain_output *outputs, size_t count) {
    struct buf text = buf_in(arena);
    for (size_t i = 0; i < count; i++) {
        struct str amount = amount_to_text(arena, outputs[i].amount);
        struct str program = hex_encode(arena, script_bytes(&outputs[i].program));
        buf_putf(&text, "%.*s to %.*s at %u%s\n", STR_ARG(amount), STR_ARG(program),
                 outputs[i].ordinal, outputs[i].coinbase ? ", new" : "");
    }
    return buf_str(&text);
}
