/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_ROUTE_H
#define TILL_HTTP_ROUTE_H

/* A listener's interface as a table of routes. Paths are compared byte by byte with the raw target:
 * one spelling each, no decoding, no trailing slash. */

#include "base/str.h"
#include "http/request.h"

struct reply;

struct route {
    enum http_method method; /* GET also answers HEAD */
    const char *path;        /* exact, or with one `{name}` segment: "/{id}/events" */
    unsigned caller;         /* who may call; only the listener's `admit` knows the values */
    struct reply (*handler)(struct request *request);
};

struct route_table {
    const struct route *routes;
    size_t count;
};

/* The row for this method and path, or NULL; an exact path wins over one with a parameter.
 * `ret_methods_allowed` has bit 1u << method for each method the path knows, 0 if the path is
 * unknown. */
const struct route *route_find(const struct route_table *table, enum http_method method,
                               struct str path, struct str *ret_parameter,
                               unsigned *ret_methods_allowed);

/* Starts with a slash, at most one parameter, no row twice. A bug in the table stops the start. */
void route_table_check(const struct route_table *table);

#endif
