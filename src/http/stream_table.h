/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_STREAM_TABLE_H
#define TILL_HTTP_STREAM_TABLE_H

/* The streams of one loop, found by topic, and the events that travel to them. Inside src/http
 * only. */

#include "http/reply.h"
#include "http/stream.h"

struct connection;
struct stream_table;

/* An event as it goes on the wire, both as one chunk and plain (for HTTP/1.0). */
struct stream_event {
    struct stream_event *next;
    uint64_t topic;
    size_t chunk_len;
    size_t text_at;
    size_t text_len;
    char bytes[];
};

struct stream_event *stream_event_new(uint64_t topic, struct str event, struct str data);
struct stream_event *stream_event_copy(const struct stream_event *event);
void stream_event_free(struct stream_event *event);

struct stream_table *stream_table_new(void);
void stream_table_free(struct stream_table *table);
/* Sends the event to every subscriber. */
void stream_table_publish(struct stream_table *table, const struct stream_event *event);

/* Turns the connection into a stream and sends the head. False: over a cap. */
bool stream_open(struct connection *connection, const struct reply *reply, struct str head);
/* A comment, so that proxies and dead clients show; drops a reader that has stalled. */
void stream_keep_alive(struct connection *connection);
/* All output has been taken. */
void stream_drained(struct connection *connection);
/* Off the table and the counts; the memory stays until stream_free. */
void stream_unsubscribe(struct http_stream *stream);
void stream_free(struct http_stream *stream);

#endif
