/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_CONNECTION_H
#define TILL_HTTP_CONNECTION_H

/* One client connection: reads requests one after another, has each answered, and ends within its
 * deadlines. Inside src/http only. */

#include "http/loop.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/scan.h"

struct bufferevent;
struct sockaddr;

enum connection_state {
    CONNECTION_IDLE,    /* between requests */
    CONNECTION_READING, /* part of a request is here */
    CONNECTION_PENDING, /* a completion will answer */
    CONNECTION_WRITING, /* part of a reply is still with us */
    CONNECTION_STREAM,
    CONNECTION_CLOSING, /* the last reply is being written */
    CONNECTION_LINGER,  /* everything is sent; what still arrives is thrown away */
    CONNECTION_DROPPED, /* the client has gone, the completion is still to come */
    CONNECTION_ENDED,
};

struct connection {
    struct deadline deadline; /* first: the loop's lists hold connections by it */
    struct http_loop *loop;
    struct server_listener *listener;
    struct bufferevent *bev; /* NULL once dropped or ended */
    enum connection_state state;
    struct ip peer;
    bool is_counted_by_ip;
    bool eof; /* the client has sent all it will; it may still read */
    bool continue_sent;
    bool keep_alive; /* of the request in work */
    size_t linger_bytes;
    struct arena *arena; /* from a request's first byte until its reply is sent */
    struct http_scan scan;
    struct request request;
    struct http_stream *stream;
};

/* Owns itself from here on; takes over `fd`. */
void connection_accept(struct http_loop *loop, struct server_listener *listener, int fd,
                       const struct sockaddr *address);
/* Begins to read. */
void connection_start(struct connection *connection, int fd);
/* The deadline it waits for in list `kind` has come. */
void connection_expire(struct connection *connection, enum deadline_kind kind);
/* Its completion has come: answers, or frees a dropped one. */
void connection_complete(struct connection *connection, struct http_completion *completion);
/* The server stops: ends it unless a request is in work. */
void connection_stop(struct connection *connection);
/* Ends it now, without a word to the client. */
void connection_drop(struct connection *connection);
/* The last step, from loop_end_turn or loop_free. */
void connection_free(struct connection *connection);

/* ---- for stream.c and dispatch.c */

/* Sends at once what the socket takes, keeps the rest. False: the connection was dropped. */
bool connection_send(struct connection *connection, struct str head, struct bytes body);
size_t connection_output_bytes(const struct connection *connection);
void connection_set_deadline(struct connection *connection, enum deadline_kind kind);
/* The last byte was handed over: half-closes once it is sent, then lingers. */
void connection_finish(struct connection *connection);

#endif
