/* SPDX-License-Identifier: MIT */
#include "adapters/http_client_curl/sockets.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapters/http_client_curl/sockaddr.h"

bool sockets_add(struct sockets *sockets, int fd) {
    if (sockets->count == SOCKETS_MAX) {
        return false;
    }
    sockets->open[sockets->count++] = (struct open_socket){.fd = fd};
    return true;
}

static uint16_t local_port(int fd) {
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    struct net_address address;
    uint16_t port;
    if (getsockname(fd, (struct sockaddr *)&name, &len) != 0 ||
        !sockaddr_read((const struct sockaddr *)&name, &address, &port)) {
        return 0;
    }
    return port;
}

void sockets_learn_ports(struct sockets *sockets) {
    for (size_t i = 0; i < sockets->count; i++) {
        if (sockets->open[i].local_port == 0) {
            sockets->open[i].local_port = local_port(sockets->open[i].fd);
        }
    }
}

/* Several sockets may share a port, towards different remotes; one that has input makes us careful
 * with all of them. */
bool sockets_has_input(const struct sockets *sockets, uint16_t local_port) {
    for (size_t i = 0; i < sockets->count; i++) {
        if (sockets->open[i].local_port == local_port) {
            struct pollfd waiting = {.fd = sockets->open[i].fd, .events = POLLIN};
            if (poll(&waiting, 1, 0) != 0) {
                return true;
            }
        }
    }
    return false;
}

void sockets_close(struct sockets *sockets, int fd) {
    for (size_t i = 0; i < sockets->count; i++) {
        if (sockets->open[i].fd == fd) {
            sockets->open[i] = sockets->open[--sockets->count];
            break;
        }
    }
    (void)close(fd);
}
