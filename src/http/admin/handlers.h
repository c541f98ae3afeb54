/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_ADMIN_HANDLERS_H
#define TILL_HTTP_ADMIN_HANDLERS_H

/* Every handler of the operator API; admin_routes.c says which path is whose. */

struct reply;
struct request;

struct reply admin_shop_create(struct request *request);
struct reply admin_shop_list(struct request *request);
struct reply admin_shop_show(struct request *request);
struct reply admin_shop_set(struct request *request);

struct reply admin_key_create(struct request *request);
struct reply admin_key_list(struct request *request);
struct reply admin_key_revoke(struct request *request);

struct reply admin_wallet_add(struct request *request);
struct reply admin_wallet_list(struct request *request);
struct reply admin_wallet_show(struct request *request);
struct reply admin_sweep_plan(struct request *request);
struct reply admin_sweep_list(struct request *request);
struct reply admin_sweep_end(struct request *request);

struct reply admin_invoice_create(struct request *request);
struct reply admin_invoice_list(struct request *request);
struct reply admin_invoice_show(struct request *request);
struct reply admin_invoice_explain(struct request *request);
struct reply admin_invoice_cancel(struct request *request);
struct reply admin_invoice_confirm(struct request *request);

struct reply admin_delivery_list(struct request *request);
struct reply admin_delivery_show(struct request *request);
struct reply admin_delivery_resend(struct request *request);

struct reply admin_payout_list(struct request *request);
struct reply admin_payout_show(struct request *request);
struct reply admin_payout_export(struct request *request);
struct reply admin_payout_done(struct request *request);
struct reply admin_payout_cancel(struct request *request);

struct reply admin_chain_list(struct request *request);
struct reply admin_rescan(struct request *request);
struct reply admin_token_accept(struct request *request);
struct reply admin_rate_list(struct request *request);

struct reply admin_sandbox_pay(struct request *request);
struct reply admin_sandbox_mine(struct request *request);
struct reply admin_sandbox_reorg(struct request *request);

struct reply admin_doctor(struct request *request);
struct reply admin_alarm_list(struct request *request);
struct reply admin_alarm_clear(struct request *request);

/* Makes a file in a folder that tilld may write. */
struct reply admin_backup_make(struct request *request);

#endif
