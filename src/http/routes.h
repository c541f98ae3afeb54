/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_ROUTES_H
#define TILL_HTTP_ROUTES_H

/* The tour of Till's HTTP interface: one table for each listener. Reading routes.c is reading the
 * API. */

#include "http/route.h"
#include "http/server.h"

/* Who may call a route. */
enum caller {
    CALLER_ANYONE,
    CALLER_MONITOR, /* the same, uncounted: a probe must not be told to come later */
    /* by API key, from servers and from scripts in pages of any origin; the key's scope permits to
     */
    CALLER_SHOP_READS,   /* look */
    CALLER_SHOP_CREATES, /* ask for money */
    CALLER_SHOP,         /* do anything */
    CALLER_ACCOUNT,      /* ask for payouts, which takes a key of its own */
    CALLER_V1_READS,     /* the same; the handler refuses in the old API's words */
    CALLER_V1_CREATES,
};

/* By API key, whatever scope it takes. */
static inline bool caller_is_shop(unsigned caller) {
    return caller != CALLER_ANYONE && caller != CALLER_MONITOR;
}

/* Merchants and payers. */
extern const struct route_table routes_public;
/* Prometheus and other monitors, on their own listener. */
extern const struct route_table routes_metrics;

/* Does the call have what the route's caller must show? `struct http_listener.admit`. Whose key it
 * is the handler asks itself: http/merchant_call.h. */
bool routes_admit(struct request *request, struct reply *ret_refusal);
/* Which routes answer scripts of other origins: `struct http_listener.is_cors`. */
bool routes_is_cors(const struct route *route);
/* Bodies of errors that no handler made, by the family of the path. */
struct http_error_body routes_error_body(struct arena *arena, const struct http_error *error);

#endif
