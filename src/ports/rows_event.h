/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_ROWS_EVENT_H
#define TILL_PORTS_ROWS_EVENT_H

/* What must be told, was told and happened: see rows.h. */

#include "base/str.h"

enum { DELIVERY_KEY_BYTES = 16 };

enum delivery_state {
    DELIVERY_QUEUED,
    DELIVERY_DEFERRED,
    DELIVERY_DELIVERED,
    DELIVERY_WITHDRAWN,
    DELIVERY_PARKED,
};

struct delivery_row {
    int64_t id;
    uint8_t key[DELIVERY_KEY_BYTES]; /* webhook-id, the same for every attempt */
    int64_t shop_id;
    int64_t invoice_id;
    enum delivery_state state;
    uint32_t attempts;
    uint32_t attempts_before; /* the last resend by hand: the plan counts from there */
    int64_t created_at_ms;
    int64_t first_attempt_at_ms;
    int64_t next_attempt_at_ms;
    int64_t delivered_at_ms;
};

struct attempt_row {
    int64_t id;
    int64_t delivery_id;
    uint32_t number;
    int64_t at_ms;
    int64_t duration_ms;
    int http_status; /* 0: no complete answer */
    struct str url;
    struct str outcome; /* "delivered", or why not, in words */
};

struct journal_row {
    int64_t id;
    int64_t at_ms;
    int64_t shop_id;    /* 0: none */
    int64_t invoice_id; /* 0: none */
    struct str event;   /* "invoice_created", "payment_confirmed", ... */
    struct str detail;  /* one JSON object */
};

/* A line of the journal, for its shop. */
struct shop_event_row {
    struct journal_row entry;
    struct str order_id; /* of the invoice */
};

struct alarm_row {
    int64_t id;
    struct str code;
    struct str subject;
    struct str detail;
    int64_t since_ms;
    int64_t cleared_ms;
};

#endif
