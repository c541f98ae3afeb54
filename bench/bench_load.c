/* SPDX-License-Identifier: MIT */
/* Sends HTTP requests over kept-alive connections, one at a time on each, and times the replies.
 *
 *     bench_load PORT CONNECTIONS SECONDS REQUESTS [REPLIES]
 *
 * REQUESTS holds whole requests, each ended by a NUL; they are sent in turn, over and over. With
 * SECONDS 0 each is sent once. REPLIES takes the bodies of the answers, a line each. One line of
 * JSON says what happened; times are from the first byte sent to the last byte received. */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { REPLY_BYTES_MAX = 256 << 10, REQUESTS_MAX = 1 << 20, CONNECTIONS_MAX = 4096 };

struct request {
    const char *ptr;
    size_t len;
};

struct link {
    int fd;
    bool is_busy;
    int64_t sent_at_ns;
    size_t len;
    char reply[REPLY_BYTES_MAX];
};

struct load {
    struct request *requests;
    size_t request_count;
    size_t sent;
    bool once;
    int64_t end_at_ns;
    struct link **links;
    size_t link_count;
    size_t busy;
    FILE *replies;
    uint32_t *samples_us;
    size_t sample_count;
    size_t sample_room;
    uint64_t errors;
    int epoll;
};

static _Noreturn void fail(const char *what) {
    (void)fprintf(stderr, "bench_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_ns(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void *need(void *memory) {
    if (memory == NULL) {
        fail("out of memory");
    }
    return memory;
}

/* ---- requests */

static void read_requests(struct load *load, const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (fd < 0 || fstat(fd, &about) != 0) {
        fail(path);
    }
    size_t size = (size_t)about.st_size;
    char *text = need(malloc(size + 1));
    for (size_t got = 0; got < size;) {
        ssize_t more = read(fd, text + got, size - got);
        if (more <= 0) {
            fail(path);
        }
        got += (size_t)more;
    }
    text[size] = '\0';
    (void)close(fd);
    load->requests = need(calloc(REQUESTS_MAX, sizeof *load->requests));
    for (size_t at = 0; at < size && load->request_count < REQUESTS_MAX;) {
        size_t len = strlen(text + at);
        load->requests[load->request_count++] = (struct request){text + at, len};
        at += len + 1;
    }
    if (load->request_count == 0) {
        fail("no requests");
    }
}

/* ---- sending and receiving */

static struct link *link_new(uint16_t port) {
    struct link *link = need(calloc(1, sizeof *link));
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    link->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    if (link->fd < 0 || connect(link->fd, (struct sockaddr *)&to, sizeof to) != 0 ||
        setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
        fail("could not connect");
    }
    return link;
}

static bool is_over(const struct load *load) {
    return load->once ? load->sent == load->request_count : now_ns() >= load->end_at_ns;
}

static void send_next(struct load *load, struct link *link) {
    if (is_over(load)) {
        return;
    }
    const struct request *request = &load->requests[load->sent++ % load->request_count];
    link->sent_at_ns = now_ns();
    link->len = 0;
    link->is_busy = true;
    load->busy++;
    if (send(link->fd, request->ptr, request->len, MSG_NOSIGNAL) != (ssize_t)request->len) {
        fail("could not send");
    }
}

/* The length of the whole reply once its head is there; 0 before. */
static size_t reply_length(const struct link *link, const char **ret_body) {
    const char *end = memmem(link->reply, link->len, "\r\n\r\n", 4);
    if (end == NULL) {
        return 0;
    }
    size_t length = 0;
    for (const char *line = link->reply; line < end; line = strchr(line, '\n') + 1) {
        if (strncasecmp(line, "Content-Length:", 15) == 0) {
            length = strtoul(line + 15, NULL, 10);
        }
    }
    *ret_body = end + 4;
    return (size_t)(end + 4 - link->reply) + length;
}

static void note_reply(struct load *load, struct link *link, const char *body, size_t size) {
    static const char good[] = "HTTP/1.1 2";
    if (memcmp(link->reply, good, sizeof good - 1) != 0) {
        load->errors++;
    }
    if (load->replies != NULL) {
        (void)fwrite(body, 1, size - (size_t)(body - link->reply), load->replies);
        (void)fputc('\n', load->replies);
    }
    if (load->sample_count == load->sample_room) {
        load->sample_room = load->sample_room == 0 ? 65536 : load->sample_room * 2;
        load->samples_us =
            need(realloc(load->samples_us, load->sample_room * sizeof *load->samples_us));
    }
    load->samples_us[load->sample_count++] = (uint32_t)((now_ns() - link->sent_at_ns) / 1000);
    link->is_busy = false;
    load->busy--;
}

static void receive(struct load *load, struct link *link) {
    ssize_t got = recv(link->fd, link->reply + link->len, sizeof link->reply - link->len - 1, 0);
    if (got <= 0) {
        fail("the server closed a connection");
    }
    link->len += (size_t)got;
    link->reply[link->len] = '\0';
    const char *body;
    size_t size = reply_length(link, &body);
    if (size == 0 || link->len < size) {
        if (link->len >= sizeof link->reply - 1) {
            fail("a reply is too long");
        }
        return;
    }
    note_reply(load, link, body, size);
    send_next(load, link);
}

static void run(struct load *load) {
    struct epoll_event events[64];
    for (size_t i = 0; i < load->link_count; i++) {
        send_next(load, load->links[i]);
    }
    while (load->busy > 0) {
        int count = epoll_wait(load->epoll, events, 64, 30000);
        if (count == 0) {
            fail("no reply for 30 seconds");
        }
        for (int i = 0; i < count; i++) {
            receive(load, events[i].data.ptr);
        }
    }
}

/* ---- the report */

static int compare(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static uint32_t percentile(const struct load *load, unsigned part_per_1000) {
    return load->sample_count == 0
               ? 0
               : load->samples_us[(load->sample_count - 1) * part_per_1000 / 1000];
}

static void report(struct load *load, int64_t took_ns) {
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    double cpu_us = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
                    (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    qsort(load->samples_us, load->sample_count, sizeof *load->samples_us, compare);
    (void)printf("{\"requests\":%zu,\"errors\":%llu,\"seconds\":%.3f,\"per_s\":%.1f,"
                 "\"p50_us\":%u,\"p90_us\":%u,\"p99_us\":%u,\"max_us\":%u,\"own_cpu_us\":%.0f}\n",
                 load->sample_count, (unsigned long long)load->errors, (double)took_ns / 1e9,
                 (double)load->sample_count * 1e9 / (double)took_ns, percentile(load, 500),
                 percentile(load, 900), percentile(load, 990), percentile(load, 1000), cpu_us);
}

int main(int argc, char **argv) {
    if (argc < 5) {
        (void)fprintf(stderr, "usage: bench_load PORT CONNECTIONS SECONDS REQUESTS [REPLIES]\n");
        return 2;
    }
    struct load load = {.epoll = epoll_create1(EPOLL_CLOEXEC)};
    uint16_t port = (uint16_t)strtoul(argv[1], NULL, 10);
    load.link_count = strtoul(argv[2], NULL, 10);
    if (load.link_count == 0 || load.link_count > CONNECTIONS_MAX) {
        load.link_count = 1;
    }
    int64_t seconds = strtol(argv[3], NULL, 10);
    load.once = seconds == 0;
    read_requests(&load, argv[4]);
    if (argc > 5 && (load.replies = fopen(argv[5], "we")) == NULL) {
        fail(argv[5]);
    }
    load.links = need(calloc(load.link_count, sizeof(struct link *)));
    for (size_t i = 0; i < load.link_count; i++) {
        load.links[i] = link_new(port);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = load.links[i]};
        if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, load.links[i]->fd, &event) != 0) {
            fail("epoll");
        }
    }
    int64_t start_ns = now_ns();
    load.end_at_ns = start_ns + seconds * 1000000000;
    run(&load);
    report(&load, now_ns() - start_ns);
    if (load.replies != NULL && fclose(load.replies) != 0) {
        fail(argv[5]);
    }
    return 0;
}
