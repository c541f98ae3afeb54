/* SPDX-License-Identifier: MIT */
/* What is believed of a Tron node's blocks, and what of them pays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapters/chain_tron/api.h"
#include "adapters/chain_tron/doubts.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"
#include "tron_answers.h"

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
    {MADE_CALL, TRON_USDT, 0, TRON_MOVE_5, "SUCCESS"},
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
                                     {MADE_CALL, TRON_USDT, 0, TRON_MOVE_5, results[i]}};
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
    struct str none = tron_with(arena, made.json, "\"ret\":[{\"contractRet\":\"SUCCESS\"}],", "");
    struct str other = tron_with(arena, made.json, "SUCCESS", "SUCCESSFUL");
    struct str list[] = {none, other};
    for (size_t i = 0; i < 2; i++) {
        struct tron_block *block = NULL;
        assert_true(result_is_ok(tron_decode(arena, list[i], 0, &block)));
        assert_string_equal(tron_outputs(arena, block), "");
        assert_false(block->is_rooted);
        tron_block_free(block);
    }
}

/* "A transaction may carry" more results than its contract's, which is the first. */
static void test_a_second_result_makes_no_success(void **state) {
    (void)state;
    struct tron_made made = tron_make(arena, payments, 1);
    struct str failed = tron_with(arena, made.json, "{\"contractRet\":\"SUCCESS\"}",
                                  "{\"contractRet\":\"REVERT\"},{\"contractRet\":\"SUCCESS\"}");
    struct tron_block *block = NULL;
    assert_true(result_is_ok(tron_decode(arena, failed, 0, &block)));
    assert_string_equal(tron_outputs(arena, block), "");
    tron_block_free(block);
}

static void test_numbers_in_hex_are_read_strictly(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "0x", "1", "0x01", "0x8000000000000000", "0x10000000000000000", "0xg", "-0x1", ""};
    int64_t value = 7;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(api_quantity_from_text(str_from_c(wrong[i]), &value));
    }
    assert_true(api_quantity_from_text(STR("0x0"), &value) && value == 0);
    assert_true(api_quantity_from_text(STR("0x7fffffffffffffff"), &value) && value == INT64_MAX);
}

static void test_a_header_must_fit_its_id(void **state) {
    (void)state;
    struct str json = tron_make(arena, payments, 4).json;
    refused(tron_with(arena, json, "\"version\":30", "\"version\":31"), &ERR_NODE_ANSWER,
            "not that of its header");
    refused(tron_with(arena, json, "\"number\":1000", "\"number\":1001"), &ERR_NODE_ANSWER,
            "does not begin with its height");
    refused(tron_with(arena, json, "\"blockID\":\"00", "\"blockID\":\"01"), &ERR_NODE_ANSWER,
            "does not begin with its height");
    refused(tron_with(arena, json, "\"parentHash\":\"00000000000003e7",
                      "\"parentHash\":\"00000000000003e6"),
            &ERR_NODE_ANSWER, "the height below");
    refused(tron_with(arena, json, "\"txTrieRoot\"", "\"txTrieRoots\""), &ERR_NODE_ANSWER,
            "lacks a field");
    refused(tron_with(arena, json, "\"blockID\":\"", "\"blockID\":\"zz"), &ERR_NODE_ANSWER,
            "32 bytes in hex");
    refused(tron_with(arena, json, "\"timestamp\":17", "\"timestamp\":99"), &ERR_NODE_ANSWER,
            "time is none");
    refused(STR("{}"), &ERR_BLOCK_UNKNOWN, "");
    refused(STR("[]"), &ERR_NODE_ANSWER, "");
    refused(STR("<html></html>"), &ERR_NODE_ANSWER, "");
}

static void test_a_time_in_seconds_is_the_same_time(void **state) {
    (void)state;
    struct str json = tron_with(arena, tron_make(arena, payments, 4).json,
                                "\"timestamp\":1700000000000", "\"timestamp\":1700000000");
    struct tron_block *block = NULL;
    assert_true(result_is_ok(tron_decode(arena, json, 0, &block)));
    assert_int_equal(block->header.time_ms, 1700000000000);
    assert_int_equal(block->header.proven_ms, 1700000000000);
    tron_block_free(block);
}

static void test_a_transaction_must_fit_its_id_and_the_tree(void **state) {
    (void)state;
    struct tron_made made = tron_make(arena, payments, 4);
    refused(tron_with(arena, made.json, "\"raw_data_hex\":\"5a", "\"raw_data_hex\":\"5b"),
            &ERR_NODE_ANSWER, "not that of its raw data");
    refused(tron_with(arena, made.json, "\"txID\"", "\"txId\""), &ERR_NODE_ANSWER, "has no id");
    /* Left out, failed against the truth, doubled: the root tells. */
    struct tron_made shorter = tron_make(arena, payments, 3);
    const char *tail = strstr(str_to_c(arena, made.json), ",\"transactions\"");
    const char *short_tail = strstr(str_to_c(arena, shorter.json), ",\"transactions\"");
    struct str filtered = tron_with(arena, made.json, tail, short_tail);
    struct str flipped = tron_with(arena, made.json, "\"SUCCESS\"", "\"REVERT\"");
    struct str list[] = {filtered, flipped};
    for (size_t i = 0; i < 2; i++) {
        struct tron_block *block = NULL;
        assert_true(result_is_ok(tron_decode(arena, list[i], 0, &block)));
        assert_false(block->is_rooted);
        tron_block_free(block);
    }
}

static void test_a_block_that_was_doubted_is_believed_when_it_comes_again(void **state) {
    (void)state;
    struct tron_doubts doubts = {0};
    struct tron_block block = {.header = {.height = 1000, .hash = {{5}}}, .tx_root = {1}};
    assert_false(tron_doubts_had(&doubts, &block));
    block.tx_root[0] = 2; /* now they are others: one of the two was wrong */
    assert_false(tron_doubts_had(&doubts, &block));
    assert_true(tron_doubts_had(&doubts, &block));
    struct tron_block other = {0};
    for (uint8_t i = 0; i < TRON_DOUBTS_MAX; i++) {
        other.header.hash.bytes[0] = (uint8_t)(100 + i);
        assert_false(tron_doubts_had(&doubts, &other));
    }
    assert_false(tron_doubts_had(&doubts, &block)); /* only so many are remembered */
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trx_is_read_however_the_block_arrives),
        cmocka_unit_test(test_only_success_pays),
        cmocka_unit_test(test_a_result_that_is_missing_or_new_pays_nobody),
        cmocka_unit_test(test_a_second_result_makes_no_success),
        cmocka_unit_test(test_numbers_in_hex_are_read_strictly),
        cmocka_unit_test(test_a_header_must_fit_its_id),
        cmocka_unit_test(test_a_time_in_seconds_is_the_same_time),
        cmocka_unit_test(test_a_transaction_must_fit_its_id_and_the_tree),
        cmocka_unit_test(test_a_block_that_was_doubted_is_believed_when_it_comes_again),
        cmocka_unit_test(test_negative_and_zero_amounts_pay_nobody),
        cmocka_unit_test(test_an_error_in_place_of_a_block_is_heard),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
