/* SPDX-License-Identifier: MIT */
#include "app/caller.h"

#include "app/app.h"
#include "app/key_uses.h"
#include "core/error.h"
#include "ports/store.h"
#include "ports/store_shop.h"
#include "ports/vault.h"

static struct result find(struct store_conn *reader, struct arena *arena,
                          const uint8_t hash[API_KEY_HASH_BYTES], struct api_key_row *ret_key,
                          struct shop_row *ret_shop) {
    struct result found = store_api_key_by_hash(reader, arena, hash, ret_key);
    ENSURE(found.code != &ERR_NOT_FOUND, ERR_API_KEY_REFUSED);
    TRY(found);
    ENSURE(ret_key->revoked_at_ms == 0, ERR_API_KEY_REFUSED);
    return store_shop_by_id(reader, arena, ret_key->shop_id, ret_shop);
}

struct result caller_find(const struct app *app, struct store_conn *reader, struct arena *arena,
                          struct str api_key, struct caller_identity *ret_caller) {
    uint8_t hash[API_KEY_HASH_BYTES];
    vault_api_key_hash(app->vault, api_key, hash);
    TRY(store_read_begin(reader));
    struct api_key_row key;
    struct shop_row shop;
    struct result found = find(reader, arena, hash, &key, &shop);
    store_read_end(reader);
    TRY(found);
    if (app->key_uses != NULL) {
        key_uses_note(app->key_uses, &key, app_now_ms(app));
    }
    *ret_caller = (struct caller_identity){.shop = shop, .key_id = key.id, .scope = key.scope};
    return RESULT_OK;
}
