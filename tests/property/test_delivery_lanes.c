/* SPDX-License-Identifier: MIT */
/* Random histories of the delivery lanes against a model that is a plain list: nothing is lost,
 * doubled, early or out of order, no limit is broken, what could clearly be sent is not held back,
 * and once the endpoints answer everything leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "workers/delivery_lanes.h"

enum { IDS = 60, ENDPOINTS = 6, INVOICES = 25, STEPS = 2500, HISTORIES = 60, IN_FLIGHT_MAX = 8 };

enum row_state { ROW_ABSENT, ROW_WAITING, ROW_IN_FLIGHT };

struct row {
    enum row_state state;
    int64_t invoice_id;
    int64_t due_at_ms;
    size_t endpoint;
};

struct world {
    struct delivery_lanes *lanes;
    struct row rows[IDS + 1]; /* by id; 0 is not used */
    bool failed[ENDPOINTS];   /* at least once since it was last served */
    uint32_t in_flight;
    int64_t now_ms;
    uint64_t seed;
};

static const struct str endpoints[ENDPOINTS] = {
    {"https://a:1", 11}, {"https://a:2", 11},  {"https://b:1", 11},
    {"http://a:1", 10},  {"https://ab:1", 12}, {"x", 1},
};

static uint64_t dice(struct world *world, uint64_t sides) {
    world->seed = world->seed * 6364136223846793005u + 1442695040888963407u;
    return (world->seed >> 33) % sides;
}

/* The first of its invoice, with none of them in flight. */
static bool row_is_next_of_invoice(const struct world *world, int64_t id) {
    for (int64_t other = 1; other <= IDS; other++) {
        const struct row *row = &world->rows[other];
        if (row->state == ROW_ABSENT || row->invoice_id != world->rows[id].invoice_id) {
            continue;
        }
        if (row->state == ROW_IN_FLIGHT || other < id) {
            return false;
        }
    }
    return true;
}

static uint32_t lane_in_flight(const struct world *world, size_t endpoint) {
    uint32_t count = 0;
    for (int64_t id = 1; id <= IDS; id++) {
        const struct row *row = &world->rows[id];
        count += row->state == ROW_IN_FLIGHT && row->endpoint == endpoint ? 1 : 0;
    }
    return count;
}

static void due_by(struct world *world, int64_t id, int64_t due_at_ms) {
    for (int64_t other = 1; other <= id; other++) {
        struct row *row = &world->rows[other];
        if (row->state == ROW_WAITING && row->invoice_id == world->rows[id].invoice_id &&
            row->due_at_ms > due_at_ms) {
            row->due_at_ms = due_at_ms;
        }
    }
}

static void step_add(struct world *world) {
    int64_t id = (int64_t)dice(world, IDS) + 1;
    if (world->rows[id].state == ROW_IN_FLIGHT) {
        return;
    }
    struct row row = {
        .state = ROW_WAITING,
        .invoice_id = id % INVOICES,
        .due_at_ms = world->now_ms + (int64_t)dice(world, 3000) - 500,
        .endpoint = dice(world, ENDPOINTS),
    };
    world->rows[id] = row;
    due_by(world, id, row.due_at_ms);
    assert_true(delivery_lanes_add(
        world->lanes, &(struct delivery_to_send){.id = id,
                                                 .invoice_id = row.invoice_id,
                                                 .due_at_ms = row.due_at_ms,
                                                 .endpoint = endpoints[row.endpoint]}));
}

/* Nobody may be held back whose endpoint never failed and has nothing in flight. */
static void check_nothing_is_held_back(const struct world *world) {
    if (world->in_flight == IN_FLIGHT_MAX) {
        return;
    }
    for (int64_t id = 1; id <= IDS; id++) {
        const struct row *row = &world->rows[id];
        bool could_go = row->state == ROW_WAITING && row->due_at_ms <= world->now_ms &&
                        !world->failed[row->endpoint] &&
                        lane_in_flight(world, row->endpoint) == 0 &&
                        row_is_next_of_invoice(world, id);
        assert_false(could_go);
    }
}

static bool step_take(struct world *world) {
    int64_t due_ms = delivery_lanes_next_due_ms(world->lanes, world->now_ms);
    assert_true(due_ms >= world->now_ms);
    int64_t id;
    if (!delivery_lanes_take(world->lanes, world->now_ms, &id)) {
        check_nothing_is_held_back(world);
        return false;
    }
    assert_int_equal(due_ms, world->now_ms);
    assert_in_range(id, 1, IDS);
    struct row *row = &world->rows[id];
    assert_int_equal(row->state, ROW_WAITING);
    assert_true(row->due_at_ms <= world->now_ms);
    assert_true(row_is_next_of_invoice(world, id));
    uint32_t others = lane_in_flight(world, row->endpoint);
    assert_true(others < (world->failed[row->endpoint] ? 1 : 4));
    assert_true(++world->in_flight <= IN_FLIGHT_MAX);
    row->state = ROW_IN_FLIGHT;
    return true;
}

static int64_t some_in_flight(struct world *world) {
    int64_t start = (int64_t)dice(world, IDS);
    for (int64_t i = 0; i < IDS; i++) {
        int64_t id = (start + i) % IDS + 1;
        if (world->rows[id].state == ROW_IN_FLIGHT) {
            return id;
        }
    }
    return 0;
}

static void step_finish(struct world *world, bool all_is_well) {
    int64_t id = some_in_flight(world);
    if (id == 0) {
        return;
    }
    struct row *row = &world->rows[id];
    enum lane_health health = all_is_well ? LANE_SERVED : (enum lane_health)dice(world, 3);
    world->failed[row->endpoint] = health == LANE_FAILED;
    world->in_flight--;
    if (health == LANE_SERVED || dice(world, 10) == 0) {
        row->state = ROW_ABSENT;
        delivery_lanes_finish(world->lanes, id, health, world->now_ms);
    } else {
        row->state = ROW_WAITING;
        row->due_at_ms = world->now_ms + (int64_t)dice(world, 5000);
        delivery_lanes_finish_later(world->lanes, id, health, world->now_ms, row->due_at_ms);
    }
}

static void step_remove(struct world *world) {
    int64_t id = (int64_t)dice(world, IDS) + 1;
    bool was_there = world->rows[id].state == ROW_WAITING;
    assert_int_equal(delivery_lanes_remove(world->lanes, id), was_there);
    if (was_there) {
        world->rows[id].state = ROW_ABSENT;
    }
}

static void step_hurry(struct world *world) {
    int64_t id = (int64_t)dice(world, IDS) + 1;
    bool was_there = world->rows[id].state != ROW_ABSENT;
    assert_int_equal(delivery_lanes_hurry(world->lanes, id, world->now_ms), was_there);
    if (was_there) {
        due_by(world, id, world->now_ms);
    }
}

static void check_counts(const struct world *world) {
    uint32_t rows = 0;
    bool has_rows[ENDPOINTS] = {false};
    for (int64_t id = 1; id <= IDS; id++) {
        const struct row *row = &world->rows[id];
        assert_int_equal(delivery_lanes_has(world->lanes, id), row->state != ROW_ABSENT);
        rows += row->state != ROW_ABSENT ? 1 : 0;
        has_rows[row->endpoint] |= row->state != ROW_ABSENT;
    }
    uint32_t lanes = 0;
    for (size_t i = 0; i < ENDPOINTS; i++) {
        lanes += has_rows[i] ? 1 : 0;
    }
    struct delivery_lanes_counts counts = delivery_lanes_count(world->lanes);
    assert_int_equal(counts.deliveries, rows);
    assert_int_equal(counts.in_flight, world->in_flight);
    assert_int_equal(counts.lanes, lanes);
    assert_true(counts.suspect_lanes <= lanes);
}

/* A lane that has gone takes the memory of its failures with it. */
static void forget_empty_lanes(struct world *world) {
    bool has_rows[ENDPOINTS] = {false};
    for (int64_t id = 1; id <= IDS; id++) {
        has_rows[world->rows[id].endpoint] |= world->rows[id].state != ROW_ABSENT;
    }
    for (size_t i = 0; i < ENDPOINTS; i++) {
        world->failed[i] = world->failed[i] && has_rows[i];
    }
}

static void play(struct world *world) {
    for (int step = 0; step < STEPS; step++) {
        switch (dice(world, 8)) {
        case 0:
        case 1:
            step_add(world);
            break;
        case 2:
        case 3:
            (void)step_take(world);
            break;
        case 4:
        case 5:
            step_finish(world, false);
            break;
        case 6:
            world->now_ms += (int64_t)dice(world, 400);
            break;
        default:
            if (dice(world, 4) == 0) {
                step_remove(world);
            } else if (dice(world, 4) == 0) {
                step_hurry(world);
            }
            break;
        }
        forget_empty_lanes(world);
        check_counts(world);
    }
}

static void drain(struct world *world) {
    for (int step = 0; delivery_lanes_count(world->lanes).deliveries > 0; step++) {
        assert_true(step < 10 * IDS);
        while (step_take(world)) {
        }
        if (some_in_flight(world) != 0) {
            step_finish(world, true);
            forget_empty_lanes(world);
            continue;
        }
        int64_t due_ms = delivery_lanes_next_due_ms(world->lanes, world->now_ms);
        assert_true(due_ms > world->now_ms && due_ms < world->now_ms + 70000);
        world->now_ms = due_ms;
    }
    check_counts(world);
}

static void test_random_histories_agree_with_a_plain_list(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= HISTORIES; seed++) {
        struct delivery_lanes_limits limits = DELIVERY_LANES_LIMITS_DEFAULT;
        limits.in_flight_max = IN_FLIGHT_MAX;
        limits.per_lane_max = 4;
        limits.pause_ms_max = 3000;
        struct world world = {.lanes = delivery_lanes_new(&limits), .seed = seed};
        play(&world);
        drain(&world);
        delivery_lanes_free(world.lanes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_histories_agree_with_a_plain_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
