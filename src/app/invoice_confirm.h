/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_INVOICE_CONFIRM_H
#define TILL_APP_INVOICE_CONFIRM_H

/* The operator takes what arrived for enough: a short sum, or money that came late.
 * ERR_INVOICE_NOTHING_RECEIVED if there is nothing, ERR_INVOICE_PAID if it is paid already. A test
 * invoice can be taken for paid without any payment, to try the shop's side out: an ordinary
 * success, but for the balance; ERR_INVOICE_NOT_TEST for others. */

#include "app/job.h"

struct invoice_confirm {
    int64_t invoice_id;
    bool without_payment;
    struct str reason_json; /* {"reason":"..."} for the journal */
};

extern const struct use_case invoice_confirm_use_case;

#endif
