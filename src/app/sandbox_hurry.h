/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SANDBOX_HURRY_H
#define TILL_APP_SANDBOX_HURRY_H

/* Lets a test invoice's time run out now, so that what comes late can be tried without waiting.
 * Only its deadline moves; that it has passed is then proved and told as for any other.
 * ERR_INVOICE_NOT_TEST, ERR_INVOICE_NOT_CREATED if it is paid, canceled or over already. */

#include "app/job.h"

struct sandbox_hurry {
    int64_t invoice_id;
};

extern const struct use_case sandbox_hurry_use_case;

#endif
