/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_ENDPOINT_URL_H
#define TILL_CORE_ENDPOINT_URL_H

/* The address of a merchant's endpoint. One strict parser for checking and for dialling: what is
 * dialled is `url`, rebuilt from the parsed parts, so no second reader can see another host in it.
 * Takes absolute http and https URLs of printable ASCII; refuses userinfo, fragments, backslashes,
 * bad escapes, IPv6 zones, trailing dots, numbers that are not dotted quads of four plain decimals
 * (`127.1`, `0x7f000001`), and ports out of range. Says nothing about where a name leads: that is
 * net_guard's business, at the socket. */

#include "base/result.h"
#include "core/net_guard.h"

struct arena;

enum { ENDPOINT_URL_BYTES_MAX = 2048, ENDPOINT_HOST_BYTES_MAX = 253 };

enum endpoint_schemes { ENDPOINT_HTTPS_ONLY, ENDPOINT_HTTP_TOO };

struct endpoint_url {
    bool is_https;
    bool is_literal;            /* the host is an IP address ... */
    struct net_address address; /* ... this one */
    struct str host;            /* lower case; a literal in its canonical form, without brackets */
    uint16_t port;
    struct str path;   /* with the query; starts with '/' */
    struct str origin; /* "https://host:port": what a delivery lane is for */
    struct str url;    /* what to dial; all texts NUL-terminated behind their length */
};

/* ERR_URL_INVALID with a detail that names the fault; ERR_URL_SCHEME for anything but https, or
 * http where `schemes` allows it. */
struct result endpoint_url_parse(struct arena *arena, struct str text,
                                 enum endpoint_schemes schemes, struct endpoint_url *ret_url);

/* The same for where a browser goes on to, http or https: it may end in a fragment ("#/paid", or
 * ""), which is no part of `ret_url`. */
struct result return_url_parse(struct arena *arena, struct str text, struct endpoint_url *ret_url,
                               struct str *ret_fragment);

#endif
