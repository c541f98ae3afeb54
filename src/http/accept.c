/* SPDX-License-Identifier: MIT */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/connection.h"
#include "http/ip_count.h"

static const char busy_reply[] = "HTTP/1.1 503 Service Unavailable\r\n"
                                 "Content-Type: application/json\r\n"
                                 "Content-Length: 45\r\n"
                                 "Connection: close\r\n\r\n"
                                 "{\"detail\":\"Too many connections from here.\"}\n";

static void refuse_fd(struct http_loop *loop, int fd) {
    char ignored[4096];
    atomic_fetch_add(&loop->counters.refused, 1);
    (void)send(fd, busy_reply, sizeof busy_reply - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)recv(fd, ignored, sizeof ignored, MSG_DONTWAIT);
    (void)shutdown(fd, SHUT_WR);
    (void)close(fd);
}

/* A proxy speaks for many clients, so the cap for one client is not for it. */
static bool is_trusted_peer(const struct http_loop *loop, const struct ip *peer) {
    for (size_t i = 0; i < loop->shared->trusted_proxy_count; i++) {
        if (ip_is_in(peer, &loop->shared->trusted_proxies[i])) {
            return true;
        }
    }
    return false;
}

static bool take_place(struct http_loop *loop, struct server_listener *listener,
                       const struct ip *peer, bool *ret_is_counted) {
    size_t per_ip_max = loop->shared->limits.connections_per_ip_max;
    struct ip key = ip_client_key(peer);
    bool counts = peer->known && !is_trusted_peer(loop, peer);
    if (atomic_fetch_add(&listener->connections_open, 1) >= listener->connections_max) {
        atomic_fetch_sub(&listener->connections_open, 1);
        return false;
    }
    if (counts && !ip_count_add(loop->shared->connections_by_ip, &key, per_ip_max)) {
        atomic_fetch_sub(&listener->connections_open, 1);
        return false;
    }
    *ret_is_counted = counts;
    return true;
}

static struct connection *connection_new(struct http_loop *loop, struct server_listener *listener,
                                         const struct ip *peer, bool is_counted_by_ip) {
    struct connection *connection = calloc(1, sizeof *connection);
    BUG_IF(connection == NULL);
    connection->loop = loop;
    connection->listener = listener;
    connection->peer = *peer;
    connection->is_counted_by_ip = is_counted_by_ip;
    loop->connection_count++;
    atomic_fetch_add(&loop->counters.accepted, 1);
    return connection;
}

void connection_accept(struct http_loop *loop, struct server_listener *listener, int fd,
                       const struct sockaddr *address) {
    struct ip peer = listener->is_unix ? (struct ip){0} : ip_from_sockaddr(address);
    bool is_counted;
    int on = 1;
    if (!take_place(loop, listener, &peer, &is_counted)) {
        refuse_fd(loop, fd);
        return;
    }
    if (!listener->is_unix) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    connection_start(connection_new(loop, listener, &peer, is_counted), fd);
}
