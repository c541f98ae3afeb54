/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_CALLER_H
#define TILL_APP_CALLER_H

/* Whose API key is it? Keys are looked up by a keyed hash of their whole text; whatever a key seems
 * to say about itself is not believed. */

#include "base/result.h"
#include "base/str.h"
#include "ports/rows_shop.h"

struct app;
struct arena;
struct store_conn;

struct caller_identity {
    struct shop_row shop;
    int64_t key_id;
    enum key_scope scope;
};

/* ERR_API_KEY_REFUSED for a key that nobody has, one that was revoked, and anything else alike. */
struct result caller_find(const struct app *app, struct store_conn *reader, struct arena *arena,
                          struct str api_key, struct caller_identity *ret_caller);

#endif
