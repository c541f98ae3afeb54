/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_NET_GUARD_H
#define TILL_CORE_NET_GUARD_H

/* Where a merchant's URL may lead us: to public addresses, and to those private ones that the
 * operator named. The decision is made on the bytes of the socket address, once for what a name
 * resolves to and again for each socket, so spellings and changing names do not matter. */

#include "base/result.h"
#include "base/str.h"
#include "core/net_address.h"

struct arena;

/* What an address is for. Only NET_PUBLIC may be dialled without permission. */
enum net_class {
    NET_PUBLIC,
    NET_UNSPECIFIED, /* this host on this network */
    NET_LOOPBACK,
    NET_PRIVATE, /* RFC 1918, unique local */
    NET_SHARED,  /* carrier-grade NAT, which clouds use for metadata */
    NET_LINK_LOCAL,
    NET_METADATA, /* a cloud's own service at a public address */
    NET_MULTICAST,
    NET_RESERVED,  /* documentation, benchmarks, future use, not assigned */
    NET_TUNNELLED, /* an IPv4 address inside: mapped, compatible, 6to4, Teredo, local NAT64 */
};

enum net_class net_classify(const struct net_address *address);
/* "a loopback address", for messages. */
const char *net_class_name(enum net_class class);

/* What the operator permits: `host:port` entries. An address entry permits this one socket, a name
 * entry permits wherever this name leads, on this port. */
struct net_allowed {
    struct str host; /* lower case, without brackets */
    bool is_literal;
    struct net_address address;
    uint16_t port;
};

struct net_allow_list {
    const struct net_allowed *entries; /* lives in the arena of the parse */
    size_t count;
};

/* Entries separated by white space or commas. ERR_ALLOW_LIST_INVALID names the entry. */
struct result net_allow_list_parse(struct arena *arena, struct str text,
                                   struct net_allow_list *ret_list);

/* One socket that is about to be opened for a URL whose host is `host`, as parsed. */
struct net_target {
    struct str host;
    struct net_address address;
    uint16_t port;
};

bool net_guard_permits(const struct net_allow_list *list, const struct net_target *target);

#endif
