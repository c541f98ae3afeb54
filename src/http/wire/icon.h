/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_WIRE_ICON_H
#define TILL_HTTP_WIRE_ICON_H

/* The pictures that currency objects point to: what they are called, and what they look like. Drawn
 * by rule, a disc with the code in it: a new row in the table of assets has its pictures at once.
 */

#include "base/str.h"

struct arena;
struct asset;
struct buf;

enum icon_kind {
    ICON_CURRENCY, /* the short code */
    ICON_NETWORK,
    ICON_CURRENCY_NETWORK, /* a token, with its network in the corner */
    ICON_STROKE,           /* in outline */
    ICON_KIND_COUNT
};

/* "/img/currency/LTC.svg" */
const char *icon_path(struct arena *arena, enum icon_kind kind, const struct asset *asset);
/* Appends the picture at this path; false if there is none. */
bool icon_draw(struct arena *arena, struct str path, struct buf *out);

#endif
