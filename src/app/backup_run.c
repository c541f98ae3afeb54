/* SPDX-License-Identifier: MIT */
#include "app/backup_run.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "core/error.h"

enum { RUN_ARENA_BYTES = 256 << 20 };

struct backup_runner {
    struct backup *backup;
    pthread_mutex_t lock; /* guards the rest */
    pthread_t thread;
    struct backup_run *run; /* NULL: none is under way */
    bool has_thread;        /* one has run and is not joined yet */
};

struct backup_runner *backup_runner_new(struct backup *backup) {
    struct backup_runner *runner = calloc(1, sizeof *runner);
    BUG_IF(runner == NULL);
    runner->backup = backup;
    BUG_IF(pthread_mutex_init(&runner->lock, NULL) != 0);
    return runner;
}

static void join_thread(struct backup_runner *runner) {
    if (runner->has_thread) {
        (void)pthread_join(runner->thread, NULL);
        runner->has_thread = false;
    }
}

void backup_runner_free(struct backup_runner *runner) {
    if (runner == NULL) {
        return;
    }
    join_thread(runner);
    (void)pthread_mutex_destroy(&runner->lock);
    free(runner);
}

static void keep_outcome(struct backup_run *run, struct result outcome) {
    run->outcome = outcome;
    if (outcome.detail != NULL) {
        (void)snprintf(run->detail, sizeof run->detail, "%s", outcome.detail);
        run->outcome.detail = run->detail;
    }
}

static void *make_backup(void *context) {
    struct backup_runner *runner = context;
    struct backup_run *run = runner->run;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(RUN_ARENA_BYTES);
    struct str passphrase = {.ptr = (const char *)run->passphrase.bytes,
                             .len = run->passphrase.len};
    keep_outcome(run,
                 runner->backup->make(runner->backup, arena, run->path, passphrase, &run->report));
    secret_wipe(&run->passphrase);
    (void)pthread_mutex_lock(&runner->lock);
    runner->run = NULL;
    (void)pthread_mutex_unlock(&runner->lock);
    run->done(run);
    return NULL;
}

static struct result start_locked(struct backup_runner *runner, struct backup_run *run) {
    ENSURE(runner->run == NULL, ERR_BACKUP_RUNNING);
    join_thread(runner);
    runner->run = run;
    if (pthread_create(&runner->thread, NULL, make_backup, runner) != 0) {
        runner->run = NULL;
        return result_fail(&ERR_QUEUE_FULL);
    }
    runner->has_thread = true;
    return RESULT_OK;
}

struct result backup_run_start(struct backup_runner *runner, struct backup_run *run) {
    ENSURE(run->passphrase.len >= PASSPHRASE_BYTES_MIN, ERR_PASSPHRASE_SHORT);
    if (run->path[0] != '/') {
        return (struct result){&ERR_BACKUP_FILE, "the path of a backup must be absolute"};
    }
    (void)pthread_mutex_lock(&runner->lock);
    struct result started = start_locked(runner, run);
    (void)pthread_mutex_unlock(&runner->lock);
    return started;
}
