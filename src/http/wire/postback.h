/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_WIRE_POSTBACK_H
#define TILL_HTTP_WIRE_POSTBACK_H

/* The body of a POSTBACK, as JSON or as a form with the same members, where `invoice_info` is JSON
 * text. */

#include "base/str.h"

struct arena;
struct invoice_view;
struct postback_message;

/* The `render` of app/postback_body.h. `token` is this attempt's. */
struct postback_message wire_postback(struct arena *arena, const struct invoice_view *view,
                                      struct str token);

#endif
