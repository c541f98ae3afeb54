/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_DISPATCH_H
#define TILL_HTTP_DISPATCH_H

/* From a scanned request to a reply: who called, which route, may they, and the answers that need
 * no handler (404, 405, OPTIONS, refusals). Inside src/http only. */

#include "http/reply.h"

struct connection;
struct route;

/* Fills connection->request from its scan. */
void dispatch_prepare(struct connection *connection);
struct reply dispatch(struct connection *connection);
/* The scanner refused, or a deadline passed: an error and the end of the connection. */
struct reply dispatch_refusal(struct connection *connection, int status);
/* Is the route open to scripts of other origins? */
bool dispatch_is_cors(const struct connection *connection, const struct route *route);

#endif
