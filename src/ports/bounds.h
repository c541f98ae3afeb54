/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_BOUNDS_H
#define TILL_PORTS_BOUNDS_H

/* The side file beside the database: for each counter a bound that no number handed out has
 * reached. It is raised, with a real fsync, before numbers below the new bound are used, so that an
 * old copy of the database cannot hand them out again. Called under the lock of app/reserve.c. */

#include "base/result.h"
#include "base/str.h"

struct arena;
struct bounds;

/* 0 if the counter is unknown. Counters are named "invoice" or "key <hex account id>". */
int64_t bounds_get(const struct bounds *bounds, struct str counter);
/* Durable when it returns; never lowers. ERR_STORE_FULL or ERR_STORE_BROKEN. */
struct result bounds_raise(struct bounds *bounds, struct str counter, int64_t bound);

/* The mark of an orderly stop: equal to the store's only if the store is the one that stopped.
 * Empty when the last stop was not orderly. */
struct str bounds_stop_mark(const struct bounds *bounds);
struct result bounds_set_stop_mark(struct bounds *bounds, struct str mark);

#endif
