/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SUPPORT_BAD_RECEIVER_H
#define TILL_TESTS_SUPPORT_BAD_RECEIVER_H

/* A merchant's server that behaves as badly as the path of a request asks, on loopback, one thread
 * for each connection. See the table in bad_receiver.c. */

#include <stddef.h>
#include <stdint.h>

struct bad_receiver;

/* Listens on 127.0.0.1, or on ::1, on a port of the system's choice. NULL if it cannot. */
struct bad_receiver *bad_receiver_new(int family);
/* Ends all connections and waits for their threads. */
void bad_receiver_free(struct bad_receiver *receiver);

uint16_t bad_receiver_port(const struct bad_receiver *receiver);
unsigned bad_receiver_connections(struct bad_receiver *receiver);
unsigned bad_receiver_requests(struct bad_receiver *receiver);
/* How many second answers that nobody asked for have left. */
unsigned bad_receiver_unasked(struct bad_receiver *receiver);
/* The last request as it came, cut to `size`, NUL-terminated. */
void bad_receiver_last(struct bad_receiver *receiver, char *ret_text, size_t size);

#endif
