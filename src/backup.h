/* SPDX-License-Identifier: MIT */
#ifndef TILL_BACKUP_H
#define TILL_BACKUP_H

/* What a backup holds, and how it becomes an instance again. Wiring of the adapters: the store's
 * copy, the side file of bounds, the sealed key, the sandbox's chain, in one file. */

#include "ports/backup.h"

struct arena;
struct store;
struct vault;

/* The port, for tilld. Borrows all of it. */
struct backup_of_instance {
    struct backup backup;
    struct store *store;
    struct vault *vault;
    const char *store_path;
};
void backup_of_instance_init(struct backup_of_instance *instance, struct store *store,
                             struct vault *vault, const char *store_path);

/* Where an instance lives; from its configuration. ERR_CONFIG for a store that is no file. */
struct config;
struct instance_paths {
    const char *store;
    const char *key;
    const char *bounds;
    const char *sandbox;
};
struct result instance_paths_of(struct arena *arena, const struct config *config,
                                struct instance_paths *ret_paths);

/* Digest and structure are sound; with a passphrase (not empty) also that it opens the key. */
struct result backup_verify(struct arena *arena, const char *path, struct str passphrase,
                            struct backup_report *ret_report);

enum { RESTORE_MARGIN = 10000 };

struct restore_wanted {
    const char *file;
    struct instance_paths paths;
    struct str passphrase;
    /* How far counters go beyond the backup's bounds: more than was handed out since it was made.
     */
    int64_t margin;
    bool replace; /* what is there is put aside, not refused */
};

/* tilld must be stopped: ERR_STORE_LOCKED. `*ret_aside` names the ending of what was put aside;
 * empty if there was nothing. */
struct result backup_restore(struct arena *arena, const struct restore_wanted *wanted,
                             const char **ret_aside);

#endif
