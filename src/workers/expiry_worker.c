/* SPDX-License-Identifier: MIT */
#include "workers/expiry_worker.h"

#include <stdlib.h>

#include "app/app.h"
#include "app/invoice_expire.h"
#include "base/arena.h"
#include "base/log.h"
#include "ports/clock.h"
#include "ports/store_invoice.h"

enum { STEP_ARENA_BYTES = 8 << 20, BATCHES_MAX = 200 };

struct expiry_worker {
    const struct app *app;
    struct store_conn *reader;
    struct arena *arena;
    struct invoice_expire expire;
    int batches_max;
    struct store_deadline position; /* where the last step stopped; zeros: at the end */
};

struct expiry_worker *expiry_worker_new(const struct app *app, struct store_conn *reader) {
    struct expiry_worker *worker = calloc(1, sizeof *worker);
    BUG_IF(worker == NULL);
    worker->app = app;
    worker->reader = reader;
    worker->arena = arena_new(STEP_ARENA_BYTES);
    worker->batches_max = BATCHES_MAX;
    return worker;
}

void expiry_worker_free(struct expiry_worker *worker) {
    if (worker != NULL) {
        arena_free(worker->arena);
        free(worker);
    }
}

void expiry_worker_limit(struct expiry_worker *worker, int batches_max) {
    worker->batches_max = batches_max;
}

/* One batch behind `*position`, which moves on; `ret_more`: there may be others behind it. What
 * cannot end yet, as on a blind network, holds nobody up. */
static struct result expire_batch(struct expiry_worker *worker, struct store_deadline *position,
                                  bool *ret_more) {
    *ret_more = false;
    worker->expire.ended = 0;
    struct store_deadlines wanted = {.after = *position,
                                     .until_ms = clock_wall_ms(worker->app->clock),
                                     .limit = EXPIRE_BATCH_MAX};
    const struct store_deadline *due;
    TRY(store_invoice_expiring(worker->reader, worker->arena, &wanted, &due,
                               &worker->expire.count));
    if (worker->expire.count == 0) {
        return RESULT_OK;
    }
    for (size_t i = 0; i < worker->expire.count; i++) {
        worker->expire.invoice_ids[i] = due[i].invoice_id;
    }
    struct store_deadline last = due[worker->expire.count - 1];
    TRY(job_run(worker->app->queue, &invoice_expire_use_case, &worker->expire, worker->arena));
    *position = last;
    *ret_more = worker->expire.count == EXPIRE_BATCH_MAX;
    return RESULT_OK;
}

/* A step that stops half way goes on there the next time, so that those which cannot end, however
 * many and however old, let the others have their turn. */
size_t expiry_worker_step(struct expiry_worker *worker) {
    size_t ended = 0;
    bool more = true;
    for (int batch = 0; more && batch < worker->batches_max; batch++) {
        arena_reset(worker->arena);
        struct result run = expire_batch(worker, &worker->position, &more);
        if (!result_is_ok(run)) {
            log_event(LOG_WARN, "expiry_failed", LOG_RESULT(run));
            return ended;
        }
        ended += worker->expire.ended;
    }
    if (!more) {
        worker->position = (struct store_deadline){0};
    }
    return ended;
}
