/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SIM_MODEL_H
#define TILL_TESTS_SIM_MODEL_H

/* What a history has done so far, and what the simulated chain says of it. */

#include "app/invoice_view.h"
#include "sim/rollup_check.h"
#include "sim/static_model.h"

enum {
    INVOICES_MAX = 60,
    PAYMENTS_MAX = 400,
};

struct model_invoice {
    int64_t id;
    struct script program;
    struct amount due;
    int64_t expires_at_ms;
    bool canceled_by_shop;
};

struct model_payment {
    struct txid txid;
    uint32_t ordinal;
    size_t invoice;
    struct amount amount;
    int64_t first_seen_at_ms;
    bool dropped; /* double spent: it never comes back */
};

struct model {
    uint64_t random;
    uint32_t depth; /* confirmations */
    struct world *world;
    char folder[64];
    struct model_invoice invoices[INVOICES_MAX];
    struct rolled_invoice rolled[INVOICES_MAX + STATIC_PAYMENTS_MAX]; /* by the last check */
    size_t invoice_count;
    struct model_payment payments[PAYMENTS_MAX];
    size_t payment_count;
    size_t lie_from; /* the payments from here on are soon told with a wrong amount */
    struct static_model *statics;
    struct arena *arena; /* of a check */
    const char *problem;
};

struct found {
    bool in_block;
    int64_t height;
    int64_t block_time_ms;
};

struct chain_facts {
    struct block_header tip;
    struct found found[PAYMENTS_MAX];
};

/* For whoever must find out why the two differ. */
void model_tell_payments(const struct model *model, const struct chain_facts *facts, size_t at,
                         const struct invoice_view *view);

#endif
