/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/heap.h"

enum { THINGS = 200 };

struct thing {
    int before; /* so that the node is not at the start */
    struct heap_node node;
    bool is_in;
};

static uint64_t next_random(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

static const struct thing *smallest(const struct thing *things) {
    const struct thing *best = NULL;
    for (size_t i = 0; i < THINGS; i++) {
        const struct thing *thing = &things[i];
        if (thing->is_in &&
            (best == NULL || thing->node.key < best->node.key ||
             (thing->node.key == best->node.key && thing->node.tie < best->node.tie))) {
            best = thing;
        }
    }
    return best;
}

static void test_the_first_is_always_the_smallest_of_a_plain_list(void **state) {
    (void)state;
    static struct thing things[THINGS];
    struct heap heap = {0};
    uint64_t seed = 1;
    for (int step = 0; step < 100000; step++) {
        size_t i = next_random(&seed) % THINGS;
        struct thing *thing = &things[i];
        if (thing->is_in) {
            heap_remove(&heap, &thing->node);
        } else {
            thing->node.key = (int64_t)(next_random(&seed) % 50) - 25;
            thing->node.tie = (int64_t)i;
            heap_insert(&heap, &thing->node);
        }
        thing->is_in = !thing->is_in;
        const struct thing *want = smallest(things);
        assert_ptr_equal(heap.root == NULL ? NULL : HEAP_ENTRY(heap.root, struct thing, node),
                         want);
    }
}

static void test_everything_comes_out_in_order(void **state) {
    (void)state;
    static struct thing things[THINGS];
    struct heap heap = {0};
    for (size_t i = 0; i < THINGS; i++) {
        things[i].node.key = (int64_t)(i * 7919 % 101);
        things[i].node.tie = (int64_t)i;
        heap_insert(&heap, &things[i].node);
    }
    int64_t last_key = INT64_MIN;
    int64_t last_tie = INT64_MIN;
    for (size_t i = 0; i < THINGS; i++) {
        struct heap_node *first = heap.root;
        assert_true(first->key > last_key || (first->key == last_key && first->tie > last_tie));
        last_key = first->key;
        last_tie = first->tie;
        heap_remove(&heap, first);
    }
    assert_null(heap.root);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_is_always_the_smallest_of_a_plain_list),
        cmocka_unit_test(test_everything_comes_out_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
