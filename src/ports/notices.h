/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_NOTICES_H
#define TILL_PORTS_NOTICES_H

/* Who wants to know what was committed: open pages and the delivery worker. Hints only, called on
 * the committer's thread after the commit; what is missed is found in the store. */

#include <stdint.h>

struct delivery_row;

struct notices {
    void (*invoice_changed)(void *context, int64_t invoice_id);
    void (*delivery_due)(void *context, const struct delivery_row *delivery);
    void *context;
};

#endif
