/* SPDX-License-Identifier: MIT */
/* The chain port on EVM nodes that lie, lack something, or are somebody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapters/chain_evm/chain_evm.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/token.h"
#include "evm_answers.h"
#include "evm_double.h"
#include "ports/chain.h"

#define WORD_6   "\"0x0000000000000000000000000000000000000000000000000000000000000006\""
#define WORD_18  "\"0x0000000000000000000000000000000000000000000000000000000000000012\""
#define NO_SUCH  "{\"code\":-32601,\"message\":\"the method does not exist\"}"
#define PAID     6 /* outputs of the recorded block */
#define ZEROS    "0000000000000000000000000000000000000000000000000000000000"
#define HASH_ONE "0000000000000000000000000000000000000000000000000000000000000001"

static struct arena *arena;
static struct evm_double nodes[2];
static struct chain *chain;
static const char *block_json;
static struct block_hash block_hash;

static const char *recording(const char *name) {
    return str_to_c(arena, str_trim(node_recording(arena, name)));
}

static const char *changed(const char *json, const char *from, const char *to) {
    return str_to_c(arena, text_with(arena, str_from_c(json), from, to));
}

/* The receipts of the transactions that carry coins, each under its hash. */
static void put_receipts(struct evm_double *node, const struct evm_block *block) {
    struct str rest = str_from_c(recording("evm_receipts"));
    rest = str_slice(rest, 1, rest.len - 1);
    for (size_t i = 0; i < block->tx_count; i++) {
        const char *next = memmem(rest.ptr + 1, rest.len - 1, "{\"type\":", 8);
        size_t len = next ? (size_t)(next - rest.ptr) - 1 : rest.len;
        struct str hash = hex_encode(arena, BYTES_OF(block->txs[i].hash.bytes));
        evm_double_put(node, "eth_getTransactionReceipt", str_to_c(arena, hash),
                       str_to_c(arena, str_slice(rest, 0, len)));
        rest = next ? str_slice(rest, len + 1, rest.len) : STR("");
    }
}

static void fill(struct evm_double *node, const struct evm_block *block) {
    *node = (struct evm_double){0};
    evm_double_put(node, "eth_syncing", NULL, "false");
    evm_double_put(node, "eth_chainId", NULL, "\"0x7a69\"");
    evm_double_put(node, "web3_clientVersion", NULL, "\"double/\\u0007v1\"");
    evm_double_put(node, "eth_getBlockByNumber", "\"0x0\"",
                   changed(block_json, "\"number\":\"0x2\"", "\"number\":\"0x0\""));
    evm_double_put(node, "eth_getBlockByNumber", "\"0x2\"", block_json);
    evm_double_put(node, "eth_getBlockByNumber", "\"latest\"", block_json);
    evm_double_put(node, "eth_call", NULL, WORD_6);
    evm_double_put(node, "eth_getCode", NULL, "\"0x6001\"");
    evm_double_put(node, "eth_getBlockByHash", HASH_ONE, "null");
    evm_double_put(node, "eth_getBlockByHash", "0x", block_json);
    evm_double_put(node, "eth_getBlockReceipts", NULL, recording("evm_receipts"));
    evm_double_put(node, "eth_getLogs", NULL, recording("evm_logs"));
    put_receipts(node, block);
    evm_double_start(node);
}

static void open_trusting_chain(bool trusts_nodes) {
    struct str urls[2];
    for (size_t i = 0; i < 2; i++) {
        urls[i] = str_from_c(arena_printf(arena, "http://127.0.0.1:%d/my-secret", nodes[i].port));
    }
    struct chain_evm_options options = {
        .network = network_by_key(STR("eth")),
        .chain = "regtest",
        .chain_id = 31337,
        .urls = urls,
        .url_count = 2,
        .tokens = evm_recorded_token(),
        .trusts_nodes = trusts_nodes,
        .poll_ms = 100,
        .timeout_ms = 3000,
    };
    assert_true(result_is_ok(chain_evm_new(&options, arena, &chain)));
}

static void open_chain(void) {
    open_trusting_chain(false);
}

static int setup(void **state) {
    (void)state;
    arena = arena_new(256 << 20);
    block_json = recording("evm_block");
    struct evm_block block;
    evm_recorded_block(arena, &block);
    block_hash = block.header.hash;
    fill(&nodes[0], &block);
    fill(&nodes[1], &block);
    open_chain();
    return 0;
}

static int teardown(void **state) {
    (void)state;
    chain->ops->close(chain);
    evm_double_stop(&nodes[0]);
    evm_double_stop(&nodes[1]);
    arena_free(arena);
    return 0;
}

static void must(struct result result) {
    if (!result_is_ok(result)) {
        fail_msg("%s: %s", result.code->name, result_text(result));
    }
}

static struct result fails(struct result result, const struct error_code *code, const char *why) {
    if (result.code != code || strstr(result_text(result), why) == NULL) {
        fail_msg("%s: %s", result.code ? result.code->name : "ok", result_text(result));
    }
    assert_null(strstr(result_text(result), "secret"));
    return result;
}

static struct result ask_block(void) {
    struct chain_block block = {0};
    TRY(chain->ops->block(chain, arena, block_hash, &block));
    assert_true(block_hash_eq(block.header.hash, block_hash));
    assert_int_equal(block.header.height, 2);
    assert_int_equal(block.output_count, PAID);
    return RESULT_OK;
}

/* Both nodes say so. */
static void both(const char *method, const char *json) {
    evm_double_put(&nodes[0], method, NULL, json);
    evm_double_put(&nodes[1], method, NULL, json);
}

/* In place of the recorded block, asked for by its hash. */
static void block_of(size_t node, const char *json) {
    for (size_t i = 0; i < nodes[node].answer_count; i++) {
        struct evm_double_answer *answer = &nodes[node].answers[i];
        if (strcmp(answer->method, "eth_getBlockByHash") == 0 && strcmp(answer->words, "0x") == 0) {
            answer->json = json;
        }
    }
}

static void test_a_block_costs_one_request_however_it_is_answered(void **state) {
    (void)state;
    must(ask_block());
    size_t before = nodes[0].requests;
    must(ask_block());
    assert_int_equal(nodes[0].requests, before + 1);
    nodes[0].answers_backwards = true;
    must(ask_block());
    assert_int_equal(nodes[0].requests, before + 2);
    assert_int_equal(nodes[1].requests, 0);
}

static void test_a_node_says_who_it_is(void **state) {
    (void)state;
    struct chain_identity identity;
    must(chain->ops->identify(chain, arena, &identity));
    assert_string_equal(identity.version,
                        "double/?v1, no traces: what contracts pay shows in balances only");
    assert_string_equal(identity.network, "regtest");
    assert_int_equal(identity.token_count, 1);
    uint8_t hash[HASH_BYTES];
    hash_keccak256((struct bytes){.ptr = (const uint8_t *)"\x60\x01", .len = 2}, hash);
    assert_memory_equal(identity.tokens[0].code_hash, hash, HASH_BYTES);
}

static void test_somebody_else_is_refused(void **state) {
    (void)state;
    evm_double_put(&nodes[0], "eth_chainId", NULL, "\"0x1\"");
    (void)fails(ask_block(), &ERR_NODE_WRONG_NETWORK, "chain id 1,");
    evm_double_put(&nodes[0], "eth_chainId", NULL, "\"0x7a69\"");
    evm_double_put(&nodes[0], "eth_call", NULL, WORD_18);
    (void)fails(ask_block(), &ERR_NODE_WRONG_NETWORK, "6 decimals");
    evm_double_put(&nodes[0], "eth_call", NULL, "\"0x06\"");
    (void)fails(ask_block(), &ERR_NODE_WRONG_NETWORK, "6 decimals");
    evm_double_put(&nodes[0], "eth_call", NULL, WORD_6);
    must(ask_block());
}

static void test_a_node_that_is_not_ready_is_left_for_another(void **state) {
    (void)state;
    evm_double_put(&nodes[0], "eth_syncing", NULL, "{\"currentBlock\":\"0x1\"}");
    must(ask_block());
    assert_int_equal(nodes[1].requests, 2);
    evm_double_put(&nodes[1], "eth_syncing", NULL, "{\"currentBlock\":\"0x1\"}");
    struct block_header tip;
    (void)fails(chain->ops->tip(chain, arena, &tip), &ERR_NODE_NOT_READY, "syncing");
    both("eth_syncing", "false");
    both("eth_getCode", "\"0x\"");
    (void)fails(ask_block(), &ERR_NODE_NOT_READY, "no contract");
    both("eth_getCode", "\"0x6001\"");
    both("eth_syncing", NO_SUCH); /* as some providers */
    must(chain->ops->tip(chain, arena, &tip));
    assert_int_equal(tip.height, 2);
    assert_true(block_hash_eq(tip.hash, block_hash));
    assert_true(tip.proven_ms == tip.time_ms && tip.time_ms > 0);
}

static void test_a_block_that_is_not_there_is_unknown(void **state) {
    (void)state;
    struct chain_block block;
    struct block_hash one = {.bytes = {[HASH_BYTES - 1] = 1}};
    struct result asked = chain->ops->block(chain, arena, one, &block);
    (void)fails(asked, &ERR_BLOCK_UNKNOWN, "");
    struct block_hash hash;
    (void)fails(chain->ops->hash_at(chain, arena, -1, &hash), &ERR_BLOCK_UNKNOWN, "");
    must(chain->ops->hash_at(chain, arena, 2, &hash));
    assert_true(block_hash_eq(hash, block_hash));
}

/* In place of what is told of the block with that number or tag. */
static void block_at(const char *which, const char *json) {
    for (size_t i = 0; i < nodes[0].answer_count; i++) {
        struct evm_double_answer *answer = &nodes[0].answers[i];
        if (answer->words != NULL && strcmp(answer->words, which) == 0) {
            answer->json = json;
            return;
        }
    }
    evm_double_put(&nodes[0], "eth_getBlockByNumber", which, json);
}

/* What a watcher asks for a block; the number of requests. */
static size_t step(struct block_hash *ret_hash) {
    size_t before = nodes[0].requests;
    struct block_header tip;
    must(chain->ops->tip(chain, arena, &tip));
    must(chain->ops->hash_at(chain, arena, 1, ret_hash));
    must(chain->ops->hash_at(chain, arena, 2, ret_hash));
    must(ask_block());
    return nodes[0].requests - before;
}

static void test_reading_ahead_adapts_and_hides_no_change(void **state) {
    (void)state;
    struct block_hash hash;
    must(ask_block());
    block_at("\"0x1\"", changed(block_json, "\"number\":\"0x2\"", "\"number\":\"0x1\""));
    assert_int_equal(step(&hash), 4); /* at the tip: each question by itself */
    block_at("\"latest\"", changed(block_json, "\"number\":\"0x2\"", "\"number\":\"0xa\""));
    static const char *const not_there[] = {"\"0x3\"", "\"0x4\"", "\"0x5\""};
    for (size_t i = 0; i < 3; i++) {
        block_at(not_there[i], "null");
    }
    assert_int_equal(step(&hash), 5); /* four blocks are too many, */
    assert_int_equal(step(&hash), 5); /* two as well; */
    assert_int_equal(step(&hash), 3); /* one comes with its hash */
    block_at("\"0x2\"", changed(block_json, "\"hash\":\"0x9d", "\"hash\":\"0x9e"));
    (void)step(&hash);
    assert_false(block_hash_eq(hash, block_hash)); /* who asks again is told what is there now */
}

static void test_a_liar_is_not_believed_and_the_next_node_is_asked(void **state) {
    (void)state;
    const char *const lies[] = {
        changed(block_json, "\"hash\":\"0x", "\"hash\":\"0x00"),
        changed(block_json, "\"value\":\"0x6f05b59d3b20000\"", "\"value\":\"0x6f05b59d3b20001\""),
        changed(block_json, "5107e5", "5107e6"),
        changed(block_json, "\"timestamp\":\"0x6", "\"timestamp\":\"0x5"),
        changed(block_json, "\"transactions\":[", "\"transactions\":[],\"old\":["),
    };
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        size_t before = nodes[1].calls;
        block_of(0, lies[i]);
        must(ask_block());
        assert_true(nodes[1].calls > before); /* it was the other one that told */
        chain->ops->close(chain);
        open_chain(); /* which begins with the first node again */
    }
    block_of(0, lies[1]);
    block_of(1, lies[1]);
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "");
}

static void test_receipts_are_held_against_the_block(void **state) {
    (void)state;
    const char *receipts = recording("evm_receipts");
    both("eth_getBlockReceipts", changed(receipts, "\"status\":\"0x0\"", "\"status\":\"0x1\""));
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "receipts");
    both("eth_getBlockReceipts", changed(receipts, ZEROS "5107e5", ZEROS "5107e6")); /* a topic */
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "");
    both("eth_getBlockReceipts", "[]");
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "receipt");
    both("eth_getBlockReceipts", NULL);
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "missing");
    both("eth_getBlockReceipts", receipts);
    must(ask_block());
}

static void test_logs_do_where_receipts_are_not_served(void **state) {
    (void)state;
    both("eth_getBlockReceipts", NO_SUCH);
    must(ask_block());
    size_t before = nodes[0].calls;
    must(ask_block());
    /* The block, its logs, and the receipts of the three that carry coins to an address. */
    assert_int_equal(nodes[0].calls, before + 1 + 1 + 3);
    assert_int_equal(nodes[1].calls, 0);
    both("eth_getBlockReceipts", "null");
    must(chain->ops->identify(chain, arena, &(struct chain_identity){0}));
    must(ask_block());
}

static void test_logs_that_do_not_fit_blind_us(void **state) {
    (void)state;
    both("eth_getBlockReceipts", NO_SUCH);
    both("eth_getLogs", "[]");
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "bloom");
    both("eth_getLogs", NO_SUCH);
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "eth_getLogs");
    both("eth_getLogs", recording("evm_logs"));
    must(ask_block());
}

static void test_finality_is_told_or_it_is_not(void **state) {
    (void)state;
    struct chain_finality finality;
    (void)fails(chain->ops->finality(chain, arena, &finality), &ERR_NODE_ANSWER, "");
    size_t before = nodes[0].requests + nodes[1].requests;
    (void)fails(chain->ops->finality(chain, arena, &finality), &ERR_NODE_ANSWER, "final");
    must(ask_block());
    assert_int_equal(nodes[0].requests + nodes[1].requests, before + 1);
    evm_double_put(&nodes[0], "eth_getBlockByNumber", "\"finalized\"", block_json);
    must(chain->ops->identify(chain, arena, &(struct chain_identity){0}));
    must(chain->ops->finality(chain, arena, &finality));
    assert_int_equal(finality.finalized.height, 2);
    assert_int_equal(finality.safe.height, 2);
}

static void test_balances_are_asked_for_by_the_hundred(void **state) {
    (void)state;
    enum { COUNT = 250 };
    static struct script programs[COUNT];
    static struct amount balances[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        uint8_t address[SCRIPT_EVM_BYTES] = {[0] = (uint8_t)i, [1] = 1};
        assert_true(script_from_bytes(BYTES_OF(address), &programs[i]));
    }
    both("eth_getBalance", "\"0xde0b6b3a7640000\"");
    must(chain->ops->balances(chain, arena, block_hash, programs, COUNT, balances));
    assert_int_equal(nodes[0].requests, 1 + 3);
    assert_true(balances[0].units == 1000000000000000000U);
    assert_true(amount_eq(balances[0], balances[COUNT - 1]));
    both("eth_getBalance", "\"0x100000000000000000000000000000000\"");
    (void)fails(chain->ops->balances(chain, arena, block_hash, programs, 2, balances),
                &ERR_NODE_ANSWER, "");
    both("eth_getBalance", "{\"code\":-32000,\"message\":\"header for hash not found\"}");
    (void)fails(chain->ops->balances(chain, arena, block_hash, programs, 2, balances),
                &ERR_BLOCK_UNKNOWN, "not found");
}

static void test_a_node_without_a_pending_block_has_nothing_to_tell(void **state) {
    (void)state;
    const struct chain_output *outputs;
    size_t count = 9;
    must(chain->ops->mempool(chain, arena, &outputs, &count));
    assert_int_equal(count, 0);
    bool has = true;
    both("eth_getTransactionByHash", "null");
    must(chain->ops->mempool_has(chain, arena, (struct txid){{1}}, &has));
    assert_false(has);
    both("eth_getTransactionByHash", "{\"hash\":\"0x00\",\"blockHash\":null}");
    must(chain->ops->mempool_has(chain, arena, (struct txid){{1}}, &has));
    assert_true(has);
    both("eth_getTransactionByHash", "{\"blockHash\":\"0x00\",\"hash\":\"0x00\"}");
    must(chain->ops->mempool_has(chain, arena, (struct txid){{1}}, &has));
    assert_false(has);
}

/* ---- traces */

#define BUSY "{\"code\":-32002,\"message\":\"request timed out\"}"
#define GONE "{\"code\":-32000,\"message\":\"required historical state unavailable\"}"

/* The recorded block has seven transactions, the fourth failed, the fifth made a contract. Of its
 * traces the first pays the shop once more, by a contract, below the shop itself. */
static const char *tree_traces(const char *first_calls) {
    struct evm_block block;
    evm_recorded_block(arena, &block);
    struct buf text = buf_in(arena);
    for (size_t i = 0; i < block.tx_count; i++) {
        struct str hash = hex_encode(arena, BYTES_OF(block.txs[i].hash.bytes));
        buf_putf(&text, "%s{\"txHash\":\"0x%.*s\",\"result\":{\"type\":\"CALL\"%s%s}}",
                 i == 0 ? "[" : ",", STR_ARG(hash), i == 0 ? ",\"calls\":" : "",
                 i == 0 ? first_calls : "");
    }
    buf_puts(&text, "]");
    return str_to_c(arena, buf_str(&text));
}

#define TO_SHOP_BY_CONTRACT                                                                        \
    "[{\"type\":\"CALL\",\"from\":\"0x00000000000000000000000000000000000000aa\","                 \
    "\"to\":\"0x00000000000000000000000000000000005107e5\",\"value\":\"0x7\"}]"

static struct result ask_outputs(size_t *ret_count) {
    struct chain_block block;
    TRY(chain->ops->block(chain, arena, block_hash, &block));
    *ret_count = block.output_count;
    if (block.output_count > PAID) {
        assert_int_equal(block.outputs[PAID].ordinal, CHAIN_ORDINAL_NATIVE + 1);
        assert_true(block.outputs[PAID].amount.units == 7);
    }
    return RESULT_OK;
}

static const char *version(void) {
    struct chain_identity identity;
    must(chain->ops->identify(chain, arena, &identity));
    return identity.version;
}

static void test_traces_show_what_contracts_paid(void **state) {
    (void)state;
    size_t count = 0;
    both("debug_traceBlockByHash", tree_traces(TO_SHOP_BY_CONTRACT));
    assert_non_null(strstr(version(), "traces by debug_traceBlockByHash"));
    must(ask_outputs(&count));
    assert_int_equal(count, PAID + 1);
    both("debug_traceBlockByHash", NO_SUCH);
    both("trace_block", "[]");
    assert_non_null(strstr(version(), "traces by trace_block"));
    (void)fails(ask_outputs(&count), &ERR_NODE_ANSWER, "not one trace for each");
}

/* Balances are asked after on all nodes, so nothing is lost. */
static void test_a_block_that_cannot_be_traced_is_used_without(void **state) {
    (void)state;
    size_t count = 0;
    both("debug_traceBlockByHash", GONE);
    must(ask_outputs(&count));
    assert_int_equal(count, PAID);
    assert_non_null(strstr(version(), "not of every block"));
    both("debug_traceBlockByHash", "null");
    must(ask_outputs(&count));
    assert_int_equal(count, PAID);
    assert_int_equal(nodes[1].calls, 0);
}

static void test_a_node_that_is_too_busy_to_trace_is_asked_again(void **state) {
    (void)state;
    size_t count = 0;
    both("debug_traceBlockByHash", BUSY);
    (void)fails(ask_outputs(&count), &ERR_NODE_NOT_READY, "timed out");
    both("debug_traceBlockByHash", "{\"code\":-32000,\"message\":\"block not found\"}");
    (void)fails(ask_outputs(&count), &ERR_BLOCK_UNKNOWN, "not found");
    both("debug_traceBlockByHash", tree_traces("[{\"type\":\"CALL\",\"value\":\"0x7\"}]"));
    (void)fails(ask_outputs(&count), &ERR_NODE_ANSWER, "names nobody");
    both("debug_traceBlockByHash", tree_traces(TO_SHOP_BY_CONTRACT));
    must(ask_outputs(&count));
    assert_int_equal(count, PAID + 1);
}

/* What this version does not know is refused, or believed and told. */
static void test_trust_is_given_by_the_operator_and_told(void **state) {
    (void)state;
    size_t count = 0;
    const char *strange = changed(block_json, "\"sha3Uncles\":\"0x1", "\"sha3Uncles\":\"0x2");
    block_of(0, strange);
    block_of(1, strange);
    (void)fails(ask_outputs(&count), &ERR_NODE_ANSWER, "not that of its header");
    chain->ops->close(chain);
    open_trusting_chain(true);
    must(ask_outputs(&count));
    assert_int_equal(count, PAID);
    assert_non_null(strstr(version(), "taken on trust: the block's hash"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_block_costs_one_request_however_it_is_answered),
        TEST(test_a_node_says_who_it_is),
        TEST(test_somebody_else_is_refused),
        TEST(test_a_node_that_is_not_ready_is_left_for_another),
        TEST(test_a_block_that_is_not_there_is_unknown),
        TEST(test_reading_ahead_adapts_and_hides_no_change),
        TEST(test_a_liar_is_not_believed_and_the_next_node_is_asked),
        TEST(test_receipts_are_held_against_the_block),
        TEST(test_logs_do_where_receipts_are_not_served),
        TEST(test_logs_that_do_not_fit_blind_us),
        TEST(test_finality_is_told_or_it_is_not),
        TEST(test_balances_are_asked_for_by_the_hundred),
        TEST(test_a_node_without_a_pending_block_has_nothing_to_tell),
        TEST(test_traces_show_what_contracts_paid),
        TEST(test_a_block_that_cannot_be_traced_is_used_without),
        TEST(test_a_node_that_is_too_busy_to_trace_is_asked_again),
        TEST(test_trust_is_given_by_the_operator_and_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
