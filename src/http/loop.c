/* SPDX-License-Identifier: MIT */
#include "http/loop.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "http/connection.h"
#include "http/stream_table.h"

#define PAUSED_UNTIL_CLOSE INT64_MAX

static struct connection *connection_at(struct deadline *deadline) {
    static_assert(offsetof(struct connection, deadline) == 0);
    return (struct connection *)deadline;
}

int64_t loop_now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool loop_is_stopping(const struct http_loop *loop) {
    return loop->stop_at_ms != 0;
}

/* RFC 9110, 5.6.7: "IMF-fixdate". Formatted once a second. */
struct str loop_date(struct http_loop *loop) {
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != loop->date_s) {
        struct tm tm;
        (void)gmtime_r(&now.tv_sec, &tm);
        (void)snprintf(loop->date, sizeof loop->date, "%s, %02u %s %04u %02u:%02u:%02u GMT",
                       days[tm.tm_wday % 7], (unsigned)tm.tm_mday % 100, months[tm.tm_mon % 12],
                       (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)tm.tm_hour % 100,
                       (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
        loop->date_s = now.tv_sec;
    }
    return str_from_c(loop->date);
}

struct arena *loop_take_arena(struct http_loop *loop) {
    return loop->arena_count > 0 ? loop->arenas[--loop->arena_count]
                                 : arena_new(loop->shared->limits.arena_bytes_max);
}

void loop_return_arena(struct http_loop *loop, struct arena *arena) {
    if (loop->arena_count == LOOP_ARENAS_KEPT_MAX) {
        arena_free(arena);
        return;
    }
    arena_reset(arena);
    loop->arenas[loop->arena_count++] = arena;
}

void loop_end_turn(struct http_loop *loop) {
    struct deadline *ended;
    while ((ended = deadline_first(&loop->connections[DEADLINE_ENDED])) != NULL) {
        connection_free(connection_at(ended));
    }
}

/* ---- the tick: on only while there is something to watch */

static void arm_tick(struct http_loop *loop) {
    const struct timeval after = {.tv_usec = HTTP_TICK_MS * 1000};
    if (!evtimer_pending(loop->tick, NULL)) {
        BUG_IF(evtimer_add(loop->tick, &after) != 0);
    }
}

static void resume_if_possible(struct loop_socket *socket, int64_t now_ms) {
    bool has_room =
        atomic_load(&socket->listener->connections_open) < socket->listener->connections_max;
    bool is_over =
        socket->paused_until_ms == PAUSED_UNTIL_CLOSE || socket->paused_until_ms <= now_ms;
    if (socket->accepting != NULL && socket->paused_until_ms != 0 && has_room && is_over) {
        socket->paused_until_ms = 0;
        (void)evconnlistener_enable(socket->accepting);
    }
}

static void pause_socket(struct loop_socket *socket, int64_t until_ms) {
    (void)evconnlistener_disable(socket->accepting);
    socket->paused_until_ms = until_ms;
    arm_tick(socket->loop);
}

void loop_connection_closed(struct http_loop *loop, struct server_listener *listener) {
    for (size_t i = 0; i < loop->socket_count; i++) {
        if (loop->sockets[i].listener == listener &&
            loop->sockets[i].paused_until_ms == PAUSED_UNTIL_CLOSE) {
            resume_if_possible(&loop->sockets[i], 0);
        }
    }
}

static void expire_due(struct http_loop *loop, int64_t now_ms) {
    size_t left = HTTP_CLOSES_PER_TICK_MAX;
    for (enum deadline_kind kind = DEADLINE_LINGER; kind < DEADLINE_PENDING; kind++) {
        struct deadline *due;
        while (left > 0 && (due = deadline_due(&loop->connections[kind], now_ms)) != NULL) {
            connection_expire(connection_at(due), kind);
            left--;
        }
    }
}

static void drop_all(struct http_loop *loop) {
    for (enum deadline_kind kind = DEADLINE_LINGER; kind < DEADLINE_DROPPED; kind++) {
        struct deadline *first;
        while ((first = deadline_first(&loop->connections[kind])) != NULL) {
            connection_drop(connection_at(first));
        }
    }
}

static void end_if_stopped(struct http_loop *loop, int64_t now_ms) {
    if (!loop_is_stopping(loop)) {
        return;
    }
    if (now_ms >= loop->stop_at_ms) {
        drop_all(loop);
    }
    if (loop->connection_count == 0) {
        (void)event_base_loopbreak(loop->base);
    }
}

static void on_tick(evutil_socket_t fd, short what, void *context) {
    struct http_loop *loop = context;
    int64_t now_ms = loop_now_ms();
    bool is_paused = false;
    expire_due(loop, now_ms);
    for (size_t i = 0; i < loop->socket_count; i++) {
        resume_if_possible(&loop->sockets[i], now_ms);
        is_paused = is_paused || loop->sockets[i].paused_until_ms != 0;
    }
    end_if_stopped(loop, now_ms);
    if (loop->connection_count > 0 || is_paused || loop_is_stopping(loop)) {
        arm_tick(loop);
    }
    loop_end_turn(loop);
}

/* ---- listening */

static void on_accept(struct evconnlistener *accepting, evutil_socket_t fd,
                      struct sockaddr *address, int len, void *context) {
    struct loop_socket *socket = context;
    connection_accept(socket->loop, socket->listener, fd, address);
    if (atomic_load(&socket->listener->connections_open) >= socket->listener->connections_max) {
        pause_socket(socket, PAUSED_UNTIL_CLOSE);
    }
    arm_tick(socket->loop);
    loop_end_turn(socket->loop);
}

/* Out of file descriptors: without the pause the loop would spin on the waiting connection. */
static void on_accept_error(struct evconnlistener *accepting, void *context) {
    struct loop_socket *socket = context;
    atomic_fetch_add(&socket->loop->counters.pauses, 1);
    pause_socket(socket, loop_now_ms() + HTTP_EMFILE_PAUSE_MS);
}

void loop_add_socket(struct http_loop *loop, struct server_listener *listener, int fd) {
    BUG_IF(loop->socket_count == HTTP_LISTENERS_MAX);
    struct loop_socket *socket = &loop->sockets[loop->socket_count++];
    *socket = (struct loop_socket){.loop = loop, .listener = listener};
    socket->accepting = evconnlistener_new(loop->base, on_accept, socket,
                                           LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
    BUG_IF(socket->accepting == NULL);
    evconnlistener_set_error_cb(socket->accepting, on_accept_error);
}

/* ---- the letter box */

void loop_push_completion(struct http_loop *loop, struct http_completion *completion) {
    struct http_completion *head = atomic_load(&loop->completions);
    do {
        completion->next = head;
    } while (!atomic_compare_exchange_weak(&loop->completions, &head, completion));
}

void loop_push_event(struct http_loop *loop, struct stream_event *event) {
    if (atomic_fetch_add(&loop->events_waiting, 1) >= HTTP_STREAM_EVENTS_MAX) {
        atomic_fetch_sub(&loop->events_waiting, 1);
        stream_event_free(event);
        return;
    }
    struct stream_event *head = atomic_load(&loop->events);
    do {
        event->next = head;
    } while (!atomic_compare_exchange_weak(&loop->events, &head, event));
}

bool loop_has_mail(struct http_loop *loop) {
    return atomic_load(&loop->completions) != NULL || atomic_load(&loop->events) != NULL;
}

/* The flag is cleared before the box is emptied, so what comes after finds it clear and wakes us
 * again. */
void loop_wake(struct http_loop *loop) {
    const uint64_t one = 1;
    if (!atomic_exchange(&loop->is_woken, true)) {
        ssize_t written = write(loop->wake_fd, &one, sizeof one);
        BUG_IF(written != (ssize_t)sizeof one);
    }
}

static void take_completions(struct http_loop *loop) {
    struct http_completion *newest = atomic_exchange(&loop->completions, NULL);
    struct http_completion *oldest = NULL;
    while (newest != NULL) {
        struct http_completion *next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    while (oldest != NULL) {
        struct http_completion *next = oldest->next; /* the rest may die with the request */
        connection_complete(oldest->request->connection, oldest);
        oldest = next;
    }
}

static void take_events(struct http_loop *loop) {
    struct stream_event *newest = atomic_exchange(&loop->events, NULL);
    struct stream_event *oldest = NULL;
    while (newest != NULL) {
        struct stream_event *next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    while (oldest != NULL) {
        struct stream_event *next = oldest->next;
        stream_table_publish(loop->streams, oldest);
        stream_event_free(oldest);
        atomic_fetch_sub(&loop->events_waiting, 1);
        oldest = next;
    }
}

static void begin_stop(struct http_loop *loop) {
    loop->stop_at_ms = loop_now_ms() + loop->shared->limits.stop_ms;
    for (size_t i = 0; i < loop->socket_count; i++) {
        evconnlistener_free(loop->sockets[i].accepting);
        loop->sockets[i].accepting = NULL;
        loop->sockets[i].paused_until_ms = 0;
    }
    static const enum deadline_kind kinds[] = {DEADLINE_IDLE, DEADLINE_STREAM};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct deadline *first;
        while ((first = deadline_first(&loop->connections[kinds[i]])) != NULL) {
            connection_stop(connection_at(first));
        }
    }
    arm_tick(loop);
}

static void on_wake(evutil_socket_t fd, short what, void *context) {
    struct http_loop *loop = context;
    uint64_t ignored;
    ssize_t got = read(fd, &ignored, sizeof ignored);
    BUG_IF(got < 0 && errno != EAGAIN);
    atomic_store(&loop->is_woken, false);
    take_events(loop);
    take_completions(loop);
    if (atomic_load(&loop->must_stop) && !loop_is_stopping(loop)) {
        begin_stop(loop);
    }
    end_if_stopped(loop, loop_now_ms());
    loop_end_turn(loop);
}

/* ---- life */

struct http_loop *loop_new(struct loop_shared *shared) {
    struct http_loop *loop = calloc(1, sizeof *loop);
    BUG_IF(loop == NULL);
    loop->shared = shared;
    const uint32_t after_ms[DEADLINE_KINDS] = {
        [DEADLINE_HEAD] = shared->limits.head_ms,
        [DEADLINE_BODY] = shared->limits.body_ms,
        [DEADLINE_REPLY] = shared->limits.reply_ms,
        [DEADLINE_IDLE] = shared->limits.idle_ms,
        [DEADLINE_LINGER] = shared->limits.linger_ms,
        [DEADLINE_STREAM] = shared->limits.stream_keepalive_ms,
    };
    for (size_t i = 0; i < DEADLINE_KINDS; i++) {
        deadline_list_init(&loop->connections[i], after_ms[i]);
    }
    struct event_config *config = event_config_new();
    BUG_IF(config == NULL);
    (void)event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV |
                                            EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    loop->base = event_base_new_with_config(config);
    event_config_free(config);
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    BUG_IF(loop->base == NULL || loop->wake_fd < 0);
    loop->tick = evtimer_new(loop->base, on_tick, loop);
    loop->wake = event_new(loop->base, loop->wake_fd, EV_READ | EV_PERSIST, on_wake, loop);
    BUG_IF(loop->tick == NULL || loop->wake == NULL || event_add(loop->wake, NULL) != 0);
    loop->streams = stream_table_new();
    return loop;
}

/* Signals are the main thread's; a client that has gone must not be one. */
static void *run(void *context) {
    struct http_loop *loop = context;
    sigset_t all;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, NULL);
    (void)pthread_setname_np(pthread_self(), "till-http");
    BUG_IF(event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY) < 0);
    return NULL;
}

void loop_start(struct http_loop *loop) {
    BUG_IF(pthread_create(&loop->thread, NULL, run, loop) != 0);
    loop->is_running = true;
}

void loop_stop(struct http_loop *loop) {
    atomic_store(&loop->must_stop, true);
    loop_wake(loop);
}

void loop_join(struct http_loop *loop) {
    if (loop->is_running) {
        BUG_IF(pthread_join(loop->thread, NULL) != 0);
        loop->is_running = false;
    }
}

void loop_free(struct http_loop *loop) {
    if (loop == NULL) {
        return;
    }
    BUG_IF(loop->is_running);
    drop_all(loop);
    take_completions(loop);
    take_events(loop);
    struct deadline *dropped;
    while ((dropped = deadline_first(&loop->connections[DEADLINE_DROPPED])) != NULL) {
        connection_free(connection_at(dropped));
    }
    loop_end_turn(loop);
    for (size_t i = 0; i < loop->socket_count; i++) {
        if (loop->sockets[i].accepting != NULL) {
            evconnlistener_free(loop->sockets[i].accepting);
        }
    }
    for (size_t i = 0; i < loop->arena_count; i++) {
        arena_free(loop->arenas[i]);
    }
    event_free(loop->wake);
    event_free(loop->tick);
    event_base_free(loop->base);
    (void)close(loop->wake_fd);
    stream_table_free(loop->streams);
    free(loop);
}
