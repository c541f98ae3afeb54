/* SPDX-License-Identifier: MIT */
/* The chain port on the double of java-tron: who it is, what pays, and what is only seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "core/asset.h"
#include "core/error.h"
#include "tron_fixture.h"

/* ---- who the node is */

static void test_the_node_says_who_it_is(void **state) {
    (void)state;
    struct chain_identity identity;
    must(chain->ops->identify(chain, arena, &identity));
    assert_string_equal(identity.network, "regtest");
    assert_string_equal(identity.version, "java-tron 4.8.0");
    assert_int_equal(u32_load_be(identity.genesis.bytes + HASH_BYTES - 4), CHAIN_ID);
    assert_int_equal(identity.token_count, 1);
    assert_string_equal(identity.tokens[0].asset->code, "USDT_TRC20");
    static const uint8_t nobody[SCRIPT_EVM_BYTES];
    assert_true(identity.tokens[0].has_implementation);
    assert_memory_equal(identity.tokens[0].implementation, nobody, sizeof nobody);
    set("{\"json_rpc\":false}");
    struct chain *other = open_chain();
    struct chain_identity again;
    must(other->ops->identify(other, arena, &again));
    assert_memory_equal(again.tokens[0].code_hash, identity.tokens[0].code_hash, HASH_BYTES);
    assert_false(again.tokens[0].has_implementation); /* nobody reads storage there */
    other->ops->close(other);
}

static void test_another_chain_is_refused(void **state) {
    (void)state;
    struct chain_tron_options options = options_for(double_url);
    options.chain_id = 0x2b6653dc;
    options.chain = "main";
    struct chain *other;
    struct block_header header;
    must(chain_tron_new(&options, arena, &other));
    struct result asked = other->ops->tip(other, arena, &header);
    refused(asked, &ERR_NODE_WRONG_NETWORK);
    assert_non_null(strstr(asked.detail, "not on the chain with id 0x2b6653dc"));
    other->ops->close(other);
}

static enum chain_token_fault told_fault(void) {
    struct chain_identity identity;
    struct chain *other = open_chain();
    must(other->ops->identify(other, arena, &identity));
    assert_int_equal(identity.token_count, 1);
    enum chain_token_fault fault = identity.tokens[0].fault;
    other->ops->close(other);
    return fault;
}

static void test_a_token_that_is_not_what_it_should_be_is_told(void **state) {
    (void)state;
    struct token_list right = tokens;
    must(token_from_text(network_by_key(STR("tron")), STR("TUSD_TRC20"), STR(TOKEN_BASE58 ":18"),
                         &tokens.tokens[0]));
    enum chain_token_fault fault = told_fault();
    tokens = right;
    assert_int_equal(fault, CHAIN_TOKEN_MISCOUNTS);
    node_tell(&node, "anvil_setCode", "[\"" TOKEN "\",\"0x\"]");
    fault = told_fault();
    node_tell(&node, "anvil_setCode", "[\"" TOKEN "\",\"" CODE_ONCE "\"]");
    assert_int_equal(fault, CHAIN_TOKEN_MISSING);
    assert_int_equal(told_fault(), CHAIN_TOKEN_FINE);
}

static void test_the_api_key_is_sent_and_never_told(void **state) {
    (void)state;
    set("{\"api_key\":\"secret-key-1\"}");
    struct chain_tron_options options = options_for(double_url);
    options.api_key = "secret-key-1";
    struct chain *with_key;
    struct block_header header;
    must(chain_tron_new(&options, arena, &with_key));
    must(with_key->ops->tip(with_key, arena, &header));
    set("{\"api_key\":\"secret-key-2\"}"); /* revoked */
    usleep(POLL_US);
    struct result asked = with_key->ops->tip(with_key, arena, &header);
    refused(asked, &ERR_NODE_UNREACHABLE);
    assert_null(strstr(result_text(asked), "secret"));
    with_key->ops->close(with_key);
    options.api_key = "two words";
    refused(chain_tron_new(&options, arena, &with_key), &ERR_URL_INVALID);
}

/* ---- what pays */

static void test_only_what_is_solid_is_a_block(void **state) {
    (void)state;
    int64_t before = tip_of(chain).height;
    mine(1);
    struct block_header tip = tip_of(chain);
    assert_int_equal(tip.height, before + 1);
    struct block_hash hash;
    refused(chain->ops->hash_at(chain, arena, tip.height + 1, &hash), &ERR_BLOCK_UNKNOWN);
    must(chain->ops->hash_at(chain, arena, tip.height, &hash));
    assert_true(block_hash_eq(hash, tip.hash));
    assert_int_equal(tip.time_ms % 1000, 0);
    assert_int_equal(u64_load_be(tip.hash.bytes), tip.height);
}

static void test_trx_and_tokens_pay(void **state) {
    (void)state;
    pay(TO_SHOP HALF);
    pay(CALL_5);
    pay("\"to\":\"" FAKE "\",\"data\":\"0x" WORD_SHOP WORD_5 "\"");
    struct chain_block block = settle();
    assert_shop(&block, "0.5 TRX at 80000000\n" USDT_5);
}

static void test_logs_are_counted_within_their_transaction(void **state) {
    (void)state;
    node_tell(&node, "anvil_setCode", "[\"" TOKEN "\",\"" CODE_TWICE "\"]");
    pay("\"to\":\"" FAKE "\",\"data\":\"0x" WORD_SHOP WORD_5 "\"");
    pay(CALL_5);
    pay(CALL_5);
    struct chain_block block = settle();
    const char *twice = USDT_5 "0.000005 USDT_TRC20 at 1\n" USDT_5 "0.000005 USDT_TRC20 at 1\n";
    assert_shop(&block, twice);
    set("{\"json_rpc\":false}");
    struct chain *by_infos = open_chain();
    struct chain_block same = block_at(by_infos, tip_of(by_infos).height);
    assert_shop(&same, twice);
    by_infos->ops->close(by_infos);
    node_tell(&node, "anvil_setCode", "[\"" TOKEN "\",\"" CODE_ONCE "\"]");
}

static void test_what_did_not_succeed_pays_nobody(void **state) {
    (void)state;
    struct str sent = pay(CALL_5);
    const char *settings =
        arena_printf(arena, "{\"contract_ret\":{\"%.*s\":\"OUT_OF_ENERGY\"}}", STR_ARG(sent));
    set(settings);
    pay(TO_SHOP HALF);
    struct chain_block block = settle();
    assert_shop(&block, "0.5 TRX at 80000000\n");
    set("{\"contract_ret\":{}}");
}

static void test_what_contracts_pay_is_found_where_the_node_keeps_it(void **state) {
    (void)state;
    node_tell(&node, "anvil_setCode", "[\"" FAKE "\",\"" CODE_PAYS_SHOP "\"]");
    set("{\"json_rpc\":false,\"internal_transactions\":true}");
    pay("\"to\":\"" FAKE "\"," HALF);
    struct chain_block block = settle();
    assert_shop(&block, "0.5 TRX at 80000001\n");
    node_tell(&node, "anvil_setCode", "[\"" FAKE "\",\"" CODE_ONCE "\"]");
}

static void test_balances_are_those_of_the_solid_head(void **state) {
    (void)state;
    struct script programs[2];
    static const uint8_t shop[SCRIPT_EVM_BYTES] = {[17] = 0x51, [18] = 0x07, [19] = 0xe5};
    static const uint8_t poor[SCRIPT_EVM_BYTES] = {[0] = 7};
    assert_true(script_from_bytes(BYTES_OF(shop), &programs[0]));
    assert_true(script_from_bytes(BYTES_OF(poor), &programs[1]));
    struct block_header before = tip_of(chain);
    struct amount then[2];
    struct amount now[2];
    must(chain->ops->balances(chain, arena, before.hash, programs, 2, then));
    pay(TO_SHOP HALF);
    struct chain_block block = settle();
    must(chain->ops->balances(chain, arena, block.header.hash, programs, 2, now));
    assert_true(now[0].units - then[0].units == 500000);
    assert_true(amount_is_zero(now[1]));
    refused(chain->ops->balances(chain, arena, before.hash, programs, 2, then), &ERR_BLOCK_UNKNOWN);
}

/* ---- sightings */

static void test_a_head_block_is_seen_once_and_solid_without_a_question(void **state) {
    (void)state;
    const struct chain_output *outputs;
    size_t count;
    (void)tip_of(chain);
    must(chain->ops->mempool(chain, arena, &outputs, &count));
    pay(CALL_5);
    mine(1);
    usleep(POLL_US);
    must(chain->ops->mempool(chain, arena, &outputs, &count));
    assert_outputs(outputs, count, USDT_5);
    struct txid txid = outputs[0].txid;
    bool has = false;
    must(chain->ops->mempool_has(chain, arena, txid, &has));
    assert_true(has);
    usleep(POLL_US);
    must(chain->ops->mempool(chain, arena, &outputs, &count));
    assert_int_equal(count, 0);
    mine(SOLID_LAG);
    int64_t height = tip_of(chain).height;
    usleep(POLL_US);
    must(chain->ops->mempool(chain, arena, &outputs, &count));
    uint64_t before = requests();
    struct chain_block block = block_at(chain, height);
    assert_int_equal(requests(), before);
    assert_shop(&block, USDT_5);
    must(chain->ops->mempool_has(chain, arena, txid, &has));
    assert_false(has);
}

/* Others, like a quorum, may ask for what their nodes hold for solid. */
static void test_a_head_block_is_no_block_yet(void **state) {
    (void)state;
    const struct chain_output *outputs;
    size_t count;
    mine(1);
    (void)tip_of(chain);
    must(chain->ops->mempool(chain, arena, &outputs, &count));
    set("{\"solid_lag\":0}");
    struct chain *ahead = open_chain();
    struct block_header head = tip_of(ahead);
    ahead->ops->close(ahead);
    set("{\"solid_lag\":19}");
    struct chain_block block;
    refused(chain->ops->block(chain, arena, head.hash, &block), &ERR_BLOCK_UNKNOWN);
    mine(SOLID_LAG);
    (void)tip_of(chain);
    must(chain->ops->block(chain, arena, head.hash, &block));
    assert_int_equal(block.header.height, head.height);
}

static void test_what_leaves_the_head_is_gone(void **state) {
    (void)state;
    const struct chain_output *outputs;
    size_t count;
    (void)tip_of(chain);
    must(chain->ops->mempool(chain, arena, &outputs, &count));
    mine(1);
    pay(CALL_5);
    mine(1);
    usleep(POLL_US);
    must(chain->ops->mempool(chain, arena, &outputs, &count));
    assert_outputs(outputs, count, USDT_5);
    struct txid txid = outputs[0].txid;
    node_tell(&node, "anvil_reorg", "[2,[]]");
    mine(1);
    usleep(POLL_US);
    must(chain->ops->mempool(chain, arena, &outputs, &count));
    assert_outputs(outputs, count, "");
    bool has = true;
    must(chain->ops->mempool_has(chain, arena, txid, &has));
    assert_false(has);
}

static void test_following_the_head_costs_three_requests_a_block(void **state) {
    (void)state;
    const struct chain_output *outputs;
    size_t count;
    int64_t height = tip_of(chain).height;
    must(chain->ops->mempool(chain, arena, &outputs, &count));
    uint64_t before = requests();
    enum { BLOCKS = 30 };
    for (int i = 0; i < BLOCKS; i++) { /* as a watcher does */
        pay(CALL_5);
        mine(1);
        (void)tip_of(chain);
        height++;
        (void)block_at(chain, height);
        usleep(POLL_US);
        must(chain->ops->mempool(chain, arena, &outputs, &count));
        assert_outputs(outputs, count, USDT_5);
    }
    uint64_t asked = requests() - before;
    assert_in_range(asked, 1, 3 * BLOCKS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TRON_TEST(test_the_node_says_who_it_is),
        TRON_TEST(test_another_chain_is_refused),
        TRON_TEST(test_a_token_that_is_not_what_it_should_be_is_told),
        TRON_TEST(test_the_api_key_is_sent_and_never_told),
        TRON_TEST(test_only_what_is_solid_is_a_block),
        TRON_TEST(test_trx_and_tokens_pay),
        TRON_TEST(test_logs_are_counted_within_their_transaction),
        TRON_TEST(test_what_did_not_succeed_pays_nobody),
        TRON_TEST(test_what_contracts_pay_is_found_where_the_node_keeps_it),
        TRON_TEST(test_balances_are_those_of_the_solid_head),
        TRON_TEST(test_a_head_block_is_seen_once_and_solid_without_a_question),
        TRON_TEST(test_a_head_block_is_no_block_yet),
        TRON_TEST(test_what_leaves_the_head_is_gone),
        TRON_TEST(test_following_the_head_costs_three_requests_a_block),
    };
    const char *missing = tron_missing();
    if (missing != NULL) {
        printf("1..0 # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests(tests, tron_start, tron_stop);
}
