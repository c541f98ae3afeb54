/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_IP_H
#define TILL_HTTP_IP_H

/* Who is at the other end: one address form for IPv4 (mapped, ::ffff:a.b.c.d) and IPv6, networks in
 * CIDR form, and the rule for X-Forwarded-For: an address counts only if the one who wrote it down
 * is trusted. */

#include "base/result.h"
#include "base/str.h"

struct arena;
struct sockaddr;

struct ip {
    uint8_t bytes[16];
    bool known; /* false: a Unix socket */
};

struct ip_network {
    struct ip ip;
    unsigned prefix_bits; /* of 128 */
};

struct ip ip_from_sockaddr(const struct sockaddr *address);
/* "192.0.2.1", "2001:db8::1", "[2001:db8::1]"; no port, no zone. */
bool ip_from_text(struct str text, struct ip *ret_ip);
/* The same, or with "/bits". Bits behind the prefix must be zero. */
bool ip_network_from_text(struct str text, struct ip_network *ret_network);
/* Some of them, separated by commas or spaces. ERR_HTTP_LIMITS names the first that is none, or is
 * one too many. */
struct result ip_networks_from_text(struct arena *arena, struct str text,
                                    struct ip_network *ret_networks, size_t max, size_t *ret_count);

bool ip_eq(const struct ip *a, const struct ip *b);
bool ip_is_in(const struct ip *ip, const struct ip_network *network);
/* What limits count as one client: an IPv4 address, or the /64 of an IPv6 address. */
struct ip ip_client_key(const struct ip *ip);
/* "unix" when unknown. */
struct str ip_to_text(struct arena *arena, const struct ip *ip);

/* One step of X-Forwarded-For: takes the rightmost address off `*list`. False when none is left or
 * it is not an address. */
bool ip_take_last_forwarded(struct str *list, struct ip *ret_ip);

#endif
