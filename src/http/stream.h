/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_STREAM_H
#define TILL_HTTP_STREAM_H

/* Server-sent events: open connections that wait for news of one topic (a 64-bit id). A reader that
 * does not keep up is dropped and comes back by itself. */

#include "base/str.h"

struct arena;
struct http_server;
struct http_stream;

/* From `on_open`, on the loop's thread. `event` may be empty (a plain message); `data` may have
 * several lines. */
void http_stream_send(struct http_stream *stream, struct str event, struct str data);
/* Ends the stream once its output is sent; the client will come back unless told otherwise. */
void http_stream_end(struct http_stream *stream);

/* From any thread. Copies; reaches every stream subscribed to `topic` before the call, on all
 * loops, and costs nothing on loops without streams. */
void http_stream_publish(struct http_server *server, uint64_t topic, struct str event,
                         struct str data);

#endif
