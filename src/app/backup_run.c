/* SPDX-License-Identifier: MIT */
#include "app/backup_run.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "core/error.h"

enum { RUN_ARENA_BYTES = 256 << 20 };

struct backup_runner {
    struct backup *backup;
    struct errand_runner *errands;
};

struct backup_runner *backup_runner_new(struct backup *backup) {
    struct backup_runner *runner = calloc(1, sizeof *runner);
    BUG_IF(runner == NULL);
    runner->backup = backup;
    runner->errands = errand_runner_new();
    return runner;
}

void backup_runner_free(struct backup_runner *runner) {
    if (runner == NULL) {
        return;
    }
    errand_runner_free(runner->errands);
    free(runner);
}

static struct backup_run *from_errand(struct errand *errand) {
    return (struct backup_run *)((char *)errand - offsetof(struct backup_run, errand));
}

static void keep_outcome(struct backup_run *run, struct result outcome) {
    run->outcome = outcome;
    if (outcome.detail != NULL) {
        (void)snprintf(run->detail, sizeof run->detail, "%s", outcome.detail);
        run->outcome.detail = run->detail;
    }
}

static void make_backup(struct errand *errand) {
    struct backup_run *run = from_errand(errand);
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(RUN_ARENA_BYTES);
    struct str passphrase = {.ptr = (const char *)run->passphrase.bytes,
                             .len = run->passphrase.len};
    keep_outcome(run, run->backup->make(run->backup, arena, run->path, passphrase, &run->report));
    secret_wipe(&run->passphrase);
}

static void tell(struct errand *errand) {
    struct backup_run *run = from_errand(errand);
    run->done(run);
}

struct result backup_run_start(struct backup_runner *runner, struct backup_run *run) {
    ENSURE(run->passphrase.len >= PASSPHRASE_BYTES_MIN, ERR_PASSPHRASE_SHORT);
    if (run->path[0] != '/') {
        return (struct result){&ERR_BACKUP_FILE, "the path of a backup must be absolute"};
    }
    run->backup = runner->backup;
    run->errand = (struct errand){.run = make_backup, .done = tell};
    return errand_start(runner->errands, &run->errand, &ERR_BACKUP_RUNNING);
}
