/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_DELIVERY_SEND_H
#define TILL_WORKERS_DELIVERY_SEND_H

/* One attempt to deliver: reads the row, words and signs the message as things stand now, posts it,
 * and records what became of it. Owns all that the attempt needs. */

#include <stdint.h>
#include <sys/queue.h>

#include "base/result.h"

struct app;
struct delivery_send;
struct http_client;
struct postback_body;
struct store_conn;

/* The attempts under way, each until it is freed. Touched on the thread that starts and frees. */
LIST_HEAD(delivery_send_list, delivery_send);

struct delivery_send_options {
    struct delivery_send_list *under_way;
    const struct app *app;
    struct http_client *client;
    struct store_conn *reader;
    const struct postback_body *body;
    /* Exactly once, from any thread, when the outcome is in the store (or could not be put there:
     * then the attempt is made again). The receiver frees `send`. */
    void (*ended)(struct delivery_send *send, void *context);
    void *context;
};

void delivery_send_start_new(const struct delivery_send_options *options, int64_t delivery_id);
void delivery_send_free(struct delivery_send *send);

int64_t delivery_send_id(const struct delivery_send *send);

struct delivery_sent {
    bool finished; /* the delivery leaves the lanes: delivered, parked, or no longer due */
    bool delivered;
    bool endpoint_answered;
    int64_t wait_ms; /* else until the next attempt */
};
struct delivery_sent delivery_send_result(const struct delivery_send *send);

#endif
