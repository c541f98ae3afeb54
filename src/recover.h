/* SPDX-License-Identifier: MIT */
#ifndef TILL_RECOVER_H
#define TILL_RECOVER_H

/* What a start must do before anything is handed out: see whether this store is the one that
 * stopped, make the counters go on or jump, and watch what was jumped over. */

#include "base/result.h"

struct app;
struct arena;
struct bounds;
struct store;
struct store_conn;

struct recovery {
    const struct app *app;
    struct bounds *bounds;
    bool bounds_found;
    struct store_conn *reader;
};

/* The committer must be running. */
struct result recover_counters(const struct recovery *recovery, struct arena *arena);

/* Counts the rolled-up rows if the store does not have them yet or found them wrong. */
struct result recover_rollups(const struct recovery *recovery, struct arena *arena);

/* The last act of an orderly stop, after the committer has ended. */
struct result mark_orderly_stop(const struct app *app, struct store *store, struct bounds *bounds,
                                struct arena *arena);

#endif
