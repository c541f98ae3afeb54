/* SPDX-License-Identifier: MIT */
#include "app/static_wallet_create.h"

#include <string.h>

#include "app/app.h"
#include "app/ledger.h"
#include "app/option_issue.h"
#include "app/wallet_add.h"
#include "core/error.h"
#include "ports/store_invoice.h"
#include "ports/store_static.h"
#include "ports/vault.h"

/* ERR_NOT_FOUND if there is none yet. */
static struct result find_known(struct store_conn *conn, struct arena *arena,
                                struct static_wallet_create *create) {
    struct store_static_key key = {create->shop_id, create->asset, create->identify};
    struct static_wallet_row wallet;
    TRY(store_static_wallet_by_key(conn, arena, &key, &wallet));
    ENSURE(wallet.public_id.len == STATIC_ID_CHARS, ERR_STORE_BROKEN);
    memcpy(create->public_id, wallet.public_id.ptr, STATIC_ID_CHARS);
    return store_address_by_id(conn, wallet.address_id, &create->address);
}

static void new_public_id(const struct app *app, char ret_id[STATIC_ID_CHARS + 1]) {
    uint8_t random[RANDOM_TEXT_BYTES(STATIC_ID_CHARS)];
    do {
        vault_random(app->vault, random, sizeof random);
    } while (!random_code_from_bytes(BYTES_OF(random), STATIC_ID_CHARS, ret_id));
}

struct result static_wallet_prepare(const struct app *app, struct store_conn *reader,
                                    struct arena *arena, const struct shop_row *shop,
                                    const struct asset *asset, struct str identify,
                                    struct static_wallet_create *ret_create) {
    *ret_create =
        (struct static_wallet_create){.shop_id = shop->id, .asset = asset, .identify = identify};
    struct result found = find_known(reader, arena, ret_create);
    if (found.code != &ERR_NOT_FOUND) {
        ret_create->is_known = result_is_ok(found);
        return found;
    }
    struct wallet_row wallet;
    TRY(wallet_for(app, reader, arena, shop, asset, &wallet));
    ret_create->address = (struct address_row){
        .kind = ADDRESS_STATIC, .due = amount_zero(asset), .issued_at_ms = app_now_ms(app)};
    TRY(address_next(app, &wallet, asset, &ret_create->address));
    address_mac(app, &ret_create->address, ret_create->address.mac);
    new_public_id(app, ret_create->public_id);
    return RESULT_OK;
}

static struct result static_wallet_create_apply(void *input, struct ledger *ledger) {
    struct static_wallet_create *create = input;
    struct store_conn *conn = ledger_conn(ledger);
    struct result found = find_known(conn, ledger_arena(ledger), create);
    if (found.code != &ERR_NOT_FOUND) {
        return found;
    }
    struct static_wallet_row wallet = {
        .public_id = str_from_c(create->public_id),
        .shop_id = create->shop_id,
        .asset = create->asset,
        .identify = create->identify,
        .created_at_ms = ledger_now_ms(ledger),
    };
    int64_t id;
    TRY(store_address_insert(conn, &create->address, &wallet.address_id));
    return store_static_wallet_insert(conn, &wallet, &id);
}

const struct use_case static_wallet_create_use_case = {
    .name = "static_wallet_create",
    .job_class = JOB_CREATE,
    .apply = static_wallet_create_apply,
};
