/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_PAGES_QR_CACHE_H
#define TILL_HTTP_PAGES_QR_CACHE_H

/* QR codes drawn lately. Drawing one takes ten times as long as all the rest of a page, and an open
 * page asks for the same one again and again. Bounded: a newer code takes the place of an older
 * one. Safe from any thread. */

#include "base/buf.h"

struct qr_cache;

struct qr_cache *qr_cache_new(void);
void qr_cache_free(struct qr_cache *cache);

/* Appends what was kept for `text`; false, and nothing is written, if it is not there (any more).
 */
bool qr_cache_get(struct qr_cache *cache, struct str text, struct buf *out, int *ret_modules);
void qr_cache_put(struct qr_cache *cache, struct str text, struct str path, int modules);

#endif
