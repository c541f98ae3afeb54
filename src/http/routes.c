/* SPDX-License-Identifier: MIT */
/* You are here: reading this table is the tour of the API. */
#include "http/routes.h"

#include "base/result.h"
#include "http/handlers/handlers.h"
#include "http/merchant_call.h"
#include "http/throttle.h"
#include "http/wire_reply.h"
#include "http/wire_v1.h"

static const struct route public_routes[] = {
    /* the merchant API, as CryptoCloud's clients speak it */
    {HTTP_POST, "/v2/invoice/create", CALLER_SHOP_CREATES, handle_invoice_create},
    {HTTP_POST, "/v2/invoice/merchant/info", CALLER_SHOP_READS, handle_invoice_info},
    {HTTP_POST, "/v2/invoice/merchant/list", CALLER_SHOP_READS, handle_invoice_list},
    {HTTP_POST, "/v2/invoice/merchant/canceled", CALLER_SHOP, handle_invoice_cancel},
    {HTTP_POST, "/v2/invoice/merchant/statistics", CALLER_SHOP_READS, handle_shop_statistics},
    {HTTP_POST, "/v2/merchant/statistics", CALLER_SHOP_READS, handle_shop_statistics},
    {HTTP_GET, "/v2/invoice/merchant/events", CALLER_SHOP_READS, handle_shop_events},
    {HTTP_POST, "/v2/invoice/static/create", CALLER_SHOP_CREATES, handle_static_wallet_create},
    {HTTP_POST, "/v2/merchant/wallet/balance/all", CALLER_SHOP_READS, handle_shop_balance},
    {HTTP_POST, "/v2/invoice/api/out/create", CALLER_ACCOUNT, handle_payout_create},

    /* the old API, and the one before it */
    {HTTP_POST, "/v1/invoice/create", CALLER_V1_CREATES, handle_v1_invoice_create},
    {HTTP_GET, "/v1/invoice/info", CALLER_V1_READS, handle_v1_invoice_info},
    {HTTP_POST, "/api/v2/invoice/create", CALLER_V1_CREATES, handle_v1_invoice_create},

    /* the payer's page */
    {HTTP_GET, "/{id}", CALLER_ANYONE, handle_checkout},
    {HTTP_GET, "/{id}/fragment", CALLER_ANYONE, handle_checkout_fragment},
    {HTTP_GET, "/{id}/events", CALLER_ANYONE, handle_checkout_events},
    {HTTP_POST, "/{id}/choose", CALLER_ANYONE, handle_option_choose},
    {HTTP_POST, "/{id}/sandbox", CALLER_ANYONE, handle_sandbox_pay},

    /* the pictures that replies point to */
    {HTTP_GET, "/img/currency/{icon}", CALLER_ANYONE, handle_icon},
    {HTTP_GET, "/img/network/{icon}", CALLER_ANYONE, handle_icon},
    {HTTP_GET, "/img/currency_network/{icon}", CALLER_ANYONE, handle_icon},
    {HTTP_GET, "/img/stroke/{icon}", CALLER_ANYONE, handle_icon},

    /* health */
    {HTTP_GET, "/healthz", CALLER_MONITOR, handle_healthz},
    {HTTP_GET, "/readyz", CALLER_MONITOR, handle_readyz},
};

static const struct route metrics_routes[] = {
    {HTTP_GET, "/metrics", CALLER_MONITOR, handle_metrics},
    {HTTP_GET, "/healthz", CALLER_MONITOR, handle_healthz},
    {HTTP_GET, "/readyz", CALLER_MONITOR, handle_readyz},
};

#define TABLE_OF(list)                                                                             \
    { (list), sizeof(list) / sizeof(list)[0] }

const struct route_table routes_public = TABLE_OF(public_routes);
const struct route_table routes_metrics = TABLE_OF(metrics_routes);

bool routes_admit(struct request *request, struct reply *ret_refusal) {
    switch ((enum caller)request->route->caller) {
    case CALLER_ANYONE:
        return throttle_stranger(request, ret_refusal);
    case CALLER_MONITOR:
    case CALLER_V1_READS:
    case CALLER_V1_CREATES:
        return true;
    case CALLER_SHOP_READS:
    case CALLER_SHOP_CREATES:
    case CALLER_SHOP:
    case CALLER_ACCOUNT:
        return merchant_key_is_given(request, ret_refusal);
    }
    BUG_IF(true);
}

/* An unknown path gets its 404 in a script, too. */
bool routes_is_cors(const struct route *route) {
    return route == NULL || caller_is_shop(route->caller);
}

struct http_error_body routes_error_body(struct arena *arena, const struct http_error *error) {
    if (str_starts_with(error->path, STR("/v1/")) ||
        str_starts_with(error->path, STR("/api/v2/"))) {
        return wire_v1_error_body(arena, error);
    }
    return str_starts_with(error->path, STR("/v2/")) ? wire_error_body(arena, error)
                                                     : wire_plain_error_body(arena, error);
}
