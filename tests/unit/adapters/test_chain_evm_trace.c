/* SPDX-License-Identifier: MIT */
/* What contracts paid, as two kinds of traces tell it: recorded from a real node, and by hand for
 * what no node tells easily. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapters/chain_evm/evm_decode.h"
#include "adapters/chain_evm/evm_hex.h"
#include "adapters/chain_evm/evm_outputs.h"
#include "adapters/chain_evm/evm_trace.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/token.h"
#include "node_answers.h"
#include "ports/chain.h"
#include "support/json_trace.h"

enum { ARENA_BYTES_MAX = 64 << 20 };

#define PAYER "\"0x00000000000000000000000000000000000000aa\""
#define SHOP  "\"0x00000000000000000000000000000000005107e5\""
#define OTHER "\"0x00000000000000000000000000000000000000bb\""
#define BLOCK "\"0x0000000000000000000000000000000000000000000000000000000000000000\""

static struct arena *arena;
static struct evm_trace_decoder decoder;

static int setup(void **state) {
    (void)state;
    arena = arena_new(ARENA_BYTES_MAX);
    decoder = (struct evm_trace_decoder){.arena = arena};
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

typedef void (*decode_traces)(struct json_reader *reader, void *context);

/* NULL, or why it cannot be read. A few bytes arrive at a time. */
static const char *read_traces(struct str text, decode_traces decode) {
    struct json_limits limits = json_limits_default;
    limits.depth_max = EVM_TRACE_JSON_DEPTH_MAX;
    decoder = (struct evm_trace_decoder){.arena = arena, .block = decoder.block};
    struct json_pieces pieces = {.rest = bytes_from_str(text), .first = 7, .then = 7};
    struct json_reader reader;
    json_reader_init_source(&reader, arena, json_pieces_source(&pieces), limits);
    decode(&reader, &decoder);
    bool is_read = json_reader_finish(&reader);
    json_pieces_release(&pieces);
    return is_read ? NULL : arena_printf(arena, "%s", json_reader_error(&reader));
}

/* "TX.PLACE: VALUE to LAST BYTES", one line each. */
static const char *transfers(void) {
    struct buf text = buf_in(arena);
    for (size_t i = 0; i < decoder.transfer_count; i++) {
        const struct evm_transfer *transfer = &decoder.transfers[i];
        unsigned __int128 value;
        assert_true(evm_word_to_units(&transfer->value, &value));
        buf_putf(&text, "%zu.%u: %llu to %02x%02x\n", transfer->tx, transfer->place,
                 (unsigned long long)value, transfer->to.bytes[18], transfer->to.bytes[19]);
    }
    buf_put_char(&text, '\0');
    return text.ptr;
}

static void assert_transfers(const char *text, decode_traces decode, const char *expected) {
    const char *error = read_traces(str_from_c(text), decode);
    if (error != NULL) {
        fail_msg("%s: %s", error, text);
    }
    assert_string_equal(transfers(), expected);
}

static void assert_unreadable(const char *text, decode_traces decode, const char *why) {
    const char *error = read_traces(str_from_c(text), decode);
    if (error == NULL || strstr(error, why) == NULL) {
        fail_msg("\"%s\" instead of \"%s\"", error ? error : "nothing", why);
    }
}

/* ---- a real node's */

static struct str recorded(const char *part, struct evm_block *ret_block) {
    struct str text = node_recording(arena, "../evm/block_payments");
    struct evm_block_decoder block = {.arena = arena, .takes_txs = true};
    struct evm_receipts_decoder receipts = {.arena = arena};
    struct json_reader reader;
    struct str key;
    json_reader_init(&reader, arena, bytes_from_str(text));
    json_object_begin(&reader);
    while (json_object_next(&reader, &key)) {
        if (str_eq(key, STR("block"))) {
            evm_block_decode(&reader, &block);
        } else if (str_eq(key, STR("receipts"))) {
            evm_receipts_decode(&reader, &receipts);
        }
    }
    assert_true(json_reader_finish(&reader));
    *ret_block = (struct evm_block){.header = block.header,
                                    .txs = block.txs,
                                    .tx_count = block.tx_count,
                                    .receipts = receipts.receipts,
                                    .receipt_count = receipts.count};
    decoder.block = block.header.hash;
    const char *name = arena_printf(arena, "\"%s\":[", part);
    const char *at = memmem(text.ptr, text.len, name, strlen(name));
    assert_non_null(at);
    size_t from = (size_t)(at - text.ptr) + strlen(name) - 1;
    const char *next = memmem(text.ptr + from, text.len - from, ",\"traces\":[", 11);
    size_t to = next != NULL ? (size_t)(next - text.ptr) : text.len - 2;
    return str_slice(text, from, to);
}

/* payMany, payInsideRevert (nothing), payInsideRevertAndOutside, payByConstructor,
 * payBySelfdestruct, payDeep, payAndFail (nothing). */
static const char recorded_transfers[] = "3.1: 7 to aa01\n3.2: 8 to aa02\n3.3: 9 to aa01\n"
                                         "5.1: 101 to aa04\n"
                                         "6.1: 55 to d2be\n6.2: 55 to aa05\n"
                                         "7.1: 66 to d968\n7.2: 66 to aa06\n"
                                         "8.1: 77 to 0aa3\n8.2: 77 to 0aa3\n8.3: 77 to 0aa3\n"
                                         "8.4: 77 to aa07\n";

static void test_both_kinds_of_traces_of_a_real_node_tell_the_same(void **state) {
    (void)state;
    struct evm_block block;
    static const struct {
        const char *part;
        decode_traces decode;
    } kinds[] = {{"calls", evm_calls_decode}, {"traces", evm_trace_block_decode}};
    for (size_t i = 0; i < 2; i++) {
        struct str text = recorded(kinds[i].part, &block);
        const char *error = read_traces(text, kinds[i].decode);
        if (error != NULL) {
            fail_msg("%s: %s", kinds[i].part, error);
        }
        assert_string_equal(transfers(), recorded_transfers);
        struct result checked = evm_trace_check(&decoder, &block);
        if (!result_is_ok(checked)) {
            fail_msg("%s: %s", kinds[i].part, result_text(checked));
        }
        assert_int_equal(block.transfer_count, 12);
    }
}

/* In one block two top-level payments to the same address and two by a contract: four keys. What a
 * contract sends to itself is nobody's money. */
static void test_payments_by_contracts_have_keys_of_their_own(void **state) {
    (void)state;
    static const struct token_list no_tokens;
    struct evm_block block;
    struct chain_block found;
    struct evm_assets assets = {.coin = asset_by_code(STR("ETH")), .tokens = &no_tokens};
    assert_null(read_traces(recorded("calls", &block), evm_calls_decode));
    assert_true(result_is_ok(evm_trace_check(&decoder, &block)));
    evm_block_outputs(&block, &assets, arena, &found);
    size_t to_first = 0;
    for (size_t i = 0; i < found.output_count; i++) {
        const struct chain_output *output = &found.outputs[i];
        to_first += output->program.bytes[19] == 0x01 && output->program.bytes[18] == 0xaa;
        for (size_t k = 0; k < i; k++) {
            assert_false(txid_eq(output->txid, found.outputs[k].txid) &&
                         output->ordinal == found.outputs[k].ordinal);
        }
    }
    assert_int_equal(to_first, 3 + 2);
    assert_int_equal(found.output_count, 9 + 9); /* three of the twelve were to itself */
}

/* ---- by hand: the tree */

#define CALL(fields) "{\"type\":\"CALL\",\"from\":" PAYER ",\"to\":" SHOP "," fields "}"
#define TREE(root)   "[{\"result\":" root "}]"
#define INSIDE(calls)                                                                              \
    "{\"type\":\"CALL\",\"from\":" OTHER ",\"to\":" PAYER ",\"calls\":[" calls "]}"

static void test_what_a_failed_call_let_do_is_undone(void **state) {
    (void)state;
    /* The failure stands before the calls or after them, and deeper calls know nothing of it. */
    static const char *const failed[] = {
        CALL("\"value\":\"0x1\",\"error\":\"reverted\",\"calls\":[" CALL("\"value\":\"0x2\"") "]"),
        CALL("\"calls\":[" CALL("\"value\":\"0x2\",\"calls\":[" CALL(
            "\"value\":\"0x9\"") "]") "],\"error\":\"out of gas\",\"value\":\"0x1\""),
        CALL("\"calls\":[" CALL("\"value\":\"0x2\"") "," CALL(
            "\"value\":\"0x2\"") "],\"error\":\"x\",\"value\":\"0x0\""),
    };
    for (size_t i = 0; i < sizeof failed / sizeof failed[0]; i++) {
        const char *text = arena_printf(arena, TREE(INSIDE("%s," CALL("\"value\":\"0x3\"") ",%s")),
                                        failed[i], failed[i]);
        assert_transfers(text, evm_calls_decode, "0.1: 3 to 07e5\n");
    }
    assert_transfers(TREE(CALL("\"error\":\"reverted\",\"value\":\"0x1\",\"calls\":[" CALL(
                         "\"value\":\"0x2\"") "]")),
                     evm_calls_decode, "");
}

static void test_only_calls_that_carry_coin_pay(void **state) {
    (void)state;
    static const char *const others[] = {"DELEGATECALL", "STATICCALL", "CALLCODE", "EXTCALL2", ""};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const char *text = arena_printf(
            arena,
            TREE(INSIDE("{\"type\":\"%s\",\"from\":" PAYER ",\"to\":" SHOP
                        ",\"value\":\"0x5\",\"calls\":[" CALL("\"value\":\"0x6\"") "]}")),
            others[i]);
        assert_transfers(text, evm_calls_decode, "0.1: 6 to 07e5\n");
    }
    static const char *const paying[] = {"CALL", "CREATE", "CREATE2", "SELFDESTRUCT",
                                         "selfdestruct"};
    for (size_t i = 0; i < sizeof paying / sizeof paying[0]; i++) {
        const char *text =
            arena_printf(arena,
                         TREE(INSIDE("{\"type\":\"%s\",\"from\":" PAYER ",\"to\":" SHOP
                                     ",\"value\":\"0x5\",\"error\":\"\"}")),
                         paying[i]);
        assert_transfers(text, evm_calls_decode, "0.1: 5 to 07e5\n");
    }
    assert_transfers(TREE(INSIDE(CALL("\"value\":\"0x0\"") "," CALL("\"value\":null"))),
                     evm_calls_decode, "");
}

/* Calls of code that is built into the chain are told by some nodes and not by others: places count
 * what took effect, so that all agree. */
static void test_places_count_payments_and_not_calls(void **state) {
    (void)state;
    static const char builtin[] = "{\"type\":\"STATICCALL\",\"from\":" PAYER
                                  ",\"to\":\"0x0000000000000000000000000000000000000001\"}";
    const char *with = arena_printf(
        arena, TREE(INSIDE("%s," CALL("\"value\":\"0x1\"") ",%s," CALL("\"value\":\"0x2\""))),
        builtin, builtin);
    assert_transfers(with, evm_calls_decode, "0.1: 1 to 07e5\n0.2: 2 to 07e5\n");
    assert_transfers(TREE(INSIDE(CALL("\"value\":\"0x1\"") "," CALL("\"value\":\"0x2\""))),
                     evm_calls_decode, "0.1: 1 to 07e5\n0.2: 2 to 07e5\n");
}

static const char *nested(size_t depth) {
    struct buf text = buf_in(arena);
    buf_puts(&text, "[{\"result\":");
    for (size_t i = 1; i < depth; i++) {
        buf_puts(&text, "{\"type\":\"CALL\",\"calls\":[");
    }
    buf_puts(&text, CALL("\"value\":\"0x1\""));
    for (size_t i = 1; i < depth; i++) {
        buf_puts(&text, "]}");
    }
    buf_puts(&text, "}]");
    buf_put_char(&text, '\0');
    return text.ptr;
}

static void test_calls_are_as_deep_as_the_chain_allows_and_no_deeper(void **state) {
    (void)state;
    assert_transfers(nested(EVM_TRACE_FRAMES_MAX), evm_calls_decode, "0.1: 1 to 07e5\n");
    assert_unreadable(nested(EVM_TRACE_FRAMES_MAX + 1), evm_calls_decode,
                      "deeper than calls can be");
    assert_unreadable(nested(5000), evm_calls_decode, "deep");
}

static void
test_a_transaction_that_could_not_be_traced_makes_all_traces_worth_nothing(void **state) {
    (void)state;
    static const char *const without[] = {
        "[{\"txHash\":" BLOCK ",\"error\":\"missing trie node\"}]", "[{\"result\":null}]", "[{}]"};
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++) {
        assert_null(read_traces(str_from_c(without[i]), evm_calls_decode));
        assert_true(decoder.is_null);
    }
}

static void test_trees_that_say_too_little_are_refused(void **state) {
    (void)state;
    assert_unreadable("[null]", evm_calls_decode, "");
    assert_unreadable(TREE(INSIDE("{\"type\":\"CALL\",\"value\":\"0x1\"}")), evm_calls_decode,
                      "names nobody");
    assert_unreadable(TREE(INSIDE(CALL("\"value\":\"0x01\""))), evm_calls_decode, "quantity");
    assert_unreadable(TREE(INSIDE(CALL("\"value\":\"1\""))), evm_calls_decode, "quantity");
    assert_unreadable(TREE("{\"calls\":{}}"), evm_calls_decode, "");
}

/* ---- by hand: the list */

#define ENTRY(type, action, place, more)                                                           \
    "{\"type\":\"" type "\",\"action\":{" action "},\"blockHash\":" BLOCK                          \
    ",\"traceAddress\":[" place "],\"transactionPosition\":0" more "}"
#define PAID(value)                                                                                \
    "\"callType\":\"call\",\"from\":" PAYER ",\"to\":" SHOP ",\"value\":\"" value "\""
#define ROOT          ENTRY("call", PAID("0x63"), "", "")
#define FAILED        ",\"error\":\"Reverted\",\"result\":null"
#define LIST(entries) "[" ROOT "," entries "]"

static void test_lists_undo_what_a_failed_call_let_do(void **state) {
    (void)state;
    assert_transfers(
        LIST(ENTRY("call", PAID("0x1"), "0", FAILED) "," ENTRY(
            "call", PAID("0x2"), "0,0", "") "," ENTRY("call", PAID("0x3"), "0,0,0",
                                                      "") "," ENTRY("call", PAID("0x4"), "1", "")),
        evm_trace_block_decode, "0.1: 4 to 07e5\n");
    assert_transfers(
        LIST(ENTRY("call", PAID("0x1"), "0", "") "," ENTRY(
            "call", PAID("0x2"), "0,0", FAILED) "," ENTRY("call", PAID("0x3"), "0,1", "")),
        evm_trace_block_decode, "0.1: 1 to 07e5\n0.2: 3 to 07e5\n");
    assert_transfers(
        "[" ENTRY("call", PAID("0x1"), "", FAILED) "," ENTRY("call", PAID("0x2"), "0", "") "]",
        evm_trace_block_decode, "");
}

static void test_lists_know_who_is_paid_in_each_way(void **state) {
    (void)state;
    assert_transfers(
        LIST(
            ENTRY("create", "\"from\":" PAYER ",\"value\":\"0x1\"", "0", ",\"result\":{\"address\":" SHOP "}") "," ENTRY(
                "suicide", "\"address\":" PAYER ",\"refundAddress\":" SHOP ",\"balance\":\"0x2\"",
                "0,0",
                ",\"result\":null") "," ENTRY("call",
                                              "\"callType\":\"delegatecall\",\"to\":" SHOP
                                              ",\"value\":\"0x9\"",
                                              "1",
                                              "") "," ENTRY("call",
                                                            "\"callType\":\"staticcall\","
                                                            "\"to\":" SHOP ",\"value\":\"0x9\"",
                                                            "2",
                                                            "") "," ENTRY("call",
                                                                          "\"callType\":"
                                                                          "\"callcode\","
                                                                          "\"to\":" SHOP
                                                                          ",\"value\":\"0x9\"",
                                                                          "3",
                                                                          "") "," ENTRY("call",
                                                                                        PAID("0x0"),
                                                                                        "4",
                                                                                        "") ","
                                                                                            "{\"typ"
                                                                                            "e\":"
                                                                                            "\"rewa"
                                                                                            "rd\","
                                                                                            "\"acti"
                                                                                            "on\":{"
                                                                                            "\"auth"
                                                                                            "or\""
                                                                                            ":" SHOP
                                                                                            ",\"val"
                                                                                            "ue\":"
                                                                                            "\"0x7"
                                                                                            "\"},"
                                                                                            "\"trac"
                                                                                            "eAddre"
                                                                                            "ss\":["
                                                                                            "],"
                                                                                            "\"tran"
                                                                                            "sactio"
                                                                                            "nPosit"
                                                                                            "ion\":"
                                                                                            "null,"
                                                                                            "\"bloc"
                                                                                            "kHash"
                                                                                            "\""
                                                                                            ":" BLOCK
                                                                                            "}"),
        evm_trace_block_decode, "0.1: 1 to 07e5\n0.2: 2 to 07e5\n");
}

static void test_lists_out_of_order_are_refused(void **state) {
    (void)state;
    static const char *const unordered[] = {
        "[" ENTRY("call", PAID("0x1"), "0", "") "]",
        LIST(ENTRY("call", PAID("0x1"), "0,0", "")),
        "[{\"type\":\"call\",\"action\":{},\"traceAddress\":[]}]",
        "[{\"type\":\"call\",\"action\":{},\"traceAddress\":[],\"transactionPosition\":\"0x1\"}]",
        "[" ROOT "," ROOT "]",
    };
    for (size_t i = 0; i < sizeof unordered / sizeof unordered[0]; i++) {
        const char *error = read_traces(str_from_c(unordered[i]), evm_trace_block_decode);
        if (error == NULL) {
            fail_msg("%s was read", unordered[i]);
        }
    }
    decoder.block.bytes[31] = 1;
    assert_unreadable("[" ROOT "]", evm_trace_block_decode, "of another block");
    decoder.block.bytes[31] = 0;
    assert_unreadable(LIST(ENTRY("create", "\"value\":\"0x1\"", "0", "")), evm_trace_block_decode,
                      "names nobody");
}

/* ---- traces and their block */

static void assert_unfit(struct evm_block *block, const char *why) {
    struct result checked = evm_trace_check(&decoder, block);
    assert_ptr_equal(checked.code, &ERR_NODE_ANSWER);
    assert_non_null(strstr(result_text(checked), why));
}

static void test_traces_must_be_those_of_the_block(void **state) {
    (void)state;
    struct evm_block block;
    assert_null(read_traces(recorded("calls", &block), evm_calls_decode));
    struct evm_trace_root *root = &decoder.roots[3];
    root->txid.bytes[0] ^= 1;
    assert_unfit(&block, "of another transaction");
    root->has_txid = false; /* then the transfer itself tells */
    assert_true(result_is_ok(evm_trace_check(&decoder, &block)));
    root->to.bytes[0] ^= 1;
    assert_unfit(&block, "of another transaction");
    root->to.bytes[0] ^= 1;
    root->value.bytes[31] ^= 1;
    assert_unfit(&block, "of another transaction");
    root->value.bytes[31] ^= 1;
    root->is_failed = true;
    assert_unfit(&block, "another outcome");
    root->is_failed = false;
    decoder.root_count--;
    assert_unfit(&block, "not one trace for each");
}

static void test_a_failed_transaction_pays_nobody_whatever_its_trace_says(void **state) {
    (void)state;
    static const struct token_list no_tokens;
    struct evm_block block;
    struct chain_block found;
    struct evm_assets assets = {.coin = asset_by_code(STR("ETH")), .tokens = &no_tokens};
    assert_null(read_traces(recorded("calls", &block), evm_calls_decode));
    for (size_t i = 0; i < decoder.transfer_count; i++) {
        decoder.transfers[i].tx = 9; /* payAndFail */
    }
    assert_true(result_is_ok(evm_trace_check(&decoder, &block)));
    evm_block_outputs(&block, &assets, arena, &found);
    assert_int_equal(found.output_count, 9);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_both_kinds_of_traces_of_a_real_node_tell_the_same),
        TEST(test_payments_by_contracts_have_keys_of_their_own),
        TEST(test_what_a_failed_call_let_do_is_undone),
        TEST(test_only_calls_that_carry_coin_pay),
        TEST(test_places_count_payments_and_not_calls),
        TEST(test_calls_are_as_deep_as_the_chain_allows_and_no_deeper),
        TEST(test_a_transaction_that_could_not_be_traced_makes_all_traces_worth_nothing),
        TEST(test_trees_that_say_too_little_are_refused),
        TEST(test_lists_undo_what_a_failed_call_let_do),
        TEST(test_lists_know_who_is_paid_in_each_way),
        TEST(test_lists_out_of_order_are_refused),
        TEST(test_traces_must_be_those_of_the_block),
        TEST(test_a_failed_transaction_pays_nobody_whatever_its_trace_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
