/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SIM_STATIC_MODEL_H
#define TILL_TESTS_SIM_STATIC_MODEL_H

/* Static wallets in a history: a few customers pay any sums at any time, several times in one
 * transaction, too. Each payment that was ever in a block is one receipt for ever, with the status
 * that the chain gives it; a payment that never was is none. */

#include "sim/rollup_check.h"

struct arena;
struct static_model;
struct world;

enum { STATIC_PAYMENTS_MAX = 120 };

struct static_model *static_model_new(void);
void static_model_free(struct static_model *model);

/* One transaction into the wallets, as `random` has it. */
void static_model_pay(struct static_model *model, struct world *world, uint64_t random);

/* After each step, with the depth that counts as confirmed. Adds the receipts to `rolled`. NULL if
 * all is as it should be, else what is not. */
const char *static_model_check(struct static_model *model, struct world *world, struct arena *arena,
                               uint32_t depth, struct rolled_invoice *rolled, size_t *rolled_count);

#endif
