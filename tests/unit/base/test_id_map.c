/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/id_map.h"

enum { IDS = 500 };

static uint64_t next_random(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

static void test_an_empty_map_knows_nothing(void **state) {
    (void)state;
    struct id_map map = {0};
    assert_null(id_map_get(&map, 0));
    id_map_remove(&map, 7);
    id_map_release(&map);
}

static void test_the_map_agrees_with_a_plain_array(void **state) {
    (void)state;
    static int things[2];
    static int *model[IDS];
    struct id_map map = {0};
    uint64_t seed = 3;
    size_t count = 0;
    for (int step = 0; step < 100000; step++) {
        size_t i = next_random(&seed) % IDS;
        int64_t id = ((int64_t)i - IDS / 2) * 4096; /* ids with many equal low bits */
        if (next_random(&seed) % 3 == 0) {
            id_map_remove(&map, id);
            count -= model[i] == NULL ? 0 : 1;
            model[i] = NULL;
        } else {
            int *thing = &things[next_random(&seed) % 2];
            id_map_put(&map, id, thing);
            count += model[i] == NULL ? 1 : 0;
            model[i] = thing;
        }
        assert_int_equal(map.count, count);
        if (step % 100 == 0) {
            for (size_t j = 0; j < IDS; j++) {
                assert_ptr_equal(id_map_get(&map, ((int64_t)j - IDS / 2) * 4096), model[j]);
            }
        }
    }
    id_map_release(&map);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_map_knows_nothing),
        cmocka_unit_test(test_the_map_agrees_with_a_plain_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
