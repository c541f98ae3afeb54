/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_INVOICE_CANCEL_H
#define TILL_APP_INVOICE_CANCEL_H

/* A shop, or the operator, ends an invoice that nobody has paid to. ERR_INVOICE_NOT_CREATED once
 * anything was received or it has ended; ERR_NOT_FOUND if it is not the shop's. */

#include "app/job.h"

struct invoice_cancel {
    int64_t shop_id; /* 0: the operator */
    int64_t invoice_id;
};

extern const struct use_case invoice_cancel_use_case;

#endif
