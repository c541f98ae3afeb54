/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_HTTP_CLIENT_CURL_SOCKETS_H
#define TILL_ADAPTERS_HTTP_CLIENT_CURL_SOCKETS_H

/* The sockets that libcurl has open, so that a kept connection can be looked at before it is used
 * again. libcurl names it by its local port only. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SOCKETS_MAX = 4096 };

struct open_socket {
    int fd;
    uint16_t local_port; /* 0 until it was connected */
};

struct sockets {
    struct open_socket open[SOCKETS_MAX];
    size_t count;
};

/* False when there are too many. */
bool sockets_add(struct sockets *sockets, int fd);
/* Reads the local ports of those that were connected since. */
void sockets_learn_ports(struct sockets *sockets);
/* Something waits to be read on the socket with this port, be it bytes or the end. */
bool sockets_has_input(const struct sockets *sockets, uint16_t local_port);
void sockets_close(struct sockets *sockets, int fd);

#endif
