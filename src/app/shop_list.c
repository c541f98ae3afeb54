/* SPDX-License-Identifier: MIT */
#include "app/shop_list.h"

#include "core/error.h"
#include "ports/store_shop.h"

struct result shop_list_load(struct store_conn *reader, struct arena *arena,
                             struct shop_list *ret_list) {
    return store_shop_list(reader, arena, &ret_list->shops, &ret_list->count);
}

struct str shop_list_public_id(const struct shop_list *list, int64_t shop_id) {
    for (size_t i = 0; i < list->count; i++) {
        if (list->shops[i].id == shop_id) {
            return list->shops[i].public_id;
        }
    }
    return STR("");
}

struct result shop_by_public_id(struct store_conn *reader, struct arena *arena,
                                struct str public_id, struct shop_row *ret_shop) {
    struct result found = store_shop_by_public_id(reader, arena, public_id, ret_shop);
    if (found.code == &ERR_NOT_FOUND) {
        return result_failf(arena, &ERR_NOT_FOUND, "there is no shop \"%.*s\"", STR_ARG(public_id));
    }
    return found;
}

struct result key_list_load(struct store_conn *reader, struct arena *arena, int64_t shop_id,
                            struct key_list *ret_list) {
    return store_api_key_list(reader, arena, shop_id, &ret_list->keys, &ret_list->count);
}
