/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_LIMITS_H
#define TILL_HTTP_LIMITS_H

/* Every limit of the HTTP layer and the relations between them. The enum holds what is fixed by
 * design; `struct http_limits` holds what an operator or a test may change. Each limit has a
 * defined answer, named beside it. */

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HTTP_TARGET_BYTES_MAX = 8000,           /* 414 */
    HTTP_FIELDS_MAX = 100,                  /* 431 */
    HTTP_CHUNK_LINE_BYTES_MAX = 256,        /* 400 */
    HTTP_CHUNK_EXTENSIONS_BYTES_MAX = 8192, /* 400, over all chunks of a body */
    HTTP_CHUNK_SIZE_DIGITS_MAX = 8,         /* 400 */
    HTTP_TRAILER_BYTES_MAX = 4096,          /* 431 */
    HTTP_INPUT_WATERMARK_BYTES = 32768,     /* a client that sends more waits for us */
    HTTP_LINGER_BYTES_MAX = 8 << 20,        /* a closing connection that sends more is cut off */
    HTTP_TICK_MS = 100,                     /* how often deadlines are looked at */
    HTTP_CLOSES_PER_TICK_MAX = 200,         /* 10,000 closes at once made the others wait 30 ms */
    HTTP_LISTEN_BACKLOG = 1024,
    HTTP_EMFILE_PAUSE_MS = 100,            /* no accept for this long when descriptors are out */
    HTTP_FDS_RESERVED = 256,               /* for the store, nodes and merchants */
    HTTP_STREAM_SEND_BUFFER_BYTES = 32768, /* without it the kernel hides a stalled reader */
    HTTP_STREAM_OUTPUT_BYTES_MAX = 65536,  /* a reader further behind is dropped */
    HTTP_TRUSTED_PROXIES_MAX = 32,         /* refused at start */
    HTTP_SIDE_CONNECTIONS_MAX = 64,        /* of a listener on one loop: operators, metrics */
    HTTP_LISTENERS_MAX = 8,
    HTTP_STREAM_EVENTS_MAX = 65536, /* waiting for a loop; more are dropped */
    HTTP_LOOPS_MAX = 64,

    FORM_PAIRS_MAX = 256,              /* 400 */
    FORM_KEY_BYTES_MAX = 256,          /* a longer one is nobody's */
    FORM_DEPTH_MAX = 4,                /* a[b][c][d]; a deeper one is nobody's */
    MULTIPART_BOUNDARY_BYTES_MAX = 70, /* 400; RFC 2046 section 5.1.1 */
    FIELD_LIST_ITEMS_MAX = 1024,       /* refused as too many items */
    FIELDS_MAX = 64,
};

struct http_limits {
    size_t head_bytes_max; /* 431, or 414 while the request line has no end */
    size_t body_bytes_max; /* 413 */
    size_t
        arena_bytes_max; /* a request's memory in all: its head, its body and the handler's work */

    uint32_t head_ms;   /* first byte to the end of the head: 408 */
    uint32_t body_ms;   /* end of the head to the end of the body: 408 */
    uint32_t reply_ms;  /* until the client has taken the reply: dropped */
    uint32_t idle_ms;   /* between requests: closed */
    uint32_t linger_ms; /* after the last reply: closed */
    uint32_t stop_ms;   /* a graceful stop takes no longer */

    size_t connections_max;        /* of a listener, over all loops: the rest wait unaccepted */
    size_t connections_per_ip_max; /* 503; an IPv6 /64 counts as one */

    size_t streams_max;        /* 503 */
    size_t streams_per_ip_max; /* 503 */
    uint32_t stream_keepalive_ms;
    uint32_t stream_write_ms; /* a stream with output that does not move is dropped */
};

#define HTTP_LIMITS_DEFAULT                                                                        \
    ((struct http_limits){.head_bytes_max = 16384,                                                 \
                          .body_bytes_max = 65536,                                                 \
                          .arena_bytes_max = 4u << 20,                                             \
                          .head_ms = 5000,                                                         \
                          .body_ms = 10000,                                                        \
                          .reply_ms = 30000,                                                       \
                          .idle_ms = 60000,                                                        \
                          .linger_ms = 1000,                                                       \
                          .stop_ms = 8000,                                                         \
                          .connections_max = 10000,                                                \
                          .connections_per_ip_max = 256,                                           \
                          .streams_max = 5000,                                                     \
                          .streams_per_ip_max = 32,                                                \
                          .stream_keepalive_ms = 15000,                                            \
                          .stream_write_ms = 30000})

static_assert(HTTP_TARGET_BYTES_MAX < 16384, "the longest target must fit into the default head");
static_assert(HTTP_CHUNK_SIZE_DIGITS_MAX <= 8, "a chunk size must fit into 32 bits");
static_assert(HTTP_STREAM_OUTPUT_BYTES_MAX >= HTTP_STREAM_SEND_BUFFER_BYTES);
static_assert(HTTP_EMFILE_PAUSE_MS >= HTTP_TICK_MS, "the tick ends the pause");

#endif
