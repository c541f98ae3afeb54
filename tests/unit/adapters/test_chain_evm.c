/* SPDX-License-Identifier: MIT */
/* The chain port on EVM nodes that lie, lack something, or are somebody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "adapters/chain_evm/evm_genesis.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/amount.h"
#include "core/error.h"
#include "evm_answers.h"
#include "evm_stage.h"
#include "ports/chain.h"

#define WORD_18 "\"0x0000000000000000000000000000000000000000000000000000000000000012\""
#define ONE_LOG                                                                                    \
    "\"logs\":[{\"address\":\"0x00000000000000000000000000000000000000aa\",\"data\":\"0x\","       \
    "\"topics\":[]}]"
#define HASH_OF_NOBODY "deadbeef"
#define ZEROS          "0000000000000000000000000000000000000000000000000000000000"

static struct result ask_block(void) {
    struct chain_block block = {0};
    TRY(stage.chain->ops->block(stage.chain, stage.arena, stage.block_hash, &block));
    assert_true(block_hash_eq(block.header.hash, stage.block_hash));
    assert_int_equal(block.header.height, 2);
    assert_int_equal(block.output_count, PAID);
    return RESULT_OK;
}

static void test_a_block_costs_one_request_however_it_is_answered(void **state) {
    (void)state;
    must(ask_block());
    size_t before = stage.nodes[0].requests;
    must(ask_block());
    assert_int_equal(stage.nodes[0].requests, before + 1);
    stage.nodes[0].answers_backwards = true;
    must(ask_block());
    assert_int_equal(stage.nodes[0].requests, before + 2);
    assert_int_equal(stage.nodes[1].requests, 0);
}

static void test_a_node_says_who_it_is(void **state) {
    (void)state;
    struct chain_identity identity;
    must(stage.chain->ops->identify(stage.chain, stage.arena, &identity));
    assert_string_equal(identity.version,
                        "double/?v1, no traces: what contracts pay shows in balances only");
    assert_string_equal(identity.network, "regtest");
    assert_int_equal(identity.token_count, 1);
    uint8_t hash[HASH_BYTES];
    hash_keccak256((struct bytes){.ptr = (const uint8_t *)"\x60\x01", .len = 2}, hash);
    assert_memory_equal(identity.tokens[0].code_hash, hash, HASH_BYTES);
}

/* ---- proxies */

#define SLOT_EMPTY "\"0x0000000000000000000000000000000000000000000000000000000000000000\""
#define SLOT_FULL  "\"0x00000000000000000000000000000000000000000000000000000000000051%02zx\""

/* The second is USD Coin's. */
static const char *const slots[] = {"0x360894a13ba1a3210667c828492db98d", "0x7050c9e0f4ca769c69",
                                    "0x6e41e0fbe643dfdb6043698bf865aada"};
enum { SLOT_COUNT = sizeof slots / sizeof slots[0] };

static void put_slot(size_t slot, const char *json) {
    struct evm_double *node = &stage.nodes[0];
    for (size_t i = 0; i < node->answer_count; i++) {
        if (node->answers[i].words == slots[slot]) {
            node->answers[i].json = json;
            return;
        }
    }
    evm_double_put(node, "eth_getStorageAt", slots[slot], json);
}

static struct chain_token told_token(void) {
    struct chain_identity identity;
    must(stage.chain->ops->identify(stage.chain, stage.arena, &identity));
    return identity.tokens[0];
}

static void test_what_is_behind_a_proxy_is_told(void **state) {
    (void)state;
    static const uint8_t nobody[SCRIPT_EVM_BYTES];
    assert_false(told_token().has_implementation); /* the node knows no such question */
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        put_slot(i, SLOT_EMPTY);
    }
    struct chain_token token = told_token();
    assert_true(token.has_implementation);
    assert_memory_equal(token.implementation, nobody, sizeof nobody);
    for (size_t i = SLOT_COUNT; i-- > 0;) {
        put_slot(i, arena_printf(stage.arena, SLOT_FULL, i));
        token = told_token();
        assert_true(token.has_implementation);
        assert_int_equal(token.implementation[SCRIPT_EVM_BYTES - 2], 0x51);
        assert_int_equal(token.implementation[SCRIPT_EVM_BYTES - 1], i);
    }
}

static void test_a_node_that_reads_no_storage_tells_nothing_of_proxies(void **state) {
    (void)state;
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        put_slot(i, SLOT_EMPTY);
    }
    put_slot(0, "\"0x0\""); /* as some write it */
    assert_true(told_token().has_implementation);
    static const char *const odd[] = {"null", "7", "\"0x\"", "\"0x12345\\u0000\"",
                                      "{\"code\":-32000,\"message\":\"no history\"}"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        put_slot(0, odd[i]);
        assert_false(told_token().has_implementation);
        must(ask_block());
    }
}

static void test_somebody_else_is_refused(void **state) {
    (void)state;
    evm_double_put(&stage.nodes[0], "eth_chainId", NULL, "\"0x1\"");
    (void)fails(ask_block(), &ERR_NODE_WRONG_NETWORK, "chain id 1,");
    evm_double_put(&stage.nodes[0], "eth_chainId", NULL, "\"0x7a69\"");
    must(ask_block());
}

/* What a node is asked, each with an answer of its own. */

static struct result ask_tip(void) {
    struct block_header tip;
    return stage.chain->ops->tip(stage.chain, stage.arena, &tip);
}

static struct result ask_hash(void) {
    struct block_hash hash;
    return stage.chain->ops->hash_at(stage.chain, stage.arena, 2, &hash);
}

static struct result ask_mempool_has(void) {
    bool has;
    return stage.chain->ops->mempool_has(stage.chain, stage.arena, (struct txid){{1}}, &has);
}

static struct result ask_balance(void) {
    static const struct script program = {.len = SCRIPT_EVM_BYTES};
    struct amount balance;
    return stage.chain->ops->balances(stage.chain, stage.arena, stage.block_hash, &program, 1,
                                      &balance);
}

static void test_a_node_swapped_for_one_of_another_network_is_noticed(void **state) {
    (void)state;
    static struct result (*const questions[])(void) = {ask_block, ask_tip, ask_hash,
                                                       ask_mempool_has, ask_balance};
    stage_both("eth_getTransactionByHash", "null");
    stage_both("eth_getBalance", "\"0x1\"");
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        stage.nodes[0].hangs_up = true;
        must(questions[i]());
        stage.nodes[0].hangs_up = false;
        evm_double_put(&stage.nodes[0], "eth_chainId", NULL, "\"0x1\"");
        (void)fails(questions[i](), &ERR_NODE_WRONG_NETWORK, "chain id 1,");
        evm_double_put(&stage.nodes[0], "eth_chainId", NULL, "\"0x7a69\"");
        must(questions[i]());
    }
}

static void test_main_chains_are_known_by_their_first_block(void **state) {
    (void)state;
    static const uint64_t ids[] = {1, 10, 56, 8453, 42161};
    struct block_hash other = {{0xee}};
    struct block_hash first;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        assert_false(evm_genesis_fits(ids[i], other));
    }
    assert_true(evm_genesis_fits(31337, other));
    assert_true(hex_decode(STR("d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"),
                           first.bytes, sizeof first.bytes));
    assert_true(evm_genesis_fits(1, first));
    assert_false(evm_genesis_fits(10, first));
}

static enum chain_token_fault told_fault(void) {
    struct chain_identity identity;
    must(stage.chain->ops->identify(stage.chain, stage.arena, &identity));
    assert_int_equal(identity.token_count, 1);
    must(ask_block());
    return identity.tokens[0].fault;
}

static void test_a_token_that_cannot_be_used_is_told_and_nothing_else_stops(void **state) {
    (void)state;
    static const char reverted[] = "{\"code\":3,\"message\":\"execution reverted\"}";
    assert_int_equal(told_fault(), CHAIN_TOKEN_FINE);
    stage_both("eth_call", WORD_18);
    assert_int_equal(told_fault(), CHAIN_TOKEN_MISCOUNTS);
    stage_both("eth_call", "\"0x06\"");
    assert_int_equal(told_fault(), CHAIN_TOKEN_SILENT);
    stage_both("eth_call", "\"0x\"");
    assert_int_equal(told_fault(), CHAIN_TOKEN_SILENT);
    stage_both("eth_call", reverted);
    assert_int_equal(told_fault(), CHAIN_TOKEN_SILENT);
    stage_both("eth_getCode", "\"0x\"");
    assert_int_equal(told_fault(), CHAIN_TOKEN_MISSING);
    stage_both("eth_getCode", "\"0x6001\"");
    stage_both("eth_call", WORD_6);
    assert_int_equal(told_fault(), CHAIN_TOKEN_FINE);
    /* Too many questions say nothing about the token. */
    stage_both("eth_call", "{\"code\":-32005,\"message\":\"limit exceeded\"}");
    struct chain_identity identity;
    (void)fails(stage.chain->ops->identify(stage.chain, stage.arena, &identity),
                &ERR_NODE_UNREACHABLE, "limit");
}

static void test_a_node_that_is_not_ready_is_left_for_another(void **state) {
    (void)state;
    evm_double_put(&stage.nodes[0], "eth_syncing", NULL, "{\"currentBlock\":\"0x1\"}");
    must(ask_block());
    assert_int_equal(stage.nodes[1].requests, 2);
    evm_double_put(&stage.nodes[1], "eth_syncing", NULL, "{\"currentBlock\":\"0x1\"}");
    struct block_header tip;
    (void)fails(stage.chain->ops->tip(stage.chain, stage.arena, &tip), &ERR_NODE_NOT_READY,
                "syncing");
    stage_both("eth_syncing", "false");
    stage_both("eth_syncing", NO_SUCH); /* as some providers */
    must(stage.chain->ops->tip(stage.chain, stage.arena, &tip));
    assert_int_equal(tip.height, 2);
    assert_true(block_hash_eq(tip.hash, stage.block_hash));
    assert_true(tip.proven_ms == tip.time_ms && tip.time_ms > 0);
}

static void test_a_block_that_is_not_there_is_unknown(void **state) {
    (void)state;
    struct chain_block block;
    struct block_hash one = {.bytes = {[HASH_BYTES - 1] = 1}};
    struct result asked = stage.chain->ops->block(stage.chain, stage.arena, one, &block);
    (void)fails(asked, &ERR_BLOCK_UNKNOWN, "");
    struct block_hash hash;
    (void)fails(stage.chain->ops->hash_at(stage.chain, stage.arena, -1, &hash), &ERR_BLOCK_UNKNOWN,
                "");
    must(stage.chain->ops->hash_at(stage.chain, stage.arena, 2, &hash));
    assert_true(block_hash_eq(hash, stage.block_hash));
}

static void test_a_liar_is_not_believed_and_the_next_node_is_asked(void **state) {
    (void)state;
    const char *const lies[] = {
        stage_text_with(stage.block_json, "\"hash\":\"0x", "\"hash\":\"0x00"),
        stage_text_with(stage.block_json, "\"value\":\"0x6f05b59d3b20000\"",
                        "\"value\":\"0x6f05b59d3b20001\""),
        stage_text_with(stage.block_json, "5107e5", "5107e6"),
        stage_text_with(stage.block_json, "\"timestamp\":\"0x6", "\"timestamp\":\"0x5"),
        stage_text_with(stage.block_json, "\"transactions\":[", "\"transactions\":[],\"old\":["),
    };
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        size_t before = stage.nodes[1].calls;
        stage_block_of(0, lies[i]);
        must(ask_block());
        assert_true(stage.nodes[1].calls > before); /* it was the other one that told */
        stage.chain->ops->close(stage.chain);
        stage_open_chain(false); /* which begins with the first node again */
    }
    stage_block_of(0, lies[1]);
    stage_block_of(1, lies[1]);
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "");
}

enum { PAUSES = 8, PATIENCE_MS = 20000 };

static size_t count_requests(void) {
    return stage.nodes[0].requests + stage.nodes[1].requests;
}

static void test_a_node_that_is_too_busy_is_left_alone_for_a_while(void **state) {
    (void)state;
    stage_block_of(0, "{\"code\":-32005,\"message\":\"slow down\"}");
    stage_block_of(1, "{\"code\":-32005,\"message\":\"slow down\"}");
    (void)fails(ask_block(), &ERR_NODE_UNREACHABLE, "slow down");
    (void)fails(ask_block(), &ERR_NODE_UNREACHABLE, "slow down");
    /* Each pause is longer than the one before: at last we are there before its end. */
    size_t before = 0;
    struct result asked = RESULT_OK;
    for (int i = 0; i < PAUSES && count_requests() != before; i++) {
        before = count_requests();
        asked = ask_block();
    }
    (void)fails(asked, &ERR_NODE_UNREACHABLE, "; it is left alone");
    assert_int_equal(count_requests(), before);
    stage_block_of(0, stage.block_json);
    stage_block_of(1, stage.block_json);
    for (int ms = 0; ms < PATIENCE_MS && !result_is_ok(asked); ms += 50) {
        usleep(50 * 1000);
        asked = ask_block();
    }
    must(asked);
    assert_int_equal(count_requests(), before + 2); /* who is it? */
}

static void test_receipts_are_held_against_the_block(void **state) {
    (void)state;
    const char *receipts = stage_recording("evm_receipts");
    stage_both("eth_getBlockReceipts",
               stage_text_with(receipts, "\"status\":\"0x0\"", "\"status\":\"0x1\""));
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "receipts");
    stage_both("eth_getBlockReceipts",
               stage_text_with(receipts, ZEROS "5107e5", ZEROS "5107e6")); /* a topic */
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "");
    /* No root covers whose receipt it is, and payments are known by that. */
    struct evm_block recorded;
    evm_recorded_block(stage.arena, &recorded);
    size_t without_logs = 0;
    while (recorded.receipts[without_logs].log_count > 0) {
        without_logs++;
    }
    struct str hash = hex_encode(stage.arena, BYTES_OF(recorded.txs[without_logs].hash.bytes));
    const char *of_another = arena_printf(stage.arena, "%s%.*s", HASH_OF_NOBODY, 56, hash.ptr + 8);
    stage_both("eth_getBlockReceipts",
               stage_text_with(receipts, str_to_c(stage.arena, hash), of_another));
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "do not correspond");
    stage_both("eth_getBlockReceipts", "[]");
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "receipt");
    stage_both("eth_getBlockReceipts", NULL);
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "missing");
    stage_both("eth_getBlockReceipts", receipts);
    must(ask_block());
    /* Who has served them cannot withhold them: the other node is asked. */
    size_t before[] = {stage.nodes[0].calls, stage.nodes[1].calls};
    stage_both("eth_getBlockReceipts", "null");
    (void)ask_block();
    assert_true(stage.nodes[0].calls > before[0] && stage.nodes[1].calls > before[1]);
}

static void test_logs_do_where_receipts_are_not_served(void **state) {
    (void)state;
    stage_both("eth_getBlockReceipts", NO_SUCH);
    must(ask_block());
    size_t before = stage.nodes[0].calls;
    must(ask_block());
    /* The block, its logs, and the receipts of the three that carry coins to an address. */
    assert_int_equal(stage.nodes[0].calls, before + 1 + 1 + 3);
    assert_int_equal(stage.nodes[1].calls, 0);
    stage_both("eth_getBlockReceipts", "null");
    must(stage.chain->ops->identify(stage.chain, stage.arena, &(struct chain_identity){0}));
    must(ask_block());
}

/* Its logs and its receipt must be of one mind. */
static void test_a_receipt_that_does_not_fit_the_logs_is_refused(void **state) {
    (void)state;
    stage_both("eth_getBlockReceipts", NO_SUCH);
    for (size_t node = 0; node < 2; node++) {
        for (size_t i = 0; i < stage.nodes[node].answer_count; i++) {
            struct evm_double_answer *answer = &stage.nodes[node].answers[i];
            bool has_none = strcmp(answer->method, "eth_getTransactionReceipt") == 0 &&
                            strstr(answer->json, "\"logs\":[]") != NULL;
            if (has_none) {
                answer->json = stage_text_with(answer->json, "\"logs\":[]", ONE_LOG);
            }
        }
    }
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "does not fit the block and its logs");
}

static void test_logs_that_do_not_fit_blind_us(void **state) {
    (void)state;
    stage_both("eth_getBlockReceipts", NO_SUCH);
    stage_both("eth_getLogs", "[]");
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "bloom");
    stage_both("eth_getLogs", NO_SUCH);
    (void)fails(ask_block(), &ERR_NODE_ANSWER, "eth_getLogs");
    stage_both("eth_getLogs", stage_recording("evm_logs"));
    must(ask_block());
}

static void test_finality_is_told_or_it_is_not(void **state) {
    (void)state;
    struct chain_finality finality;
    (void)fails(stage.chain->ops->finality(stage.chain, stage.arena, &finality), &ERR_NODE_ANSWER,
                "");
    size_t before = stage.nodes[0].requests + stage.nodes[1].requests;
    (void)fails(stage.chain->ops->finality(stage.chain, stage.arena, &finality), &ERR_NODE_ANSWER,
                "final");
    must(ask_block());
    assert_int_equal(stage.nodes[0].requests + stage.nodes[1].requests, before + 1);
    evm_double_put(&stage.nodes[0], "eth_getBlockByNumber", "\"finalized\"", stage.block_json);
    must(stage.chain->ops->identify(stage.chain, stage.arena, &(struct chain_identity){0}));
    must(stage.chain->ops->finality(stage.chain, stage.arena, &finality));
    assert_int_equal(finality.finalized.height, 2);
    assert_int_equal(finality.safe.height, 2);
    evm_double_put(&stage.nodes[0], "eth_getBlockByNumber", "\"safe\"",
                   stage_text_with(stage.block_json, "\"number\":\"0x2\"", "\"number\":\"0x1\""));
    (void)fails(stage.chain->ops->finality(stage.chain, stage.arena, &finality), &ERR_NODE_ANSWER,
                "");
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
    for (size_t node = 0; node < 2; node++) { /* EIP-1898: of a block that still is one */
        evm_double_put(&stage.nodes[node], "eth_getBalance", "\"requireCanonical\":true",
                       "\"0xde0b6b3a7640000\"");
    }
    must(stage.chain->ops->balances(stage.chain, stage.arena, stage.block_hash, programs, COUNT,
                                    balances));
    assert_int_equal(stage.nodes[0].requests, 1 + 3);
    assert_true(balances[0].units == 1000000000000000000U);
    assert_true(amount_eq(balances[0], balances[COUNT - 1]));
    stage_both("eth_getBalance", "\"0x100000000000000000000000000000000\"");
    (void)fails(stage.chain->ops->balances(stage.chain, stage.arena, stage.block_hash, programs, 2,
                                           balances),
                &ERR_NODE_ANSWER, "");
    stage_both("eth_getBalance", "{\"code\":-32000,\"message\":\"header for hash not found\"}");
    (void)fails(stage.chain->ops->balances(stage.chain, stage.arena, stage.block_hash, programs, 2,
                                           balances),
                &ERR_BLOCK_UNKNOWN, "not found");
}

static void test_a_node_without_a_pending_block_has_nothing_to_tell(void **state) {
    (void)state;
    const struct chain_output *outputs;
    size_t count = 9;
    must(stage.chain->ops->mempool(stage.chain, stage.arena, &outputs, &count));
    assert_int_equal(count, 0);
    bool has = true;
    stage_both("eth_getTransactionByHash", "null");
    must(stage.chain->ops->mempool_has(stage.chain, stage.arena, (struct txid){{1}}, &has));
    assert_false(has);
    stage_both("eth_getTransactionByHash", "{\"hash\":\"0x00\",\"blockHash\":null}");
    must(stage.chain->ops->mempool_has(stage.chain, stage.arena, (struct txid){{1}}, &has));
    assert_true(has);
    stage_both("eth_getTransactionByHash", "{\"blockHash\":\"0x00\",\"hash\":\"0x00\"}");
    must(stage.chain->ops->mempool_has(stage.chain, stage.arena, (struct txid){{1}}, &has));
    assert_false(has);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, stage_start, stage_stop)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_block_costs_one_request_however_it_is_answered),
        TEST(test_a_node_says_who_it_is),
        TEST(test_what_is_behind_a_proxy_is_told),
        TEST(test_a_node_that_reads_no_storage_tells_nothing_of_proxies),
        TEST(test_somebody_else_is_refused),
        TEST(test_a_node_swapped_for_one_of_another_network_is_noticed),
        TEST(test_main_chains_are_known_by_their_first_block),
        TEST(test_a_token_that_cannot_be_used_is_told_and_nothing_else_stops),
        TEST(test_a_node_that_is_not_ready_is_left_for_another),
        TEST(test_a_block_that_is_not_there_is_unknown),
        TEST(test_a_liar_is_not_believed_and_the_next_node_is_asked),
        TEST(test_a_node_that_is_too_busy_is_left_alone_for_a_while),
        TEST(test_receipts_are_held_against_the_block),
        TEST(test_logs_do_where_receipts_are_not_served),
        TEST(test_a_receipt_that_does_not_fit_the_logs_is_refused),
        TEST(test_logs_that_do_not_fit_blind_us),
        TEST(test_finality_is_told_or_it_is_not),
        TEST(test_balances_are_asked_for_by_the_hundred),
        TEST(test_a_node_without_a_pending_block_has_nothing_to_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
