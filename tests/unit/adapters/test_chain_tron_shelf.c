/* SPDX-License-Identifier: MIT */
/* The shelf of fetched blocks: found by their ids, never more than there is room for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adapters/chain_tron/shelf.h"
#include "adapters/chain_tron/view.h"
#include "base/arena.h"
#include "tron_answers.h"

static struct block_hash hash_at(int64_t height) {
    struct block_hash hash = {{0}};
    u64_store_be(hash.bytes, (uint64_t)height);
    return hash;
}

static void put(struct shelf *shelf, int64_t height, size_t outputs) {
    struct tron_block *block = tron_block_new();
    block->header.height = height;
    block->header.hash = hash_at(height);
    block->is_whole = true;
    struct tron_address to = {.bytes = {1}};
    struct txid txid = {.bytes = {2}};
    for (size_t i = 0; i < outputs; i++) {
        assert_true(tron_block_add_native(block, tron_test_rules(), &txid, 0, &to, 1));
    }
    shelf_put(shelf, block);
}

static void test_blocks_are_found_until_they_are_dropped(void **state) {
    (void)state;
    struct shelf shelf = {.count = 0};
    put(&shelf, 5, 0);
    put(&shelf, 6, 0);
    put(&shelf, 6, 3); /* in place of the one before */
    assert_int_equal(shelf.count, 2);
    assert_int_equal(shelf_find(&shelf, hash_at(6))->output_count, 3);
    assert_null(shelf_find(&shelf, hash_at(7)));
    shelf_drop_below(&shelf, 6);
    assert_null(shelf_find(&shelf, hash_at(5)));
    assert_non_null(shelf_find(&shelf, hash_at(6)));
    shelf_clear(&shelf);
    assert_int_equal(shelf.bytes, 0);
}

static void test_what_is_asked_for_last_has_to_go(void **state) {
    (void)state;
    struct shelf shelf = {.count = 0};
    for (int64_t height = 1; height <= SHELF_BLOCKS_MAX + 50; height++) {
        put(&shelf, height, 0);
    }
    assert_true(shelf_is_full(&shelf));
    assert_int_equal(shelf.count, SHELF_BLOCKS_MAX);
    assert_non_null(shelf_find(&shelf, hash_at(1)));
    assert_non_null(shelf_find(&shelf, hash_at(SHELF_BLOCKS_MAX - 1)));
    assert_null(shelf_find(&shelf, hash_at(SHELF_BLOCKS_MAX)));
    shelf_clear(&shelf);
}

static void test_large_blocks_do_not_fill_the_memory(void **state) {
    (void)state;
    struct shelf shelf = {.count = 0};
    for (int64_t height = 1; height <= 40; height++) {
        put(&shelf, height, 20000); /* some megabytes each */
        assert_true(shelf.bytes <= SHELF_BYTES_MAX);
    }
    assert_in_range(shelf.count, 5, 39);
    assert_non_null(shelf_find(&shelf, hash_at(1)));
    shelf_clear(&shelf);
    assert_int_equal(shelf.bytes, 0);
}

static void test_what_is_wrong_with_a_block_is_told_with_it(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct tron_view *view = ARENA_NEW(arena, struct tron_view);
    view->has_solid = true;
    view->solid = (struct block_header){.height = 5, .hash = hash_at(5)};
    put(&view->shelf, 5, 2);
    struct chain_block block;
    assert_true(view_known_block(view, arena, hash_at(5), &block));
    assert_int_equal(block.output_count, 2);
    assert_true(block.flaws.is_unproven);
    assert_int_equal(block.flaws.unread_count, 0);
    struct tron_block *kept = shelf_find(&view->shelf, hash_at(5));
    kept->is_rooted = true;
    kept->unread_count = 3;
    kept->unread_txid.bytes[0] = 9;
    assert_true(view_known_block(view, arena, hash_at(5), &block));
    assert_false(block.flaws.is_unproven);
    assert_int_equal(block.flaws.unread_count, 3);
    assert_int_equal(block.flaws.unread_txid.bytes[0], 9);
    view_release(view);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_are_found_until_they_are_dropped),
        cmocka_unit_test(test_what_is_asked_for_last_has_to_go),
        cmocka_unit_test(test_large_blocks_do_not_fill_the_memory),
        cmocka_unit_test(test_what_is_wrong_with_a_block_is_told_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
