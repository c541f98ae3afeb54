/* SPDX-License-Identifier: MIT */
#include "workers/expiry_worker.h"

#include <stdlib.h>
#include <string.h>

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
};

struct expiry_worker *expiry_worker_new(const struct app *app, struct store_conn *reader) {
    struct expiry_worker *worker = calloc(1, sizeof *worker);
    BUG_IF(worker == NULL);
    worker->app = app;
    worker->reader = reader;
    worker->arena = arena_new(STEP_ARENA_BYTES);
    return worker;
}

void expiry_worker_free(struct expiry_worker *worker) {
    if (worker != NULL) {
        arena_free(worker->arena);
        free(worker);
    }
}

/* `ret_more`: the batch was full and moved on, so there may be others behind it. */
static struct result expire_batch(struct expiry_worker *worker, bool *ret_more) {
    *ret_more = false;
    worker->expire.ended = 0;
    const int64_t *ids;
    TRY(store_invoice_expiring(worker->reader, worker->arena, clock_wall_ms(worker->app->clock),
                               EXPIRE_BATCH_MAX, &ids, &worker->expire.count));
    if (worker->expire.count == 0) {
        return RESULT_OK;
    }
    memcpy(worker->expire.invoice_ids, ids, worker->expire.count * sizeof *ids);
    TRY(job_run(worker->app->queue, &invoice_expire_use_case, &worker->expire, worker->arena));
    *ret_more = worker->expire.count == EXPIRE_BATCH_MAX && worker->expire.ended > 0;
    return RESULT_OK;
}

size_t expiry_worker_step(struct expiry_worker *worker) {
    size_t ended = 0;
    bool more = true;
    for (int batch = 0; more && batch < BATCHES_MAX; batch++) {
        arena_reset(worker->arena);
        struct result run = expire_batch(worker, &more);
        if (!result_is_ok(run)) {
            log_event(LOG_WARN, "expiry_failed", LOG_RESULT(run));
            return ended;
        }
        ended += worker->expire.ended;
    }
    return ended;
}
