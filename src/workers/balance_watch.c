/* SPDX-License-Identifier: MIT */
#include "workers/balance_watch.h"

#include <stdlib.h>

#include "app/alarm_set.h"
#include "app/app.h"
#include "app/inflow_record.h"
#include "base/arena.h"
#include "base/log.h"
#include "core/asset.h"
#include "core/error.h"
#include "ports/chain.h"
#include "ports/clock.h"
#include "ports/store.h"
#include "ports/store_inflow.h"
#include "ports/store_invoice.h"
#include "ports/store_payment.h"

enum {
    INVOICES_MAX = 500, /* looked at for each block, most of them on other networks */
    ENDED_MS = 24 * 3600 * 1000,
    PACE_MS = 10000, /* providers count each balance; some chains have a block a second */
    /* One request each, all of them before the next block, of the 100,000 a day that a provider
     * gives away. */
    ADDRESSES_TRON = 5,
    PACE_TRON_MS = 60000,
};

/* Whose turn it is. */
enum turn { TURN_OPEN, TURN_ENDED, TURN_NOTED };

enum { TURN_COUNT = TURN_NOTED + 1 };

struct balance_watch {
    struct balance_watch_options options;
    const struct asset *coin;
    size_t addresses_max; /* of one step */
    int64_t pace_ms;
    struct block_hash asked_at; /* the tip of the last step */
    int64_t asked_at_mono_ms;   /* 0: not yet */
    enum turn turn;
    struct store_deadline after; /* where the turn goes on: zeros at its beginning */
    int64_t after_address_id;
    enum { TOLD_NOTHING, TOLD_WELL, TOLD_FAILING } told; /* by us, since we run */
    int64_t told_at_tick_ms;
};

struct balance_watch *balance_watch_new(const struct balance_watch_options *options) {
    struct balance_watch *watch = calloc(1, sizeof *watch);
    BUG_IF(watch == NULL);
    watch->options = *options;
    watch->coin = network_coin(options->network);
    bool is_tron = options->network->kind == CHAIN_TRON;
    watch->addresses_max = is_tron ? ADDRESSES_TRON : BALANCE_WATCH_ADDRESSES_MAX;
    watch->pace_ms = is_tron ? PACE_TRON_MS : PACE_MS;
    return watch;
}

void balance_watch_free(struct balance_watch *watch) {
    free(watch);
}

/* The addresses of one step. */
struct batch {
    struct inflow_balance *items;
    size_t count;
    size_t room;
};

static struct batch batch_new(struct arena *arena, size_t room) {
    return (struct batch){.items = ARENA_ARRAY(arena, struct inflow_balance, room), .room = room};
}

static bool is_full(const struct batch *batch) {
    return batch->count == batch->room;
}

static bool is_watched(const struct balance_watch *watch, const struct address_row *address) {
    return address->kind == ADDRESS_INVOICE && address->network == watch->options.network &&
           address->asset == watch->coin;
}

static void next_turn(struct balance_watch *watch) {
    watch->turn = (enum turn)((watch->turn + 1) % TURN_COUNT);
    watch->after = (struct store_deadline){0};
    watch->after_address_id = 0;
}

/* False, and nothing is added, if there is no room for all of the invoice's. */
static struct result add_invoice(struct balance_watch *watch, struct arena *arena,
                                 int64_t invoice_id, struct batch *batch, bool *ret_added) {
    const struct address_row *options;
    size_t count;
    TRY(store_address_of_invoice(watch->options.reader, arena, invoice_id, &options, &count));
    size_t before = batch->count;
    for (size_t i = 0; i < count; i++) {
        if (!is_watched(watch, &options[i])) {
            continue;
        }
        if (is_full(batch)) {
            batch->count = before;
            *ret_added = false;
            return RESULT_OK;
        }
        batch->items[batch->count++].address = options[i];
    }
    *ret_added = true;
    return RESULT_OK;
}

static struct result take_by_deadline(struct balance_watch *watch, struct arena *arena,
                                      struct batch *batch) {
    struct store_conn *reader = watch->options.reader;
    struct store_deadlines wanted = {
        .after = watch->after, .until_ms = INT64_MAX, .limit = INVOICES_MAX};
    int64_t ended_after_ms = clock_wall_ms(watch->options.app->clock) - ENDED_MS;
    if (watch->turn == TURN_ENDED && wanted.after.deadline_ms < ended_after_ms) {
        wanted.after = (struct store_deadline){.deadline_ms = ended_after_ms};
    }
    const struct store_deadline *deadlines;
    size_t count;
    TRY(watch->turn == TURN_OPEN
            ? store_invoice_expiring(reader, arena, &wanted, &deadlines, &count)
            : store_invoice_expired(reader, arena, &wanted, &deadlines, &count));
    for (size_t i = 0; i < count; i++) {
        bool added;
        TRY(add_invoice(watch, arena, deadlines[i].invoice_id, batch, &added));
        if (!added) {
            return RESULT_OK;
        }
        watch->after = deadlines[i];
    }
    if (count < INVOICES_MAX) {
        next_turn(watch);
    }
    return RESULT_OK;
}

static struct result take_noted(struct balance_watch *watch, struct arena *arena,
                                struct batch *batch) {
    const struct native_inflow_row *noted;
    size_t count;
    size_t room = batch->room - batch->count;
    TRY(store_native_inflow_after(watch->options.reader, arena, watch->options.network,
                                  watch->after_address_id, (uint32_t)room, &noted, &count));
    for (size_t i = 0; i < count; i++) {
        struct address_row *address = &batch->items[batch->count++].address;
        TRY(store_address_by_id(watch->options.reader, noted[i].address_id, address));
        watch->after_address_id = noted[i].address_id;
    }
    if (count < room) {
        next_turn(watch);
    }
    return RESULT_OK;
}

/* Goes on where the last step ended; with few invoices, once around. */
static struct result take_addresses(struct balance_watch *watch, struct arena *arena,
                                    struct batch *batch) {
    for (int turns = 0; turns < TURN_COUNT && !is_full(batch); turns++) {
        enum turn turn = watch->turn;
        TRY(turn == TURN_NOTED ? take_noted(watch, arena, batch)
                               : take_by_deadline(watch, arena, batch));
        if (watch->turn == turn) {
            return RESULT_OK;
        }
    }
    return RESULT_OK;
}

static struct result ask(struct balance_watch *watch, struct arena *arena, struct block_hash at,
                         struct batch *batch) {
    struct script *programs = ARENA_ARRAY(arena, struct script, batch->count);
    struct amount *balances = ARENA_ARRAY(arena, struct amount, batch->count);
    for (size_t i = 0; i < batch->count; i++) {
        programs[i] = batch->items[i].address.program;
    }
    struct chain *chain = watch->options.chain;
    TRY(chain->ops->balances(chain, arena, at, programs, batch->count, balances));
    for (size_t i = 0; i < batch->count; i++) {
        ENSURE(balances[i].asset == watch->coin, ERR_NODE_ANSWER);
        batch->items[i].balance = balances[i];
    }
    return RESULT_OK;
}

/* Is it another amount than the one that is written down? */
static struct result is_news(struct balance_watch *watch, struct arena *arena,
                             const struct inflow_balance *seen, bool *ret_news) {
    struct store_conn *reader = watch->options.reader;
    const struct payment_row *payments;
    size_t count;
    TRY(store_payment_of_invoice(reader, arena, seen->address.invoice_id, &payments, &count));
    struct amount inflow = inflow_of(seen->balance, seen->address.id, payments, count);
    struct native_inflow_row noted;
    struct result found = store_native_inflow_by_address(reader, seen->address.id, &noted);
    if (found.code == &ERR_NOT_FOUND) {
        *ret_news = !amount_is_zero(inflow);
        return RESULT_OK;
    }
    TRY(found);
    *ret_news = !amount_eq(inflow, noted.amount);
    return RESULT_OK;
}

/* Most balances say nothing new, and the committer has better things to do. */
static struct result keep_news(struct balance_watch *watch, struct arena *arena,
                               struct batch *batch) {
    size_t kept = 0;
    for (size_t i = 0; i < batch->count; i++) {
        bool news;
        TRY(is_news(watch, arena, &batch->items[i], &news));
        if (news) {
            batch->items[kept++] = batch->items[i];
        }
    }
    batch->count = kept;
    return RESULT_OK;
}

static void tell_operator(struct balance_watch *watch, struct arena *arena, struct result asked) {
    bool failing = !result_is_ok(asked);
    int64_t now_tick_ms = app_tick_ms(watch->options.app);
    bool has_come_back = failing && now_tick_ms - watch->told_at_tick_ms >= ALARM_AGAIN_MS;
    if (watch->told == (failing ? TOLD_FAILING : TOLD_WELL) && !has_come_back) {
        return;
    }
    struct str network = str_from_c(watch->options.network->key);
    struct alarm_set set = {.code = STR("native_unwatched"),
                            .subject = network,
                            .detail = failing ? str_from_c(result_text(asked)) : STR(""),
                            .clear = !failing};
    struct result stored = job_run(watch->options.app->queue, &alarm_set_use_case, &set, arena);
    if (failing) {
        log_event(LOG_WARN, "balances_unknown", LOG_STR("network", network), LOG_RESULT(asked));
    }
    if (!result_is_ok(stored)) {
        log_event(LOG_WARN, "alarm_not_stored", LOG_RESULT(stored));
        return;
    }
    watch->told = failing ? TOLD_FAILING : TOLD_WELL;
    watch->told_at_tick_ms = now_tick_ms;
}

static bool is_time(const struct balance_watch *watch, struct block_hash tip) {
    int64_t now_ms = clock_monotonic_ms(watch->options.app->clock);
    bool early = watch->asked_at_mono_ms != 0 && now_ms - watch->asked_at_mono_ms < watch->pace_ms;
    return !early && !block_hash_eq(watch->asked_at, tip);
}

static struct result record_news(struct balance_watch *watch, struct arena *arena,
                                 struct block_ref tip, struct batch *batch) {
    TRY(keep_news(watch, arena, batch));
    if (batch->count == 0) {
        return RESULT_OK;
    }
    struct inflow_record record = {.network = watch->options.network,
                                   .tip = tip,
                                   .balances = batch->items,
                                   .count = batch->count};
    return job_run(watch->options.app->queue, &inflow_record_use_case, &record, arena);
}

struct result balance_watch_step(struct balance_watch *watch, struct arena *arena,
                                 struct block_ref tip) {
    if (watch->options.chain->ops->balances == NULL || watch->coin == NULL ||
        !is_time(watch, tip.hash)) {
        return RESULT_OK;
    }
    struct batch batch = batch_new(arena, watch->addresses_max);
    TRY(take_addresses(watch, arena, &batch));
    watch->asked_at = tip.hash;
    if (batch.count == 0) {
        return RESULT_OK;
    }
    watch->asked_at_mono_ms = clock_monotonic_ms(watch->options.app->clock);
    struct result asked = ask(watch, arena, tip.hash, &batch);
    /* A node that has gone on meanwhile is well; these have their turn again. */
    if (asked.code != &ERR_BLOCK_UNKNOWN && asked.code != &ERR_NODE_STOPPED) {
        tell_operator(watch, arena, asked);
    }
    return result_is_ok(asked) ? record_news(watch, arena, tip, &batch) : RESULT_OK;
}
