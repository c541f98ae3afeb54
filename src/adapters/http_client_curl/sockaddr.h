/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_HTTP_CLIENT_CURL_SOCKADDR_H
#define TILL_ADAPTERS_HTTP_CLIENT_CURL_SOCKADDR_H

/* The one place where a socket address becomes what the guard judges. */

#include "core/net_address.h"

struct sockaddr;

/* AF_INET and AF_INET6 only: anything else is false, and must be denied. */
bool sockaddr_read(const struct sockaddr *from, struct net_address *ret_address,
                   uint16_t *ret_port);

#endif
