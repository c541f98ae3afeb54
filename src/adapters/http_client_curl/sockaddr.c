/* SPDX-License-Identifier: MIT */
#include "adapters/http_client_curl/sockaddr.h"

#include <netinet/in.h>
#include <string.h>

bool sockaddr_read(const struct sockaddr *from, struct net_address *ret_address,
                   uint16_t *ret_port) {
    struct net_address address = {0};
    if (from->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, from, sizeof v4);
        memcpy(address.bytes, &v4.sin_addr, sizeof v4.sin_addr);
        *ret_port = ntohs(v4.sin_port);
    } else if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, from, sizeof v6);
        address.is_v6 = true;
        memcpy(address.bytes, &v6.sin6_addr, sizeof v6.sin6_addr);
        *ret_port = ntohs(v6.sin6_port);
    } else {
        return false;
    }
    *ret_address = address;
    return true;
}
