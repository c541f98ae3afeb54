/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_COMMISSION_H
#define TILL_CORE_COMMISSION_H

/* The two fees of an invoice, for the transfer and for the service, who bears them, and the sums
 * that follow. The fees are fixed to the cent in USD when the invoice is made; in an asset every
 * sum follows from the due sum alone, so that nothing can disagree with what the payer was shown:
 *
 *     due = amount + the payer's fees          received = paid - both fees, never below zero
 *
 * and the same in USD. Rounding never makes the two tell different stories: in USD, too, something
 * is missing while something is due, and nothing was received where nothing was. */

#include "core/amount.h"

enum fee_side { FEE_CLIENT, FEE_MERCHANT }; /* CryptoCloud's words: "client", "merchant" */

/* Parts of a million of the price, a fixed sum, or both. */
struct fee_rule {
    uint32_t parts_per_million;
    struct amount fixed_usd;
};

/* "", "0", "1.9%", "0.5USD", "1.9% + 0.5USD". ERR_FEE_INVALID on anything else, above 100 % and
 * above a million USD. */
struct result fee_rule_from_text(struct str text, struct fee_rule *ret_rule);

/* As frozen in an invoice; all zero bytes mean no fees. */
struct commission {
    enum fee_side transfer_side;
    enum fee_side service_side;
    struct amount transfer_usd;
    struct amount service_usd;
};

/* What a shop has agreed on. */
struct commission_terms {
    enum fee_side transfer_side;
    enum fee_side service_side;
    struct fee_rule transfer;
    struct fee_rule service;
};

/* The fees of a price. What the merchant bears is at most the price. */
struct result commission_of(const struct commission_terms *terms, struct amount price_usd,
                            struct commission *ret_commission);

/* Sums of one asset, or of USD. */
struct commission_sums {
    struct amount amount; /* the price */
    struct amount transfer_fee;
    struct amount service_fee;
    struct amount due;       /* what the payer owes */
    struct amount paid;      /* credited */
    struct amount received;  /* paid less the fees */
    struct amount surcharge; /* due less paid; none once the invoice is settled */
};

/* The price and the payer's fees. */
struct amount commission_due_usd(const struct commission *commission, struct amount price_usd);
/* What the payer owes in an asset in which the price comes to `amount`. ERR_AMOUNT_OVERFLOW. */
struct result commission_due(const struct commission *commission, struct amount price_usd,
                             struct amount amount, struct amount *ret_due);

/* The sums in the asset of `due`, and the same in USD; `settled`: no more is asked for, whatever
 * was paid. ERR_AMOUNT_OVERFLOW if the worth of `paid` does not fit. */
struct commission_state {
    struct amount price_usd;
    struct amount due;
    struct amount paid;
    bool settled;
};
struct result commission_sums_of(const struct commission *commission,
                                 const struct commission_state *state,
                                 struct commission_sums *ret_sums, struct commission_sums *ret_usd);

#endif
