/* SPDX-License-Identifier: MIT */
/* The chain port far behind the double of java-tron, and on one that limits, lies and fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "core/asset.h"
#include "core/error.h"
#include "support/node_pair.h"
#include "tron_fixture.h"

/* ---- far behind */

static struct str follow(struct chain *from, int64_t first, int64_t last) {
    struct buf found = buf_in(arena);
    struct block_hash parent = {0};
    for (int64_t height = first; height <= last; height++) {
        struct chain_block block = block_at(from, height);
        assert_true(height == first || block_hash_eq(block.header.parent, parent));
        parent = block.header.hash;
        struct str outputs = outputs_to_shop(block.outputs, block.output_count);
        if (outputs.len > 0) {
            buf_putf(&found, "%lld %.*s", (long long)(height - first), STR_ARG(outputs));
        }
    }
    return buf_str(&found);
}

static int64_t mine_a_stretch(void) {
    int64_t first = tip_of(chain).height + SOLID_LAG + 1;
    mine(1);
    for (int i = 0; i < 8; i++) {
        mine(20);
        pay(CALL_5);
        pay(TO_SHOP HALF);
        mine(2);
        pay(CALL_5);
        mine(1);
    }
    mine(20 + SOLID_LAG);
    return first;
}

static void test_who_is_far_behind_reads_ahead(void **state) {
    (void)state;
    int64_t first = mine_a_stretch();
    struct chain *late = open_chain();
    int64_t last = tip_of(late).height;
    uint64_t before = requests();
    struct str found = follow(late, first, last);
    assert_in_range(requests() - before, 1, 40); /* for 200 blocks */
    set("{\"json_rpc\":false}");
    struct chain *slow = open_chain();
    (void)tip_of(slow);
    struct str same = follow(slow, first, last);
    assert_true(found.len > 100);
    assert_string_equal(str_to_c(arena, found), str_to_c(arena, same));
    late->ops->close(late);
    slow->ops->close(slow);
}

static void test_ranges_are_cut_at_limits_and_where_logs_are_kept_back(void **state) {
    (void)state;
    int64_t first = mine_a_stretch();
    struct chain *late = open_chain();
    int64_t last = tip_of(late).height;
    struct str right = follow(late, first, last);
    late->ops->close(late);
    static const char *const settings[] = {
        "{\"results_max\":2}",
        "{\"results_max\":0}",
        "{\"blocks_max\":3,\"results_max\":10000}",
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        set(settings[i]);
        late = open_chain();
        (void)tip_of(late);
        struct str found = follow(late, first, last);
        assert_string_equal(str_to_c(arena, found), str_to_c(arena, right));
        late->ops->close(late);
    }
    set("{\"blocks_max\":5000}");
    spoil("[{\"on\":\"eth_getLogs\",\"kind\":\"empty\"}]");
    late = open_chain();
    (void)tip_of(late);
    struct str found = follow(late, first, last);
    assert_string_equal(str_to_c(arena, found), str_to_c(arena, right));
    late->ops->close(late);
}

static void test_a_range_that_forgets_is_not_asked_again(void **state) {
    (void)state;
    int64_t first = mine_a_stretch();
    struct chain *late = open_chain();
    int64_t last = tip_of(late).height;
    struct str right = follow(late, first, last);
    late->ops->close(late);
    spoil("[{\"on\":\"eth_getLogs\",\"kind\":\"empty\",\"times\":1}]");
    late = open_chain();
    (void)tip_of(late);
    struct str found = follow(late, first, last);
    assert_string_equal(str_to_c(arena, found), str_to_c(arena, right));
    late->ops->close(late);
}

/* ---- nodes that leave something out */

static struct result try_block(struct chain *from, int64_t height, struct chain_block *ret_block) {
    struct block_hash hash;
    TRY(from->ops->hash_at(from, arena, height, &hash));
    return from->ops->block(from, arena, hash, ret_block);
}

/* Where the last transaction's result is told last, and is the one that pays. */
static void test_results_that_are_left_out_are_missed(void **state) {
    (void)state;
    set("{\"json_rpc\":false}");
    struct chain *poor = open_chain();
    pay(CALL_5);
    int64_t height = settle().header.height;
    spoil("[{\"on\":\"gettransactioninfobyblocknum\",\"kind\":\"less\"}]");
    struct chain_block block;
    (void)tip_of(poor);
    refused(try_block(poor, height, &block), &ERR_NODE_ANSWER);
    spoil("[]");
    poor->ops->close(poor);
    poor = open_chain();
    (void)tip_of(poor);
    must(try_block(poor, height, &block));
    assert_shop(&block, USDT_5);
    poor->ops->close(poor);
}

/* The header's root tells. What comes twice just the same may be a transaction with hidden parts:
 * that is believed, and counted. */
static void test_a_transaction_that_is_left_out_is_missed_once(void **state) {
    (void)state;
    pay(TO_SHOP HALF);
    int64_t height = settle().header.height;
    struct chain *fresh = open_chain();
    (void)tip_of(fresh);
    spoil("[{\"on\":\"getblockbynum\",\"kind\":\"less\"}]");
    struct chain_block block;
    refused(try_block(fresh, height, &block), &ERR_NODE_ANSWER);
    must(try_block(fresh, height, &block));
    assert_shop(&block, "");
    assert_true(block.flaws.is_unproven);
    spoil("[]");
    fresh->ops->close(fresh);
}

static void test_a_row_that_ends_early_is_no_row(void **state) {
    (void)state;
    int64_t first = mine_a_stretch();
    struct chain *late = open_chain();
    int64_t last = tip_of(late).height;
    struct str right = follow(late, first, last);
    late->ops->close(late);
    late = open_chain();
    (void)tip_of(late);
    spoil("[{\"on\":\"getblockbylimitnext\",\"kind\":\"less\"}]");
    struct str found = follow(late, first, last);
    assert_string_equal(str_to_c(arena, found), str_to_c(arena, right));
    spoil("[]");
    late->ops->close(late);
}

/* As some providers do without a word. */
static void test_logs_that_are_cut_off_at_a_round_number_are_missed(void **state) {
    (void)state;
    enum { TRANSFERS = 101 };
    for (int i = 0; i < TRANSFERS; i++) {
        pay(CALL_5);
    }
    int64_t height = settle().header.height;
    struct chain *fresh = open_chain();
    (void)tip_of(fresh);
    spoil("[{\"on\":\"eth_getLogs\",\"kind\":\"less\",\"keep\":100}]");
    struct chain_block block;
    must(try_block(fresh, height, &block));
    size_t paid = 0;
    for (size_t i = 0; i < block.output_count; i++) {
        paid += str_eq(str_from_c(block.outputs[i].amount.asset->code), STR("USDT_TRC20"));
    }
    assert_true(paid >= TRANSFERS);
    spoil("[]");
    fresh->ops->close(fresh);
}

/* ---- nodes that answer something else */

#define LOG_AT(height)                                                                             \
    "[{\"on\":\"eth_getLogs\",\"kind\":\"replace\",\"body\":[{\"address\":\"" TOKEN "\","          \
    "\"topics\":[],\"data\":\"0x\",\"blockHash\":\"0x" WORD_5 "\",\"blockNumber\":\"" height "\"," \
    "\"transactionHash\":\"0x" WORD_5 "\",\"transactionIndex\":\"0x0\",\"logIndex\":\"0x0\"}]}]"

static void test_logs_of_blocks_that_were_not_asked_for_are_refused(void **state) {
    (void)state;
    static const char *const lies[] = {LOG_AT("0x0"), LOG_AT("0x7fffffff"),
                                       LOG_AT("0x7fffffffffffffff")};
    pay(CALL_5);
    int64_t height = settle().header.height;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct chain *fresh = open_chain();
        (void)tip_of(fresh);
        spoil(lies[i]);
        struct chain_block block;
        refused(try_block(fresh, height, &block), &ERR_NODE_ANSWER);
        spoil("[]");
        fresh->ops->close(fresh);
    }
}

static void test_a_block_that_was_replaced_is_not_its_successor(void **state) {
    (void)state;
    int64_t height = settle().header.height;
    struct block_hash hash;
    struct chain_block block;
    must(chain->ops->hash_at(chain, arena, height, &hash));
    hash.bytes[HASH_BYTES - 1] ^= 1; /* of the same height */
    refused(chain->ops->block(chain, arena, hash, &block), &ERR_BLOCK_UNKNOWN);
}

#define MAIN_CHAIN_ID 0x2b6653dc
#define ZEROS         "0000000000000000000000000000000000000000000000000000000000000000"
/* A first block that ends like Tron's. */
#define FIRST_LIKE_MAIN                                                                            \
    "[{\"on\":\"getblockbynum\",\"kind\":\"replace\",\"body\":{\"blockID\":"                       \
    "\"000000000000000000000000000000000000000000000000000000002b6653dc\",\"block_header\":{"      \
    "\"raw_data\":{\"parentHash\":\"" ZEROS "\",\"txTrieRoot\":\"" ZEROS "\"}}}}]"

static void test_another_chain_is_refused(void **state) {
    (void)state;
    struct chain_identity identity;
    spoil("[{\"on\":\"eth_chainId\",\"kind\":\"replace\",\"body\":\"0x1\"}]");
    struct chain *fresh = open_chain();
    refused(fresh->ops->identify(fresh, arena, &identity), &ERR_NODE_WRONG_NETWORK);
    fresh->ops->close(fresh);
    set("{\"json_rpc\":false}"); /* which would tell by itself */
    spoil(FIRST_LIKE_MAIN);
    struct chain_tron_options options = options_for(double_url);
    options.chain_id = MAIN_CHAIN_ID;
    must(chain_tron_new(&options, arena, &fresh));
    refused(fresh->ops->identify(fresh, arena, &identity), &ERR_NODE_WRONG_NETWORK);
    fresh->ops->close(fresh);
    spoil("[]");
}

/* ---- nodes that fail */

static void test_refusals_are_answered_by_leaving_the_node_alone(void **state) {
    (void)state;
    static const struct {
        const char *fault;
        const struct error_code *code;
    } cases[] = {
        {"[{\"on\":\"wallet\",\"kind\":\"status\",\"status\":429}]", &ERR_NODE_UNREACHABLE},
        {"[{\"on\":\"wallet\",\"kind\":\"status\",\"status\":403}]", &ERR_NODE_UNREACHABLE},
        {"[{\"on\":\"wallet\",\"kind\":\"status\",\"status\":503}]", &ERR_NODE_UNREACHABLE},
        {"[{\"on\":\"wallet\",\"kind\":\"error\"}]", &ERR_NODE_UNREACHABLE},
        {"[{\"on\":\"wallet\",\"kind\":\"error\",\"message\":\"class X : strange\"}]",
         &ERR_NODE_ANSWER},
        {"[{\"on\":\"wallet\",\"kind\":\"html\"}]", &ERR_NODE_ANSWER},
        {"[{\"on\":\"wallet\",\"kind\":\"cut\"}]", &ERR_NODE_UNREACHABLE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct chain *fresh = open_chain();
        (void)tip_of(fresh);
        spoil(cases[i].fault);
        struct block_header header;
        usleep(POLL_US);
        refused(fresh->ops->tip(fresh, arena, &header), cases[i].code);
        bool may_rest = i < 6; /* a connection that broke may be tried at once */
        bool is_left_alone = false;
        /* Each pause is longer than the one before: at last we are there before its end. */
        for (int tries = 0; tries < (may_rest ? 5 : 1) && !is_left_alone; tries++) {
            uint64_t before = requests();
            usleep(POLL_US);
            (void)result_is_ok(fresh->ops->tip(fresh, arena, &header));
            is_left_alone = requests() == before;
        }
        assert_true(is_left_alone == may_rest);
        spoil("[]");
        fresh->ops->close(fresh);
    }
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void test_a_node_that_keeps_refusing_is_asked_less_and_less(void **state) {
    (void)state;
    (void)tip_of(chain);
    spoil("[{\"on\":\"wallet\",\"kind\":\"status\",\"status\":429}]");
    uint64_t before = requests();
    struct block_header header;
    for (int64_t until_ms = now_ms() + 2500; now_ms() < until_ms; usleep(10 * POLL_US)) {
        refused(chain->ops->tip(chain, arena, &header), &ERR_NODE_UNREACHABLE);
    }
    assert_in_range(requests() - before, 2, 4); /* after 0.5 to 1 s, 1 to 2 s, 2 to 4 s */
    spoil("[]");
}

static void test_the_next_node_answers_when_one_is_gone(void **state) {
    (void)state;
    struct chain_tron_options nowhere = options_for("http://127.0.0.1:1");
    struct chain *nodes[2] = {NULL, open_chain()};
    must(chain_tron_new(&nowhere, arena, &nodes[0]));
    struct chain *two = node_pair_new(nodes, NULL);
    assert_true(block_hash_eq(tip_of(two).hash, tip_of(chain).hash));
    two->ops->close(two);
}

/* The double as two nodes: it serves the one whose key it wants. */
static struct chain *open_pair(void) {
    struct chain *nodes[2];
    for (size_t i = 0; i < 2; i++) {
        struct chain_tron_options options = options_for(double_url);
        options.api_key = i == 0 ? "first" : "second";
        must(chain_tron_new(&options, arena, &nodes[i]));
    }
    return node_pair_new(nodes, NULL);
}

static struct block_header tip_of_the(const char *key, struct chain *pair) {
    set(arena_printf(arena, "{\"api_key\":\"%s\"}", key));
    return tip_of(pair);
}

static void test_nodes_may_change_between_a_hash_and_its_block(void **state) {
    (void)state;
    int64_t first = mine_a_stretch();
    (void)tip_of(chain);
    struct str right = follow(chain, first, first + 30);
    struct chain *pair = open_pair();
    struct buf found = buf_in(arena);
    for (int64_t height = first; height <= first + 30; height++) {
        struct block_hash hash;
        struct chain_block block;
        (void)tip_of_the(height % 2 == 0 ? "first" : "second", pair);
        must(pair->ops->hash_at(pair, arena, height, &hash));
        (void)tip_of_the(height % 2 == 0 ? "second" : "first", pair);
        must(pair->ops->block(pair, arena, hash, &block));
        assert_true(block_hash_eq(block.header.hash, hash));
        struct str outputs = outputs_to_shop(block.outputs, block.output_count);
        if (outputs.len > 0) {
            buf_putf(&found, "%lld %.*s", (long long)(height - first), STR_ARG(outputs));
        }
    }
    assert_true(right.len > 20);
    assert_string_equal(str_to_c(arena, buf_str(&found)), str_to_c(arena, right));
    pair->ops->close(pair);
}

static void test_an_empty_answer_is_no_answer(void **state) {
    (void)state;
    mine(8);
    int64_t height = tip_of(chain).height;
    struct block_hash hash;
    spoil("[{\"on\":\"getblockby\",\"kind\":\"empty\"}]");
    for (int i = 0; i < 4; i++) {
        refused(chain->ops->hash_at(chain, arena, height - 5, &hash), &ERR_BLOCK_UNKNOWN);
    }
    refused(chain->ops->hash_at(chain, arena, height - 5, &hash), &ERR_NODE_ANSWER);
    spoil("[]");
    must(chain->ops->hash_at(chain, arena, height - 5, &hash));
}

static void test_old_nodes_without_a_solid_api_have_the_finalized_tag(void **state) {
    (void)state;
    struct block_header known = tip_of(chain);
    spoil("[{\"on\":\"walletsolidity/get\",\"kind\":\"status\",\"status\":404}]");
    struct chain *old = open_chain();
    struct block_header header = tip_of(old);
    assert_true(block_hash_eq(header.hash, known.hash));
    assert_true(header.time_ms == known.time_ms);
    set("{\"finalized_tag\":false}");
    usleep(POLL_US);
    refused(old->ops->tip(old, arena, &header), &ERR_NODE_ANSWER);
    old->ops->close(old);
}

static void test_times_in_seconds_are_told_apart(void **state) {
    (void)state;
    struct block_header known = tip_of(chain);
    set("{\"timestamp_divisor\":1000}");
    struct chain *other = open_chain();
    struct block_header header = tip_of(other);
    assert_true(header.time_ms == known.time_ms);
    assert_true(block_hash_eq(header.hash, known.hash));
    other->ops->close(other);
}

static void test_a_solid_head_that_falls_back_on_the_same_chain_is_kept(void **state) {
    (void)state;
    mine(5);
    struct block_header tip = tip_of(chain);
    (void)block_at(chain, tip.height - 2);
    const char *behind = arena_printf(arena, "{\"solid_number\":%lld}", (long long)tip.height - 2);
    set(behind);
    assert_int_equal(tip_of(chain).height, tip.height);
    set("{\"solid_number\":null}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TRON_TEST(test_who_is_far_behind_reads_ahead),
        TRON_TEST(test_ranges_are_cut_at_limits_and_where_logs_are_kept_back),
        TRON_TEST(test_a_range_that_forgets_is_not_asked_again),
        TRON_TEST(test_results_that_are_left_out_are_missed),
        TRON_TEST(test_a_transaction_that_is_left_out_is_missed_once),
        TRON_TEST(test_a_row_that_ends_early_is_no_row),
        TRON_TEST(test_logs_that_are_cut_off_at_a_round_number_are_missed),
        TRON_TEST(test_logs_of_blocks_that_were_not_asked_for_are_refused),
        TRON_TEST(test_a_block_that_was_replaced_is_not_its_successor),
        TRON_TEST(test_another_chain_is_refused),
        TRON_TEST(test_refusals_are_answered_by_leaving_the_node_alone),
        TRON_TEST(test_a_node_that_keeps_refusing_is_asked_less_and_less),
        TRON_TEST(test_the_next_node_answers_when_one_is_gone),
        TRON_TEST(test_nodes_may_change_between_a_hash_and_its_block),
        TRON_TEST(test_an_empty_answer_is_no_answer),
        TRON_TEST(test_old_nodes_without_a_solid_api_have_the_finalized_tag),
        TRON_TEST(test_times_in_seconds_are_told_apart),
        TRON_TEST(test_a_solid_head_that_falls_back_on_the_same_chain_is_kept),
    };
    const char *missing = tron_missing();
    if (missing != NULL) {
        printf("1..0 # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests(tests, tron_start, tron_stop);
}
