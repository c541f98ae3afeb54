/* SPDX-License-Identifier: MIT */
#include "scripted_server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool send_all(int fd, const char *text) {
    for (size_t left = strlen(text); left > 0;) {
        ssize_t sent = send(fd, text, left, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        text += sent;
        left -= (size_t)sent;
    }
    return true;
}

/* Head and body; false once the client has gone. */
static bool read_request(int fd, char *request) {
    size_t len = 0;
    for (;;) {
        ssize_t got = recv(fd, request + len, SCRIPTED_REQUEST_BYTES_MAX - 1 - len, 0);
        if (got <= 0) {
            return false;
        }
        len += (size_t)got;
        request[len] = '\0';
        const char *head_end = strstr(request, "\r\n\r\n");
        const char *length = strcasestr(request, "Content-Length:");
        if (head_end != NULL && strncmp(request, "GET ", 4) == 0) {
            return true;
        }
        if (head_end == NULL || length == NULL) {
            continue;
        }
        size_t body_len = strtoul(length + strlen("Content-Length:"), NULL, 10);
        if (len >= (size_t)(head_end + 4 - request) + body_len) {
            return true;
        }
    }
}

static bool play_step(int fd, const struct scripted_step *step) {
    bool alive = send_all(fd, step->bytes);
    for (size_t i = 0; alive && i < step->repeat; i++) {
        usleep(step->pause_us);
        alive = send_all(fd, step->again);
    }
    char byte;
    while (alive && step->hang && recv(fd, &byte, 1, 0) > 0) {
    }
    return alive && !step->close && !step->hang;
}

static void serve(struct scripted_server *server, int fd) {
    while (server->steps_done < server->step_count &&
           read_request(fd, server->requests[server->steps_done])) {
        if (!play_step(fd, &server->steps[server->steps_done++])) {
            return;
        }
    }
}

static void *run(void *context) {
    struct scripted_server *server = context;
    for (int fd; (fd = accept(server->fd, NULL, NULL)) >= 0;) {
        server->connections++;
        serve(server, fd);
        close(fd);
    }
    return NULL;
}

void scripted_server_start(struct scripted_server *server, const struct scripted_step *steps,
                           size_t step_count) {
    assert(step_count <= SCRIPTED_STEPS_MAX);
    memset(server, 0, sizeof(*server));
    server->steps = steps;
    server->step_count = step_count;
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    assert(bind(server->fd, (struct sockaddr *)&address, size) == 0);
    assert(getsockname(server->fd, (struct sockaddr *)&address, &size) == 0);
    assert(listen(server->fd, 8) == 0);
    server->port = ntohs(address.sin_port);
    assert(pthread_create(&server->thread, NULL, run, server) == 0);
}

void scripted_server_stop(struct scripted_server *server) {
    shutdown(server->fd, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->fd);
}
