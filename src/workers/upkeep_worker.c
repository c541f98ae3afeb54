/* SPDX-License-Identifier: MIT */
#include "workers/upkeep_worker.h"

#include <stdlib.h>

#include "app/app.h"
#include "app/idempotency.h"
#include "app/key_uses.h"
#include "base/arena.h"
#include "base/log.h"

enum { STEP_ARENA_BYTES = 1 << 20, PRUNE_PAUSE_MS = 60 * 1000, PRUNES_MAX = 100 };

struct upkeep_worker {
    const struct app *app;
    struct arena *arena;
    struct key_uses_write key_uses;
    int64_t pruned_at_ms;
};

struct upkeep_worker *upkeep_worker_new(const struct app *app) {
    struct upkeep_worker *worker = calloc(1, sizeof *worker);
    BUG_IF(worker == NULL);
    worker->app = app;
    worker->arena = arena_new(STEP_ARENA_BYTES);
    return worker;
}

void upkeep_worker_free(struct upkeep_worker *worker) {
    if (worker != NULL) {
        arena_free(worker->arena);
        free(worker);
    }
}

static struct result write_key_uses(struct upkeep_worker *worker) {
    key_uses_take(worker->app->key_uses, &worker->key_uses);
    if (worker->key_uses.count == 0) {
        return RESULT_OK;
    }
    return job_run(worker->app->queue, &key_uses_use_case, &worker->key_uses, worker->arena);
}

static struct result prune_idempotency_keys(struct upkeep_worker *worker) {
    int64_t now_ms = app_now_ms(worker->app);
    if (now_ms - worker->pruned_at_ms < PRUNE_PAUSE_MS) {
        return RESULT_OK;
    }
    worker->pruned_at_ms = now_ms;
    struct idempotency_prune prune = {.has_more = true};
    for (int i = 0; prune.has_more && i < PRUNES_MAX; i++) {
        TRY(job_run(worker->app->queue, &idempotency_prune_use_case, &prune, worker->arena));
    }
    return RESULT_OK;
}

void upkeep_worker_step(struct upkeep_worker *worker) {
    arena_reset(worker->arena);
    struct result run = write_key_uses(worker);
    if (result_is_ok(run)) {
        run = prune_idempotency_keys(worker);
    }
    if (!result_is_ok(run)) {
        log_event(LOG_WARN, "upkeep_failed", LOG_RESULT(run));
    }
}
