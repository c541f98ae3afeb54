/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_ROLLUP_REBUILD_H
#define TILL_APP_ROLLUP_REBUILD_H

/* Counts the rolled-up rows anew from the invoices: for a store from before there were any, and
 * after they were found wrong. */

#include "app/job.h"

struct app;
struct ledger;
struct store_conn;

struct rollup_rebuild {
    int64_t invoices; /* out: how many were counted */
};

extern const struct use_case rollup_rebuild_use_case;

/* At a start: counts only if the store does not say that it was done. The committer must be
 * running. `*ret_invoices` is -1 if there was no need. */
struct result rollup_ensure(const struct app *app, struct store_conn *reader, struct arena *arena,
                            int64_t *ret_invoices);
/* The next start shall count. */
struct result rollup_distrust(struct ledger *ledger);

#endif
