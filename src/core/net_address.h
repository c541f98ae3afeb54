/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_NET_ADDRESS_H
#define TILL_CORE_NET_ADDRESS_H

/* An IP address and its text. One spelling of IPv4: four plain decimals, so that no octal,
 * hexadecimal or shortened form is ever read as an address. IPv6 as RFC 4291 writes it, without
 * zone and brackets. */

#include "base/str.h"

struct arena;

struct net_address {
    bool is_v6;
    uint8_t bytes[16]; /* an IPv4 address uses the first four */
};

bool net_address_parse(struct str text, struct net_address *ret_address);
/* The canonical text (RFC 5952), NUL-terminated. */
struct str net_address_text(struct arena *arena, const struct net_address *address);
bool net_address_eq(const struct net_address *a, const struct net_address *b);

#endif
