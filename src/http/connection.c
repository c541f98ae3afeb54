/* SPDX-License-Identifier: MIT */
#include "http/connection.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "http/dispatch.h"
#include "http/ip_count.h"
#include "http/reply_write.h"
#include "http/stream_table.h"

enum { REPLY_HEAD_BYTES_FIRST = 512 };

static const char broken_reply[] = "HTTP/1.1 500 Internal Server Error\r\n"
                                   "Content-Length: 0\r\n"
                                   "Connection: close\r\n\r\n";

static void pump(struct connection *connection);

/* ---- sending */

size_t connection_output_bytes(const struct connection *connection) {
    return connection->bev == NULL ? 0
                                   : evbuffer_get_length(bufferevent_get_output(connection->bev));
}

static void keep_rest(struct bufferevent *bev, struct iovec *parts, size_t sent) {
    for (size_t i = 0; i < 2; i++) {
        size_t skip = sent < parts[i].iov_len ? sent : parts[i].iov_len;
        sent -= skip;
        if (parts[i].iov_len > skip) {
            BUG_IF(bufferevent_write(bev, (char *)parts[i].iov_base + skip,
                                     parts[i].iov_len - skip) != 0);
        }
    }
}

/* Most replies fit into the socket's buffer; then the event loop never hears of them, which saves
 * two system calls each. */
bool connection_send(struct connection *connection, struct str head, struct bytes body) {
    struct iovec parts[2] = {
        {.iov_base = (void *)(uintptr_t)head.ptr, .iov_len = head.len},
        {.iov_base = (void *)(uintptr_t)body.ptr, .iov_len = body.len},
    };
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = body.len > 0 ? 2 : 1};
    ssize_t sent = 0;
    if (connection->bev == NULL) {
        return false;
    }
    if (connection_output_bytes(connection) == 0) {
        sent = sendmsg(bufferevent_getfd(connection->bev), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            connection_drop(connection);
            return false;
        }
    }
    keep_rest(connection->bev, parts, sent < 0 ? 0 : (size_t)sent);
    return true;
}

void connection_set_deadline(struct connection *connection, enum deadline_kind kind) {
    deadline_set(&connection->deadline, &connection->loop->connections[kind], loop_now_ms());
}

/* ---- ending */

static void return_arena(struct connection *connection) {
    if (connection->arena != NULL) {
        loop_return_arena(connection->loop, connection->arena);
        connection->arena = NULL;
    }
}

static void uncount(struct connection *connection) {
    struct http_loop *loop = connection->loop;
    if (connection->is_counted_by_ip) {
        struct ip key = ip_client_key(&connection->peer);
        ip_count_remove(loop->shared->connections_by_ip, &key);
    }
    atomic_fetch_sub(&connection->listener->connections_open, 1);
    loop->connection_count--;
    loop_connection_closed(loop, connection->listener);
}

void connection_drop(struct connection *connection) {
    bool is_pending = connection->state == CONNECTION_PENDING;
    if (connection->bev == NULL) {
        return;
    }
    if (connection->stream != NULL) {
        stream_unsubscribe(connection->stream);
    }
    bufferevent_free(connection->bev);
    connection->bev = NULL;
    connection->state = is_pending ? CONNECTION_DROPPED : CONNECTION_ENDED;
    connection_set_deadline(connection, is_pending ? DEADLINE_DROPPED : DEADLINE_ENDED);
    uncount(connection);
}

void connection_free(struct connection *connection) {
    BUG_IF(connection->bev != NULL);
    deadline_clear(&connection->deadline);
    return_arena(connection);
    stream_free(connection->stream);
    free(connection);
}

/* A close with unread input makes the kernel send RST, which can overtake our last reply. */
static void half_close(struct connection *connection) {
    struct evbuffer *input = bufferevent_get_input(connection->bev);
    if (connection->eof) {
        connection_drop(connection);
        return;
    }
    return_arena(connection);
    (void)shutdown(bufferevent_getfd(connection->bev), SHUT_WR);
    connection->state = CONNECTION_LINGER;
    connection_set_deadline(connection, DEADLINE_LINGER);
    (void)evbuffer_drain(input, evbuffer_get_length(input));
}

void connection_finish(struct connection *connection) {
    connection->state = CONNECTION_CLOSING;
    connection_set_deadline(connection, DEADLINE_REPLY);
    if (connection_output_bytes(connection) == 0) {
        half_close(connection);
    }
}

/* ---- replying */

static void reply_sent(struct connection *connection) {
    if (connection->state == CONNECTION_CLOSING) {
        half_close(connection);
        return;
    }
    return_arena(connection);
    connection->state = CONNECTION_IDLE;
    connection_set_deadline(connection, DEADLINE_IDLE);
}

static struct buf head_of(struct connection *connection, const struct reply *reply) {
    struct buf buf = {
        .arena = connection->arena,
        .ptr = arena_try_alloc(connection->arena, REPLY_HEAD_BYTES_FIRST),
        .cap = REPLY_HEAD_BYTES_FIRST,
    };
    const struct reply_frame frame = {
        .version_minor = connection->request.head->version_minor,
        .keep_alive = connection->keep_alive,
        .is_cors = dispatch_is_cors(connection, connection->request.route),
        .date = loop_date(connection->loop),
    };
    if (buf.ptr == NULL) {
        buf.failed = true;
        return buf;
    }
    reply_head_put(&buf, reply, &frame);
    return buf;
}

static void count_reply(struct connection *connection, const struct reply *reply) {
    atomic_fetch_add_explicit(&connection->loop->counters.replies[reply->status / 100], 1,
                              memory_order_relaxed);
}

/* The handler used up the request's memory. */
static void send_broken(struct connection *connection) {
    struct str text = {.ptr = broken_reply, .len = sizeof broken_reply - 1};
    connection->keep_alive = false;
    if (connection_send(connection, text, (struct bytes){0})) {
        connection_finish(connection);
    }
}

static void send_whole(struct connection *connection, const struct reply *reply) {
    bool has_body = reply_has_body(reply) && connection->request.method != HTTP_HEAD;
    if (reply->close || loop_is_stopping(connection->loop)) {
        connection->keep_alive = false;
    }
    struct buf head = head_of(connection, reply);
    count_reply(connection, reply);
    if (head.failed) {
        send_broken(connection);
        return;
    }
    connection->state = connection->keep_alive ? CONNECTION_WRITING : CONNECTION_CLOSING;
    if (!connection_send(connection, buf_str(&head), has_body ? reply->body : (struct bytes){0})) {
        return;
    }
    if (connection_output_bytes(connection) == 0) {
        reply_sent(connection);
    } else {
        connection_set_deadline(connection, DEADLINE_REPLY);
    }
}

static void open_stream(struct connection *connection, struct reply *reply) {
    struct request *request = &connection->request;
    connection->keep_alive = connection->request.head->version_minor == 1;
    *reply = reply_with_header(request, *reply, STR("Cache-Control"), STR("no-store"));
    *reply = reply_with_header(request, *reply, STR("X-Accel-Buffering"), STR("no"));
    if (request->method == HTTP_HEAD) {
        reply->close = true;
        send_whole(connection, reply);
        return;
    }
    struct buf head = head_of(connection, reply);
    if (head.failed) {
        send_broken(connection);
        return;
    }
    if (!stream_open(connection, reply, buf_str(&head))) {
        struct reply busy = reply_and_close(reply_error(request, 503, NULL));
        send_whole(connection, &busy);
        return;
    }
    count_reply(connection, reply);
    if (connection->state == CONNECTION_STREAM) {
        return_arena(connection);
    }
}

static void take_reply(struct connection *connection, struct reply reply) {
    struct request *request = &connection->request;
    const struct http_listener *listener = &connection->listener->options;
    BUG_IF((reply.kind == REPLY_LATER) != (request->completions_armed == 1));
    switch (reply.kind) {
    case REPLY_UNBUILT:
        BUG_IF(true);
        return;
    case REPLY_LATER:
        connection->state = CONNECTION_PENDING;
        connection_set_deadline(connection, DEADLINE_PENDING);
        return;
    case REPLY_STREAM:
        open_stream(connection, &reply);
        return;
    case REPLY_WHOLE:
        if (listener->page_headers != NULL &&
            str_starts_with(reply.content_type, STR("text/html"))) {
            reply = listener->page_headers(request, reply);
        }
        send_whole(connection, &reply);
        return;
    }
}

static void refuse(struct connection *connection, int status) {
    take_reply(connection, dispatch_refusal(connection, status));
}

void connection_complete(struct connection *connection, struct http_completion *completion) {
    if (connection->state == CONNECTION_DROPPED) {
        connection->state = CONNECTION_ENDED;
        connection_set_deadline(connection, DEADLINE_ENDED);
        return;
    }
    BUG_IF(connection->state != CONNECTION_PENDING || connection->request.completions_armed != 1);
    connection->request.completions_armed = 0;
    connection->state = CONNECTION_READING;
    take_reply(connection, completion->render(&connection->request, completion->context));
    pump(connection);
}

/* ---- reading */

static void begin_request(struct connection *connection) {
    const struct http_limits *limits = &connection->loop->shared->limits;
    connection->arena = loop_take_arena(connection->loop);
    http_scan_init(&connection->scan, connection->arena, limits->head_bytes_max,
                   limits->body_bytes_max);
    connection->state = CONNECTION_READING;
    connection->continue_sent = false;
    connection->keep_alive = false;
    connection_set_deadline(connection, DEADLINE_HEAD);
}

static void feed(struct connection *connection) {
    struct evbuffer *input = bufferevent_get_input(connection->bev);
    struct evbuffer_iovec piece;
    while (connection->scan.outcome == HTTP_SCAN_MORE &&
           evbuffer_peek(input, -1, NULL, &piece, 1) > 0 && piece.iov_len > 0) {
        size_t used = http_scan_feed(&connection->scan,
                                     (struct bytes){.ptr = piece.iov_base, .len = piece.iov_len});
        (void)evbuffer_drain(input, used);
    }
}

/* RFC 9110, 10.1.1: no 100 once some of the body has arrived. */
static void invite_body(struct connection *connection) {
    if (!connection->scan.head->expects_continue || connection->continue_sent ||
        connection->scan.body.len > 0) {
        return;
    }
    connection->continue_sent = true;
    (void)connection_send(connection, STR("HTTP/1.1 100 Continue\r\n\r\n"), (struct bytes){0});
}

static void step(struct connection *connection) {
    if (connection->state == CONNECTION_IDLE) {
        begin_request(connection);
    }
    bool was_in_body = connection->scan.in_body;
    feed(connection);
    switch (connection->scan.outcome) {
    case HTTP_SCAN_MORE:
        if (connection->scan.in_body && !was_in_body) {
            connection_set_deadline(connection, DEADLINE_BODY);
            invite_body(connection);
        }
        return;
    case HTTP_SCAN_DONE:
        atomic_fetch_add_explicit(&connection->loop->counters.requests, 1, memory_order_relaxed);
        connection->keep_alive = connection->scan.head->keep_alive;
        dispatch_prepare(connection);
        take_reply(connection, dispatch(connection));
        return;
    case HTTP_SCAN_REFUSED:
        atomic_fetch_add(&connection->loop->counters.malformed, 1);
        refuse(connection, connection->scan.status);
        return;
    }
}

static bool takes_input(const struct connection *connection) {
    return connection->state == CONNECTION_IDLE || connection->state == CONNECTION_READING;
}

static size_t input_bytes(const struct connection *connection) {
    return connection->bev == NULL ? 0
                                   : evbuffer_get_length(bufferevent_get_input(connection->bev));
}

/* Works through what has arrived: one request at a time, so pipelining costs no memory. */
static void pump(struct connection *connection) {
    while (takes_input(connection) && input_bytes(connection) > 0) {
        step(connection);
    }
    if (takes_input(connection) && (connection->eof || (connection->state == CONNECTION_IDLE &&
                                                        loop_is_stopping(connection->loop)))) {
        connection_drop(connection);
    }
}

static void discard_input(struct connection *connection) {
    struct evbuffer *input = bufferevent_get_input(connection->bev);
    connection->linger_bytes += evbuffer_get_length(input);
    (void)evbuffer_drain(input, evbuffer_get_length(input));
    if (connection->linger_bytes > HTTP_LINGER_BYTES_MAX) {
        connection_drop(connection);
    }
}

static void on_read(struct bufferevent *bev, void *context) {
    struct connection *connection = context;
    struct http_loop *loop = connection->loop;
    if (connection->state == CONNECTION_LINGER || connection->state == CONNECTION_STREAM) {
        discard_input(connection);
    } else {
        pump(connection);
    }
    loop_end_turn(loop);
}

static void on_written(struct bufferevent *bev, void *context) {
    struct connection *connection = context;
    struct http_loop *loop = connection->loop;
    if (connection->state == CONNECTION_WRITING || connection->state == CONNECTION_CLOSING) {
        reply_sent(connection);
        pump(connection);
    } else if (connection->state == CONNECTION_STREAM) {
        stream_drained(connection);
    }
    loop_end_turn(loop);
}

static void on_event(struct bufferevent *bev, short what, void *context) {
    struct connection *connection = context;
    struct http_loop *loop = connection->loop;
    connection->eof = true;
    if ((what & BEV_EVENT_EOF) == 0 || connection->state == CONNECTION_STREAM ||
        connection->state == CONNECTION_LINGER) {
        connection_drop(connection);
    } else {
        pump(connection);
    }
    loop_end_turn(loop);
}

void connection_expire(struct connection *connection, enum deadline_kind kind) {
    switch (kind) {
    case DEADLINE_HEAD:
    case DEADLINE_BODY:
        atomic_fetch_add(&connection->loop->counters.missed, 1);
        refuse(connection, 408);
        return;
    case DEADLINE_REPLY:
        atomic_fetch_add(&connection->loop->counters.missed, 1);
        connection_drop(connection);
        return;
    case DEADLINE_IDLE:
    case DEADLINE_LINGER:
        connection_drop(connection);
        return;
    case DEADLINE_STREAM:
        stream_keep_alive(connection);
        return;
    case DEADLINE_PENDING:
    case DEADLINE_DROPPED:
    case DEADLINE_ENDED:
    case DEADLINE_KINDS:
        BUG_IF(true);
    }
}

void connection_stop(struct connection *connection) {
    if (connection->state == CONNECTION_IDLE) {
        connection_drop(connection);
    } else if (connection->state == CONNECTION_STREAM) {
        http_stream_end(connection->stream);
    }
}

void connection_start(struct connection *connection, int fd) {
    connection->bev = bufferevent_socket_new(connection->loop->base, fd, BEV_OPT_CLOSE_ON_FREE);
    BUG_IF(connection->bev == NULL);
    bufferevent_setcb(connection->bev, on_read, on_written, on_event, connection);
    bufferevent_setwatermark(connection->bev, EV_READ, 0, HTTP_INPUT_WATERMARK_BYTES);
    connection_set_deadline(connection, DEADLINE_IDLE);
    BUG_IF(bufferevent_enable(connection->bev, EV_READ) != 0);
}
