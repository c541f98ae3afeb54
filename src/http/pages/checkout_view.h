/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_PAGES_CHECKOUT_VIEW_H
#define TILL_HTTP_PAGES_CHECKOUT_VIEW_H

/* What a payer's page shows, as plain texts: all deciding and computing is done before. Texts are
 * as they came, the page escapes them. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct language;
struct qr_cache;

enum checkout_state {
    CHECKOUT_CHOOSE, /* no asset yet */
    CHECKOUT_WAITING,
    CHECKOUT_SEEN,    /* enough is on its way */
    CHECKOUT_PARTIAL, /* the rest can still be sent */
    CHECKOUT_PAID,
    CHECKOUT_OVERPAID,
    CHECKOUT_EXPIRED,
    CHECKOUT_SHORT, /* expired with too little */
    CHECKOUT_LATE,
    CHECKOUT_CANCELED,
    CHECKOUT_OFFLINE, /* we cannot see the network */
    CHECKOUT_DISPUTE, /* the network took a payment back, and the time is over */
    CHECKOUT_PROBLEM, /* the address may not be shown */
};

enum { CHECKOUT_STATE_COUNT = CHECKOUT_PROBLEM + 1 };

struct checkout_payment {
    struct str amount; /* "0.5" */
    struct str txid;
    uint32_t depth_blocks;
    uint32_t needed_blocks;
    bool awaits_final; /* its block must become so; the depth says nothing */
    bool foreign;      /* of another coin than was asked for: pays nothing */
    struct str unit;   /* "USDC" */
    int64_t arrived_at_ms;
};

struct checkout_choice {
    struct str id;   /* "USDT_TRC20" */
    struct str code; /* "USDT" */
    struct str name;
    struct str network; /* empty for the coin of its own network */
    struct str amount;  /* the price, at the present rate */
};

struct checkout_view {
    enum checkout_state state;
    const struct language *language;
    bool test;
    bool live; /* may change by itself: the page stays connected */
    struct str public_id;
    struct str shop_name;
    struct str price; /* "25.00" */
    struct str price_currency;

    /* The shown option; `unit` is empty if there is none. */
    struct str unit;    /* "LTC" */
    struct str network; /* "Litecoin" */
    struct str due;
    struct str transfer_fee; /* within `due`; empty: the payer bears none */
    struct str service_fee;
    struct str received;  /* credited or on its way */
    struct str still_due; /* what to send now */
    struct str excess;    /* more than due */
    struct str rate;      /* of one unit in `price_currency` */
    int64_t rate_at_ms;
    struct str address;     /* empty: not to be shown in this state */
    struct qr_cache *codes; /* NULL: each is drawn anew */
    struct str uri;         /* for wallets, with the sum; empty: none that wallets agree on */
    bool address_first;     /* the bare address is the first of the two codes */

    int64_t now_ms;
    int64_t created_at_ms;
    int64_t expires_at_ms;
    int64_t paid_at_ms;    /* when the last of what pays arrived; told where it is paid */
    uint32_t depth_blocks; /* of the payment that takes longest */
    uint32_t needed_blocks;
    bool awaits_final;  /* likewise: the chain must call its block so */
    struct str foreign; /* "12 USDC": what came of another coin; empty: nothing */
    int64_t lag_min;    /* since the network was last seen; 0: not worth saying */

    const struct checkout_payment *payments;
    size_t payment_count;
    const struct checkout_choice *choices; /* in state CHECKOUT_CHOOSE */
    size_t choice_count;
    bool rechoosing; /* there is an option already, and the payer asked for another */
    bool changeable; /* the payer may ask for another */

    struct str return_url; /* checked and complete; empty: none */
};

#endif
