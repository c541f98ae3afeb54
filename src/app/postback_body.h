/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_POSTBACK_BODY_H
#define TILL_APP_POSTBACK_BODY_H

/* How a postback is worded: the delivery worker knows when and where, http/ knows the wire's words.
 */

#include "base/str.h"

struct arena;
struct invoice_view;

struct postback_message {
    struct str content_type;
    struct str body;
};

struct postback_body {
    /* In the shop's format; both texts live in `arena`. */
    struct postback_message (*render)(struct arena *arena, const struct invoice_view *view,
                                      struct str token);
};

#endif
