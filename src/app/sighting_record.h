/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SIGHTING_RECORD_H
#define TILL_APP_SIGHTING_RECORD_H

/* Payments that appeared in the mempool or vanished from it. A sighting proves when the payer paid;
 * it never makes an invoice paid. */

#include "app/block_apply.h"
#include "app/job.h"

struct sighting_record {
    const struct network *network;
    const struct block_hit *hits; /* newly seen outputs that pay an address of ours */
    size_t hit_count;
    const int64_t *gone_payment_ids; /* seen before, no longer in the mempool nor mined */
    const int64_t *gone_invoice_ids; /* theirs */
    size_t gone_count;
};

extern const struct use_case sighting_record_use_case;

#endif
