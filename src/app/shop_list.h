/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SHOP_LIST_H
#define TILL_APP_SHOP_LIST_H

/* Shops and API keys as the operator looks at them. */

#include "base/result.h"
#include "ports/rows_shop.h"

struct arena;
struct store_conn;

struct shop_list {
    const struct shop_row *shops;
    size_t count;
};

struct result shop_list_load(struct store_conn *reader, struct arena *arena,
                             struct shop_list *ret_list);
/* The public id of a shop in the list; empty if it is not there (the sandbox's own id is 0). */
struct str shop_list_public_id(const struct shop_list *list, int64_t shop_id);

/* ERR_NOT_FOUND. */
struct result shop_by_public_id(struct store_conn *reader, struct arena *arena,
                                struct str public_id, struct shop_row *ret_shop);

struct key_list {
    const struct api_key_row *keys;
    size_t count;
};
struct result key_list_load(struct store_conn *reader, struct arena *arena, int64_t shop_id,
                            struct key_list *ret_list);

#endif
