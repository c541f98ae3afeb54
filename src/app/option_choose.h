/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_OPTION_CHOOSE_H
#define TILL_APP_OPTION_CHOOSE_H

/* The payer chooses what to pay with: the invoice gets an option of that asset, at the rate of this
 * moment, and shows it. Choosing the same asset again gives the option that is there; after a
 * second choice the first address stays watched. Not for an invoice whose asset the shop chose, nor
 * once it was paid to, has ended or has run out. */

#include "app/job.h"
#include "app/option_issue.h"

struct option_choose {
    int64_t invoice_id;
    const struct asset *asset;
    bool is_known;             /* an option of this asset was there when we looked */
    struct option_issue issue; /* else a new one */
};

/* ERR_NOT_FOUND, ERR_CHOICE_OVER, ERR_ASSET_UNAVAILABLE (not offered for this invoice),
 * ERR_CHOICE_LIMIT, and what option_prepare refuses. */
struct result option_choose_prepare(const struct app *app, struct store_conn *reader,
                                    struct arena *arena, int64_t invoice_id,
                                    const struct asset *asset, struct option_choose *ret_choose);

extern const struct use_case option_choose_use_case;

/* Is it the payer who picks the asset? An option that was there before any choice is the shop's. */
bool option_may_be_chosen(const struct invoice_row *invoice, size_t option_count);

#endif
