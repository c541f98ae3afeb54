/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_PAYOUT_FINISH_H
#define TILL_APP_PAYOUT_FINISH_H

/* The operator has sent a payout, or will not. Either is final: ERR_PAYOUT_FINISHED. */

#include "app/job.h"
#include "ports/rows.h"

struct payout_finish {
    int64_t payout_id;
    enum payout_status status; /* PAYOUT_DONE or PAYOUT_CANCELED */
    struct str note;
};

extern const struct use_case payout_finish_use_case;

#endif
