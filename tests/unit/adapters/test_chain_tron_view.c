/* SPDX-License-Identifier: MIT */
/* What the chain port on Tron keeps of a node's answers: for how long, and from whom. The node's
 * functions are ours here, and so is the time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adapters/chain_tron/chain_tron.h"
#include "adapters/chain_tron/node_accounts.h"
#include "adapters/chain_tron/view.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "core/asset.h"
#include "core/error.h"
#include "ports/chain.h"

enum { FIRST_MS = 1000000, PACE_MS = 3000, TIP = 20 };

static struct {
    int64_t now_ms;
    int64_t solid;
    uint8_t branch;
    bool has_moved;        /* a new connection led to it */
    bool is_foreign;       /* it is on another chain */
    bool moves_while_told; /* a block becomes solid while a balance is told */
    unsigned identities;
    unsigned tips;
    unsigned heads;
    unsigned blocks;
    unsigned balances;
} java;

static struct arena *kept;
static struct chain *chain;
static struct token_list tokens;

/* ---- the node */

static struct block_hash hash_of(int64_t height, uint8_t branch) {
    struct block_hash hash = {{0}};
    u64_store_be(hash.bytes, (uint64_t)height);
    hash.bytes[HASH_BYTES - 1] = branch;
    return hash;
}

static struct block_header header_of(int64_t height) {
    return (struct block_header){.height = height,
                                 .hash = hash_of(height, java.branch),
                                 .parent = hash_of(height - 1, java.branch)};
}

static struct tron_block *block_of(int64_t height) {
    struct tron_block *block = tron_block_new();
    block->header = header_of(height);
    block->is_whole = true;
    block->is_rooted = true;
    return block;
}

int64_t tron_monotonic_ms(void) {
    return java.now_ms;
}

struct result tron_node_init(struct tron_node *node, struct tron_demand *demand,
                             const struct tron_node_options *options, struct arena *arena) {
    (void)options;
    (void)arena;
    *node = (struct tron_node){.demand = demand, .span = 1};
    return RESULT_OK;
}

void tron_node_release(struct tron_node *node) {
    (void)node;
}

void tron_node_stop(struct tron_node *node) {
    (void)node;
}

bool tron_node_took_connection(struct tron_node *node) {
    (void)node;
    bool has_moved = java.has_moved;
    java.has_moved = false;
    return has_moved;
}

struct result tron_node_identify(struct tron_node *node, struct arena *arena) {
    (void)arena;
    java.identities++;
    node->is_identified = !java.is_foreign;
    node->tokens_checked_at_ms = java.now_ms;
    return java.is_foreign ? result_fail(&ERR_NODE_WRONG_NETWORK) : RESULT_OK;
}

void tron_node_identity(const struct tron_node *node, struct arena *arena,
                        struct chain_identity *ret_identity) {
    (void)node;
    (void)arena;
    *ret_identity = (struct chain_identity){.network = "main"};
}

struct result tron_node_tip(struct tron_node *node, struct arena *arena,
                            struct block_header *ret_tip) {
    (void)node;
    (void)arena;
    java.tips++;
    *ret_tip = header_of(java.solid);
    return RESULT_OK;
}

struct result tron_node_head(struct tron_node *node, struct arena *arena,
                             struct tron_block **ret_block) {
    (void)node;
    (void)arena;
    java.heads++;
    *ret_block = block_of(java.solid + 1);
    return RESULT_OK;
}

struct result tron_node_block(struct tron_node *node, struct arena *arena, enum tron_folder folder,
                              int64_t height, struct tron_block **ret_block) {
    (void)node;
    (void)arena;
    (void)folder;
    java.blocks++;
    *ret_block = block_of(height);
    return RESULT_OK;
}

struct result tron_node_blocks(struct tron_node *node, struct arena *arena, enum tron_folder folder,
                               int64_t first_height, size_t count, struct tron_block **ret_blocks) {
    for (size_t i = 0; i < count; i++) {
        TRY(tron_node_block(node, arena, folder, first_height + (int64_t)i, &ret_blocks[i]));
    }
    return RESULT_OK;
}

struct result tron_node_logs(struct tron_node *node, struct arena *arena,
                             struct tron_block *const *blocks, size_t count) {
    (void)node;
    (void)arena;
    (void)blocks;
    (void)count;
    return RESULT_OK;
}

struct result tron_node_has_tx(struct tron_node *node, struct arena *arena, const struct txid *txid,
                               int64_t height, bool *ret_has) {
    (void)node;
    (void)arena;
    (void)txid;
    (void)height;
    *ret_has = false;
    return RESULT_OK;
}

struct result tron_node_balance(struct tron_node *node, struct arena *arena,
                                const struct script *program, struct amount *ret_balance) {
    (void)arena;
    (void)program;
    java.balances++;
    java.solid += java.moves_while_told ? 1 : 0;
    *ret_balance = amount_zero(node->demand->rules.coin);
    return RESULT_OK;
}

struct result tron_node_fees(struct tron_node *node, struct arena *arena,
                             struct chain_fees *ret_fees) {
    (void)node;
    (void)arena;
    *ret_fees = (struct chain_fees){0};
    return RESULT_OK;
}

struct result tron_node_holdings(struct tron_node *node, struct arena *arena,
                                 const struct chain_holdings_wanted *wanted,
                                 struct chain_holding *ret_holdings) {
    (void)node;
    (void)arena;
    (void)wanted;
    (void)ret_holdings;
    return RESULT_OK;
}

struct result tron_node_effort(struct tron_node *node, struct arena *arena,
                               const struct chain_move *move, uint64_t *ret_energy) {
    (void)node;
    (void)arena;
    (void)move;
    *ret_energy = 1;
    return RESULT_OK;
}

/* ---- questions */

static void must(struct result result) {
    if (!result_is_ok(result)) {
        fail_msg("%s: %s", result.code->name, result_text(result));
    }
}

static int64_t tip_height(void) {
    struct block_header tip;
    must(chain->ops->tip(chain, kept, &tip));
    return tip.height;
}

static struct result ask_tip(void) {
    struct block_header tip;
    return chain->ops->tip(chain, kept, &tip);
}

static struct result ask_hash(void) {
    struct block_hash hash;
    return chain->ops->hash_at(chain, kept, TIP - 5, &hash);
}

static struct result ask_block_at(int64_t height) {
    struct chain_block block;
    return chain->ops->block(chain, kept, hash_of(height, java.branch), &block);
}

static struct result ask_block(void) {
    return ask_block_at(TIP - 5);
}

static struct result ask_mempool(void) {
    const struct chain_output *outputs;
    size_t count;
    return chain->ops->mempool(chain, kept, &outputs, &count);
}

static struct result ask_mempool_has(void) {
    bool has;
    return chain->ops->mempool_has(chain, kept, (struct txid){{1}}, &has);
}

static struct result ask_balance_at(int64_t height) {
    static const struct script program = {.len = SCRIPT_EVM_BYTES};
    struct amount balance;
    return chain->ops->balances(chain, kept, hash_of(height, java.branch), &program, 1, &balance);
}

static struct result ask_balance(void) {
    return ask_balance_at(TIP);
}

static struct result ask_fees(void) {
    struct chain_fees fees;
    return chain->ops->accounts->fees(chain, kept, &fees);
}

static struct result ask_holdings(void) {
    struct chain_holdings_wanted wanted = {.count = 0};
    return chain->ops->accounts->holdings(chain, kept, &wanted, NULL);
}

static struct result ask_effort(void) {
    uint64_t effort;
    return chain->ops->accounts->effort(chain, kept, NULL, &effort);
}

static int set_up(void **state) {
    (void)state;
    java = (typeof(java)){.now_ms = FIRST_MS, .solid = TIP};
    kept = arena_new(1 << 20);
    struct chain_tron_options options = {.network = network_by_key(STR("tron")),
                                         .chain = "main",
                                         .tokens = &tokens,
                                         .poll_ms = PACE_MS};
    must(chain_tron_new(&options, kept, &chain));
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    chain->ops->close(chain);
    arena_free(kept);
    return 0;
}

/* ---- the tests */

static void test_whoever_answers_on_a_new_connection_says_who_it_is(void **state) {
    static struct result (*const questions[])(void) = {ask_tip,     ask_hash,        ask_block,
                                                       ask_mempool, ask_mempool_has, ask_balance,
                                                       ask_fees,    ask_holdings,    ask_effort};
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        must(ask_tip());
        assert_int_equal(java.identities, 1);
        must(ask_tip());
        java.now_ms += PACE_MS;
        must(ask_fees());
        assert_int_equal(java.identities, 1); /* on the connection that it had */
        java.has_moved = true;
        java.is_foreign = true;
        assert_ptr_equal(questions[i]().code, &ERR_NODE_WRONG_NETWORK);
        java.is_foreign = false;
        must(questions[i]());
        assert_int_equal(tear_down(state), 0);
        assert_int_equal(set_up(state), 0);
    }
}

static void test_what_a_node_of_another_network_said_is_forgotten(void **state) {
    (void)state;
    static struct result (*const questions[])(void) = {ask_tip, ask_hash, ask_block, ask_mempool};
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        must(ask_tip());
        java.now_ms += PACE_MS;
        java.has_moved = true;
        java.is_foreign = true;
        java.branch = 9;
        java.solid = TIP + 50;
        assert_ptr_equal(questions[i]().code, &ERR_NODE_WRONG_NETWORK);
        java.is_foreign = false;
        java.branch = 0;
        java.solid = TIP;
        assert_int_equal(tip_height(), TIP);
        struct block_hash hash;
        must(chain->ops->hash_at(chain, kept, TIP - 5, &hash));
        assert_true(block_hash_eq(hash, hash_of(TIP - 5, 0)));
        assert_int_equal(tear_down(state), 0);
        assert_int_equal(set_up(state), 0);
    }
}

static void test_a_balance_is_that_of_the_solid_head_it_was_asked_for(void **state) {
    (void)state;
    assert_int_equal(tip_height(), TIP);
    must(ask_balance_at(TIP));
    java.moves_while_told = true;
    assert_ptr_equal(ask_balance_at(TIP).code, &ERR_BLOCK_UNKNOWN);
    /* Told of the block before, although it is the asked one's turn by now. */
    assert_int_equal(java.solid, TIP + 1);
    assert_ptr_equal(ask_balance_at(TIP + 2).code, &ERR_BLOCK_UNKNOWN);
    java.moves_while_told = false;
    unsigned told = java.balances;
    assert_ptr_equal(ask_balance_at(TIP).code, &ERR_BLOCK_UNKNOWN); /* the head is beyond it */
    assert_int_equal(java.balances, told);
    must(ask_balance_at(java.solid));
}

static void test_heads_are_asked_for_at_the_pace(void **state) {
    (void)state;
    assert_int_equal(tip_height(), TIP);
    must(ask_mempool());
    java.solid++;
    java.now_ms += PACE_MS - 1;
    assert_int_equal(tip_height(), TIP);
    must(ask_mempool());
    assert_int_equal(java.tips, 1);
    assert_int_equal(java.heads, 1);
    java.now_ms++;
    assert_int_equal(tip_height(), TIP + 1);
    must(ask_mempool());
    assert_int_equal(java.tips, 2);
    assert_int_equal(java.heads, 2);
}

static void test_a_block_that_is_asked_for_again_later_is_doubted(void **state) {
    (void)state;
    must(ask_tip());
    must(ask_block_at(TIP));
    assert_int_equal(java.blocks, 1);
    java.now_ms += 9999;
    must(ask_block_at(TIP));
    assert_int_equal(java.blocks, 1);
    java.now_ms++;
    must(ask_block_at(TIP));
    assert_int_equal(java.blocks, 2);
}

static void test_a_solid_head_that_stays_behind_is_believed_in_the_end(void **state) {
    (void)state;
    must(ask_tip());
    struct block_hash hash;
    must(chain->ops->hash_at(chain, kept, TIP - 2, &hash));
    java.solid = TIP - 2; /* a slower node of the same chain */
    java.now_ms += 29999;
    assert_int_equal(tip_height(), TIP);
    java.now_ms += PACE_MS;
    assert_int_equal(tip_height(), TIP - 2);
}

static void test_tokens_are_looked_at_now_and_then(void **state) {
    (void)state;
    must(ask_fees());
    java.now_ms += TRON_TOKENS_CHECK_MS - 1;
    must(ask_fees());
    assert_int_equal(java.identities, 1);
    java.now_ms++;
    must(ask_fees());
    assert_int_equal(java.identities, 2);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_whoever_answers_on_a_new_connection_says_who_it_is),
        TEST(test_what_a_node_of_another_network_said_is_forgotten),
        TEST(test_a_balance_is_that_of_the_solid_head_it_was_asked_for),
        TEST(test_heads_are_asked_for_at_the_pace),
        TEST(test_a_block_that_is_asked_for_again_later_is_doubted),
        TEST(test_a_solid_head_that_stays_behind_is_believed_in_the_end),
        TEST(test_tokens_are_looked_at_now_and_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
