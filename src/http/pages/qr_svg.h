/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_PAGES_QR_SVG_H
#define TILL_HTTP_PAGES_QR_SVG_H

/* A QR code as one SVG path, black on white with its quiet zone, drawn at whatever size the page
 * gives it. */

#include "base/buf.h"

struct qr_cache;

/* `label`, escaped, says what it is to those who cannot see it; `cache` may be NULL. False, and
 * nothing is written, if the text is too long for a QR code. */
bool qr_svg(struct buf *out, struct qr_cache *cache, struct str text, struct str label);

#endif
