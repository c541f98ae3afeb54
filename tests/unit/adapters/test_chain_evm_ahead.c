/* SPDX-License-Identifier: MIT */
/* The chain port on EVM nodes for a watcher that is behind: what is read ahead, and of whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "core/error.h"
#include "evm_stage.h"
#include "ports/chain.h"

static struct result ask_block(void) {
    struct chain_block block = {0};
    TRY(stage.chain->ops->block(stage.chain, stage.arena, stage.block_hash, &block));
    assert_true(block_hash_eq(block.header.hash, stage.block_hash));
    assert_int_equal(block.header.height, 2);
    assert_int_equal(block.output_count, PAID);
    return RESULT_OK;
}

/* In place of what a node tells of the block with that number or tag. */
static void block_of_node_at(size_t node, const char *which, const char *json) {
    for (size_t i = 0; i < stage.nodes[node].answer_count; i++) {
        struct evm_double_answer *answer = &stage.nodes[node].answers[i];
        if (answer->words != NULL && strcmp(answer->words, which) == 0) {
            answer->json = json;
            return;
        }
    }
    evm_double_put(&stage.nodes[node], "eth_getBlockByNumber", which, json);
}

static void block_at(const char *which, const char *json) {
    block_of_node_at(0, which, json);
}

/* What a watcher asks for a block once it knows the tip; the number of requests. */
static size_t step(struct block_hash *ret_hash) {
    struct block_header tip;
    must(stage.chain->ops->tip(stage.chain, stage.arena, &tip));
    size_t before = stage.nodes[0].requests;
    must(stage.chain->ops->hash_at(stage.chain, stage.arena, 1, ret_hash));
    must(stage.chain->ops->hash_at(stage.chain, stage.arena, 2, ret_hash));
    must(ask_block());
    return stage.nodes[0].requests - before;
}

/* The first node is far above what is asked for, and has been asked so often that a block comes
 * with its hash. */
static void read_ahead(void) {
    struct block_hash hash;
    must(ask_block());
    block_at("\"0x1\"",
             stage_text_with(stage.block_json, "\"number\":\"0x2\"", "\"number\":\"0x1\""));
    assert_int_equal(step(&hash), 3); /* at the tip: each question by itself */
    block_at("\"latest\"",
             stage_text_with(stage.block_json, "\"number\":\"0x2\"", "\"number\":\"0xa\""));
    static const char *const not_there[] = {"\"0x3\"", "\"0x4\"", "\"0x5\""};
    for (size_t i = 0; i < 3; i++) {
        block_at(not_there[i], "null");
    }
    assert_int_equal(step(&hash), 4); /* four blocks are too many, */
    assert_int_equal(step(&hash), 4); /* two as well; */
    assert_int_equal(step(&hash), 2); /* one comes with its hash */
}

static void test_reading_ahead_adapts_and_hides_no_change(void **state) {
    (void)state;
    struct block_hash hash;
    read_ahead();
    block_at("\"0x2\"", stage_text_with(stage.block_json, "\"hash\":\"0x9d", "\"hash\":\"0x9e"));
    (void)step(&hash);
    assert_false(
        block_hash_eq(hash, stage.block_hash)); /* who asks again is told what is there now */
}

/* Whether blocks are read ahead or one by one. */
static void test_a_block_of_another_height_is_no_answer(void **state) {
    (void)state;
    struct block_header tip;
    struct block_hash hash;
    for (size_t node = 0; node < 2; node++) {
        for (const char *const *which = (const char *const[]){"\"0x3\"", "\"0x4\"", NULL};
             *which != NULL; which++) {
            evm_double_put(&stage.nodes[node], "eth_getBlockByNumber", *which, stage.block_json);
        }
        evm_double_put(&stage.nodes[node], "eth_getBlockByNumber", "\"0x5\"", "null");
    }
    block_at("\"latest\"",
             stage_text_with(stage.block_json, "\"number\":\"0x2\"", "\"number\":\"0xa\""));
    for (int times = 0; times < 5; times++) {
        must(stage.chain->ops->tip(stage.chain, stage.arena, &tip));
        must(stage.chain->ops->hash_at(stage.chain, stage.arena, 2, &hash));
        (void)fails(stage.chain->ops->hash_at(stage.chain, stage.arena, 3, &hash), &ERR_NODE_ANSWER,
                    "");
    }
}

/* One byte of the recorded block's hash. */
static const char *block_with_hash(const char *byte) {
    return stage_text_with(stage.block_json, "\"hash\":\"0x9d",
                           arena_printf(stage.arena, "\"hash\":\"0x%s", byte));
}

/* Fails on the first node and is answered by the other, which is asked from then on. */
static void change_nodes(size_t from) {
    evm_double_put(&stage.nodes[from], "eth_getTransactionByHash", NULL,
                   "{\"code\":-32005,\"message\":\"slow down\"}");
    evm_double_put(&stage.nodes[1 - from], "eth_getTransactionByHash", NULL, "null");
    bool has;
    size_t before = stage.nodes[1 - from].calls;
    must(stage.chain->ops->mempool_has(stage.chain, stage.arena, (struct txid){{1}}, &has));
    assert_true(stage.nodes[1 - from].calls > before);
}

static uint8_t hash_at_two(void) {
    struct block_hash hash;
    must(stage.chain->ops->hash_at(stage.chain, stage.arena, 2, &hash));
    return hash.bytes[0];
}

static void test_what_one_node_read_ahead_is_nobody_elses_word(void **state) {
    (void)state;
    struct block_header tip;
    read_ahead();
    block_at("\"latest\"",
             stage_text_with(stage.block_json, "\"number\":\"0x2\"", "\"number\":\"0x40\""));
    must(stage.chain->ops->tip(stage.chain, stage.arena, &tip));
    block_at("\"0x2\"", block_with_hash("9f"));
    block_of_node_at(1, "\"0x2\"", block_with_hash("9e"));
    assert_int_equal(hash_at_two(), 0x9d); /* as it was read */
    change_nodes(0);
    must(ask_block()); /* what its hash says is in it, whoever tells */
    assert_int_equal(hash_at_two(), 0x9e);
    change_nodes(1);
    assert_int_equal(hash_at_two(), 0x9f);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, stage_start, stage_stop)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_reading_ahead_adapts_and_hides_no_change),
        TEST(test_a_block_of_another_height_is_no_answer),
        TEST(test_what_one_node_read_ahead_is_nobody_elses_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
