/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_INVOICE_CONFIRM_H
#define TILL_APP_INVOICE_CONFIRM_H

/* The operator takes what arrived for enough: a short sum, or money that came late.
 * ERR_INVOICE_NOTHING_RECEIVED if there is nothing, ERR_INVOICE_PAID if it is paid already. */

#include "app/job.h"

struct invoice_confirm {
    int64_t invoice_id;
    struct str reason_json; /* {"reason":"..."} for the journal */
};

extern const struct use_case invoice_confirm_use_case;

#endif
