/* SPDX-License-Identifier: MIT */
#include "support/raw_client.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { SEND_TIMEOUT_MS = 20000, BUFFER_BYTES_FIRST = 16384 };

int64_t raw_now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void start(struct raw_client *client, int fd) {
    *client = (struct raw_client){
        .fd = fd, .cap = BUFFER_BYTES_FIRST, .buffer = malloc(BUFFER_BYTES_FIRST + 1)};
    assert(fd >= 0 && client->buffer != NULL);
    client->buffer[0] = '\0';
}

void raw_connect_from(struct raw_client *client, uint16_t port, unsigned n) {
    int on = 1;
    start(client, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000000u + n)};
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert(bind(client->fd, (struct sockaddr *)&from, sizeof from) == 0);
    int answer = connect(client->fd, (struct sockaddr *)&to, sizeof to);
    assert(answer == 0);
    (void)answer;
    (void)setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void raw_connect(struct raw_client *client, uint16_t port) {
    raw_connect_from(client, port, 1);
}

bool raw_connect_unix(struct raw_client *client, const char *path) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    (void)snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
    start(client, socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(client->fd, (struct sockaddr *)&to, sizeof to) == 0) {
        return true;
    }
    raw_close(client);
    return false;
}

void raw_close(struct raw_client *client) {
    (void)close(client->fd);
    free(client->buffer);
    *client = (struct raw_client){.fd = -1};
}

void raw_reset(struct raw_client *client) {
    struct linger now = {.l_onoff = 1};
    (void)setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    raw_close(client);
}

bool raw_send(struct raw_client *client, const void *bytes, size_t size) {
    const char *at = bytes;
    while (size > 0) {
        struct pollfd wait = {.fd = client->fd, .events = POLLOUT};
        if (poll(&wait, 1, SEND_TIMEOUT_MS) != 1) {
            return false;
        }
        ssize_t sent = send(client->fd, at, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EAGAIN) {
            continue;
        }
        if (sent <= 0) {
            return false;
        }
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}

bool raw_send_text(struct raw_client *client, const char *text) {
    return raw_send(client, text, strlen(text));
}

bool raw_receive(struct raw_client *client, int timeout_ms) {
    struct pollfd wait = {.fd = client->fd, .events = POLLIN};
    if (client->eof || client->len == RAW_BUFFER_BYTES || poll(&wait, 1, timeout_ms) != 1) {
        return false;
    }
    if (client->len == client->cap) {
        client->cap *= 2;
        client->buffer = realloc(client->buffer, client->cap + 1);
        assert(client->buffer != NULL);
    }
    ssize_t got = recv(client->fd, client->buffer + client->len, client->cap - client->len, 0);
    if (got <= 0) {
        client->eof = true;
        return false;
    }
    client->len += (size_t)got;
    client->buffer[client->len] = '\0';
    return true;
}

static void take(struct raw_client *client, size_t size) {
    client->len -= size;
    memmove(client->buffer, client->buffer + size, client->len);
    client->buffer[client->len] = '\0';
}

bool raw_header(const struct raw_reply *reply, const char *name, char *value, size_t size) {
    for (const char *line = strstr(reply->head, "\r\n"); line != NULL;
         line = strstr(line + 2, "\r\n")) {
        const char *at = line + 2;
        size_t name_len = strlen(name);
        if (strncasecmp(at, name, name_len) == 0 && strncmp(at + name_len, ": ", 2) == 0) {
            at += name_len + 2;
            (void)snprintf(value, size, "%.*s", (int)strcspn(at, "\r"), at);
            return true;
        }
    }
    return false;
}

static bool wait_for(struct raw_client *client, size_t len, int64_t until_ms) {
    while (client->len < len) {
        int64_t left = until_ms - raw_now_ms();
        if (left <= 0 || !raw_receive(client, (int)left)) {
            return false;
        }
    }
    return true;
}

bool raw_read_reply(struct raw_client *client, bool is_head, int timeout_ms,
                    struct raw_reply *ret_reply) {
    int64_t until_ms = raw_now_ms() + timeout_ms;
    char *end;
    char value[64];
    while ((end = strstr(client->buffer, "\r\n\r\n")) == NULL) {
        if (!wait_for(client, client->len + 1, until_ms)) {
            return false;
        }
    }
    size_t head_len = (size_t)(end - client->buffer) + 4;
    *ret_reply = (struct raw_reply){0};
    assert(head_len < sizeof ret_reply->head);
    memcpy(ret_reply->head, client->buffer, head_len);
    take(client, head_len);
    if (strncmp(ret_reply->head, "HTTP/1.", 7) != 0) {
        return false;
    }
    ret_reply->status = (int)strtol(ret_reply->head + 9, NULL, 10);
    size_t body_len = 0;
    if (!is_head && raw_header(ret_reply, "Content-Length", value, sizeof value)) {
        body_len = strtoul(value, NULL, 10);
    }
    if (!wait_for(client, body_len, until_ms)) {
        return false;
    }
    ret_reply->body = malloc(body_len + 1);
    assert(ret_reply->body != NULL);
    memcpy(ret_reply->body, client->buffer, body_len);
    ret_reply->body[body_len] = '\0';
    ret_reply->body_len = body_len;
    take(client, body_len);
    return true;
}

void raw_reply_free(struct raw_reply *reply) {
    free(reply->body);
    reply->body = NULL;
}

bool raw_is_closed(struct raw_client *client, int timeout_ms) {
    if (client->len > 0) {
        return false;
    }
    if (raw_receive(client, timeout_ms)) {
        return false;
    }
    return client->eof;
}
