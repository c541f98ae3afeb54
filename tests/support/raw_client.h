/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SUPPORT_RAW_CLIENT_H
#define TILL_TESTS_SUPPORT_RAW_CLIENT_H

/* A client that sends whatever bytes it is told to and reads replies, for tests of the HTTP server.
 * Every wait is bounded. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RAW_BUFFER_BYTES = 4 << 20 };

struct raw_client {
    int fd;
    size_t len;
    size_t cap;
    char *buffer; /* what was received and not yet taken */
    bool eof;
};

struct raw_reply {
    int status;
    char head[4096]; /* NUL-terminated, status line included */
    char *body;      /* NUL-terminated; raw_reply_free */
    size_t body_len;
};

void raw_connect(struct raw_client *client, uint16_t port);
/* From 127.0.0.n. */
void raw_connect_from(struct raw_client *client, uint16_t port, unsigned n);
bool raw_connect_unix(struct raw_client *client, const char *path);
void raw_close(struct raw_client *client);
/* The peer gets RST. */
void raw_reset(struct raw_client *client);

/* False if the server stopped taking bytes. */
bool raw_send(struct raw_client *client, const void *bytes, size_t size);
bool raw_send_text(struct raw_client *client, const char *text);
/* Waits for more input; false at the end of the stream or after `timeout_ms`. */
bool raw_receive(struct raw_client *client, int timeout_ms);
/* One whole reply; false if none came in time. `is_head`: without a body. */
bool raw_read_reply(struct raw_client *client, bool is_head, int timeout_ms,
                    struct raw_reply *ret_reply);
void raw_reply_free(struct raw_reply *reply);
/* The value of a header (any case) copied into `value`, or false. */
bool raw_header(const struct raw_reply *reply, const char *name, char *value, size_t size);
/* Has the server closed, with nothing more to read? */
bool raw_is_closed(struct raw_client *client, int timeout_ms);
int64_t raw_now_ms(void);

#endif
