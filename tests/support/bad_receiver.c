/* SPDX-License-Identifier: MIT */
#include "support/bad_receiver.h"

#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_BYTES_MAX = 65536, CONNECTIONS_MAX = 4096, LAST_BYTES = 4096 };

struct connection {
    struct bad_receiver *receiver;
    int fd;
    pthread_t thread;
    char request[REQUEST_BYTES_MAX];
    size_t len;
};

struct bad_receiver {
    int listener;
    uint16_t port;
    pthread_t thread;
    int stop[2]; /* closed for writing: everybody ends */
    pthread_mutex_t lock;
    struct connection *connections[CONNECTIONS_MAX];
    size_t connection_count;
    unsigned request_count;
    unsigned unasked_count;
    char last[LAST_BYTES];
};

/* False when it is time to stop. */
static bool wait_for(struct connection *connection, int ms) {
    struct pollfd stop = {.fd = connection->receiver->stop[0], .events = POLLIN};
    return poll(&stop, 1, ms) == 0;
}

static bool send_bytes(struct connection *connection, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t sent = send(connection->fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool send_text(struct connection *connection, const char *text) {
    return send_bytes(connection, text, strlen(text));
}

/* Ends with a reset instead of a goodbye. */
static bool reset(struct connection *connection) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    return false;
}

/* ---- behaviours: true keeps the connection */

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Length: "

static bool answer_ok(struct connection *connection, const char *argument) {
    (void)argument;
    return send_text(connection, OK_HEAD "2\r\n\r\nok");
}

static bool answer_status(struct connection *connection, const char *argument) {
    char text[256];
    bool has_body = strcmp(argument, "204") != 0 && strcmp(argument, "304") != 0;
    (void)snprintf(text, sizeof text, "HTTP/1.1 %s Because\r\n%s\r\n", argument,
                   has_body ? "Content-Length: 0\r\n" : "");
    return send_text(connection, text);
}

static bool answer_retry(struct connection *connection, const char *argument) {
    char text[512];
    (void)snprintf(text, sizeof text,
                   "HTTP/1.1 503 Busy\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", argument);
    for (char *c = text; *c != '\0'; c++) {
        *c = *c == '_' ? ' ' : *c;
    }
    return send_text(connection, text);
}

static bool answer_redirect(struct connection *connection, const char *argument) {
    char text[512];
    (void)snprintf(text, sizeof text,
                   "HTTP/1.1 %s Moved\r\nLocation: http://127.0.0.1:%u/ok\r\n"
                   "Content-Length: 0\r\n\r\n",
                   argument, connection->receiver->port);
    return send_text(connection, text);
}

static bool answer_big(struct connection *connection, const char *argument) {
    size_t left = (size_t)strtoul(argument, NULL, 10);
    char head[128];
    (void)snprintf(head, sizeof head, OK_HEAD "%zu\r\n\r\n", left);
    static const char zeros[65536];
    bool sent = send_text(connection, head);
    while (sent && left > 0) {
        size_t part = left < sizeof zeros ? left : sizeof zeros;
        sent = send_bytes(connection, zeros, part);
        left -= part;
    }
    return sent;
}

static bool answer_chunked(struct connection *connection, const char *argument) {
    (void)argument;
    return send_text(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "2\r\nok\r\n0\r\n\r\n");
}

static bool answer_half_chunk(struct connection *connection, const char *argument) {
    (void)argument;
    (void)send_text(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                                "Connection: close\r\n\r\nff\r\nonly a part");
    return false;
}

static bool answer_short(struct connection *connection, const char *argument) {
    (void)argument;
    (void)send_text(connection, OK_HEAD "100\r\n\r\nnot a hundred");
    return false;
}

static bool answer_until_close(struct connection *connection, const char *argument) {
    (void)argument;
    (void)send_text(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok");
    return false;
}

static bool answer_slowly(struct connection *connection, const char *argument) {
    (void)argument;
    if (!send_text(connection, OK_HEAD "1000\r\n\r\n")) {
        return false;
    }
    while (wait_for(connection, 50) && send_text(connection, "x")) {
    }
    return false;
}

static bool answer_slow_head(struct connection *connection, const char *argument) {
    (void)argument;
    const char *head = OK_HEAD "0\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n";
    while (*head != '\0' && wait_for(connection, 200) && send_bytes(connection, head, 1)) {
        head++;
    }
    return false;
}

static bool answer_nothing(struct connection *connection, const char *argument) {
    (void)argument;
    (void)wait_for(connection, -1);
    return false;
}

static bool answer_reset(struct connection *connection, const char *argument) {
    size_t count = (size_t)strtoul(argument, NULL, 10);
    const char *text = OK_HEAD "2\r\n\r\nok";
    (void)send_bytes(connection, text, count < strlen(text) ? count : strlen(text) - 1);
    (void)wait_for(connection, 20);
    return reset(connection);
}

static bool answer_close(struct connection *connection, const char *argument) {
    (void)connection;
    (void)argument;
    return false;
}

/* Two answers to one question, at once or a moment later. */
static bool answer_twice(struct connection *connection, const char *argument) {
    if (!send_text(connection, OK_HEAD "2\r\n\r\nok")) {
        return false;
    }
    int ms = (int)strtol(argument, NULL, 10);
    bool sent = (ms == 0 || wait_for(connection, ms)) &&
                send_text(connection, "HTTP/1.1 201 Unasked\r\nContent-Length: 7\r\n\r\nunasked");
    struct bad_receiver *receiver = connection->receiver;
    (void)pthread_mutex_lock(&receiver->lock);
    receiver->unasked_count++;
    (void)pthread_mutex_unlock(&receiver->lock);
    return sent;
}

static bool answer_endless_body(struct connection *connection, const char *argument) {
    (void)argument;
    bool sent = send_text(connection, "HTTP/1.1 200 OK\r\n\r\n");
    static const char zeros[65536];
    while (sent) {
        sent = send_bytes(connection, zeros, sizeof zeros);
    }
    return false;
}

static bool answer_endless_head(struct connection *connection, const char *argument) {
    bool sent = send_text(connection, "HTTP/1.1 200 OK\r\n");
    while (sent) {
        sent = send_text(connection, *argument == 'c' ? "HTTP/1.1 100 Continue\r\n\r\n"
                                                      : "X-More: and more and more and more\r\n");
    }
    return false;
}

static bool answer_garbage(struct connection *connection, const char *argument) {
    (void)argument;
    (void)send_text(connection, "this is not HTTP\r\n\r\n");
    return false;
}

static bool answer_early(struct connection *connection, const char *argument) {
    (void)argument;
    return send_text(connection, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n"
                                 "Link: <x>\r\n\r\n" OK_HEAD "2\r\n\r\nok");
}

static const struct {
    const char *path;
    bool (*answer)(struct connection *connection, const char *argument);
} behaviours[] = {
    {"/ok", answer_ok},
    {"/status/", answer_status},
    {"/retry/", answer_retry},
    {"/redirect/", answer_redirect},
    {"/big/", answer_big},
    {"/chunked", answer_chunked},
    {"/half-chunk", answer_half_chunk},
    {"/short", answer_short},
    {"/until-close", answer_until_close},
    {"/slow-head", answer_slow_head},
    {"/slow", answer_slowly},
    {"/nothing", answer_nothing},
    {"/reset/", answer_reset},
    {"/close", answer_close},
    {"/twice/", answer_twice},
    {"/endless-body", answer_endless_body},
    {"/endless-head/", answer_endless_head},
    {"/garbage", answer_garbage},
    {"/early", answer_early},
};

/* ---- reading requests */

static const char *find(const char *text, size_t len, const char *part) {
    return memmem(text, len, part, strlen(part));
}

/* How long the first request in the buffer is; 0 while it is not whole. */
static size_t request_len(const struct connection *connection) {
    const char *end = find(connection->request, connection->len, "\r\n\r\n");
    if (end == NULL) {
        return 0;
    }
    size_t head_len = (size_t)(end - connection->request) + 4;
    const char *length = find(connection->request, head_len, "Content-Length: ");
    size_t body_len = length == NULL ? 0 : (size_t)strtoul(length + 16, NULL, 10);
    return connection->len >= head_len + body_len ? head_len + body_len : 0;
}

static bool read_some(struct connection *connection) {
    struct pollfd fds[] = {
        {.fd = connection->fd, .events = POLLIN},
        {.fd = connection->receiver->stop[0], .events = POLLIN},
    };
    if (poll(fds, 2, -1) < 0 || fds[1].revents != 0) {
        return false;
    }
    ssize_t got = recv(connection->fd, connection->request + connection->len,
                       sizeof connection->request - connection->len, 0);
    connection->len += got > 0 ? (size_t)got : 0;
    return got > 0;
}

static void note_request(struct connection *connection, size_t len) {
    struct bad_receiver *receiver = connection->receiver;
    (void)pthread_mutex_lock(&receiver->lock);
    receiver->request_count++;
    size_t kept = len < sizeof receiver->last - 1 ? len : sizeof receiver->last - 1;
    memcpy(receiver->last, connection->request, kept);
    receiver->last[kept] = '\0';
    (void)pthread_mutex_unlock(&receiver->lock);
}

static bool answer(struct connection *connection, size_t len) {
    char path[256] = "";
    const char *start = memchr(connection->request, ' ', len);
    const char *end = start == NULL ? NULL : memchr(start + 1, ' ', len - 5);
    if (end != NULL && (size_t)(end - start) < sizeof path) {
        memcpy(path, start + 1, (size_t)(end - start) - 1);
    }
    for (size_t i = 0; i < sizeof behaviours / sizeof behaviours[0]; i++) {
        size_t path_len = strlen(behaviours[i].path);
        if (strncmp(path, behaviours[i].path, path_len) == 0) {
            return behaviours[i].answer(connection, path + path_len);
        }
    }
    return answer_status(connection, "404");
}

static void *serve(void *context) {
    struct connection *connection = context;
    bool keeps = true;
    while (keeps) {
        size_t len = request_len(connection);
        if (len == 0) {
            keeps = read_some(connection);
            continue;
        }
        note_request(connection, len);
        keeps = answer(connection, len);
        connection->len -= len;
        memmove(connection->request, connection->request + len, connection->len);
    }
    (void)shutdown(connection->fd, SHUT_WR);
    (void)close(connection->fd);
    return NULL;
}

static void *accept_all(void *context) {
    struct bad_receiver *receiver = context;
    struct pollfd fds[] = {
        {.fd = receiver->listener, .events = POLLIN},
        {.fd = receiver->stop[0], .events = POLLIN},
    };
    while (poll(fds, 2, -1) > 0 && fds[1].revents == 0) {
        int fd = accept4(receiver->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) {
            continue;
        }
        int yes = 1; /* what is sent twice leaves twice, at once */
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        struct connection *connection = calloc(1, sizeof *connection);
        assert(connection != NULL && receiver->connection_count < CONNECTIONS_MAX);
        connection->receiver = receiver;
        connection->fd = fd;
        /* Counted before it answers: whoever has the answer finds it counted. */
        (void)pthread_mutex_lock(&receiver->lock);
        receiver->connections[receiver->connection_count++] = connection;
        (void)pthread_mutex_unlock(&receiver->lock);
        assert(pthread_create(&connection->thread, NULL, serve, connection) == 0);
    }
    return NULL;
}

/* ---- public */

static int listen_on(int family, uint16_t *ret_port) {
    struct sockaddr_storage address = {.ss_family = (sa_family_t)family};
    socklen_t len = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    if (family == AF_INET) {
        ((struct sockaddr_in *)(void *)&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
        ((struct sockaddr_in6 *)(void *)&address)->sin6_addr = in6addr_loopback;
    }
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 || listen(fd, 1024) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
        (void)close(fd);
        return -1;
    }
    *ret_port = ntohs(((struct sockaddr_in *)(void *)&address)->sin_port);
    return fd;
}

struct bad_receiver *bad_receiver_new(int family) {
    uint16_t port;
    int listener = listen_on(family, &port);
    if (listener < 0) {
        return NULL;
    }
    struct bad_receiver *receiver = calloc(1, sizeof *receiver);
    assert(receiver != NULL);
    receiver->listener = listener;
    receiver->port = port;
    assert(pipe2(receiver->stop, O_CLOEXEC) == 0);
    assert(pthread_mutex_init(&receiver->lock, NULL) == 0);
    assert(pthread_create(&receiver->thread, NULL, accept_all, receiver) == 0);
    return receiver;
}

void bad_receiver_free(struct bad_receiver *receiver) {
    if (receiver == NULL) {
        return;
    }
    (void)close(receiver->stop[1]);
    (void)pthread_join(receiver->thread, NULL);
    for (size_t i = 0; i < receiver->connection_count; i++) {
        (void)pthread_join(receiver->connections[i]->thread, NULL);
        free(receiver->connections[i]);
    }
    (void)close(receiver->listener);
    (void)close(receiver->stop[0]);
    (void)pthread_mutex_destroy(&receiver->lock);
    free(receiver);
}

uint16_t bad_receiver_port(const struct bad_receiver *receiver) {
    return receiver->port;
}

unsigned bad_receiver_connections(struct bad_receiver *receiver) {
    (void)pthread_mutex_lock(&receiver->lock);
    unsigned count = (unsigned)receiver->connection_count;
    (void)pthread_mutex_unlock(&receiver->lock);
    return count;
}

unsigned bad_receiver_requests(struct bad_receiver *receiver) {
    (void)pthread_mutex_lock(&receiver->lock);
    unsigned count = receiver->request_count;
    (void)pthread_mutex_unlock(&receiver->lock);
    return count;
}

unsigned bad_receiver_unasked(struct bad_receiver *receiver) {
    (void)pthread_mutex_lock(&receiver->lock);
    unsigned count = receiver->unasked_count;
    (void)pthread_mutex_unlock(&receiver->lock);
    return count;
}

void bad_receiver_last(struct bad_receiver *receiver, char *ret_text, size_t size) {
    (void)pthread_mutex_lock(&receiver->lock);
    (void)snprintf(ret_text, size, "%s", receiver->last);
    (void)pthread_mutex_unlock(&receiver->lock);
}
