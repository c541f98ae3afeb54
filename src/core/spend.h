/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_SPEND_H
#define TILL_CORE_SPEND_H

/* The arithmetic of a Bitcoin-like transaction that is still to be signed: how large it will be,
 * what it costs, what is left over. Coins are added one by one until they cover what is paid; which
 * ones is the caller's choice. Sizes are those of the largest signatures, so the real fee rate is
 * never below the wanted one by more than rounding. */

#include <stdint.h>

#include "base/result.h"
#include "core/account_key.h"
#include "core/amount.h"

struct script;

/* Satoshis for 1000 virtual bytes: 1.5 sat/vB is 1500. */
#define FEE_RATE_MIN UINT64_C(100)
#define FEE_RATE_MAX UINT64_C(10000000)

/* Fields are private. */
struct spend {
    const struct asset *coin;
    uint64_t fee_rate;
    struct amount paid;
    struct amount gathered;
    uint64_t input_count;
    uint64_t output_count;
    uint64_t weight; /* of inputs and outputs */
    uint64_t witness_count;
};

struct spend_sums {
    struct amount fee;
    struct amount change; /* zero: there is none, what was left went into the fee */
    uint64_t vsize;
};

/* "12", "1.5" sat/vB with at most three decimals. ERR_FEE_RATE_INVALID. */
struct result fee_rate_from_text(struct str text, uint64_t *ret_fee_rate);
struct str fee_rate_to_text(struct arena *arena, uint64_t fee_rate);

void spend_init(struct spend *spend, const struct asset *coin, uint64_t fee_rate);
/* ERR_AMOUNT_OVERFLOW. */
struct result spend_pay(struct spend *spend, const struct script *program, struct amount amount);
struct result spend_gather(struct spend *spend, enum account_type type, struct amount amount);

/* What the coins gathered so far lack to pay everything and the fee; zero: nothing. */
struct amount spend_lacks(const struct spend *spend);
/* What a coin of this type adds to the fee: one worth no more is not worth spending. */
struct amount spend_cost_of_input(const struct spend *spend, enum account_type type);

/* Nothing may be lacking. Change that relay rules call dust, or that would cost its owner more to
 * spend than it is worth, is left to the fee. */
struct result spend_settle(const struct spend *spend, const struct script *change_program,
                           enum account_type change_type, struct spend_sums *ret_sums);

#endif
