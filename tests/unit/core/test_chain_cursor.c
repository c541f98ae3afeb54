/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/chain_cursor.h"

/* A chain is text: the letter at an index is the block at that height, so chains that share a
 * beginning share blocks. */
struct chains {
    const char *ours;
    const char *theirs;
    int64_t lowest_height;
    uint32_t reorg_limit_blocks;
};

static struct block_ref block_at(const char *chain, int64_t height) {
    struct block_ref ref = {.height = height};
    ref.hash.bytes[0] = (uint8_t)chain[height];
    ref.hash.bytes[1] = (uint8_t)height;
    return ref;
}

static struct chain_pair pair_at(const struct chains *chains, int64_t height) {
    return (struct chain_pair){
        .height = height,
        .known = height < (int64_t)strlen(chains->theirs),
        .ours = block_at(chains->ours, height).hash,
        .theirs = block_at(chains->theirs, height).hash,
    };
}

static struct chain_cursor cursor_of(const struct chains *chains) {
    struct chain_cursor cursor = {
        .started = true,
        .tip = block_at(chains->ours, (int64_t)strlen(chains->ours) - 1),
        .lowest_height = chains->lowest_height,
        .highest_height = (int64_t)strlen(chains->ours) - 1,
        .reorg_limit_blocks = chains->reorg_limit_blocks,
        .remote_tip = block_at(chains->theirs, (int64_t)strlen(chains->theirs) - 1),
        .common = {.height = -1},
        .floor = {.height = -1},
    };
    return cursor;
}

/* Answers what the cursor asks for, as a watcher does. */
static enum chain_step step_of(const struct chains *chains, struct chain_cursor *cursor) {
    for (int questions = 0; questions < 3; questions++) {
        enum chain_step step = chain_cursor_next(cursor);
        if (step == CHAIN_STEP_COMPARE) {
            cursor->common = pair_at(chains, chain_cursor_common_height(cursor));
        } else if (step == CHAIN_STEP_COMPARE_FLOOR) {
            cursor->floor = pair_at(chains, chain_cursor_floor_height(cursor));
        } else {
            return step;
        }
    }
    fail_msg("the cursor keeps asking");
    return CHAIN_STEP_STOP;
}

static enum chain_step next(const char *ours, const char *theirs, uint32_t limit) {
    struct chains chains = {.ours = ours, .theirs = theirs, .reorg_limit_blocks = limit};
    struct chain_cursor cursor = cursor_of(&chains);
    return step_of(&chains, &cursor);
}

static void test_the_first_start_takes_the_tip(void **state) {
    (void)state;
    struct chain_cursor cursor = {.remote_tip = {.height = 900000}};
    assert_int_equal(chain_cursor_next(&cursor), CHAIN_STEP_START);
}

static void test_the_same_tip_is_idle_and_a_higher_one_is_applied(void **state) {
    (void)state;
    assert_int_equal(next("aaaa", "aaaa", 3), CHAIN_STEP_IDLE);
    assert_int_equal(next("aaaa", "aaaaa", 3), CHAIN_STEP_APPLY);
    assert_int_equal(next("aaaa", "aaaaaaaaaaaaaaaaa", 3), CHAIN_STEP_APPLY);
}

static void test_a_plain_regress_waits(void **state) {
    (void)state;
    assert_int_equal(next("aaaa", "aaa", 3), CHAIN_STEP_WAIT);
    assert_int_equal(next("aaaaaaaa", "aaaaaa", 3), CHAIN_STEP_WAIT);
}

static void test_another_hash_undoes_our_tip(void **state) {
    (void)state;
    assert_int_equal(next("aaaa", "aaab", 3), CHAIN_STEP_UNDO);
    assert_int_equal(next("aaaa", "aaabb", 3), CHAIN_STEP_UNDO);
    assert_int_equal(next("aaaaa", "aaab", 3), CHAIN_STEP_UNDO); /* fewer blocks, more work */
}

static void test_a_foreign_chain_stops_before_the_first_undo(void **state) {
    (void)state;
    assert_int_equal(next("aaaaaaaa", "bbbbbbbb", 3), CHAIN_STEP_STOP);
    assert_int_equal(next("aaaaaaaa", "bbbbbbbbbb", 3), CHAIN_STEP_STOP);
    assert_int_equal(next("aaaaaaaa", "aaaabbbb", 3), CHAIN_STEP_STOP); /* four deep */
    assert_int_equal(next("aaaaaaaa", "aaaaabbb", 3), CHAIN_STEP_UNDO); /* three deep */
    assert_int_equal(next("aaaaaaaa", "bbbbb", 3), CHAIN_STEP_STOP);    /* at the floor itself */
    assert_int_equal(next("aaaaaaaa", "bbbb", 3), CHAIN_STEP_WAIT);     /* below: cannot tell */
}

static void test_our_first_block_is_never_undone(void **state) {
    (void)state;
    struct chains chains = {
        .ours = "aaaaaa", .theirs = "aaabbb", .lowest_height = 3, .reorg_limit_blocks = 100};
    struct chain_cursor cursor = cursor_of(&chains);
    assert_int_equal(step_of(&chains, &cursor), CHAIN_STEP_STOP);
    chains.theirs = "aaaabb";
    cursor = cursor_of(&chains);
    assert_int_equal(step_of(&chains, &cursor), CHAIN_STEP_UNDO);
    chains = (struct chains){.ours = "a", .theirs = "b", .reorg_limit_blocks = 100};
    cursor = cursor_of(&chains);
    assert_int_equal(step_of(&chains, &cursor), CHAIN_STEP_STOP);
}

static void test_a_node_that_changed_its_mind_is_asked_again(void **state) {
    (void)state;
    struct chains chains = {.ours = "aaaa", .theirs = "aaab", .reorg_limit_blocks = 3};
    struct chain_cursor cursor = cursor_of(&chains);
    cursor.common = pair_at(&chains, 3);
    cursor.common.known = false;
    assert_int_equal(chain_cursor_next(&cursor), CHAIN_STEP_COMPARE);
    cursor.common = pair_at(&chains, 2); /* of another height: stale */
    assert_int_equal(chain_cursor_next(&cursor), CHAIN_STEP_COMPARE);
}

/* Follows the steps from one chain to the other and counts undone and applied blocks. */
static void walk(const char *from, const char *to, uint32_t limit, size_t undone, size_t applied) {
    char ours[64] = {0};
    memcpy(ours, from, strlen(from));
    struct chains chains = {.ours = ours, .theirs = to, .reorg_limit_blocks = limit};
    struct chain_cursor cursor = cursor_of(&chains);
    for (int i = 0; i < 200; i++) {
        enum chain_step step = step_of(&chains, &cursor);
        int64_t height = cursor.tip.height;
        if (step == CHAIN_STEP_UNDO) {
            ours[height] = '\0';
            cursor.tip = block_at(ours, height - 1);
            undone--;
        } else if (step == CHAIN_STEP_APPLY) {
            ours[height + 1] = to[height + 1];
            cursor.tip = block_at(ours, height + 1);
            if (cursor.tip.height > cursor.highest_height) {
                cursor.highest_height = cursor.tip.height;
            }
            applied--;
        } else {
            assert_int_equal(step, CHAIN_STEP_IDLE);
            assert_string_equal(ours, to);
            assert_int_equal(undone, 0);
            assert_int_equal(applied, 0);
            return;
        }
    }
    fail_msg("the walk does not end");
}

static void test_a_reorg_is_walked_block_by_block(void **state) {
    (void)state;
    walk("aaaa", "aaaa", 3, 0, 0);
    walk("aaaa", "aaaaaaa", 3, 0, 3);
    walk("aaaa", "aaab", 3, 1, 1);
    walk("aaaa", "abbbb", 3, 3, 4);
    walk("aaaaaaaa", "aaaaab", 3, 3, 1); /* B08: the height goes down */
    walk("aaaaaaaaaaaaaaa", "aabbbbbbbbbbbbbbbbbb", 13, 13, 18);
}

static void test_only_the_child_of_our_tip_continues(void **state) {
    (void)state;
    struct block_ref tip = block_at("aaaa", 3);
    struct block_header header = {.height = 4, .parent = tip.hash};
    assert_true(chain_cursor_continues(tip, &header));
    header.height = 5;
    assert_false(chain_cursor_continues(tip, &header));
    header.height = 4;
    header.parent = block_at("aaab", 3).hash;
    assert_false(chain_cursor_continues(tip, &header));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_start_takes_the_tip),
        cmocka_unit_test(test_the_same_tip_is_idle_and_a_higher_one_is_applied),
        cmocka_unit_test(test_a_plain_regress_waits),
        cmocka_unit_test(test_another_hash_undoes_our_tip),
        cmocka_unit_test(test_a_foreign_chain_stops_before_the_first_undo),
        cmocka_unit_test(test_our_first_block_is_never_undone),
        cmocka_unit_test(test_a_node_that_changed_its_mind_is_asked_again),
        cmocka_unit_test(test_a_reorg_is_walked_block_by_block),
        cmocka_unit_test(test_only_the_child_of_our_tip_continues),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
