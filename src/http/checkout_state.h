/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_CHECKOUT_STATE_H
#define TILL_HTTP_CHECKOUT_STATE_H

/* In which of the page's states an invoice is for its payer. The invoice's own status is the
 * store's; this adds what only a payer must know: that the time is over by our clock, that we
 * cannot see the network, that an address must not be shown. */

#include "http/pages/checkout_view.h"

struct invoice_view;

struct checkout_moment {
    int64_t now_ms;
    bool blind; /* the shown option's network is */
};

enum checkout_state checkout_state_of(const struct invoice_view *invoice,
                                      const struct checkout_moment *moment);
/* Is there an address to pay to in this state? */
bool checkout_state_is_payable(enum checkout_state state);

#endif
