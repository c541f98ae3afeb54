/* SPDX-License-Identifier: MIT */
/* What is believed of the logs that a Tron node tells, and what of them pays. */
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

static const struct tron_made_tx payments[] = {
    {MADE_TRANSFER, TRON_SHOP, 5000000, NULL, "SUCCESS"},
    {MADE_CALL, TRON_USDT, 0, TRON_MOVE_5, "SUCCESS"},
    {MADE_TRC10, TRON_SHOP, 7, NULL, "SUCCESS"},
    {MADE_TRANSFER, TRON_OTHER, 1, NULL, "SUCCESS"},
};

/* ---- logs */

static struct tron_block *token_block(struct tron_made *ret_made) {
    static const struct tron_made_tx txs[] = {
        {MADE_CALL, TRON_OTHER, 0, "12345678", "SUCCESS"},
        {MADE_CALL, TRON_USDT, 0, TRON_MOVE_5, "SUCCESS"},
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
    assert_int_equal(block->unread_count, 1);
    log.topic_count = 1;
    assert_string_equal(outputs_with(block, &log), "");
    log.topic_count = 0;
    assert_string_equal(outputs_with(block, &log), "");
    assert_int_equal(block->unread_count, 0);
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
    assert_int_equal(block->unread_count, 1);
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
        {MADE_CALL, TRON_USDT, 0, TRON_MOVE_0, "SUCCESS"},
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
        assert_false(decode_logs(
            block, tron_with(arena, rpc_log(&made), changes[i][0], changes[i][1]), &count));
    }
    tron_block_clear_logs(block);
    assert_true(decode_logs(block, STR("[]"), &count));
    assert_int_equal(count, 0);
    tron_block_free(block);
}

static struct info_decoder decode_infos(struct tron_block *block, struct str json, bool *ret_read) {
    static struct api_error error;
    error = (struct api_error){0};
    struct info_decoder decoder = {.rules = tron_test_rules(),
                                   .block = block,
                                   .scratch = arena,
                                   .error = &error,
                                   .takes_internal = true};
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
    struct str other = tron_with(arena, str_from_c(one), "1000", "1001");
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
