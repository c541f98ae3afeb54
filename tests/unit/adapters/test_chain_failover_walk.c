/* SPDX-License-Identifier: MIT */
/* What a watcher makes of nodes that stand in for each other in the middle of its walk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/error.h"
#include "failover_fixture.h"

enum {
    LIVES_MAX = 40, /* answers of a whole walk, and some more */
    STEPS_MAX = 200,
};

/* What has been taken in, from the genesis on. */
struct walker {
    struct block_header blocks[FAKE_BLOCKS_MAX];
    int64_t height;
};

/* Down while the node has another block at our height, then up by one: what a watcher does between
 * two looks. False if there was nothing to be done, or it is not known. */
static struct result step(struct walker *walker, bool *ret_moved) {
    struct chain *chain = pair.chain;
    struct block_header tip;
    struct block_hash hash;
    struct chain_block block;
    *ret_moved = false;
    TRY(chain->ops->tip(chain, pair.arena, &tip));
    if (tip.height < walker->height) {
        return RESULT_OK; /* until it comes back */
    }
    TRY(chain->ops->hash_at(chain, pair.arena, walker->height, &hash));
    if (!block_hash_eq(hash, walker->blocks[walker->height].hash)) {
        walker->height--;
        *ret_moved = true;
        return RESULT_OK;
    }
    if (tip.height == walker->height) {
        return RESULT_OK;
    }
    TRY(chain->ops->hash_at(chain, pair.arena, walker->height + 1, &hash));
    TRY(chain->ops->block(chain, pair.arena, hash, &block));
    assert_true(block_hash_eq(block.header.hash, hash));
    ENSURE(block_hash_eq(block.header.parent, walker->blocks[walker->height].hash),
           ERR_BLOCK_UNKNOWN);
    walker->blocks[++walker->height] = block.header;
    *ret_moved = true;
    return RESULT_OK;
}

/* Until there is nothing more to be had. Nothing on the way blinds it: what is not there is asked
 * for again. */
static void walk(struct walker *walker) {
    size_t steps = 0;
    for (bool moved = true; moved; steps++) {
        assert_true(steps < STEPS_MAX);
        arena_reset(pair.arena);
        struct result stepped = step(walker, &moved);
        moved = moved || stepped.code == &ERR_BLOCK_UNKNOWN;
        if (stepped.code != &ERR_BLOCK_UNKNOWN) {
            must(stepped);
        }
    }
}

static struct walker walker_at_genesis(void) {
    struct walker walker = {.height = 0};
    walker.blocks[0] = fake_header(pair.nodes[0], 0);
    return walker;
}

static void assert_is_on(const struct walker *walker, int64_t height, uint8_t branch) {
    assert_int_equal(walker->height, height);
    assert_true(block_hash_eq(walker->blocks[height].hash, fake_hash(height, branch)));
}

/* The first node dies after so many answers, which is between any two questions once; the second is
 * on another branch. */
static void test_a_walk_ends_on_the_next_nodes_branch_wherever_the_first_one_is_lost(void **state) {
    (void)state;
    fake_node_lie(pair.nodes[1], FAKE_TRUTH);
    for (unsigned lives = 1; lives <= LIVES_MAX; lives++) {
        struct walker walker = walker_at_genesis();
        fake_node_set(pair.nodes[0], FAKE_ALIVE);
        pair.nodes[0]->lives = lives;
        while (pair.nodes[0]->state == FAKE_ALIVE) {
            walk(&walker);
        }
        walk(&walker);
        assert_is_on(&walker, TIP + 1, 2);
        /* Back to the first, which is behind: nothing is undone until it has more. */
        fake_node_set(pair.nodes[0], FAKE_ALIVE);
        fake_node_set(pair.nodes[1], FAKE_DEAD);
        walk(&walker);
        assert_is_on(&walker, TIP + 1, 2);
        fake_node_branch(pair.nodes[0], TIP, TIP + 2, 1);
        walk(&walker);
        assert_is_on(&walker, TIP + 2, 1);
        fake_node_branch(pair.nodes[0], TIP, TIP, 1);
        fake_node_set(pair.nodes[1], FAKE_ALIVE);
    }
}

static void test_a_node_that_lags_undoes_nothing_when_it_stands_in(void **state) {
    (void)state;
    fake_node_lie(pair.nodes[1], FAKE_TRUTH);
    fake_node_branch(pair.nodes[1], 0, SHARED_TIP - 1, 1);
    struct walker walker = walker_at_genesis();
    walk(&walker);
    assert_is_on(&walker, TIP, 1);
    fake_node_set(pair.nodes[0], FAKE_DEAD);
    walk(&walker);
    assert_is_on(&walker, TIP, 1);
    fake_node_branch(pair.nodes[1], SHARED_TIP, TIP + 1, 1);
    walk(&walker);
    assert_is_on(&walker, TIP + 1, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        PAIR_TEST(test_a_walk_ends_on_the_next_nodes_branch_wherever_the_first_one_is_lost),
        PAIR_TEST(test_a_node_that_lags_undoes_nothing_when_it_stands_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
