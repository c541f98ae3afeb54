/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_ROUTES_H
#define TILL_HTTP_ROUTES_H

/* The tour of Till's HTTP interface: one table for each listener. Reading routes.c is reading the
 * API. */

#include "http/route.h"
#include "http/server.h"

/* Merchants and payers. */
extern const struct route_table routes_public;
/* Prometheus, on its own listener. */
extern const struct route_table routes_metrics;

/* May the caller use the route? `struct http_listener.admit`. */
bool routes_admit(struct request *request, struct reply *ret_refusal);
/* Bodies of errors that no handler made, by the family of the path. */
struct http_error_body routes_error_body(struct arena *arena, const struct http_error *error);

#endif
