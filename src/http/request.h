/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_REQUEST_H
#define TILL_HTTP_REQUEST_H

/* One whole, well-formed request as a handler sees it. Everything it points to lives in
 * `request->arena` until the reply has been written, also when the reply comes later. A handler
 * reads the fields and never writes them. */

#include "base/bytes.h"
#include "base/str.h"
#include "http/ip.h"

struct arena;
struct connection;
struct http_head;
struct route;

enum http_method {
    HTTP_GET,
    HTTP_HEAD, /* answered by the GET handler, without the body */
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_OTHER, /* no route can have it */
};

struct request {
    struct arena *arena; /* this request's memory; on the loop's thread only */
    void *context;       /* the listener's: what the handlers of this table work with */
    const struct route *route;

    enum http_method method;
    struct str method_text;
    struct str path;           /* raw, starts with '/', before the '?' */
    struct str path_parameter; /* what stands for `{name}`: letters, digits, '-', '_', '.', '~' */
    struct str query;          /* raw, after the '?'; see http/fields.h */
    struct bytes body;         /* decoded from chunks */
    struct ip remote;          /* the client; behind a trusted proxy the one it names */

    const struct http_head *head;
    struct connection *connection;
    unsigned completions_armed;
};

/* The first header of this name (lower case), without surrounding white space; ptr NULL if there is
 * none. Host, Authorization, Content-Type and the framing headers occur at most once. */
struct str request_header(const struct request *request, struct str lower_name);

const char *http_method_name(enum http_method method);

#endif
