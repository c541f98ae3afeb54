/* SPDX-License-Identifier: MIT */
/* What a block of an EVM chain says about money, and what it must not be believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapters/chain_evm/evm_hex.h"
#include "adapters/chain_evm/evm_logs.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"
#include "core/token.h"
#include "evm_answers.h"
#include "ports/chain.h"

/* 0x8000_0000 as outputs_as_text writes it: the transaction's own coins. */
#define OWN     " at 2147483648\n"
#define TO_SHOP " to 00000000000000000000000000000000005107e5"

/* The transactions of the recording, by place. */
enum { TX_COINS, TX_TOKENS, TX_FAKE, TX_FAILED, TX_CREATION, TX_NOTHING, TX_TO_HIMSELF, TX_COUNT };

#define SOME_HASH "0x1111111111111111111111111111111111111111111111111111111111111111"

static struct arena *arena;
static struct evm_block block;

static int setup(void **state) {
    (void)state;
    arena = arena_new(64 << 20);
    evm_recorded_block(arena, &block);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static const char *paid(void) {
    struct evm_assets assets = evm_recorded_assets();
    struct chain_block found;
    evm_block_outputs(&block, &assets, arena, &found);
    return str_to_c(arena, outputs_as_text(arena, found.outputs, found.output_count));
}

/* Receipts and logs that a test may change. */
static struct evm_receipt *own_receipts(void) {
    struct evm_receipt *receipts = ARENA_ARRAY(arena, struct evm_receipt, block.receipt_count);
    memcpy(receipts, block.receipts, block.receipt_count * sizeof(receipts[0]));
    block.receipts = receipts;
    return receipts;
}

static void assert_unfit(const char *why) {
    struct result checked = evm_block_check(&block, block.header.hash);
    if (checked.code != &ERR_NODE_ANSWER || strstr(checked.detail, why) == NULL) {
        fail_msg("%s: %s", why, result_text(checked));
    }
    evm_recorded_block(arena, &block);
}

static void test_only_what_really_paid_somebody_counts(void **state) {
    (void)state;
    assert_int_equal(block.tx_count, TX_COUNT);
    assert_true(result_is_ok(evm_block_check(&block, block.header.hash)));
    /* Of the token's sixteen logs: two alike, the largest amount there is, one out of nothing, and
     * the last. Not: four topics, one, data of 31, 33 and 0 bytes, nothing, 2^256 - 1, to nobody,
     * to himself, a topic that is no address, another event. */
    assert_string_equal(paid(), "0.5" TO_SHOP OWN "0.000005" TO_SHOP " at 0\n"
                                "0.000005" TO_SHOP " at 1\n"
                                "340282366920938463463374607431768.211455" TO_SHOP " at 9\n"
                                "0.000006" TO_SHOP " at 11\n"
                                "0.000007" TO_SHOP " at 15\n");
}

/* Four topics, one, data of 31, 33 and 0 bytes, 2^256 - 1, a topic that is no address. */
static void test_a_transfer_that_cannot_be_read_is_told(void **state) {
    (void)state;
    struct evm_assets assets = evm_recorded_assets();
    struct chain_block found;
    evm_block_outputs(&block, &assets, arena, &found);
    assert_int_equal(found.flaws.unread_count, 7);
    assert_true(txid_eq(found.flaws.unread_txid, block.txs[TX_TOKENS].hash));
    assert_false(found.flaws.is_unproven);
    /* Of other contracts nobody wants to know. */
    static const struct token_list none;
    assets.tokens = &none;
    evm_block_outputs(&block, &assets, arena, &found);
    assert_int_equal(found.flaws.unread_count, 0);
}

static void test_a_transaction_that_failed_pays_nobody(void **state) {
    (void)state;
    struct evm_receipt *receipts = own_receipts();
    assert_int_equal(receipts[TX_FAILED].status, EVM_STATUS_FAILED);
    assert_false(evm_word_is_zero(&block.txs[TX_FAILED].value));
    receipts[TX_TOKENS].status = EVM_STATUS_FAILED; /* whatever logs it claims to have */
    assert_string_equal(paid(), "0.5" TO_SHOP OWN);
    receipts[TX_COINS].status = EVM_STATUS_MISSING;
    assert_string_equal(paid(), "");
}

static void test_parts_of_other_blocks_are_refused(void **state) {
    (void)state;
    struct block_hash other = block.header.hash;
    other.bytes[31] ^= 1;
    assert_ptr_equal(evm_block_check(&block, other).code, &ERR_NODE_ANSWER);
    own_receipts()[2].block.bytes[0] ^= 1;
    assert_unfit("another block");
    own_receipts()[2].tx.bytes[0] ^= 1;
    assert_unfit("do not correspond");
    own_receipts()[2].index = 3;
    assert_unfit("do not correspond");
    block.receipt_count--;
    assert_unfit("not one receipt");
    block.receipts++;
    block.receipt_count--;
    assert_unfit("not one receipt");
    block.txs++;
    block.tx_count--;
    block.receipts++;
    block.receipt_count--;
    assert_unfit("do not correspond");
}

static void test_a_log_that_was_taken_back_is_refused(void **state) {
    (void)state;
    struct str receipts = text_with(arena, node_recording(arena, "evm_receipts"),
                                    "\"removed\":false", "\"removed\":true");
    assert_true(result_is_ok(evm_decode_receipts(arena, receipts, &block)));
    assert_unfit("removed");
}

static void test_fields_that_must_be_there_are_asked_for(void **state) {
    (void)state;
    static const char *const of_block[] = {"hash",   "parentHash", "receiptsRoot", "logsBloom",
                                           "number", "timestamp",  "transactions", "gasUsed"};
    static const char *const of_receipts[] = {
        "transactionHash",   "blockHash", "transactionIndex", "logs",
        "cumulativeGasUsed", "topics",    "address",          "data"};
    for (size_t i = 0; i < sizeof(of_block) / sizeof(of_block[0]); i++) {
        const char *from = arena_printf(arena, "\"%s\":", of_block[i]);
        struct str json = text_with(arena, node_recording(arena, "evm_block"), from, "\"other\":");
        assert_ptr_equal(evm_decode_block(arena, json, &block).code, &ERR_NODE_ANSWER);
    }
    for (size_t i = 0; i < sizeof(of_receipts) / sizeof(of_receipts[0]); i++) {
        const char *from = arena_printf(arena, "\"%s\":", of_receipts[i]);
        struct str json =
            text_with(arena, node_recording(arena, "evm_receipts"), from, "\"other\":");
        assert_ptr_equal(evm_decode_receipts(arena, json, &block).code, &ERR_NODE_ANSWER);
    }
}

static void test_odd_numbers_are_refused_and_nothing_wraps(void **state) {
    (void)state;
    static const char *const changes[][2] = {
        {"\"number\":\"0x2\"", "\"number\":\"0x02\""},
        {"\"number\":\"0x2\"", "\"number\":2"},
        {"\"number\":\"0x2\"", "\"number\":\"2\""},
        {"\"number\":\"0x2\"", "\"number\":\"0x10000000000000002\""},
        {"\"number\":\"0x2\"", "\"number\":\"0xffffffffffffffff\""},
        {"\"number\":\"0x2\"", "\"number\":null"},
        {"\"timestamp\":\"0x", "\"timestamp\":\"0x1111111"},
        {"\"value\":\"0x7\"", "\"value\":\"-0x7\""},
        {"\"value\":\"0x7\"", "\"value\":\"0x1" /* 257 bits */
                              "00000000000000000000000000000000"
                              "00000000000000000000000000000000\""},
        {"\"transactions\":[", "\"transactions\":[null,"},
        {"\"transactions\":[", "\"transactions\":[\"0x00\","},
    };
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        struct str json =
            text_with(arena, node_recording(arena, "evm_block"), changes[i][0], changes[i][1]);
        if (evm_decode_block(arena, json, &block).code != &ERR_NODE_ANSWER) {
            fail_msg("accepted: %s", changes[i][1]);
        }
    }
    static const char *const statuses[] = {"\"status\":\"0x2\"", "\"status\":\"0x01\"",
                                           "\"status\":1", "\"status\":\"true\""};
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        struct str json = text_with(arena, node_recording(arena, "evm_receipts"),
                                    "\"status\":\"0x1\"", statuses[i]);
        assert_ptr_equal(evm_decode_receipts(arena, json, &block).code, &ERR_NODE_ANSWER);
    }
}

static void test_hex_is_read_strictly(void **state) {
    (void)state;
    uint64_t u64 = 0;
    struct evm_word word;
    uint8_t two[2];
    assert_true(evm_u64_from_text(STR("0x0"), &u64) && u64 == 0);
    assert_true(evm_u64_from_text(STR("0xaBc"), &u64) && u64 == 0xabc);
    assert_true(evm_u64_from_text(STR("0xffffffffffffffff"), &u64) && u64 == UINT64_MAX);
    static const char *const bad[] = {"",
                                      "0",
                                      "0x",
                                      "0x00",
                                      "0x01",
                                      "0X1",
                                      "x1",
                                      "1",
                                      " 0x1",
                                      "0x1 ",
                                      "0x-1",
                                      "0xg",
                                      "0x10000000000000000"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (evm_u64_from_text(str_from_c(bad[i]), &u64)) {
            fail_msg("accepted: %s", bad[i]);
        }
    }
    assert_true(evm_number_from_text(STR("0x10000000000000000"), &word));
    assert_int_equal(word.bytes[23], 1);
    assert_true(evm_data_from_text(STR("0x00fF"), two, 2) && two[1] == 0xff);
    assert_false(evm_data_from_text(STR("0x0ff"), two, 2));
    assert_false(evm_data_from_text(STR("0x00ff00"), two, 2));
    assert_false(evm_data_from_text(STR("00ff"), two, 2));
    unsigned __int128 units;
    memset(&word, 0xff, sizeof(word));
    assert_false(evm_word_to_units(&word, &units));
    memset(&word, 0, 16);
    assert_true(evm_word_to_units(&word, &units) && units == ~(unsigned __int128)0);
    word.bytes[15] = 1;
    assert_false(evm_word_to_units(&word, &units));
}

/* 1: it does not fit into so many bytes, and says so. */
static size_t fails_within(const char *name, void (*decode)(struct json_reader *, void *),
                           size_t bytes_max) {
    CLEANUP(arena_cleanup) struct arena *small = arena_new(bytes_max);
    CLEANUP(arena_cleanup) struct arena *enough = arena_new(4 << 20);
    union {
        struct evm_block_decoder block;
        struct evm_receipts_decoder receipts;
        struct evm_logs_decoder logs;
    } decoder = {.block = {.arena = small, .takes_txs = true}};
    struct json_reader reader;
    json_reader_init(&reader, enough, bytes_from_str(node_recording(enough, name)));
    decode(&reader, &decoder);
    if (json_reader_finish(&reader)) {
        return 0;
    }
    const char *why = json_reader_error(&reader);
    assert_true(strstr(why, "memory") != NULL || strstr(why, "too long") != NULL);
    return 1;
}

static void test_memory_that_runs_out_is_an_answer_that_does_not_fit(void **state) {
    (void)state;
    size_t failures = 0;
    for (size_t bytes = 512; bytes < 64 << 10; bytes += 512) {
        failures += fails_within("evm_receipts", evm_receipts_decode, bytes);
        failures += fails_within("evm_logs", evm_logs_decode, bytes);
        failures += fails_within("evm_block", evm_block_decode, bytes);
    }
    assert_in_range(failures, 20, 350);
    assert_int_equal(fails_within("evm_receipts", evm_receipts_decode, 64 << 10), 0);
    assert_int_equal(fails_within("evm_block", evm_block_decode, 64 << 10), 0);
}

/* As many of the smallest logs as a transaction's gas pays for, and many such transactions. */
static void test_receipts_keep_no_more_memory_than_they_have_logs(void **state) {
    (void)state;
    enum { RECEIPTS = 20, LOGS = 5000, BYTES_OF_LOG = 256 };
    CLEANUP(arena_cleanup) struct arena *text_arena = arena_new(64 << 20);
    CLEANUP(arena_cleanup) struct arena *decoded = arena_new(64 << 20);
    struct buf text = buf_in(text_arena);
    for (size_t i = 0; i < RECEIPTS; i++) {
        buf_puts(&text, i == 0 ? "[" : ",");
        buf_puts(&text, "{\"transactionHash\":\"" SOME_HASH "\",\"blockHash\":\"" SOME_HASH
                        "\",\"transactionIndex\":\"0x0\",\"cumulativeGasUsed\":\"0x0\","
                        "\"status\":\"0x1\",\"logs\":[");
        for (size_t log = 0; log < LOGS; log++) {
            buf_puts(&text, log == 0 ? "" : ",");
            buf_puts(&text, "{\"address\":\"0x00000000000000000000000000000000000000aa\","
                            "\"data\":\"0x00\",\"topics\":[]}");
        }
        buf_puts(&text, "]}");
    }
    buf_puts(&text, "]");
    struct evm_receipts_decoder decoder = {.arena = decoded};
    struct json_reader reader;
    json_reader_init(&reader, text_arena, buf_bytes(&text));
    evm_receipts_decode(&reader, &decoder);
    assert_true(json_reader_finish(&reader));
    assert_int_equal(decoder.count, RECEIPTS);
    assert_int_equal(decoder.receipts[RECEIPTS - 1].log_count, LOGS);
    assert_true(arena_used_bytes(decoded) < (size_t)RECEIPTS * LOGS * BYTES_OF_LOG);
}

/* ---- logs instead of receipts */

static struct evm_logs_decoder recorded_logs(struct evm_receipt receipts[TX_COUNT]) {
    struct evm_logs_decoder logs;
    assert_true(result_is_ok(evm_decode_logs(arena, node_recording(arena, "evm_logs"), &logs)));
    for (size_t i = 0; i < TX_COUNT; i++) {
        receipts[i] =
            (struct evm_receipt){.tx = block.txs[i].hash, .block = block.header.hash, .index = i};
    }
    return logs;
}

static void test_logs_alone_give_the_same_tokens(void **state) {
    (void)state;
    struct evm_receipt receipts[TX_COUNT];
    struct evm_logs_decoder logs = recorded_logs(receipts);
    struct result grouped =
        evm_logs_group(arena, &block.header, logs.logs, logs.count, receipts, TX_COUNT);
    assert_string_equal(result_text(grouped), "ok");
    receipts[TX_COINS].status = EVM_STATUS_SUCCESS; /* as its own receipt says */
    const char *with_receipts = paid();
    block.receipts = receipts;
    assert_true(result_is_ok(evm_block_check(&block, block.header.hash)));
    assert_string_equal(paid(), with_receipts);
}

static void assert_logs_unfit(const struct evm_placed_log *logs, size_t count) {
    struct evm_receipt receipts[TX_COUNT];
    (void)recorded_logs(receipts);
    struct result grouped = evm_logs_group(arena, &block.header, logs, count, receipts, TX_COUNT);
    assert_ptr_equal(grouped.code, &ERR_NODE_ANSWER);
}

static void test_logs_with_gaps_or_of_elsewhere_are_refused(void **state) {
    (void)state;
    struct evm_receipt receipts[TX_COUNT];
    struct evm_logs_decoder recorded = recorded_logs(receipts);
    struct evm_placed_log logs[17];
    assert_int_equal(recorded.count, 17);
    assert_logs_unfit(recorded.logs, 16); /* the fake token's is missing: the bloom knows it */
    assert_logs_unfit(recorded.logs, 0);
    assert_logs_unfit(recorded.logs + 1, 16);
    for (int change = 0; change < 5; change++) {
        memcpy(logs, recorded.logs, sizeof(logs));
        logs[3].block.bytes[0] ^= (uint8_t)(change == 0);
        logs[3].tx.bytes[0] ^= (uint8_t)(change == 1);
        logs[3].log.removed = change == 2;
        logs[3].index += (uint64_t)(change == 3);
        logs[3].tx_index = change == 4 ? TX_COUNT : logs[3].tx_index;
        assert_logs_unfit(logs, 17);
    }
    /* In the order of their numbers, and not in that of their transactions. */
    size_t next = 0;
    while (recorded.logs[next].tx_index == recorded.logs[0].tx_index) {
        next++;
    }
    memcpy(logs, recorded.logs, sizeof(logs));
    logs[next - 1] = recorded.logs[next];
    logs[next] = recorded.logs[next - 1];
    logs[next - 1].index = next - 1;
    logs[next].index = next;
    assert_logs_unfit(logs, 17);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_only_what_really_paid_somebody_counts),
        TEST(test_a_transfer_that_cannot_be_read_is_told),
        TEST(test_a_transaction_that_failed_pays_nobody),
        TEST(test_parts_of_other_blocks_are_refused),
        TEST(test_a_log_that_was_taken_back_is_refused),
        TEST(test_fields_that_must_be_there_are_asked_for),
        TEST(test_odd_numbers_are_refused_and_nothing_wraps),
        TEST(test_hex_is_read_strictly),
        TEST(test_memory_that_runs_out_is_an_answer_that_does_not_fit),
        TEST(test_receipts_keep_no_more_memory_than_they_have_logs),
        TEST(test_logs_alone_give_the_same_tokens),
        TEST(test_logs_with_gaps_or_of_elsewhere_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
