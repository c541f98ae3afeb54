/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_BACKUP_H
#define TILL_PORTS_BACKUP_H

/* Makes a backup of the whole instance: the store as it is at one moment, the bounds of its
 * counters, the key under a passphrase. Blocks for as long as the copy takes. */

#include <stdint.h>

#include "base/result.h"
#include "base/str.h"

struct arena;

struct backup_report {
    int64_t size_bytes;
    char sha256[65]; /* of the file's contents, as it says itself in its last line */
};

struct backup {
    /* Into a new file. ERR_BACKUP_FILE with a detail if it exists or cannot be written. */
    struct result (*make)(struct backup *backup, struct arena *arena, const char *path,
                          struct str passphrase, struct backup_report *ret_report);
};

#endif
