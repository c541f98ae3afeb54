/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_SANDBOX_EVENT_FILE_H
#define TILL_ADAPTERS_CHAIN_SANDBOX_EVENT_FILE_H

/* One append-only file of records, each with a checksum that also covers its place. A record is
 * durable when the append returns. A record torn by a crash can only be the last one and is cut off
 * at the next open; a bad record with good ones behind it is damage and refused. Knows nothing of
 * what the records say. One process at a time, held by a lock. */

#include "base/bytes.h"
#include "base/result.h"

struct arena;
struct event_file;

enum { EVENT_RECORD_BYTES_MAX = 512 * 1024 };

/* Called for each record of the file in order; `record` is borrowed. An error ends the open. */
typedef struct result (*event_file_replay)(void *context, struct event_file *file, uint64_t offset,
                                           struct bytes record);

/* Creates the file if there is none. ERR_SANDBOX_FILE if it is another program's, damaged, locked
 * or not accessible. The detail lives in `arena`. */
struct result event_file_open(const char *path, struct arena *arena, event_file_replay replay,
                              void *context, struct event_file **ret_file);
void event_file_close(struct event_file *file);

uint64_t event_file_bytes(const struct event_file *file);

/* ERR_SANDBOX_FILE; after a failed sync no further append is accepted, since what is on disk is
 * unknown until the file is opened again. */
struct result event_file_append(struct event_file *file, struct bytes record, uint64_t *ret_offset);
/* The record that an append or the replay placed at `offset`; ERR_SANDBOX_FILE if there is none. */
struct result event_file_read(const struct event_file *file, struct arena *arena, uint64_t offset,
                              struct bytes *ret_record);

/* Starts a shorter file beside `file`. Appends to it are durable only once it has replaced the
 * other; closing it before that forgets it. */
struct result event_file_copy_begin(const struct event_file *file, struct event_file **ret_copy);
/* Takes the place of the file it was begun beside. Both stay open and must be closed. */
struct result event_file_copy_finish(struct event_file *copy);

#endif
