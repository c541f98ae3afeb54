/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SHOP_CREATE_H
#define TILL_APP_SHOP_CREATE_H

/* Shops and their API keys: made, changed, revoked. A key and a secret are shown once, by the call
 * that makes them. */

#include "app/job.h"
#include "ports/rows.h"
#include "ports/vault.h"

struct app;

enum { API_KEY_BYTES_MAX = 64, SHOP_SECRET_BYTES = 36 };

struct shop_create {
    struct shop_row shop; /* filled by shop_prepare but for the id */
    uint8_t api_key_hash[API_KEY_HASH_BYTES];
    char api_key[API_KEY_BYTES_MAX];
    struct secret secret;
};

/* `wanted` has name, URLs, format, test; checks them (ERR_URL_INVALID, ERR_NAME_INVALID,
 * ERR_TOLERANCE_INVALID, ERR_FEE_INVALID) and draws the secrets. Wipe `ret_create->secret` and
 * `api_key` when they have been shown. */
struct result shop_prepare(const struct app *app, struct arena *arena,
                           const struct shop_row *wanted, struct shop_create *ret_create);
extern const struct use_case shop_create_use_case;

/* A shop to be, but for its notify_url. */
struct result shop_check(struct arena *arena, const struct shop_row *shop);
/* May postbacks go there, or nowhere (""), as far as its text tells? Asked of a new URL only: the
 * others of a shop can be changed whatever became of the permission since. */
struct result shop_check_notify_url(const struct app *app, struct arena *arena, struct str url);
/* ERR_FEE_INVALID if the row was damaged. */
struct result shop_commission_terms(const struct shop_row *shop,
                                    struct commission_terms *ret_terms);
extern const struct use_case shop_set_use_case; /* input: the whole new struct shop_row, checked */

struct key_create {
    int64_t shop_id;
    enum key_scope scope;
    uint8_t api_key_hash[API_KEY_HASH_BYTES];
    char api_key[API_KEY_BYTES_MAX];
    int64_t id; /* out */
};
void key_prepare(const struct app *app, int64_t shop_id, enum key_scope scope,
                 struct key_create *ret_create);
extern const struct use_case key_create_use_case;

struct key_revoke {
    int64_t id;
};
extern const struct use_case key_revoke_use_case;

#endif
