/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_DELIVERY_RESEND_H
#define TILL_APP_DELIVERY_RESEND_H

/* The operator wants a postback sent again now: one delivery, all of an invoice, or all since a
 * time. The key stays the same, so the shop can tell a repeat. */

#include "app/job.h"

struct delivery_resend {
    int64_t delivery_id; /* one of the three */
    int64_t invoice_id;
    int64_t since_ms;
    /* out */
    size_t count;
};

/* ERR_NOT_FOUND if there is nothing to send, ERR_RESEND_LIMIT if it is too much for one job; then
 * nothing is sent. */
extern const struct use_case delivery_resend_use_case;

#endif
