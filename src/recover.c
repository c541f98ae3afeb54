/* SPDX-License-Identifier: MIT */
#include "recover.h"

#include "app/app.h"
#include "app/index_jump.h"
#include "app/job.h"
#include "app/journal_jump.h"
#include "app/reserve.h"
#include "app/rollup_rebuild.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/log.h"
#include "core/error.h"
#include "ports/bounds.h"
#include "ports/store.h"
#include "ports/store_invoice.h"
#include "ports/store_journal.h"
#include "ports/store_payout.h"
#include "ports/store_shop.h"
#include "ports/vault.h"

enum {
    /* Without the side file, or with an old copy of it, nobody knows how far the lost self came. */
    MARGIN_WITHOUT_BOUNDS = 10000,
    STOP_MARK_BYTES = 16,
};

#define STOP_MARK_KEY STR("stop_mark")

/* Only a store that carries the mark of the last orderly stop is the latest one. */
static struct result stopped_orderly(const struct recovery *recovery, struct arena *arena,
                                     bool *ret_orderly) {
    struct str mark;
    struct result found = store_setting_get(recovery->reader, arena, STOP_MARK_KEY, &mark);
    if (found.code == &ERR_NOT_FOUND) {
        *ret_orderly = false;
        return RESULT_OK;
    }
    TRY(found);
    struct str noted = bounds_stop_mark(recovery->bounds);
    *ret_orderly = !str_is_empty(mark) && str_eq(mark, noted);
    return RESULT_OK;
}

static struct result watch_jumped(const struct recovery *recovery, struct arena *arena,
                                  int64_t account_key_id, int64_t from, int64_t to) {
    while (from < to) {
        int64_t next = to - from > INDEX_JUMP_MAX ? from + INDEX_JUMP_MAX : to;
        struct index_jump jump = {
            .account_key_id = account_key_id, .from_index = from, .to_index = next};
        TRY(job_run(recovery->app->queue, &index_jump_use_case, &jump, arena));
        from = next;
    }
    return RESULT_OK;
}

static struct result raise_by_margin(const struct recovery *recovery, const char *counter,
                                     int64_t next, int64_t first) {
    if (recovery->bounds_found || next <= first) {
        return RESULT_OK;
    }
    return bounds_raise(recovery->bounds, str_from_c(counter), next + MARGIN_WITHOUT_BOUNDS);
}

static struct result recover_invoices(const struct recovery *recovery, bool jump) {
    int64_t highest;
    int64_t highest_payout;
    TRY(store_invoice_highest_id(recovery->reader, &highest));
    TRY(store_payout_highest_id(recovery->reader, &highest_payout));
    highest = highest_payout > highest ? highest_payout : highest; /* one sequence */
    TRY(raise_by_margin(recovery, "invoice", highest + 1, 1));
    int64_t first;
    TRY(reserve_add_invoices(recovery->app->reserve, highest + 1, jump, &first));
    if (first != highest + 1) {
        log_event(LOG_INFO, "invoice_numbers_jumped", LOG_I64("from", highest + 1),
                  LOG_I64("to", first));
    }
    return RESULT_OK;
}

static struct result recover_key(const struct recovery *recovery, struct arena *arena,
                                 const struct account_key_row *key, bool jump) {
    int64_t issued;
    TRY(store_account_key_issued(recovery->reader, key->id, &issued));
    int64_t next = issued + 1 > key->next_index ? issued + 1 : key->next_index;
    struct str id = hex_encode(arena, BYTES_OF(key->account_id));
    const char *counter = arena_printf(arena, "key %.*s", STR_ARG(id));
    TRY(raise_by_margin(recovery, counter, next, 0));
    int64_t first;
    TRY(reserve_add_account_key(recovery->app->reserve, key->id, key->account_id, next, jump,
                                &first));
    if (first == next) {
        return RESULT_OK;
    }
    log_event(LOG_INFO, "address_indexes_jumped", LOG_I64("account_key", key->id),
              LOG_I64("from", next), LOG_I64("to", first));
    return watch_jumped(recovery, arena, key->id, next, first);
}

static struct result recover_journal(const struct recovery *recovery, struct arena *arena) {
    struct journal_jump jump = {0};
    TRY(job_run(recovery->app->queue, &journal_jump_use_case, &jump, arena));
    if (jump.jumped_to != 0) {
        log_event(LOG_INFO, "journal_jumped", LOG_I64("to", jump.jumped_to));
    }
    return RESULT_OK;
}

struct result recover_counters(const struct recovery *recovery, struct arena *arena) {
    bool orderly;
    TRY(stopped_orderly(recovery, arena, &orderly));
    TRY(recover_invoices(recovery, !orderly));
    const struct account_key_row *keys;
    size_t count;
    TRY(store_account_key_list(recovery->reader, arena, &keys, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(recover_key(recovery, arena, &keys[i], !orderly));
    }
    if (!orderly) {
        TRY(recover_journal(recovery, arena));
    }
    /* From here on an end without a mark is a crash. */
    return bounds_set_stop_mark(recovery->bounds, STR(""));
}

struct result recover_rollups(const struct recovery *recovery, struct arena *arena) {
    int64_t counted;
    TRY(rollup_ensure(recovery->app, recovery->reader, arena, &counted));
    if (counted > 0) {
        log_event(LOG_INFO, "rollups_counted", LOG_I64("invoices", counted));
    }
    return RESULT_OK;
}

static struct result write_mark(struct store *store, struct str mark) {
    struct store_conn *writer = store_writer(store);
    TRY(store_begin(writer));
    struct result written = store_setting_set(writer, STOP_MARK_KEY, mark);
    if (!result_is_ok(written)) {
        store_rollback(writer);
        return written;
    }
    return store_commit(writer);
}

struct result mark_orderly_stop(const struct app *app, struct store *store, struct bounds *bounds,
                                struct arena *arena) {
    uint8_t random[STOP_MARK_BYTES];
    vault_random(app->vault, random, sizeof random);
    struct str mark = hex_encode(arena, BYTES_OF(random));
    TRY(write_mark(store, mark));
    TRY(store_checkpoint(store_writer(store), true));
    return bounds_set_stop_mark(bounds, mark);
}
