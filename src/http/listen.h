/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_LISTEN_H
#define TILL_HTTP_LISTEN_H

/* Opens listening sockets. Refuses an address that another process holds, also where the kernel
 * would let two of us share it. */

#include "base/result.h"
#include "base/str.h"

struct arena;

/* "127.0.0.1:8080", "[::1]:0", "unix:PATH". With `port` not zero it replaces the address's own: the
 * further sockets of a port that was 0. With `shared`, others of this process may join. */
struct listen_request {
    struct str address;
    uint16_t port;
    bool shared;
    bool joins; /* not the first socket on this address */
};

/* The caller closes `*ret_fd`. `ret_port` is 0 for a Unix socket. */
struct result listen_open(struct arena *arena, const struct listen_request *request, int *ret_fd,
                          uint16_t *ret_port);
bool listen_address_is_unix(struct str address, struct str *ret_path);
/* Is it of one of these forms? ERR_HTTP_LISTEN that says which there are. Opens nothing. */
struct result listen_address_check(struct arena *arena, struct str address);

#endif
