/* SPDX-License-Identifier: MIT */
/* The chain port on a real EVM node (anvil), which mines when it is told to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "adapters/chain_evm/chain_evm.h"
#include "base/buf.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/token.h"
#include "node_fixture.h"
#include "ports/chain.h"
#include "support/node_pair.h"

/* The node's first account, from its well-known mnemonic, and addresses that hold nothing. */
#define PAYER "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
#define SHOP  "0x00000000000000000000000000000000005107e5"
#define TOKEN "0xdac17f958d2ee523a2206206994597c13d831ec7"
#define FAKE  "0x00000000000000000000000000000000000fa4e0"

#define WORD_SHOP "00000000000000000000000000000000000000000000000000000000005107e5"
#define WORD_5    "0000000000000000000000000000000000000000000000000000000000000005"

/* A contract that answers 6 to a question of four bytes (decimals()), and to a longer one logs
 * Transfer(caller, first word, second word), twice or once. */
#define TRANSFER_TOPIC "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
#define LOG_TRANSFER   "600035337f" TRANSFER_TOPIC "60206000a3"
#define ANSWER_6       "5b600660005260206000f3"
#define CODE_ONCE      "0x36600414603857602035600052" LOG_TRANSFER "00" ANSWER_6
#define CODE_TWICE     "0x36600414606257602035600052" LOG_TRANSFER LOG_TRANSFER "00" ANSWER_6

static struct node_fixture node;
static struct chain *chain;
static struct arena *arena;
static struct token_list tokens;

static void must(struct result result) {
    if (!result_is_ok(result)) {
        fail_msg("%s: %s", result.code->name, result_text(result));
    }
}

static void refused(struct result result, const struct error_code *code) {
    if (result.code != code) {
        fail_msg("%s, not %s: %s", result.code ? result.code->name : "ok", code->name,
                 result_text(result));
    }
}

enum { POLL_MS = 300 };

static uint32_t poll_ms = POLL_MS;

static struct result open_chain(uint64_t chain_id, const char *url, struct chain **ret_chain) {
    struct chain_evm_options options = {
        .network = network_by_key(STR("eth")),
        .chain = "regtest",
        .chain_id = chain_id,
        .url = str_from_c(url),
        .tokens = &tokens,
        .poll_ms = poll_ms,
        .timeout_ms = 60000,
    };
    return chain_evm_new(&options, arena, ret_chain);
}

static void mine(int count) {
    node_tell(&node, "anvil_mine", "[%d]", count);
}

static struct block_header tip_header(void) {
    struct block_header header;
    must(chain->ops->tip(chain, arena, &header));
    return header;
}

static struct chain_block tip_block(void) {
    struct chain_block block;
    must(chain->ops->block(chain, arena, tip_header().hash, &block));
    return block;
}

static struct txid pay(const char *fields) {
    struct str answer =
        node_ask(&node, "eth_sendTransaction", "[{\"from\":\"" PAYER "\",%s}]", fields);
    struct txid txid;
    assert_true(hex_decode(str_slice(answer, 2, answer.len), txid.bytes, HASH_BYTES));
    return txid;
}

static struct str outputs_to_shop(const struct chain_output *outputs, size_t count) {
    struct buf text = buf_in(arena);
    for (size_t i = 0; i < count; i++) {
        struct str to = hex_encode(arena, script_bytes(&outputs[i].program));
        if (str_ends_with(to, STR("5107e5"))) {
            struct str amount = amount_to_text(arena, outputs[i].amount);
            buf_putf(&text, "%.*s %s at %x\n", STR_ARG(amount), outputs[i].amount.asset->code,
                     outputs[i].ordinal);
        }
    }
    return buf_str(&text);
}

static void assert_shop(const struct chain_block *block, const char *expected) {
    struct str found = outputs_to_shop(block->outputs, block->output_count);
    assert_string_equal(str_to_c(arena, found), expected);
}

/* ---- the tests */

static void test_the_node_says_who_it_is(void **state) {
    (void)state;
    struct chain_identity identity;
    must(chain->ops->identify(chain, arena, &identity));
    assert_string_equal(identity.network, "regtest");
    assert_non_null(strstr(identity.version, "anvil"));
    assert_int_equal(identity.token_count, 1);
    assert_string_equal(identity.tokens[0].asset->code, "USDT_ERC20");
    struct block_hash first;
    must(chain->ops->hash_at(chain, arena, 0, &first));
    assert_true(block_hash_eq(first, identity.genesis));
}

static void test_another_chain_id_is_refused(void **state) {
    (void)state;
    struct chain *other;
    struct block_header header;
    must(open_chain(1, node.url, &other));
    struct result asked = other->ops->tip(other, arena, &header);
    refused(asked, &ERR_NODE_WRONG_NETWORK);
    assert_non_null(strstr(asked.detail, "chain id 31337, the configuration says 1"));
    other->ops->close(other);
}

static enum chain_token_fault told_fault(struct chain *other) {
    struct chain_identity identity;
    must(other->ops->identify(other, arena, &identity));
    assert_int_equal(identity.token_count, 1);
    return identity.tokens[0].fault;
}

static void test_a_token_that_is_not_what_it_should_be_is_told(void **state) {
    (void)state;
    struct chain *other;
    struct token_list right = tokens;
    must(token_from_text(network_by_key(STR("eth")), STR("TUSD_ERC20"), STR(FAKE ":18"),
                         &tokens.tokens[0]));
    must(open_chain(31337, node.url, &other));
    tokens = right;
    assert_int_equal(told_fault(other), CHAIN_TOKEN_MISCOUNTS);
    node_tell(&node, "anvil_setCode", "[\"" FAKE "\",\"0x\"]");
    assert_int_equal(told_fault(other), CHAIN_TOKEN_MISSING);
    node_tell(&node, "anvil_setCode", "[\"" FAKE "\",\"" CODE_ONCE "\"]");
    other->ops->close(other);
    assert_int_equal(told_fault(chain), CHAIN_TOKEN_FINE);
}

static void test_blocks_are_linked_and_numbered(void **state) {
    (void)state;
    struct block_header before = tip_header();
    mine(1);
    struct chain_block block = tip_block();
    assert_int_equal(block.header.height, before.height + 1);
    assert_true(block_hash_eq(block.header.parent, before.hash));
    assert_true(block.header.time_ms >= before.time_ms);
    assert_int_equal(block.header.time_ms % 1000, 0);
    struct block_hash hash;
    must(chain->ops->hash_at(chain, arena, block.header.height, &hash));
    assert_true(block_hash_eq(hash, block.header.hash));
    refused(chain->ops->hash_at(chain, arena, block.header.height + 1, &hash), &ERR_BLOCK_UNKNOWN);
    hash.bytes[5] ^= 1;
    refused(chain->ops->block(chain, arena, hash, &block), &ERR_BLOCK_UNKNOWN);
}

static void test_coins_are_seen_then_mined(void **state) {
    (void)state;
    const struct chain_output *outputs;
    size_t count;
    must(chain->ops->mempool(chain, arena, &outputs, &count));
    struct txid txid = pay("\"to\":\"" SHOP "\",\"value\":\"0x6f05b59d3b20000\"");
    must(chain->ops->mempool(chain, arena, &outputs, &count));
    assert_string_equal(str_to_c(arena, outputs_to_shop(outputs, count)), "0.5 ETH at 80000000\n");
    must(chain->ops->mempool(chain, arena, &outputs, &count));
    assert_int_equal(count, 0);
    bool has;
    must(chain->ops->mempool_has(chain, arena, txid, &has));
    assert_true(has);
    mine(1);
    must(chain->ops->mempool_has(chain, arena, txid, &has));
    assert_false(has);
    struct chain_block block = tip_block();
    assert_shop(&block, "0.5 ETH at 80000000\n");
    assert_true(txid_eq(block.outputs[0].txid, txid));
    txid.bytes[0] ^= 1;
    must(chain->ops->mempool_has(chain, arena, txid, &has));
    assert_false(has);
}

static void test_only_the_pinned_contract_pays_tokens(void **state) {
    (void)state;
    node_tell(&node, "anvil_setCode", "[\"" TOKEN "\",\"" CODE_TWICE "\"]");
    pay("\"to\":\"" TOKEN "\",\"data\":\"0x" WORD_SHOP WORD_5 "\"");
    pay("\"to\":\"" FAKE "\",\"data\":\"0x" WORD_SHOP WORD_5 "\"");
    mine(1);
    struct chain_block block = tip_block();
    assert_shop(&block, "0.000005 USDT_ERC20 at 0\n0.000005 USDT_ERC20 at 1\n");
    node_tell(&node, "anvil_setCode", "[\"" TOKEN "\",\"" CODE_ONCE "\"]");
}

static void test_a_failed_transaction_pays_nobody(void **state) {
    (void)state;
    /* Reverts whatever it is asked: the coins stay with the sender. */
    node_tell(&node, "anvil_setCode", "[\"" SHOP "\",\"0x60006000fd\"]");
    pay("\"to\":\"" SHOP "\",\"value\":\"0x5\",\"gas\":\"0x30000\"");
    mine(1);
    node_tell(&node, "anvil_setCode", "[\"" SHOP "\",\"0x\"]");
    struct chain_block block = tip_block();
    assert_shop(&block, "");
}

static void test_balances_are_those_of_the_block(void **state) {
    (void)state;
    struct script programs[2];
    static const uint8_t shop[SCRIPT_EVM_BYTES] = {[17] = 0x51, [18] = 0x07, [19] = 0xe5};
    static const uint8_t poor[SCRIPT_EVM_BYTES] = {[0] = 7};
    assert_true(script_from_bytes(BYTES_OF(shop), &programs[0]));
    assert_true(script_from_bytes(BYTES_OF(poor), &programs[1]));
    struct block_header before = tip_header();
    pay("\"to\":\"" SHOP "\",\"value\":\"0x6f05b59d3b20000\"");
    mine(1);
    struct amount then[2];
    struct amount now[2];
    must(chain->ops->balances(chain, arena, before.hash, programs, 2, then));
    must(chain->ops->balances(chain, arena, tip_header().hash, programs, 2, now));
    assert_true(now[0].units - then[0].units == 500000000000000000U);
    assert_true(amount_is_zero(now[1]));
    before.hash.bytes[0] ^= 1;
    refused(chain->ops->balances(chain, arena, before.hash, programs, 2, then), &ERR_BLOCK_UNKNOWN);
}

static void test_safe_and_final_blocks_follow_the_tip(void **state) {
    (void)state;
    mine(8);
    struct chain_finality finality;
    must(chain->ops->finality(chain, arena, &finality));
    int64_t height = tip_header().height;
    assert_int_equal(finality.safe.height, height - 2);
    assert_int_equal(finality.finalized.height, height - 4);
    struct block_hash hash;
    must(chain->ops->hash_at(chain, arena, height - 4, &hash));
    assert_true(block_hash_eq(hash, finality.finalized.hash));
}

static void test_a_reorg_leaves_old_blocks_behind(void **state) {
    (void)state;
    mine(3);
    struct block_header before = tip_header();
    node_tell(&node, "anvil_reorg", "[2,[]]");
    struct block_header after = tip_header();
    assert_int_equal(after.height, before.height);
    assert_false(block_hash_eq(after.hash, before.hash));
    struct block_hash hash;
    must(chain->ops->hash_at(chain, arena, before.height, &hash));
    assert_true(block_hash_eq(hash, after.hash));
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void *wake_soon(void *context) {
    struct chain *patient = context;
    usleep(100000);
    patient->ops->wake(patient);
    return NULL;
}

static void test_waiting_ends_with_its_time(void **state) {
    (void)state;
    struct block_hash tip = tip_header().hash;
    int64_t start_ms = now_ms();
    chain->ops->wait(chain, tip, 60000);
    assert_in_range(now_ms() - start_ms, 290, 50000);
}

static void test_waiting_ends_with_a_wake(void **state) {
    (void)state;
    struct chain *patient;
    poll_ms = 60000;
    must(open_chain(31337, node.url, &patient));
    poll_ms = POLL_MS;
    struct block_header tip;
    must(patient->ops->tip(patient, arena, &tip));
    pthread_t thread;
    int64_t start_ms = now_ms();
    assert_int_equal(pthread_create(&thread, NULL, wake_soon, patient), 0);
    patient->ops->wait(patient, tip.hash, 60000);
    pthread_join(thread, NULL);
    assert_in_range(now_ms() - start_ms, 90, 50000);
    patient->ops->close(patient);
}

static void test_the_next_node_answers_when_one_is_gone(void **state) {
    (void)state;
    struct chain *nodes[2];
    must(open_chain(31337, "http://127.0.0.1:1", &nodes[0]));
    must(open_chain(31337, node.url, &nodes[1]));
    struct chain *two = node_pair_new(nodes, NULL);
    struct block_header header;
    must(two->ops->tip(two, arena, &header));
    assert_true(block_hash_eq(header.hash, tip_header().hash));
    two->ops->close(two);
}

/* As the watcher goes: from one block to the next that continues it. */
static struct chain_block walk(struct chain_block at, int64_t to_height) {
    CLEANUP(arena_cleanup) struct arena *mine_only = arena_new(64 << 20);
    while (at.header.height < to_height) {
        arena_reset(mine_only);
        struct block_header tip;
        struct block_hash ours;
        struct block_hash next;
        struct chain_block block;
        must(chain->ops->tip(chain, mine_only, &tip));
        must(chain->ops->hash_at(chain, mine_only, at.header.height, &ours));
        assert_true(block_hash_eq(ours, at.header.hash));
        must(chain->ops->hash_at(chain, mine_only, at.header.height + 1, &next));
        must(chain->ops->block(chain, mine_only, next, &block));
        assert_true(block_hash_eq(block.header.parent, at.header.hash));
        assert_int_equal(block.header.height, at.header.height + 1);
        at = block;
        at.outputs = NULL; /* they die with the step */
    }
    return at;
}

static void test_a_watcher_that_is_far_behind_reads_ahead(void **state) {
    (void)state;
    struct chain_block first = tip_block();
    for (int i = 0; i < 3; i++) {
        mine(100);
        pay("\"to\":\"" SHOP "\",\"value\":\"0x5\"");
        mine(1);
    }
    int64_t end = tip_header().height;
    struct chain_block paid = walk(first, first.header.height + 101);
    assert_int_equal(paid.output_count, 1);
    /* What was read ahead ends where a reorg begins. */
    node_tell(&node, "anvil_reorg", "[20,[]]");
    struct chain_block last = walk(paid, end);
    assert_true(block_hash_eq(last.header.hash, tip_header().hash));
}

/* ---- the stage */

static int start(void **state) {
    (void)state;
    arena = arena_new(256 << 20);
    node_fixture_init(&node, NODE_ANVIL);
    node_fixture_start(&node);
    node_tell(&node, "anvil_setCode", "[\"" TOKEN "\",\"" CODE_ONCE "\"]");
    node_tell(&node, "anvil_setCode", "[\"" FAKE "\",\"" CODE_ONCE "\"]");
    must(token_from_text(network_by_key(STR("eth")), STR("USDT_ERC20"), STR(TOKEN ":6"),
                         &tokens.tokens[0]));
    tokens.count = 1;
    must(open_chain(31337, node.url, &chain));
    return 0;
}

static int stop(void **state) {
    (void)state;
    if (chain != NULL) {
        chain->ops->close(chain);
    }
    node_fixture_release(&node);
    arena_free(arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_node_says_who_it_is),
        cmocka_unit_test(test_another_chain_id_is_refused),
        cmocka_unit_test(test_a_token_that_is_not_what_it_should_be_is_told),
        cmocka_unit_test(test_blocks_are_linked_and_numbered),
        cmocka_unit_test(test_coins_are_seen_then_mined),
        cmocka_unit_test(test_only_the_pinned_contract_pays_tokens),
        cmocka_unit_test(test_a_failed_transaction_pays_nobody),
        cmocka_unit_test(test_balances_are_those_of_the_block),
        cmocka_unit_test(test_safe_and_final_blocks_follow_the_tip),
        cmocka_unit_test(test_a_reorg_leaves_old_blocks_behind),
        cmocka_unit_test(test_waiting_ends_with_its_time),
        cmocka_unit_test(test_waiting_ends_with_a_wake),
        cmocka_unit_test(test_a_watcher_that_is_far_behind_reads_ahead),
        cmocka_unit_test(test_the_next_node_answers_when_one_is_gone),
    };
    const char *missing = node_fixture_missing(NODE_ANVIL);
    if (missing != NULL) {
        printf("1..0 # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests(tests, start, stop);
}
