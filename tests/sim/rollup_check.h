/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SIM_ROLLUP_CHECK_H
#define TILL_TESTS_SIM_ROLLUP_CHECK_H

/* Counts a world's invoices anew and compares that with the rolled-up rows. */

#include "core/amount.h"

struct arena;
struct world;

struct rolled_invoice {
    int64_t id;
    struct amount due;
    struct amount received; /* deep enough by the chain, late or not */
};

/* NULL if the rows are right, else what is wrong. */
const char *rollup_check(struct world *world, struct arena *arena,
                         const struct rolled_invoice *invoices, size_t count);

#endif
