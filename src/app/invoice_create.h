/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_INVOICE_CREATE_H
#define TILL_APP_INVOICE_CREATE_H

/* Makes an invoice. invoice_prepare does what needs no lock, on the caller's thread: quote, ids,
 * address; the job only inserts. Nothing is shown before the job has committed. */

#include "app/job.h"
#include "app/option_issue.h"
#include "ports/rows.h"

struct app;
struct store_conn;

enum {
    INVOICE_TTL_DEFAULT_S = 24 * 3600,
    INVOICE_TTL_MIN_S = 60,
    INVOICE_TTL_MAX_S = 30 * 24 * 3600,
    ORDER_ID_BYTES_MAX = 255,
    EMAIL_BYTES_MAX = 254
};

/* What a shop asks for. */
struct invoice_wanted {
    struct str amount; /* decimal text in `fiat` */
    const struct asset *fiat;
    struct str order_id;
    struct str email;
    const struct asset *asset; /* NULL: the payer chooses later */
    struct str assets;         /* what he may choose from; empty: the shop's */
    int64_t ttl_s;             /* 0: the shop's */
};

struct invoice_create {
    struct invoice_row invoice;
    struct amount first_offered; /* without an option: what the payer sees first, as of now */
    bool has_option;
    struct option_issue issue;
    struct idempotency_key_row once; /* without a key: as often as it is called */
    /* What the answer needs besides. */
    struct shop_row shop;
};

/* Fills `ret_create`; texts live in `arena`, which must live until the job is done. ERR_AMOUNT_*,
 * ERR_RATE_MISSING, ERR_ASSET_UNAVAILABLE (no wallet, or not accepted), ERR_OFFER_EMPTY
 * (nothing to choose from), ERR_NETWORK_NOT_READY, ERR_TTL_INVALID. */
struct result invoice_prepare(const struct app *app, struct store_conn *reader, struct arena *arena,
                              const struct shop_row *shop, const struct invoice_wanted *wanted,
                              struct invoice_create *ret_create);

/* ERR_IDEMPOTENCY_TAKEN if another call with `once.key` was faster; app/idempotency.h has its
 * answer.
 */
extern const struct use_case invoice_create_use_case;

#endif
