/* SPDX-License-Identifier: MIT */
#include "evm_double.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"

enum { REQUEST_BYTES_MAX = 1 << 20, CALLS_MAX = 256, METHOD_BYTES_MAX = 64 };

struct call {
    unsigned long id;
    char method[METHOD_BYTES_MAX];
    struct str params;
};

/* Head and body; NULL once the client has gone. */
static const char *read_request(int fd, char *request) {
    size_t len = 0;
    for (;;) {
        ssize_t got = recv(fd, request + len, REQUEST_BYTES_MAX - 1 - len, 0);
        if (got <= 0) {
            return NULL;
        }
        len += (size_t)got;
        request[len] = '\0';
        const char *head_end = strstr(request, "\r\n\r\n");
        const char *length = strcasestr(request, "Content-Length:");
        if (head_end == NULL || length == NULL) {
            continue;
        }
        size_t body_len = strtoul(length + strlen("Content-Length:"), NULL, 10);
        if (len >= (size_t)(head_end + 4 - request) + body_len) {
            return head_end + 4;
        }
    }
}

/* Our own client wrote it, so its form is known. */
static size_t parse(const char *body, struct call calls[CALLS_MAX]) {
    size_t count = 0;
    for (const char *at = body; (at = strstr(at, "\"id\":")) != NULL;) {
        struct call *call = &calls[count++];
        assert(count <= CALLS_MAX);
        call->id = strtoul(at + strlen("\"id\":"), NULL, 10);
        const char *method = strstr(at, "\"method\":\"") + strlen("\"method\":\"");
        size_t method_len = strcspn(method, "\"");
        assert(method_len < METHOD_BYTES_MAX);
        memcpy(call->method, method, method_len);
        call->method[method_len] = '\0';
        at = strstr(at, "\"params\":") + strlen("\"params\":");
        const char *end = strstr(at, "\"jsonrpc\"");
        call->params = (struct str){.ptr = at, .len = end ? (size_t)(end - at) : strlen(at)};
    }
    return count;
}

static const struct evm_double_answer *answer_to(const struct evm_double *node,
                                                 const struct call *call) {
    for (size_t i = 0; i < node->answer_count; i++) {
        const struct evm_double_answer *answer = &node->answers[i];
        bool fits = answer->words == NULL || memmem(call->params.ptr, call->params.len,
                                                    answer->words, strlen(answer->words)) != NULL;
        if (strcmp(answer->method, call->method) == 0 && fits) {
            return answer;
        }
    }
    static const struct evm_double_answer unknown = {
        .json = "{\"code\":-32601,\"message\":\"the method does not exist\"}"};
    return &unknown;
}

static void put_answer(struct buf *body, const struct evm_double *node, const struct call *call) {
    const struct evm_double_answer *answer = answer_to(node, call);
    if (answer->json == NULL) {
        return;
    }
    bool is_error = strncmp(answer->json, "{\"code\"", strlen("{\"code\"")) == 0;
    char last = body->ptr[body->len - 1];
    buf_putf(body, "%s{\"jsonrpc\":\"2.0\",\"id\":%lu,\"%s\":", last == '}' ? "," : "", call->id,
             is_error ? "error" : "result");
    buf_puts(body, answer->json);
    buf_put_char(body, '}');
}

static void reply(const struct evm_double *node, int fd, const struct call *calls, size_t count,
                  bool is_batch) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(64 << 20);
    struct buf body = buf_in(arena);
    buf_put_char(&body, is_batch ? '[' : ' ');
    for (size_t i = 0; i < count; i++) {
        put_answer(&body, node, &calls[node->answers_backwards ? count - 1 - i : i]);
    }
    buf_put_char(&body, is_batch ? ']' : ' ');
    struct buf all = buf_in(arena);
    buf_putf(&all, "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n",
             node->hangs_up ? "Connection: close\r\n" : "", body.len);
    buf_put_str(&all, buf_str(&body));
    assert(!all.failed);
    for (size_t sent = 0; sent < all.len;) {
        ssize_t size = send(fd, all.ptr + sent, all.len - sent, MSG_NOSIGNAL);
        if (size <= 0) {
            return;
        }
        sent += (size_t)size;
    }
}

static void serve(struct evm_double *node, int fd, char *request, struct call *calls) {
    for (const char *body; (body = read_request(fd, request)) != NULL;) {
        size_t count = parse(body, calls);
        node->requests++;
        node->calls += count;
        bool is_last = node->hangs_up;
        reply(node, fd, calls, count, body[0] == '[');
        if (is_last) {
            return;
        }
    }
}

static void *run(void *context) {
    struct evm_double *node = context;
    char *request = malloc(REQUEST_BYTES_MAX);
    struct call *calls = calloc(CALLS_MAX, sizeof(*calls));
    assert(request != NULL && calls != NULL);
    for (int fd; (fd = accept(node->fd, NULL, NULL)) >= 0;) {
        serve(node, fd, request, calls);
        close(fd);
    }
    free(request);
    free(calls);
    return NULL;
}

void evm_double_put(struct evm_double *node, const char *method, const char *words,
                    const char *json) {
    size_t at = 0;
    while (at < node->answer_count && strcmp(node->answers[at].method, method) != 0) {
        at++;
    }
    if (words != NULL || at == node->answer_count) {
        at = node->answer_count++;
    }
    assert(at < EVM_DOUBLE_ANSWERS_MAX);
    node->answers[at] = (struct evm_double_answer){.method = method, .words = words, .json = json};
}

void evm_double_start(struct evm_double *node) {
    node->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    assert(bind(node->fd, (struct sockaddr *)&address, size) == 0);
    assert(getsockname(node->fd, (struct sockaddr *)&address, &size) == 0);
    assert(listen(node->fd, 8) == 0);
    node->port = ntohs(address.sin_port);
    assert(pthread_create(&node->thread, NULL, run, node) == 0);
}

void evm_double_stop(struct evm_double *node) {
    shutdown(node->fd, SHUT_RDWR);
    pthread_join(node->thread, NULL);
    close(node->fd);
}
