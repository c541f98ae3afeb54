/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_BACKUP_RUN_H
#define TILL_APP_BACKUP_RUN_H

/* Runs backups on a thread of their own, one at a time: a copy of a large store takes longer than
 * anybody's request may wait for. */

#include "app/errand.h"
#include "ports/backup.h"
#include "ports/vault.h"

struct backup_runner;

enum { BACKUP_DETAIL_BYTES = 300, PASSPHRASE_BYTES_MIN = 8 };

/* Owned by whoever starts it, until `done` has been called. */
struct backup_run {
    const char *path;
    struct secret passphrase; /* wiped when it has been used */
    struct result outcome;    /* its detail points into `detail` */
    char detail[BACKUP_DETAIL_BYTES];
    struct backup_report report;
    void (*done)(struct backup_run *run); /* on the runner's thread */
    void *context;
    struct errand errand; /* the runner's, as what follows */
    struct backup *backup;
};

/* `backup` outlives it. */
struct backup_runner *backup_runner_new(struct backup *backup);
/* Waits for the backup that is under way. */
void backup_runner_free(struct backup_runner *runner);

/* ERR_BACKUP_RUNNING while another one is under way; ERR_PASSPHRASE_SHORT; ERR_BACKUP_FILE for a
 * path that is not absolute. */
struct result backup_run_start(struct backup_runner *runner, struct backup_run *run);

#endif
