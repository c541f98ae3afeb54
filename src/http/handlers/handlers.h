/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_HANDLERS_HANDLERS_H
#define TILL_HTTP_HANDLERS_HANDLERS_H

/* One handler for each endpoint, in a file of its name. See http/routes.c for who is called when.
 */

struct reply;
struct request;

/* merchants */
struct reply handle_invoice_create(struct request *request);
struct reply handle_invoice_info(struct request *request);
struct reply handle_invoice_list(struct request *request);
struct reply handle_invoice_cancel(struct request *request);
struct reply handle_v1_invoice_create(struct request *request);
struct reply handle_v1_invoice_info(struct request *request);
struct reply handle_static_wallet_create(struct request *request);
struct reply handle_payout_create(struct request *request);
struct reply handle_shop_statistics(struct request *request);
struct reply handle_shop_balance(struct request *request);
struct reply handle_shop_events(struct request *request);

/* payers */
struct reply handle_checkout(struct request *request);
struct reply handle_checkout_fragment(struct request *request);
struct reply handle_checkout_events(struct request *request);
struct reply handle_option_choose(struct request *request);
struct reply handle_sandbox_pay(struct request *request);

/* operators and their tools */
struct reply handle_icon(struct request *request);
struct reply handle_healthz(struct request *request);
struct reply handle_readyz(struct request *request);
struct reply handle_metrics(struct request *request);

#endif
