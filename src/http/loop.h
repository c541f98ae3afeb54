/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_LOOP_H
#define TILL_HTTP_LOOP_H

/* One thread's event loop: its listening sockets, its connections by deadline, and the letter box
 * where other threads put completions and stream events. Inside src/http only. */

#include <pthread.h>
#include <stdatomic.h>

#include "base/result.h"
#include "http/deadline.h"
#include "http/server.h"

struct arena;
struct connection;
struct event;
struct event_base;
struct evconnlistener;
struct http_completion;
struct http_loop;
struct ip_count;
struct stream_event;
struct stream_table;

/* A listener of the server, shared by its sockets on the loops. */
struct server_listener {
    struct http_listener options;
    size_t connections_max;
    bool is_unix;
    uint16_t port;
    atomic_size_t connections_open;
};

struct loop_socket {
    struct http_loop *loop;
    struct server_listener *listener;
    struct evconnlistener *accepting; /* NULL once the loop stops */
    int64_t paused_until_ms;          /* INT64_MAX: until a connection closes; 0: not paused */
};

/* In the order in which a tick's share of closes is given out: first those that free something. */
enum deadline_kind {
    DEADLINE_LINGER,
    DEADLINE_IDLE,
    DEADLINE_REPLY,
    DEADLINE_HEAD,
    DEADLINE_BODY,
    DEADLINE_STREAM,
    DEADLINE_PENDING, /* none: a request that waits for its completion */
    DEADLINE_DROPPED, /* none: the client has gone, the completion is still to come */
    DEADLINE_ENDED,   /* to be freed at the end of this turn */
    DEADLINE_KINDS,
};

enum { LOOP_ARENAS_KEPT_MAX = 64, LOOP_DATE_BYTES = 40 };

/* Written by the loop's thread, read by any. */
struct loop_counters {
    atomic_ullong accepted, refused, requests, malformed, missed, pauses;
    atomic_ullong replies[6]; /* by hundreds of the status */
    atomic_ullong streams_dropped;
};

/* What the loops have in common; the server owns it and it outlives them. */
struct loop_shared {
    struct http_limits limits;
    struct ip_count *connections_by_ip;
    struct ip_count *streams_by_ip;
    atomic_size_t streams_open;
    struct ip_network trusted_proxies[HTTP_TRUSTED_PROXIES_MAX];
    size_t trusted_proxy_count;
};

struct http_loop {
    struct loop_shared *shared;
    struct event_base *base;
    struct event *tick;
    struct event *wake;
    int wake_fd;
    pthread_t thread;
    bool is_running;

    struct loop_socket sockets[HTTP_LISTENERS_MAX];
    size_t socket_count;

    struct deadline_list connections[DEADLINE_KINDS];
    size_t connection_count; /* without the dropped ones */
    struct stream_table *streams;
    struct arena *arenas[LOOP_ARENAS_KEPT_MAX]; /* spare */
    size_t arena_count;
    int64_t date_s;
    char date[LOOP_DATE_BYTES];

    _Atomic(struct http_completion *) completions; /* newest first */
    _Atomic(struct stream_event *) events;         /* newest first */
    atomic_size_t events_waiting;
    atomic_size_t streams_here;
    atomic_bool is_woken; /* the wake is on its way */
    atomic_bool must_stop;
    int64_t stop_at_ms; /* 0: not stopping */

    struct loop_counters counters;
};

struct http_loop *loop_new(struct loop_shared *shared);
/* After its thread has ended. */
void loop_free(struct http_loop *loop);
/* Takes over the listening `fd`. */
void loop_add_socket(struct http_loop *loop, struct server_listener *listener, int fd);
void loop_start(struct http_loop *loop);
/* Asks; loop_join waits. */
void loop_stop(struct http_loop *loop);
void loop_join(struct http_loop *loop);

/* ---- from any thread */

void loop_push_completion(struct http_loop *loop, struct http_completion *completion);
void loop_push_event(struct http_loop *loop, struct stream_event *event);
void loop_wake(struct http_loop *loop);
/* Does something wait that nobody has announced? */
bool loop_has_mail(struct http_loop *loop);

/* ---- from the loop's thread */

int64_t loop_now_ms(void);
bool loop_is_stopping(const struct http_loop *loop);
struct str loop_date(struct http_loop *loop);
struct arena *loop_take_arena(struct http_loop *loop);
void loop_return_arena(struct http_loop *loop, struct arena *arena);
/* A connection of this listener closed: accept again if that waited for one. */
void loop_connection_closed(struct http_loop *loop, struct server_listener *listener);
/* Frees what ended during this turn; the last thing each callback does. */
void loop_end_turn(struct http_loop *loop);

#endif
