/* SPDX-License-Identifier: MIT */
/* What is believed of a Tron node's answers, and what of them pays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"
#include "tron_answers.h"

#define HASH_OF(hash) STR_ARG(hex_encode(arena, BYTES_OF((hash).bytes)))
/* transfer(shop, 5) */
#define MOVE_5                                                                                     \
    "a9059cbb" TRON_PADDING TRON_SHOP                                                              \
    "0000000000000000000000000000000000000000000000000000000000000005"
#define MOVE_0                                                                                     \
    "a9059cbb" TRON_PADDING TRON_SHOP                                                              \
    "0000000000000000000000000000000000000000000000000000000000000000"

static struct arena *arena;

static int setup(void **state) {
    (void)state;
    arena = arena_new(256 << 20);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static struct str with(struct str text, const char *from, const char *to) {
    const char *at = memmem(text.ptr, text.len, from, strlen(from));
    assert_non_null(at);
    size_t before = (size_t)(at - text.ptr);
    struct buf changed = buf_in(arena);
    buf_put_str(&changed, str_slice(text, 0, before));
    buf_puts(&changed, to);
    buf_put_str(&changed, str_slice(text, before + strlen(from), text.len));
    return buf_str(&changed);
}

static void refused(struct str json, const struct error_code *code, const char *why) {
    struct tron_block *block = NULL;
    struct result decoded = tron_decode(arena, json, 0, &block);
    assert_null(block);
    assert_ptr_equal(decoded.code, code);
    if (strstr(result_text(decoded), why) == NULL) {
        fail_msg("%s", result_text(decoded));
    }
}

/* ---- blocks */

static const struct tron_made_tx payments[] = {
    {MADE_TRANSFER, TRON_SHOP, 5000000, NULL, "SUCCESS"},
    {MADE_CALL, TRON_USDT, 0, MOVE_5, "SUCCESS"},
    {MADE_TRC10, TRON_SHOP, 7, NULL, "SUCCESS"},
    {MADE_TRANSFER, TRON_OTHER, 1, NULL, "SUCCESS"},
};

static void test_trx_is_read_however_the_block_arrives(void **state) {
    (void)state;
    struct tron_made made = tron_make(arena, payments, 4);
    for (size_t piece = 0; piece < 40; piece += 13) {
        struct tron_block *block = NULL;
        assert_true(result_is_ok(tron_decode(arena, made.json, piece, &block)));
        assert_true(block->is_rooted);
        assert_int_equal(block->tx_count, 4);
        assert_int_equal(block->header.height, 1000);
        assert_string_equal(tron_outputs(arena, block), "5 TRX to 5107e5 at 80000000\n"
                                                        "0.000001 TRX to 07e411 at 80000000\n");
        tron_block_free(block);
    }
}

static void test_only_success_pays(void **state) {
    (void)state;
    static const char *const results[] = {"REVERT",        "OUT_OF_ENERGY",   "OUT_OF_TIME",
                                          "UNKNOWN",       "TRANSFER_FAILED", "DEFAULT",
                                          "STACK_OVERFLOW"};
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        struct tron_made_tx txs[] = {{MADE_TRANSFER, TRON_SHOP, 5, NULL, results[i]},
                                     {MADE_CALL, TRON_USDT, 0, MOVE_5, results[i]}};
        struct tron_made made;
        struct tron_block *block = tron_made_block(arena, txs, 2, &made);
        struct tron_log log = tron_made_log(&made, 1, 5);
        assert_null(tron_block_add_log(block, tron_test_rules(), &log));
        assert_string_equal(tron_outputs(arena, block), "");
        assert_true(tron_block_has_no_logs(block));
        tron_block_free(block);
    }
}

static void test_a_result_that_is_missing_or_new_pays_nobody(void **state) {
    (void)state;
    struct tron_made made = tron_make(arena, payments, 1);
    struct str none = with(made.json, "\"ret\":[{\"contractRet\":\"SUCCESS\"}],", "");
    struct str other = with(made.json, "SUCCESS", "SUCCESSFUL");
    struct str list[] = {none, other};
    for (size_t i = 0; i < 2; i++) {
        struct tron_block *block = NULL;
        assert_true(result_is_ok(tron_decode(arena, list[i], 0, &block)));
        assert_string_equal(tron_outputs(arena, block), "");
        assert_false(block->is_rooted);
        tron_block_free(block);
    }
}

static void test_a_header_must_fit_its_id(void **state) {
    (void)state;
    struct str json = tron_make(arena, payments, 4).json;
    refused(with(json, "\"version\":30", "\"version\":31"), &ERR_NODE_ANSWER,
            "not that of its header");
    refused(with(json, "\"number\":1000", "\"number\":1001"), &ERR_NODE_ANSWER,
            "does not begin with its height");
    refused(with(json, "\"blockID\":\"00", "\"blockID\":\"01"), &ERR_NODE_ANSWER,
            "does not begin with its height");
    refused(with(json, "\"parentHash\":\"00000000000003e7", "\"parentHash\":\"00000000000003e6"),
            &ERR_NODE_ANSWER, "the height below");
    refused(with(json, "\"txTrieRoot\"", "\"txTrieRoots\""), &ERR_NODE_ANSWER, "lacks a field");
    refused(with(json, "\"blockID\":\"", "\"blockID\":\"zz"), &ERR_NODE_ANSWER, "32 bytes in hex");
    refused(with(json, "\"timestamp\":17", "\"timestamp\":99"), &ERR_NODE_ANSWER, "time is none");
    refused(STR("{}"), &ERR_BLOCK_UNKNOWN, "");
    refused(STR("[]"), &ERR_NODE_ANSWER, "");
    refused(STR("<html></html>"), &ERR_NODE_ANSWER, "");
}

static void test_a_time_in_seconds_is_the_same_time(void **state) {
    (void)state;
    struct str json = with(tron_make(arena, payments, 4).json, "\"timestamp\":1700000000000",
                           "\"timestamp\":1700000000");
    struct tron_block *block = NULL;
    assert_true(result_is_ok(tron_decode(arena, json, 0, &block)));
    assert_int_equal(block->header.time_ms, 1700000000000);
    assert_int_equal(block->header.proven_ms, 1700000000000);
    tron_block_free(block);
}

static void test_a_transaction_must_fit_its_id_and_the_tree(void **state) {
    (void)state;
    struct tron_made made = tron_make(arena, payments, 4);
    refused(with(made.json, "\"raw_data_hex\":\"5a", "\"raw_data_hex\":\"5b"), &ERR_NODE_ANSWER,
            "not that of its raw data");
    refused(with(made.json, "\"txID\"", "\"txId\""), &ERR_NODE_ANSWER, "has no id");
    /* Left out, failed against the truth, doubled: the root tells. */
    struct tron_made shorter = tron_make(arena, payments, 3);
    const char *tail = strstr(str_to_c(arena, made.json), ",\"transactions\"");
    const char *short_tail = strstr(str_to_c(arena, shorter.json), ",\"transactions\"");
    struct str filtered = with(made.json, tail, short_tail);
    struct str flipped = with(made.json, "\"SUCCESS\"", "\"REVERT\"");
    struct str list[] = {filtered, flipped};
    for (size_t i = 0; i < 2; i++) {
        struct tron_block *block = NULL;
        assert_true(result_is_ok(tron_decode(arena, list[i], 0, &block)));
        assert_false(block->is_rooted);
        tron_block_free(block);
    }
}

static void test_negative_and_zero_amounts_pay_nobody(void **state) {
    (void)state;
    struct tron_made_tx txs[] = {{MADE_TRANSFER, TRON_SHOP, -5, NULL, "SUCCESS"},
                                 {MADE_TRANSFER, TRON_SHOP, 0, NULL, "SUCCESS"}};
    struct tron_made made;
    struct tron_block *block = tron_made_block(arena, txs, 2, &made);
    assert_string_equal(tron_outputs(arena, block), "");
    tron_block_free(block);
}

static void test_an_error_in_place_of_a_block_is_heard(void **state) {
    (void)state;
    struct api_error error = {0};
    struct block_decoder decoder = {.rules = tron_test_rules(), .scratch = arena, .error = &error};
    struct json_reader reader;
    json_reader_init(&reader, arena,
                     bytes_from_str(STR("{\"Error\":\"class java.lang.IllegalAccessException : "
                                        "lack of computing resources\"}")));
    tron_block_decode(&reader, &decoder);
    assert_true(json_reader_finish(&reader));
    assert_true(error.is_set);
    assert_true(api_error_is_limit(&error));
}

/* ---- logs */

static struct tron_block *token_block(struct tron_made *ret_made) {
    static const struct tron_made_tx txs[] = {
        {MADE_CALL, TRON_OTHER, 0, "12345678", "SUCCESS"},
        {MADE_CALL, TRON_USDT, 0, MOVE_5, "SUCCESS"},
    };
    return tron_made_block(arena, txs, 2, ret_made);
}

static void test_a_token_is_named_by_its_place_in_its_own_receipt(void **state) {
    (void)state;
    struct tron_made made;
    struct tron_block *block = token_block(&made);
    struct tron_log noise = tron_made_log(&made, 0, 9);
    noise.address.bytes[0] ^= 1; /* a token of the same look */
    struct tron_log log = tron_made_log(&made, 1, 5);
    struct tron_log late = tron_made_log(&made, 0, 7);
    /* Counted by the block, or by the transaction: nodes differ. */
    for (int64_t per_block = 0; per_block < 2; per_block++) {
        tron_block_clear_logs(block);
        noise.log_index = 0;
        late.log_index = 1;
        log.log_index = per_block * 2;
        assert_null(tron_block_add_log(block, tron_test_rules(), &noise));
        assert_null(tron_block_add_log(block, tron_test_rules(), &late));
        assert_null(tron_block_add_log(block, tron_test_rules(), &log));
        assert_string_equal(tron_outputs(arena, block), "0.000007 USDT_TRC20 to 5107e5 at 1\n"
                                                        "0.000005 USDT_TRC20 to 5107e5 at 0\n");
    }
    tron_block_free(block);
}

static const char *outputs_with(struct tron_block *block, const struct tron_log *log) {
    tron_block_clear_logs(block);
    assert_null(tron_block_add_log(block, tron_test_rules(), log));
    return tron_outputs(arena, block);
}

static void test_only_a_transfer_of_the_right_shape_pays(void **state) {
    (void)state;
    struct tron_made made;
    struct tron_block *block = token_block(&made);
    struct tron_log right = tron_made_log(&made, 1, 5);
    assert_string_not_equal(outputs_with(block, &right), "");
    struct tron_log log = right;
    log.topic_count = 4; /* a token of another standard */
    assert_string_equal(outputs_with(block, &log), "");
    assert_int_equal(block->unreadable, 1);
    log.topic_count = 1;
    assert_string_equal(outputs_with(block, &log), "");
    log.topic_count = 0;
    assert_string_equal(outputs_with(block, &log), "");
    assert_int_equal(block->unreadable, 0);
    log = right;
    log.data_bytes = 31;
    assert_string_equal(outputs_with(block, &log), "");
    log.data_bytes = 33;
    assert_string_equal(outputs_with(block, &log), "");
    log = right;
    log.topics[0][0] ^= 1; /* Approval, say */
    assert_string_equal(outputs_with(block, &log), "");
    log = right;
    log.topics[2][3] = 1; /* no address */
    assert_string_equal(outputs_with(block, &log), "");
    log = right;
    log.data[15] = 1; /* 2^128 and more */
    assert_string_equal(outputs_with(block, &log), "");
    assert_int_equal(block->oversized, 1);
    memset(log.data, 0, sizeof log.data);
    assert_string_equal(outputs_with(block, &log), "");
    log = right;
    memset(log.topics[2], 0, HASH_256_BYTES); /* burned */
    assert_string_equal(outputs_with(block, &log), "");
    log = right;
    memcpy(log.topics[1], log.topics[2], HASH_256_BYTES); /* to himself */
    assert_string_equal(outputs_with(block, &log), "");
    memset(log.topics[1], 0, HASH_256_BYTES); /* minted */
    assert_string_not_equal(outputs_with(block, &log), "");
    tron_block_free(block);
}

static void test_the_largest_amount_is_exact(void **state) {
    (void)state;
    struct tron_made made;
    struct tron_block *block = token_block(&made);
    struct tron_log log = tron_made_log(&made, 1, 0);
    memset(log.data + 16, 0xff, 16);
    assert_string_equal(outputs_with(block, &log),
                        "340282366920938463463374607431768.211455 USDT_TRC20 to 5107e5 at 0\n");
    tron_block_free(block);
}

static void test_logs_that_do_not_fit_are_refused(void **state) {
    (void)state;
    struct tron_made made;
    struct tron_block *block = token_block(&made);
    struct tron_log right = tron_made_log(&made, 1, 5);
    struct tron_log log = right;
    log.block.bytes[31] ^= 1;
    assert_non_null(tron_block_add_log(block, tron_test_rules(), &log));
    log = right;
    log.height++;
    assert_non_null(tron_block_add_log(block, tron_test_rules(), &log));
    log = right;
    log.txid.bytes[0] ^= 1;
    assert_non_null(tron_block_add_log(block, tron_test_rules(), &log));
    log = right;
    log.is_removed = true;
    assert_non_null(tron_block_add_log(block, tron_test_rules(), &log));
    log = right;
    log.log_index = 3;
    assert_null(tron_block_add_log(block, tron_test_rules(), &log));
    assert_non_null(tron_block_add_log(block, tron_test_rules(), &log)); /* the same twice */
    log.log_index = 2;
    assert_non_null(tron_block_add_log(block, tron_test_rules(), &log));
    tron_block_free(block);
}

static void test_missing_logs_are_noticed(void **state) {
    (void)state;
    struct tron_made made;
    struct tron_block *block = token_block(&made);
    assert_true(tron_block_lacks_logs(block)); /* nothing at all, though contracts ran */
    struct tron_log other = tron_made_log(&made, 0, 1);
    assert_null(tron_block_add_log(block, tron_test_rules(), &other));
    assert_true(tron_block_lacks_logs(block)); /* USDT was moved and says nothing */
    struct tron_log log = tron_made_log(&made, 1, 5);
    assert_null(tron_block_add_log(block, tron_test_rules(), &log));
    assert_false(tron_block_lacks_logs(block));
    tron_block_free(block);
    static const struct tron_made_tx moves_nothing[] = {
        {MADE_CALL, TRON_USDT, 0, MOVE_0, "SUCCESS"},
        {MADE_CREATION, TRON_OTHER, 0, NULL, "SUCCESS"},
    };
    block = tron_made_block(arena, moves_nothing, 2, &made);
    log = tron_made_log(&made, 1, 5);
    assert_null(tron_block_add_log(block, tron_test_rules(), &log));
    assert_false(tron_block_lacks_logs(block));
    tron_block_free(block);
    block = tron_made_block(arena, payments, 1, &made);
    assert_true(tron_block_has_no_logs(block));
    assert_false(tron_block_lacks_logs(block));
    tron_block_free(block);
}

/* ---- the answers that logs come in */

struct taker {
    struct tron_block *block;
};

static const char *take_log(void *context, const struct tron_log *log) {
    const struct taker *taker = context;
    return tron_block_add_log(taker->block, tron_test_rules(), log);
}

static bool decode_logs(struct tron_block *block, struct str json, uint64_t *ret_count) {
    struct taker taker = {.block = block};
    struct log_decoder decoder = {.visit = take_log, .context = &taker};
    struct json_reader reader;
    json_reader_init(&reader, arena, bytes_from_str(json));
    logs_decode(&reader, &decoder);
    *ret_count = decoder.count;
    return json_reader_finish(&reader);
}

static struct str rpc_log(const struct tron_made *made) {
    return str_from_c(arena_printf(
        arena,
        "[{\"address\":\"0x" TRON_USDT "\",\"blockHash\":\"0x%.*s\",\"blockNumber\":\"0x3e8\","
        "\"data\":\"0x0000000000000000000000000000000000000000000000000000000000000005\","
        "\"logIndex\":\"0x7\",\"removed\":false,\"blockTimestamp\":\"0x1\",\"topics\":["
        "\"0x" TRON_TRANSFER_EVENT "\",\"0x" TRON_PADDING TRON_CUSTOMER
        "\",\"0x" TRON_PADDING TRON_SHOP
        "\"],\"transactionHash\":\"0x%.*s\",\"transactionIndex\":\"0x0\"}]",
        HASH_OF(made->hash), HASH_OF(made->txids[1])));
}

static void test_logs_of_json_rpc_are_read(void **state) {
    (void)state;
    struct tron_made made;
    struct tron_block *block = token_block(&made);
    uint64_t count = 0;
    assert_true(decode_logs(block, rpc_log(&made), &count));
    assert_int_equal(count, 1);
    assert_string_equal(tron_outputs(arena, block), "0.000005 USDT_TRC20 to 5107e5 at 0\n");
    static const char *const changes[][2] = {
        {"\"removed\":false", "\"removed\":true"},
        {"\"0x3e8\"", "\"0x03e8\""},
        {"\"0x3e8\"", "\"1000\""},
        {"\"0x3e8\"", "\"0x10000000000000000\""},
        {"\"logIndex\"", "\"logindex\""},
        {"\"address\":\"0x", "\"address\":\"0x00"},
        {"\"data\":\"0x00", "\"data\":\"0x0"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        tron_block_clear_logs(block);
        assert_false(
            decode_logs(block, with(rpc_log(&made), changes[i][0], changes[i][1]), &count));
    }
    tron_block_clear_logs(block);
    assert_true(decode_logs(block, STR("[]"), &count));
    assert_int_equal(count, 0);
    tron_block_free(block);
}

static struct info_decoder decode_infos(struct tron_block *block, struct str json, bool *ret_read) {
    static struct api_error error;
    error = (struct api_error){0};
    struct info_decoder decoder = {
        .rules = tron_test_rules(), .block = block, .scratch = arena, .error = &error};
    struct json_reader reader;
    json_reader_init(&reader, arena, bytes_from_str(json));
    tron_block_clear_logs(block);
    infos_decode(&reader, &decoder);
    *ret_read = json_reader_finish(&reader);
    return decoder;
}

#define INFO_LOG                                                                                   \
    "\"log\":[{\"address\":\"" TRON_USDT "\",\"topics\":[\"" TRON_TRANSFER_EVENT                   \
    "\",\"" TRON_PADDING TRON_CUSTOMER "\",\"" TRON_PADDING TRON_SHOP                              \
    "\"],\"data\":\"0000000000000000000000000000000000000000000000000000000000000005\"}]"

static void test_results_of_transactions_give_logs_and_what_contracts_paid(void **state) {
    (void)state;
    struct tron_made made;
    struct tron_block *block = token_block(&made);
    const char *text = arena_printf(
        arena,
        "[{\"log\":[{\"address\":\"" TRON_OTHER "\"}],\"internal_transactions\":["
        "{\"transferTo_address\":\"41" TRON_OTHER "\",\"callValueInfo\":[{}]},"
        "{\"transferTo_address\":\"41" TRON_SHOP "\",\"callValueInfo\":[{\"callValue\":3}]},"
        "{\"transferTo_address\":\"41" TRON_SHOP "\",\"rejected\":true,"
        "\"callValueInfo\":[{\"callValue\":4}]},"
        "{\"transferTo_address\":\"41" TRON_SHOP
        "\",\"callValueInfo\":[{\"callValue\":4,\"tokenId\":\"1002000\"}]}],"
        "\"blockNumber\":1000,\"id\":\"%.*s\"},"
        "{\"id\":\"%.*s\",\"blockNumber\":1000,\"receipt\":{\"result\":\"SUCCESS\"}," INFO_LOG "}]",
        HASH_OF(made.txids[0]), HASH_OF(made.txids[1]));
    bool is_read;
    struct info_decoder decoder = decode_infos(block, str_from_c(text), &is_read);
    assert_true(is_read);
    assert_true(infos_are_whole(&decoder));
    assert_string_equal(tron_outputs(arena, block), "0.000003 TRX to 5107e5 at 80000002\n"
                                                    "0.000005 USDT_TRC20 to 5107e5 at 0\n");
    tron_block_free(block);
}

static void test_results_must_be_those_of_the_block_and_all_of_them(void **state) {
    (void)state;
    struct tron_made made;
    struct tron_block *block = token_block(&made);
    bool is_read;
    struct info_decoder decoder = decode_infos(block, STR("[]"), &is_read);
    assert_true(is_read);
    assert_false(infos_are_whole(&decoder));
    const char *one =
        arena_printf(arena, "{\"id\":\"%.*s\",\"blockNumber\":1000}", HASH_OF(made.txids[0]));
    decoder = decode_infos(block, str_from_c(arena_printf(arena, "[%s]", one)), &is_read);
    assert_true(is_read);
    assert_false(infos_are_whole(&decoder));
    (void)decode_infos(block, str_from_c(arena_printf(arena, "[%s,%s]", one, one)), &is_read);
    assert_false(is_read);
    struct str other = with(str_from_c(one), "1000", "1001");
    (void)decode_infos(block, str_from_c(arena_printf(arena, "[%.*s]", STR_ARG(other))), &is_read);
    assert_false(is_read);
    decoder = decode_infos(block, STR("{\"Error\":\"class X : y\"}"), &is_read);
    assert_true(is_read);
    assert_true(decoder.error->is_set);
    assert_false(infos_are_whole(&decoder));
    tron_block_free(block);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trx_is_read_however_the_block_arrives),
        cmocka_unit_test(test_only_success_pays),
        cmocka_unit_test(test_a_result_that_is_missing_or_new_pays_nobody),
        cmocka_unit_test(test_a_header_must_fit_its_id),
        cmocka_unit_test(test_a_time_in_seconds_is_the_same_time),
        cmocka_unit_test(test_a_transaction_must_fit_its_id_and_the_tree),
        cmocka_unit_test(test_negative_and_zero_amounts_pay_nobody),
        cmocka_unit_test(test_an_error_in_place_of_a_block_is_heard),
        cmocka_unit_test(test_a_token_is_named_by_its_place_in_its_own_receipt),
        cmocka_unit_test(test_only_a_transfer_of_the_right_shape_pays),
        cmocka_unit_test(test_the_largest_amount_is_exact),
        cmocka_unit_test(test_logs_that_do_not_fit_are_refused),
        cmocka_unit_test(test_missing_logs_are_noticed),
        cmocka_unit_test(test_logs_of_json_rpc_are_read),
        cmocka_unit_test(test_results_of_transactions_give_logs_and_what_contracts_paid),
        cmocka_unit_test(test_results_must_be_those_of_the_block_and_all_of_them),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
