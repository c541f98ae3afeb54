/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_INVOICE_EXPIRE_H
#define TILL_APP_INVOICE_EXPIRE_H

/* Ends invoices whose deadline has passed by our clock and is proven by every chain they can be
 * paid on. Those that cannot be ended yet are left alone. */

#include "app/job.h"

enum { EXPIRE_BATCH_MAX = 500 };

struct invoice_expire {
    int64_t invoice_ids[EXPIRE_BATCH_MAX];
    size_t count;
    /* out */
    size_t ended;
};

extern const struct use_case invoice_expire_use_case;

#endif
