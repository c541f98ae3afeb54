/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_ADMIN_ADMIN_ROUTES_H
#define TILL_HTTP_ADMIN_ADMIN_ROUTES_H

/* The operator's interface, for the Unix socket's listener: who may open the socket may call
 * everything. The listener's context is a struct http_service. */

#include "http/route.h"

extern const struct route_table admin_routes;

#endif
