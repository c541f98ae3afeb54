/* SPDX-License-Identifier: MIT */
/* Random markets and sources that lie: whatever few of them say, what the board trusts is near the
 * true price, never older than allowed, and a majority of honest sources always gets a price. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/asset.h"
#include "core/rate_board.h"

enum { HISTORIES = 300, STEPS = 200, SOURCES = 5, MAX_AGE_MS = 300000, PACE_MS_MAX = 20000 };

struct world {
    uint64_t seed;
    struct rate_board board;
    const struct asset *base;
    u128 true_e18;
    int64_t now_ms;
    bool honest[SOURCES];
    int64_t heard_ms[SOURCES];
    size_t honest_count;
};

static uint64_t dice(struct world *world, uint64_t sides) {
    world->seed = world->seed * 6364136223846793005u + 1442695040888963407u;
    return (world->seed >> 33) % sides;
}

static void say(struct world *world, size_t source, u128 e18) {
    struct rate_report report = {
        .count = 1, .said = {{.base = world->base, .quote = fiat_usd(), .price = {e18}}}};
    rate_board_put(&world->board, source, &report, world->now_ms);
    world->heard_ms[source] = world->now_ms;
}

static u128 lie(struct world *world) {
    switch (dice(world, 5)) {
    case 0:
        return world->true_e18 * 1000;
    case 1:
        return world->true_e18 / 1000;
    case 2:
        return world->true_e18 * (100 + dice(world, 900)) / 100;
    case 3:
        return (u128)1000000000000000000u * (1 + dice(world, 100000000));
    default:
        return world->true_e18; /* to be believed next time */
    }
}

/* Half a percent a step at most, and each honest source within half a percent of it. */
static void step(struct world *world) {
    world->now_ms += 1 + (int64_t)dice(world, PACE_MS_MAX);
    world->true_e18 = world->true_e18 / 1000 * (995 + dice(world, 11));
    for (size_t i = 0; i < SOURCES; i++) {
        if (dice(world, 3) == 0) {
            continue; /* silent this time */
        }
        if (world->honest[i]) {
            say(world, i, world->true_e18 / 1000 * (995 + dice(world, 11)) + dice(world, 1000));
        } else {
            say(world, i, lie(world));
        }
    }
}

static void check(struct world *world, bool must_have) {
    struct rate_finding finding = rate_board_judge(&world->board, world->base, world->now_ms);
    if (market_price_is_none(finding.price)) {
        assert_false(must_have);
        return;
    }
    assert_true(world->now_ms - finding.at_ms <= MAX_AGE_MS);
    if (finding.trouble == RATE_WELL) {
        /* Five percent for a liar at the edge of the cut, and what the market moved meanwhile. */
        assert_true(
            market_price_near(finding.price, (struct market_price){world->true_e18}, 90000));
        assert_true(finding.used != 0);
    } else {
        assert_int_equal(finding.used, 0);
    }
}

static bool honest_are_fresh(const struct world *world) {
    size_t fresh = 0;
    size_t lying = 0;
    for (size_t i = 0; i < SOURCES; i++) {
        bool is_fresh = world->now_ms - world->heard_ms[i] <= PACE_MS_MAX;
        fresh += world->honest[i] && is_fresh ? 1 : 0;
        lying += world->honest[i] ? 0 : 1;
    }
    return fresh > lying + 1;
}

static void run_history(uint64_t seed) {
    struct world world = {.seed = seed * 2654435761u + 1, .now_ms = INT64_C(1700000000000)};
    rate_board_init(&world.board, MAX_AGE_MS);
    world.board.all_asked = true;
    world.base = asset_by_code(STR("BTC"));
    world.true_e18 = (u128)1000000000000000000u * (100 + dice(&world, 100000));
    size_t liars = dice(&world, 3); /* a minority */
    for (size_t i = 0; i < SOURCES; i++) {
        world.honest[i] = i >= liars;
        say(&world, i, world.true_e18);
    }
    rate_board_remember(&world.board, world.now_ms);
    for (int i = 0; i < STEPS; i++) {
        step(&world);
        check(&world, honest_are_fresh(&world));
        rate_board_remember(&world.board, world.now_ms);
    }
}

static void test_a_minority_of_liars_never_sets_the_rate(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= HISTORIES; seed++) {
        run_history(seed);
    }
}

/* One source, whatever it says: no step further than its limit from the last trusted price. */
static void test_one_source_alone_moves_step_by_step(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= HISTORIES; seed++) {
        struct world world = {.seed = seed, .now_ms = INT64_C(1700000000000)};
        rate_board_init(&world.board, MAX_AGE_MS);
        world.board.all_asked = true;
        world.base = asset_by_code(STR("ETH"));
        world.true_e18 = (u128)1000000000000000000u * 2500;
        u128 last = world.true_e18;
        say(&world, 0, last);
        rate_board_remember(&world.board, world.now_ms);
        for (int i = 0; i < STEPS; i++) {
            world.now_ms += 1 + (int64_t)dice(&world, 600000);
            say(&world, 0, lie(&world));
            struct rate_finding finding = rate_board_judge(&world.board, world.base, world.now_ms);
            if (finding.trouble == RATE_WELL) {
                assert_true(market_price_near(finding.price, (struct market_price){last}, 500000));
                last = finding.price.e18;
            }
            rate_board_remember(&world.board, world.now_ms);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_minority_of_liars_never_sets_the_rate),
        cmocka_unit_test(test_one_source_alone_moves_step_by_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
