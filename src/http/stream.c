/* SPDX-License-Identifier: MIT */
#include "http/stream.h"

#include <event2/bufferevent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/result.h"
#include "http/connection.h"
#include "http/ip_count.h"
#include "http/stream_table.h"

enum { STREAM_BUCKETS = 4096, CHUNK_HEAD_BYTES_MAX = 18 };

struct http_stream {
    struct connection *connection;
    struct http_stream *next;
    struct http_stream **link; /* what points to us; NULL: not subscribed */
    uint64_t topic;
    struct ip client;
    int64_t output_since_ms; /* 0: the client has taken everything */
    bool is_chunked;
};

struct stream_table {
    struct http_stream *buckets[STREAM_BUCKETS];
};

/* ---- events */

static size_t count_lines(struct str text) {
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++) {
        lines += text.ptr[i] == '\n';
    }
    return lines;
}

static char *put(char *at, struct str text) {
    if (text.len > 0) {
        memcpy(at, text.ptr, text.len);
    }
    return at + text.len;
}

/* A carriage return ends a line too, so it must not get through. */
static char *put_line(char *at, struct str name, struct str value) {
    at = put(at, name);
    at = put(at, STR(": "));
    for (size_t i = 0; i < value.len; i++) {
        bool ends_line = value.ptr[i] == '\r' || value.ptr[i] == '\n';
        *at++ = value.ptr[i];
        if (ends_line) {
            at[-1] = ' ';
        }
    }
    *at++ = '\n';
    return at;
}

static char *put_event(char *at, struct str event, struct str data) {
    struct str line;
    if (event.len > 0) {
        at = put_line(at, STR("event"), event);
    }
    if (data.ptr == NULL) {
        data = STR("");
    }
    while (str_split_next(&data, '\n', &line)) {
        at = put_line(at, STR("data"), line);
    }
    *at++ = '\n';
    return at;
}

static struct stream_event *event_memory_new(size_t bytes) {
    struct stream_event *event = malloc(sizeof *event + bytes);
    BUG_IF(event == NULL);
    return event;
}

struct stream_event *stream_event_new(uint64_t topic, struct str event, struct str data) {
    size_t text_max =
        event.len + data.len + (count_lines(data) + 1) * sizeof "event: \n" + sizeof "\n";
    struct stream_event *made =
        event_memory_new(CHUNK_HEAD_BYTES_MAX + 1 + text_max + sizeof "\r\n");
    char *text = made->bytes + CHUNK_HEAD_BYTES_MAX;
    char *end = put_event(text, event, data);
    size_t text_len = (size_t)(end - text);
    char head[CHUNK_HEAD_BYTES_MAX + 1];
    size_t head_len = (size_t)snprintf(head, sizeof head, "%zx\r\n", text_len);
    memmove(made->bytes + head_len, text, text_len);
    memcpy(made->bytes, head, head_len);
    (void)put(made->bytes + head_len + text_len, STR("\r\n"));
    made->next = NULL;
    made->topic = topic;
    made->text_at = head_len;
    made->text_len = text_len;
    made->chunk_len = head_len + text_len + 2;
    return made;
}

struct stream_event *stream_event_copy(const struct stream_event *event) {
    struct stream_event *copy = event_memory_new(event->chunk_len);
    memcpy(copy, event, sizeof *event + event->chunk_len);
    return copy;
}

void stream_event_free(struct stream_event *event) {
    free(event);
}

/* ---- the table */

struct stream_table *stream_table_new(void) {
    struct stream_table *table = calloc(1, sizeof *table);
    BUG_IF(table == NULL);
    return table;
}

void stream_table_free(struct stream_table *table) {
    free(table);
}

static struct http_stream **bucket_of(struct stream_table *table, uint64_t topic) {
    return &table->buckets[(topic * 0x9e3779b97f4a7c15u >> 32) % STREAM_BUCKETS];
}

static void subscribe(struct stream_table *table, struct http_stream *stream) {
    struct http_stream **bucket = bucket_of(table, stream->topic);
    stream->next = *bucket;
    stream->link = bucket;
    if (stream->next != NULL) {
        stream->next->link = &stream->next;
    }
    *bucket = stream;
}

void stream_unsubscribe(struct http_stream *stream) {
    if (stream->link == NULL) {
        return;
    }
    struct http_loop *loop = stream->connection->loop;
    *stream->link = stream->next;
    if (stream->next != NULL) {
        stream->next->link = stream->link;
    }
    stream->link = NULL;
    ip_count_remove(loop->shared->streams_by_ip, &stream->client);
    atomic_fetch_sub(&loop->shared->streams_open, 1);
    atomic_fetch_sub(&loop->streams_here, 1);
}

void stream_free(struct http_stream *stream) {
    free(stream);
}

/* ---- one stream */

static bool stream_is_open(const struct http_stream *stream) {
    return stream->connection->state == CONNECTION_STREAM;
}

static void drop_slow(struct connection *connection) {
    atomic_fetch_add(&connection->loop->counters.streams_dropped, 1);
    connection_drop(connection);
}

static void send_event(struct http_stream *stream, const struct stream_event *event) {
    struct connection *connection = stream->connection;
    if (!stream_is_open(stream)) {
        return;
    }
    if (connection_output_bytes(connection) + event->chunk_len > HTTP_STREAM_OUTPUT_BYTES_MAX) {
        drop_slow(connection);
        return;
    }
    struct str wire = {.ptr = event->bytes, .len = event->chunk_len};
    if (!stream->is_chunked) {
        wire = str_slice(wire, event->text_at, event->text_at + event->text_len);
    }
    if (connection_send(connection, wire, (struct bytes){0}) && stream->output_since_ms == 0 &&
        connection_output_bytes(connection) > 0) {
        stream->output_since_ms = loop_now_ms();
    }
}

void stream_table_publish(struct stream_table *table, const struct stream_event *event) {
    struct http_stream *next;
    for (struct http_stream *stream = *bucket_of(table, event->topic); stream != NULL;
         stream = next) {
        next = stream->next;
        if (stream->topic == event->topic) {
            send_event(stream, event);
        }
    }
}

static bool take_place(struct http_loop *loop, const struct ip *client) {
    const struct http_limits *limits = &loop->shared->limits;
    if (atomic_fetch_add(&loop->shared->streams_open, 1) >= limits->streams_max) {
        atomic_fetch_sub(&loop->shared->streams_open, 1);
        return false;
    }
    if (!ip_count_add(loop->shared->streams_by_ip, client, limits->streams_per_ip_max)) {
        atomic_fetch_sub(&loop->shared->streams_open, 1);
        return false;
    }
    /* Before on_open reads the present state: whoever sees none here published before that. */
    atomic_fetch_add(&loop->streams_here, 1);
    return true;
}

static struct http_stream *stream_new(struct connection *connection, uint64_t topic,
                                      const struct ip *client) {
    struct http_stream *stream = calloc(1, sizeof *stream);
    BUG_IF(stream == NULL);
    stream->connection = connection;
    stream->topic = topic;
    stream->client = *client;
    stream->is_chunked = connection->request.head->version_minor == 1;
    return stream;
}

bool stream_open(struct connection *connection, const struct reply *reply, struct str head) {
    struct http_loop *loop = connection->loop;
    struct ip client = ip_client_key(&connection->request.remote);
    if (!take_place(loop, &client)) {
        return false;
    }
    struct http_stream *stream = stream_new(connection, reply->topic, &client);
    connection->stream = stream;
    connection->state = CONNECTION_STREAM;
    subscribe(loop->streams, stream);
    connection_set_deadline(connection, DEADLINE_STREAM);
    int bytes = HTTP_STREAM_SEND_BUFFER_BYTES;
    (void)setsockopt(bufferevent_getfd(connection->bev), SOL_SOCKET, SO_SNDBUF, &bytes,
                     sizeof bytes);
    if (connection_send(connection, head, (struct bytes){0}) && reply->on_open != NULL) {
        reply->on_open(stream, reply->on_open_context);
    }
    return true;
}

void stream_keep_alive(struct connection *connection) {
    struct http_stream *stream = connection->stream;
    uint32_t patience_ms = connection->loop->shared->limits.stream_write_ms;
    if (stream->output_since_ms != 0 && loop_now_ms() - stream->output_since_ms > patience_ms) {
        drop_slow(connection);
        return;
    }
    connection_set_deadline(connection, DEADLINE_STREAM);
    if (connection_output_bytes(connection) == 0) {
        struct str wire = stream->is_chunked ? STR("3\r\n:\n\n\r\n") : STR(":\n\n");
        (void)connection_send(connection, wire, (struct bytes){0});
    }
}

void stream_drained(struct connection *connection) {
    connection->stream->output_since_ms = 0;
}

void http_stream_send(struct http_stream *stream, struct str event, struct str data) {
    if (!stream_is_open(stream)) {
        return;
    }
    struct stream_event *made = stream_event_new(stream->topic, event, data);
    send_event(stream, made);
    stream_event_free(made);
}

void http_stream_end(struct http_stream *stream) {
    struct connection *connection = stream->connection;
    if (!stream_is_open(stream)) {
        return;
    }
    stream_unsubscribe(stream);
    if (!stream->is_chunked || connection_send(connection, STR("0\r\n\r\n"), (struct bytes){0})) {
        connection_finish(connection);
    }
}
