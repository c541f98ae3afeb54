/* SPDX-License-Identifier: MIT */
/* The chain port on nodes that trace what contracts did, or cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "core/amount.h"
#include "core/error.h"
#include "evm_answers.h"
#include "evm_stage.h"
#include "ports/chain.h"

#define BUSY "{\"code\":-32002,\"message\":\"request timed out\"}"
#define GONE "{\"code\":-32000,\"message\":\"required historical state unavailable\"}"

/* The recorded block has seven transactions, the fourth failed, the fifth made a contract, the
 * sixth carries nothing and leaves no log. Of its traces the first pays the shop once more, by a
 * contract, below the shop itself. */
static const char *tree_traces(const char *first_calls) {
    return evm_recorded_traces(stage.arena, 0, first_calls);
}

#define TO_SHOP_BY_CONTRACT                                                                        \
    "[{\"type\":\"CALL\",\"from\":\"0x00000000000000000000000000000000000000aa\","                 \
    "\"to\":\"0x00000000000000000000000000000000005107e5\",\"value\":\"0x7\"}]"

static bool is_untraced; /* the block that was asked for last */

static struct result ask_outputs(size_t *ret_count) {
    struct chain_block block;
    TRY(stage.chain->ops->block(stage.chain, stage.arena, stage.block_hash, &block));
    *ret_count = block.output_count;
    is_untraced = block.flaws.is_untraced;
    if (block.output_count > PAID) {
        assert_int_equal(block.outputs[PAID].ordinal, CHAIN_ORDINAL_NATIVE + 1);
        assert_true(block.outputs[PAID].amount.units == 7);
    }
    return RESULT_OK;
}

static const char *version(void) {
    struct chain_identity identity;
    must(stage.chain->ops->identify(stage.chain, stage.arena, &identity));
    return identity.version;
}

static void test_traces_show_what_contracts_paid(void **state) {
    (void)state;
    size_t count = 0;
    stage_both("debug_traceBlockByHash", tree_traces(TO_SHOP_BY_CONTRACT));
    assert_non_null(strstr(version(), "traces by debug_traceBlockByHash"));
    must(ask_outputs(&count));
    assert_int_equal(count, PAID + 1);
    assert_false(is_untraced);
    stage_both("debug_traceBlockByHash", NO_SUCH);
    stage_both("trace_block", "[]");
    assert_non_null(strstr(version(), "traces by trace_block"));
    (void)fails(ask_outputs(&count), &ERR_NODE_ANSWER, "not one trace for each");
}

/* Where no receipts of blocks are served, nobody knows of such a transaction that it succeeded. */
static void test_what_a_contract_pays_of_its_own_needs_a_receipt(void **state) {
    (void)state;
    size_t count = 0;
    stage_both("eth_getBlockReceipts", NO_SUCH);
    for (size_t which = 4; which < 6; which++) {
        stage_both("debug_traceBlockByHash",
                   evm_recorded_traces(stage.arena, which, TO_SHOP_BY_CONTRACT));
        must(stage.chain->ops->identify(stage.chain, stage.arena, &(struct chain_identity){0}));
        size_t before = stage.nodes[0].calls;
        must(ask_outputs(&count));
        assert_int_equal(count, PAID + 1);
        /* The block, its receipts in vain, its logs, three for coin, the traces, and one more. */
        assert_int_equal(stage.nodes[0].calls - before, 1 + 1 + 1 + 3 + 1 + 1);
    }
    stage_both("debug_traceBlockByHash", evm_recorded_traces(stage.arena, 3, TO_SHOP_BY_CONTRACT));
    must(ask_outputs(&count));
    assert_int_equal(count, PAID);
}

/* Balances are asked after on all nodes, so nothing is lost. */
static void test_a_block_that_cannot_be_traced_is_used_without(void **state) {
    (void)state;
    size_t count = 0;
    stage_both("debug_traceBlockByHash", GONE);
    must(ask_outputs(&count));
    assert_int_equal(count, PAID);
    assert_true(is_untraced);
    assert_non_null(strstr(version(), "not of every block"));
    stage_both("debug_traceBlockByHash", "[{\"error\":\"missing trie node\"}]");
    must(ask_outputs(&count));
    assert_int_equal(count, PAID);
    stage_both("debug_traceBlockByHash", "null");
    must(ask_outputs(&count));
    assert_int_equal(count, PAID);
    assert_int_equal(stage.nodes[1].calls, 0);
}

static void test_a_node_that_is_too_busy_to_trace_is_asked_again(void **state) {
    (void)state;
    size_t count = 0;
    stage_both("debug_traceBlockByHash", BUSY);
    (void)fails(ask_outputs(&count), &ERR_NODE_NOT_READY, "timed out");
    stage_both("debug_traceBlockByHash", "{\"code\":-32000,\"message\":\"block not found\"}");
    (void)fails(ask_outputs(&count), &ERR_BLOCK_UNKNOWN, "not found");
    stage_both("debug_traceBlockByHash", tree_traces("[{\"type\":\"CALL\",\"value\":\"0x7\"}]"));
    (void)fails(ask_outputs(&count), &ERR_NODE_ANSWER, "names nobody");
    stage_both("debug_traceBlockByHash", tree_traces(TO_SHOP_BY_CONTRACT));
    must(ask_outputs(&count));
    assert_int_equal(count, PAID + 1);
}

/* What this version does not know is refused, or believed and told. */
static void test_trust_is_given_by_the_operator_and_told(void **state) {
    (void)state;
    size_t count = 0;
    const char *strange =
        stage_text_with(stage.block_json, "\"sha3Uncles\":\"0x1", "\"sha3Uncles\":\"0x2");
    stage_block_of(0, strange);
    stage_block_of(1, strange);
    (void)fails(ask_outputs(&count), &ERR_NODE_ANSWER, "not that of its header");
    (void)fails(ask_outputs(&count), &ERR_NODE_ANSWER, "see trust_node in till.ini(5)");
    assert_null(stage.chain->ops->believed(stage.chain));
    stage.chain->ops->close(stage.chain);
    stage_open_chain(true);
    must(ask_outputs(&count));
    assert_int_equal(count, PAID);
    assert_non_null(strstr(version(), "taken on trust: the block's hash"));
    /* It stands when others are known again. */
    stage_block_of(0, stage.block_json);
    must(ask_outputs(&count));
    assert_string_equal(stage.chain->ops->believed(stage.chain),
                        "the block's hash is not that of its header as this version knows headers");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, stage_start, stage_stop)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_traces_show_what_contracts_paid),
        TEST(test_what_a_contract_pays_of_its_own_needs_a_receipt),
        TEST(test_a_block_that_cannot_be_traced_is_used_without),
        TEST(test_a_node_that_is_too_busy_to_trace_is_asked_again),
        TEST(test_trust_is_given_by_the_operator_and_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
