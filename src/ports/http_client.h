/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_HTTP_CLIENT_H
#define TILL_PORTS_HTTP_CLIENT_H

/* What we ask of an HTTP client that brings postbacks to strangers: one POST, no redirects, no
 * proxies, no cookies, guarded addresses, and an answer, or the reason why there is none, before a
 * total deadline. Everything happens on the thread of the client's event loop. */

#include "base/result.h"
#include "base/str.h"
#include "core/endpoint_url.h"

struct http_header {
    const char *name;
    struct str value; /* a control character in it fails the request: never a second header */
};

/* Borrowed by the client until the completion was called. */
struct http_post {
    struct endpoint_url url;
    struct str content_type;
    const struct http_header *headers; /* besides Host, User-Agent, Content-Type, Content-Length */
    size_t header_count;
    struct str body;
};

enum http_fault {
    HTTP_FAULT_NONE,
    HTTP_FAULT_REQUEST, /* the request itself cannot be sent */
    HTTP_FAULT_BUSY,    /* too many requests or look-ups under way: nothing was sent */
    HTTP_FAULT_DENIED,  /* the address guard said no */
    HTTP_FAULT_LOOKUP,  /* the name has no address, or none came in time */
    HTTP_FAULT_CONNECT,
    HTTP_FAULT_TLS,
    HTTP_FAULT_TIMEOUT,
    HTTP_FAULT_ANSWER, /* broken off, malformed, or larger than we read */
};

struct http_answer {
    int status;            /* 0: no status line arrived */
    bool is_complete;      /* the whole answer arrived, in time and well-formed */
    enum http_fault fault; /* NONE exactly when complete */
    const char *error;     /* the fault in words; "" when complete. Valid during the completion */
    const char *address;   /* "192.0.2.1:443", the last one dialled; "" if none. Likewise */
    int64_t duration_ms;   /* look-up included */
    int64_t retry_after_s; /* from Retry-After, as seconds or date; -1: none or unreadable */
    size_t body_bytes;     /* how much came; the body itself is read and dropped */
};

typedef void http_done_fn(void *context, const struct http_answer *answer);

struct http_client {
    /* Calls `done` exactly once, never before it returned, unless the client is freed first: what
     * is then under way is dropped without a word. */
    void (*post)(struct http_client *client, const struct http_post *request, http_done_fn *done,
                 void *context);
};

#endif
