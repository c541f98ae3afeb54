/* SPDX-License-Identifier: MIT */
/* Random lives of an invoice: money that is sent, mined, undone, replaced and mined again, blocks
 * whose time runs, shops that cancel and operators who decide. After each step core/invoice.h must
 * say what a model of three short functions says, and announce no success twice. One seed is one
 * life; a failure names it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/invoice.h"
#include "core/payment.h"
#include "support/money.h"

enum { COINS_MAX = 24, OPTIONS = 2, HEIGHT_MAX = 100, DUE_UNITS = 1000, STEPS = 60, LIVES = 20000 };

enum coin_state { COIN_GONE, COIN_MEMPOOL, COIN_MINED };

struct coin {
    enum coin_state state;
    int option;
    int64_t units;
    int64_t first_seen_at_ms;
    int height;
};

/* Everything that is, before anybody judges it. */
struct world {
    struct coin coins[COINS_MAX];
    int coin_count;
    int64_t block_time_ms[HEIGHT_MAX];
    int tip; /* -1: no block yet */
    int depth;
    int64_t now_ms;
    int64_t deadline_ms;
    uint32_t under_ppm;
    uint32_t over_ppm;
    uint32_t auto_ppm;
    bool accept_late;
    bool canceled;
    bool by_hand;
    bool late_accepted;
    /* As stored by whoever applied the last change. */
    enum invoice_status status;
    uint32_t flags;
    bool announced;
};

struct noise {
    uint64_t seed;
    uint64_t value;
};

static uint64_t draw(struct noise *noise, uint64_t below) {
    noise->value = noise->value * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (noise->value >> 33) % below;
}

static bool is_late(const struct world *world, const struct coin *coin) {
    bool mined_late =
        coin->state != COIN_MINED || world->block_time_ms[coin->height] > world->deadline_ms;
    return mined_late && coin->first_seen_at_ms > world->deadline_ms;
}

static bool is_deep(const struct world *world, const struct coin *coin) {
    return coin->state == COIN_MINED && world->tip - coin->height + 1 >= world->depth;
}

static bool deadline_passed(const struct world *world) {
    return world->now_ms > world->deadline_ms && world->tip >= 0 &&
           world->block_time_ms[world->tip] > world->deadline_ms;
}

static enum invoice_status model_option(const struct world *world, int option) {
    int64_t credited = 0;
    for (int i = 0; i < world->coin_count; i++) {
        const struct coin *coin = &world->coins[i];
        bool late = world->canceled || is_late(world, coin);
        bool counts = !late || world->late_accepted || (world->accept_late && !world->canceled);
        if (coin->option == option && is_deep(world, coin) && counts) {
            credited += coin->units;
        }
    }
    int64_t ppm = world->under_ppm > world->auto_ppm ? world->under_ppm : world->auto_ppm;
    if (credited == 0) {
        return INVOICE_CREATED;
    }
    if (credited < DUE_UNITS - DUE_UNITS * ppm / 1000000) {
        return INVOICE_PARTIAL;
    }
    return credited > DUE_UNITS + (int64_t)DUE_UNITS * world->over_ppm / 1000000 ? INVOICE_OVERPAID
                                                                                 : INVOICE_PAID;
}

static enum invoice_status model_status(const struct world *world) {
    bool waits = !deadline_passed(world);
    enum invoice_status best = INVOICE_CREATED;
    for (int i = 0; i < OPTIONS; i++) {
        enum invoice_status one = model_option(world, i);
        best = one > best ? one : best;
    }
    for (int i = 0; i < world->coin_count; i++) {
        const struct coin *coin = &world->coins[i];
        waits |= coin->state != COIN_GONE && !is_deep(world, coin) && !is_late(world, coin);
    }
    if (world->by_hand && best < INVOICE_PAID) {
        return INVOICE_PAID;
    }
    return best == INVOICE_CREATED && (world->canceled || !waits) ? INVOICE_CANCELED : best;
}

static uint32_t model_flags(const struct world *world, enum invoice_status status) {
    uint32_t flags = 0;
    bool on_its_way = false;
    for (int i = 0; i < world->coin_count; i++) {
        const struct coin *coin = &world->coins[i];
        if (is_deep(world, coin)) {
            flags |= world->canceled || is_late(world, coin) ? INVOICE_FLAG_LATE : 0;
        } else if (coin->state != COIN_GONE) {
            flags |= INVOICE_FLAG_SEEN;
            on_its_way |= !world->canceled && !is_late(world, coin);
        }
    }
    bool success = status == INVOICE_PAID || status == INVOICE_OVERPAID;
    flags |= world->announced && !success ? INVOICE_FLAG_DISPUTE : 0;
    bool expired = status == INVOICE_PARTIAL && deadline_passed(world) && !on_its_way;
    return flags | (expired ? INVOICE_FLAG_EXPIRED_PARTIAL : 0);
}

static struct invoice_change judge(const struct world *world, enum invoice_cause cause) {
    static const char *const codes[OPTIONS] = {"BTC", "LTC"};
    struct invoice_option_facts options[OPTIONS];
    for (int i = 0; i < OPTIONS; i++) {
        struct amount none = money(codes[i], "0");
        options[i] = (struct invoice_option_facts){amount_from_u64(none.asset, DUE_UNITS), none,
                                                   none, none, none};
    }
    for (int i = 0; i < world->coin_count; i++) {
        const struct coin *coin = &world->coins[i];
        struct invoice_option_facts *option = &options[coin->option];
        struct payment_times times = {.first_seen_at_ms = coin->first_seen_at_ms};
        if (coin->state == COIN_MINED) {
            times.block_time_ms = world->block_time_ms[coin->height];
        }
        bool on_time = payment_is_on_time(times, world->deadline_ms);
        struct amount *confirmed = on_time ? &option->confirmed_on_time : &option->confirmed_late;
        struct amount *pending = on_time ? &option->pending_on_time : &option->pending_late;
        struct amount *sum = is_deep(world, coin) ? confirmed : pending;
        if (coin->state != COIN_GONE) {
            *sum = amount_add_to_max(*sum, amount_from_u64(sum->asset, (uint64_t)coin->units));
        }
    }
    struct invoice_facts facts = {
        .status = world->status,
        .flags = world->flags,
        .preferred_option = INVOICE_NO_OPTION,
        .due_usd = money("USD", "10"),
        .options = options,
        .option_count = OPTIONS,
        .canceled_by_shop = world->canceled,
        .confirmed_by_hand = world->by_hand,
        .late_accepted = world->late_accepted,
        .success_announced = world->announced,
        .deadline_passed_everywhere = deadline_passed(world),
    };
    struct invoice_policy policy = {
        .under = {.kind = TOLERANCE_PER_MILLION, .parts_per_million = world->under_ppm},
        .over = {.kind = TOLERANCE_PER_MILLION, .parts_per_million = world->over_ppm},
        .auto_confirm = {.kind = TOLERANCE_PER_MILLION, .parts_per_million = world->auto_ppm},
        .accept_late = world->accept_late,
    };
    struct invoice_change change = {.from = world->status,
                                    .to = world->status,
                                    .flags_from = world->flags,
                                    .flags_to = world->flags};
    struct result result = invoice_apply(&facts, &policy, cause, &change);
    assert_true(result_is_ok(result) || cause == CAUSE_CANCELED_BY_SHOP);
    return change;
}

/* How often the lives came to what they are meant to show. */
struct seen {
    size_t statuses[INVOICE_STATUS_COUNT];
    size_t flags[INVOICE_FLAG_COUNT];
    size_t disputes;
    size_t returns;
};

static void check(const struct world *world, const struct invoice_change *change,
                  const struct noise *noise) {
    enum invoice_status status = model_status(world);
    uint32_t flags = model_flags(world, status);
    if (change->to != status || change->flags_to != flags) {
        fail_msg("seed %llu: %s with flags %x, but the model says %s with %x",
                 (unsigned long long)noise->seed, invoice_status_name(change->to), change->flags_to,
                 invoice_status_name(status), flags);
    }
    bool was = invoice_status_is_success(change->from);
    bool is = invoice_status_is_success(change->to);
    bool success = change->announce == ANNOUNCE_SUCCESS;
    bool dispute = change->announce == ANNOUNCE_DISPUTE;
    assert_int_equal(success, !was && is && !world->announced);
    assert_int_equal(dispute, was && !is && world->announced);
}

/* A block has several effects and its caller names one: any cause will do, but for leaving paid. */
static enum invoice_cause imprecise(const struct world *world, enum invoice_cause cause,
                                    struct noise *noise) {
    bool leaves =
        invoice_status_is_success(world->status) && !invoice_status_is_success(model_status(world));
    if (leaves || cause == CAUSE_CANCELED_BY_SHOP || draw(noise, 4) != 0) {
        return cause;
    }
    return (enum invoice_cause)draw(noise, CAUSE_DEADLINE_UNPROVEN + 1);
}

static void apply(struct world *world, enum invoice_cause cause, struct noise *noise,
                  struct seen *seen) {
    struct invoice_change change = judge(world, imprecise(world, cause, noise));
    check(world, &change, noise);
    seen->disputes += change.announce == ANNOUNCE_DISPUTE;
    seen->returns += (change.flags_from & ~change.flags_to & INVOICE_FLAG_DISPUTE) != 0;
    seen->statuses[change.to]++;
    for (int i = 0; i < INVOICE_FLAG_COUNT; i++) {
        seen->flags[i] += change.flags_to >> i & 1;
    }
    world->status = change.to;
    world->announced |= change.announce == ANNOUNCE_SUCCESS;
    world->flags = change.flags_to;
}

static void send_coin(struct world *world, struct noise *noise) {
    if (world->coin_count == COINS_MAX) {
        return;
    }
    static const int64_t sums[] = {DUE_UNITS, DUE_UNITS / 2, DUE_UNITS - 1, 5, 1, DUE_UNITS + 1};
    world->coins[world->coin_count++] = (struct coin){
        .state = COIN_MEMPOOL,
        .option = (int)draw(noise, OPTIONS + 2) % OPTIONS,
        .units = sums[draw(noise, sizeof(sums) / sizeof(sums[0]))],
        .first_seen_at_ms = world->now_ms,
    };
}

static void mine(struct world *world, struct noise *noise) {
    if (world->tip + 1 == HEIGHT_MAX) {
        return;
    }
    if (draw(noise, 4) == 0) {
        send_coin(world, noise); /* first seen in its block */
    }
    world->tip++;
    world->block_time_ms[world->tip] = world->now_ms - (int64_t)draw(noise, 300);
    for (int i = 0; i < world->coin_count; i++) {
        struct coin *coin = &world->coins[i];
        if (coin->state != COIN_MINED && draw(noise, coin->state == COIN_MEMPOOL ? 2 : 20) == 0) {
            coin->state = COIN_MINED;
            coin->height = world->tip;
        }
    }
}

static void undo(struct world *world, struct noise *noise) {
    if (world->tip < 0) {
        return;
    }
    for (int i = 0; i < world->coin_count; i++) {
        struct coin *coin = &world->coins[i];
        if (coin->state == COIN_MINED && coin->height == world->tip) {
            coin->state = draw(noise, 2) == 0 ? COIN_MEMPOOL : COIN_GONE;
        }
    }
    world->tip--;
}

static void drop_coin(struct world *world, struct noise *noise) {
    if (world->coin_count == 0) {
        return;
    }
    struct coin *coin = &world->coins[draw(noise, (uint64_t)world->coin_count)];
    if (coin->state == COIN_MEMPOOL) {
        coin->state = COIN_GONE;
    }
}

static void cancel(struct world *world, struct noise *noise, struct seen *seen) {
    struct world tried = *world;
    tried.canceled = true;
    bool anything = world->status != INVOICE_CREATED;
    for (int i = 0; i < world->coin_count; i++) {
        anything |= world->coins[i].state != COIN_GONE;
    }
    if (!anything) {
        *world = tried;
        apply(world, CAUSE_CANCELED_BY_SHOP, noise, seen);
        return;
    }
    struct invoice_change change = judge(&tried, CAUSE_CANCELED_BY_SHOP);
    assert_int_equal(change.to, world->status); /* refused: nothing was filled in */
}

/* A block and its undo leave no trace but an announcement that was made in between. */
static void mine_and_take_back(struct world *world, struct noise *noise, struct seen *seen) {
    struct world before = *world;
    mine(world, noise);
    apply(world, CAUSE_CONFIRMED, noise, seen);
    struct world after = before;
    after.status = world->status;
    after.flags = world->flags;
    after.announced = world->announced;
    apply(&after, CAUSE_UNDONE, noise, seen);
    assert_int_equal(after.status, before.status);
    if (after.announced == before.announced) {
        assert_int_equal(after.flags, before.flags);
    }
    *world = before;
}

static void step(struct world *world, struct noise *noise, struct seen *seen) {
    uint64_t dice = draw(noise, 100);
    world->now_ms += (int64_t)draw(noise, 200);
    if (dice < 20) {
        send_coin(world, noise);
        apply(world, CAUSE_PAYMENT_SEEN, noise, seen);
    } else if (dice < 50) {
        mine(world, noise);
        apply(world, CAUSE_CONFIRMED, noise, seen);
    } else if (dice < 65) {
        undo(world, noise);
        apply(world, CAUSE_UNDONE, noise, seen);
    } else if (dice < 72) {
        drop_coin(world, noise);
        apply(world, CAUSE_PAYMENT_GONE, noise, seen);
    } else if (dice < 85) {
        mine_and_take_back(world, noise, seen);
    } else if (dice < 93) {
        apply(world, deadline_passed(world) ? CAUSE_DEADLINE_PROVEN : CAUSE_DEADLINE_UNPROVEN,
              noise, seen);
    } else if (dice < 96) {
        cancel(world, noise, seen);
    } else if (dice < 98) {
        world->late_accepted = true;
        apply(world, CAUSE_LATE_ACCEPTED, noise, seen);
    } else if (dice == 98 && draw(noise, 8) == 0) {
        world->by_hand = true;
        apply(world, CAUSE_CONFIRMED_BY_HAND, noise, seen);
    }
}

static void live(uint64_t seed, struct seen *seen) {
    static const uint32_t ppm[] = {0, 0, 1000, 5000, 500000, 1000000};
    struct noise noise = {.seed = seed, .value = seed * UINT64_C(0x9E3779B97F4A7C15) + 1};
    struct world world = {
        .tip = -1,
        .depth = 1 + (int)draw(&noise, 4),
        .now_ms = 100000,
        .deadline_ms = 100000 + (int64_t)draw(&noise, 6000),
        .under_ppm = ppm[draw(&noise, 6)],
        .over_ppm = ppm[draw(&noise, 6)],
        .auto_ppm = ppm[draw(&noise, 4)],
        .accept_late = draw(&noise, 5) == 0,
    };
    for (int i = 0; i < STEPS; i++) {
        step(&world, &noise, seen);
    }
}

static void test_random_histories_end_where_the_model_says(void **state) {
    (void)state;
    struct seen seen = {0};
    for (uint64_t seed = 1; seed <= LIVES; seed++) {
        live(seed, &seen);
    }
    /* Lives that never get anywhere would prove nothing. */
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        assert_true(seen.statuses[i] > LIVES / 2);
    }
    for (int i = 0; i < INVOICE_FLAG_COUNT; i++) {
        assert_true(seen.flags[i] > LIVES / 10 || (1u << i) == INVOICE_FLAG_TEST);
    }
    assert_true(seen.disputes > LIVES / 20);
    assert_true(seen.returns > LIVES / 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_histories_end_where_the_model_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
