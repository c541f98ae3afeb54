/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_BACKUP_FILE_BACKUP_FILE_H
#define TILL_ADAPTERS_BACKUP_FILE_BACKUP_FILE_H

/* One file that holds named sections and a digest over everything before it:
 *
 *     till backup 1
 *     section NAME LENGTH
 *     ...that many bytes, and the next section...
 *     sha256 64 HEXADECIMAL DIGITS
 *
 * Knows nothing of what the sections mean. */

#include "base/bytes.h"
#include "base/result.h"
#include "ports/backup.h"

struct arena;
struct backup_file;

enum { BACKUP_SECTIONS_MAX = 8, BACKUP_SECTION_BYTES_MAX = 64 << 20 };

struct backup_section {
    const char *name;   /* a word */
    const char *path;   /* the section is this file's contents; NULL: it is `bytes` */
    struct bytes bytes; /* at most BACKUP_SECTION_BYTES_MAX */
};

/* Makes the file, for our user only, and fsyncs it. Nothing is left on failure. ERR_BACKUP_FILE. */
struct result backup_file_write(struct arena *arena, const char *path,
                                const struct backup_section *sections, size_t count,
                                struct backup_report *ret_report);

/* Reads all of it and compares the digest. ERR_BACKUP_FILE says what is wrong with it. Owned by the
 * caller. */
struct result backup_file_open(struct arena *arena, const char *path,
                               struct backup_file **ret_file);
void backup_file_close(struct backup_file *file);

const struct backup_report *backup_file_report(const struct backup_file *file);
bool backup_file_has(const struct backup_file *file, const char *name);
/* ERR_BACKUP_FILE if there is no such section. */
struct result backup_file_read(struct backup_file *file, struct arena *arena, const char *name,
                               struct bytes *ret_bytes);
/* Into a new file of mode 0600, fsynced. */
struct result backup_file_extract(struct backup_file *file, struct arena *arena, const char *name,
                                  const char *path);

#endif
