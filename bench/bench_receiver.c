/* SPDX-License-Identifier: MIT */
/* A merchant that takes postbacks: answers 200 at once, and prints a line for each.
 *
 *     bench_receiver PORT COUNT HANG_PORT
 *
 * Listens on COUNT ports from PORT on. What comes to HANG_PORT is read and never answered. A line
 * is "TIME_NS INVOICE": when the first byte of the request had arrived, by the wall clock, and the
 * message's invoice_id. */

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { INPUT_BYTES_MAX = 64 << 10, INVOICE_BYTES_MAX = 16 };

struct peer {
    int fd;
    bool is_listener;
    bool hangs;
    int64_t first_byte_at_ns;
    size_t len;
    char *input;
};

static _Noreturn void fail(const char *what) {
    (void)fprintf(stderr, "bench_receiver: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t wall_ns(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void watch_new(int epoll, int fd, bool is_listener, bool hangs) {
    struct peer *peer = calloc(1, sizeof *peer);
    if (peer == NULL) {
        fail("out of memory");
    }
    *peer = (struct peer){.fd = fd, .is_listener = is_listener, .hangs = hangs};
    if (!is_listener && (peer->input = malloc(INPUT_BYTES_MAX)) == NULL) {
        fail("out of memory");
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        fail("epoll");
    }
}

static void listen_on(int epoll, uint16_t port, bool hangs) {
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 512) != 0) {
        fail("could not listen");
    }
    watch_new(epoll, fd, true, hangs);
}

/* The length of the request once its head is there; 0 before. */
static size_t request_length(const struct peer *peer) {
    const char *end = memmem(peer->input, peer->len, "\r\n\r\n", 4);
    if (end == NULL) {
        return 0;
    }
    size_t length = 0;
    for (const char *line = peer->input; line < end; line = strchr(line, '\n') + 1) {
        if (strncasecmp(line, "Content-Length:", 15) == 0) {
            length = strtoul(line + 15, NULL, 10);
        }
    }
    return (size_t)(end + 4 - peer->input) + length;
}

/* "invoice_id":"K7Q2M9XD" or invoice_id=K7Q2M9XD */
static void print_line(const struct peer *peer, size_t size) {
    static const char name[] = "invoice_id";
    const char *end = peer->input + size;
    const char *at = memmem(peer->input, size, name, sizeof name - 1);
    char invoice[INVOICE_BYTES_MAX + 1] = "?";
    if (at != NULL) {
        at += sizeof name - 1;
        while (at < end && strchr("\": =", *at) != NULL) {
            at++;
        }
        size_t len = 0;
        while (at + len < end && len < INVOICE_BYTES_MAX && strchr("\"&,}", at[len]) == NULL) {
            len++;
        }
        memcpy(invoice, at, len);
        invoice[len] = '\0';
    }
    (void)printf("%lld %s\n", (long long)peer->first_byte_at_ns, invoice);
}

static void answer(struct peer *peer) {
    static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    size_t size;
    while ((size = request_length(peer)) > 0 && size <= peer->len) {
        print_line(peer, size);
        if (send(peer->fd, text, sizeof text - 1, MSG_NOSIGNAL) < 0) {
            return;
        }
        memmove(peer->input, peer->input + size, peer->len - size);
        peer->len -= size;
    }
}

static void leave_free(struct peer *peer) {
    (void)close(peer->fd);
    free(peer->input);
    free(peer);
}

static void read_from(struct peer *peer) {
    int64_t now_ns = wall_ns();
    ssize_t got = recv(peer->fd, peer->input + peer->len, (size_t)INPUT_BYTES_MAX - peer->len, 0);
    if (got <= 0) {
        leave_free(peer);
        return;
    }
    if (peer->hangs) {
        return;
    }
    if (peer->len == 0) {
        peer->first_byte_at_ns = now_ns;
    }
    peer->len += (size_t)got;
    answer(peer);
}

int main(int argc, char **argv) {
    if (argc < 4) {
        (void)fprintf(stderr, "usage: bench_receiver PORT COUNT HANG_PORT\n");
        return 2;
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    uint16_t port = (uint16_t)strtoul(argv[1], NULL, 10);
    uint16_t count = (uint16_t)strtoul(argv[2], NULL, 10);
    for (uint16_t i = 0; i < count; i++) {
        listen_on(epoll, (uint16_t)(port + i), false);
    }
    listen_on(epoll, (uint16_t)strtoul(argv[3], NULL, 10), true);
    (void)puts("ready");
    (void)fflush(stdout);
    for (;;) {
        struct epoll_event events[64];
        int ready = epoll_wait(epoll, events, 64, -1);
        for (int i = 0; i < ready; i++) {
            struct peer *peer = events[i].data.ptr;
            if (!peer->is_listener) {
                read_from(peer);
                continue;
            }
            int fd = accept4(peer->fd, NULL, NULL, SOCK_CLOEXEC);
            if (fd >= 0) {
                watch_new(epoll, fd, false, peer->hangs);
            }
        }
        (void)fflush(stdout);
    }
}
