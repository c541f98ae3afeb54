/* SPDX-License-Identifier: MIT */
#ifndef TILL_CLI_VIEWS_H
#define TILL_CLI_VIEWS_H

/* How each answer looks: constant descriptions for view.h, named by the table of commands. */

#include "cli/view.h"

extern const struct view view_shop_created, view_shops, view_shop;
extern const struct view view_key_created, view_keys, view_key_revoked;
extern const struct view view_wallet_added, view_wallets, view_wallet;
extern const struct view view_invoice, view_invoices, view_invoice_explained;
extern const struct view view_deliveries, view_delivery, view_resent;
extern const struct view view_sweep_plan, view_sweep_plans, view_sweep_ended;
extern const struct view view_payouts, view_payout, view_payout_exported, view_payout_transfers;
extern const struct view view_token;
extern const struct view view_chains, view_rescan, view_rates;
extern const struct view view_sandbox_paid, view_sandbox_mined, view_sandbox_reorged;
extern const struct view view_doctor, view_alarms, view_alarms_cleared, view_backup;

#endif
