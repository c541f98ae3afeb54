/* SPDX-License-Identifier: MIT */
#include "app/shop_create.h"

#include <string.h>

#include "app/app.h"
#include "app/invoice_create.h"
#include "app/ledger.h"
#include "base/arena.h"
#include "core/endpoint_url.h"
#include "core/error.h"
#include "core/public_text.h"
#include "core/tolerance.h"
#include "ports/clock.h"
#include "ports/store_shop.h"

enum { API_KEY_CHARS = 43, SHOP_NAME_BYTES_MAX = 100, RANDOM_BYTES = 128 };

static_assert((int)API_KEY_CHARS < (int)API_KEY_BYTES_MAX);
static_assert((int)API_KEY_HASH_BYTES == (int)VAULT_KEY_HASH_BYTES);
static_assert((int)SHOP_SECRET_CHARS < (int)SECRET_BYTES_MAX);

/* [A-Za-z0-9], 5.95 bits a character. */
static void random_text(const struct app *app, size_t chars, char *ret_text) {
    uint8_t random[RANDOM_BYTES];
    do {
        vault_random(app->vault, random, sizeof random);
    } while (!random_text_from_bytes(BYTES_OF(random), chars, ret_text));
}

struct result shop_check_notify_url(const struct app *app, struct arena *arena, struct str url) {
    struct endpoint_url parsed;
    return str_is_empty(url) ? RESULT_OK
                             : endpoint_url_parse(arena, url, app->postback_schemes, &parsed);
}

static struct result check_return_url(struct arena *arena, struct str url) {
    struct endpoint_url parsed;
    struct str fragment;
    return str_is_empty(url) ? RESULT_OK : return_url_parse(arena, url, &parsed, &fragment);
}

static struct result check_tolerance(struct str text) {
    struct tolerance tolerance;
    return str_is_empty(text) ? RESULT_OK : tolerance_from_text(text, &tolerance);
}

static bool name_is_valid(struct str name) {
    if (name.len == 0 || name.len > SHOP_NAME_BYTES_MAX || !str_is_utf8(name)) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        if ((unsigned char)name.ptr[i] < 0x20 || name.ptr[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

static struct result check_assets(struct str list) {
    struct str code;
    while (!str_is_empty(list) && str_split_next(&list, ' ', &code)) {
        ENSURE(str_is_empty(code) || asset_by_code(code) != NULL, ERR_ASSET_UNAVAILABLE);
    }
    return RESULT_OK;
}

static struct result check_minimum(struct str text) {
    struct amount least;
    return str_is_empty(text) ? RESULT_OK : amount_from_text(fiat_usd(), text, &least);
}

struct result shop_commission_terms(const struct shop_row *shop,
                                    struct commission_terms *ret_terms) {
    *ret_terms = (struct commission_terms){.transfer_side = shop->transfer_side,
                                           .service_side = shop->service_side};
    TRY(fee_rule_from_text(shop->transfer_fee, &ret_terms->transfer));
    return fee_rule_from_text(shop->service_fee, &ret_terms->service);
}

struct result shop_check(struct arena *arena, const struct shop_row *shop) {
    ENSURE(name_is_valid(shop->name), ERR_NAME_INVALID);
    TRY(check_return_url(arena, shop->success_url));
    TRY(check_return_url(arena, shop->fail_url));
    TRY(check_tolerance(shop->underpaid_tolerance));
    TRY(check_tolerance(shop->overpaid_tolerance));
    TRY(check_tolerance(shop->auto_confirm));
    TRY(check_minimum(shop->amount_min_usd));
    struct commission_terms unused;
    TRY(shop_commission_terms(shop, &unused));
    TRY(check_assets(shop->assets));
    ENSURE(shop->invoice_ttl_s >= INVOICE_TTL_MIN_S && shop->invoice_ttl_s <= INVOICE_TTL_MAX_S,
           ERR_TTL_INVALID);
    return RESULT_OK;
}

void key_prepare(const struct app *app, int64_t shop_id, enum key_scope scope,
                 struct key_create *ret_create) {
    *ret_create = (struct key_create){.shop_id = shop_id, .scope = scope};
    random_text(app, API_KEY_CHARS, ret_create->api_key);
    vault_api_key_hash(app->vault, str_from_c(ret_create->api_key), ret_create->api_key_hash);
}

struct result shop_prepare(const struct app *app, struct arena *arena,
                           const struct shop_row *wanted, struct shop_create *ret_create) {
    struct shop_row shop = *wanted;
    if (shop.invoice_ttl_s == 0) {
        shop.invoice_ttl_s = INVOICE_TTL_DEFAULT_S;
    }
    TRY(shop_check(arena, &shop));
    TRY(shop_check_notify_url(app, arena, shop.notify_url));
    char *public_id = arena_alloc(arena, SHOP_ID_CHARS + 1);
    random_text(app, SHOP_ID_CHARS, public_id);
    shop.public_id = str_from_c(public_id);
    shop.created_at_ms = clock_wall_ms(app->clock);
    struct key_create key;
    key_prepare(app, 0, KEY_SCOPE_ALL, &key);
    *ret_create = (struct shop_create){.shop = shop};
    memcpy(ret_create->api_key, key.api_key, sizeof key.api_key);
    memcpy(ret_create->api_key_hash, key.api_key_hash, sizeof key.api_key_hash);
    explicit_bzero(&key, sizeof key);
    random_text(app, SHOP_SECRET_CHARS, (char *)ret_create->secret.bytes);
    ret_create->secret.len = SHOP_SECRET_CHARS;
    ret_create->shop.secret_sealed =
        vault_seal(app->vault, arena, secret_bytes(&ret_create->secret));
    return RESULT_OK;
}

static struct result insert_key(struct ledger *ledger, const struct key_create *create,
                                int64_t *ret_id) {
    struct str text = str_from_c(create->api_key);
    struct api_key_row row = {
        .shop_id = create->shop_id,
        .scope = create->scope,
        .hint = str_slice(text, text.len - 4, text.len),
        .created_at_ms = ledger_now_ms(ledger),
    };
    memcpy(row.hash, create->api_key_hash, sizeof row.hash);
    return store_api_key_insert(ledger_conn(ledger), &row, ret_id);
}

static struct result shop_create_apply(void *input, struct ledger *ledger) {
    struct shop_create *create = input;
    TRY(store_shop_insert(ledger_conn(ledger), &create->shop, &create->shop.id));
    struct key_create key = {.shop_id = create->shop.id, .scope = KEY_SCOPE_ALL};
    memcpy(key.api_key, create->api_key, sizeof key.api_key);
    memcpy(key.api_key_hash, create->api_key_hash, sizeof key.api_key_hash);
    struct result inserted = insert_key(ledger, &key, &key.id);
    explicit_bzero(&key, sizeof key);
    return inserted;
}

static struct result shop_set_apply(void *input, struct ledger *ledger) {
    return store_shop_update(ledger_conn(ledger), input);
}

static struct result key_create_apply(void *input, struct ledger *ledger) {
    struct key_create *create = input;
    return insert_key(ledger, create, &create->id);
}

static struct result key_revoke_apply(void *input, struct ledger *ledger) {
    const struct key_revoke *revoke = input;
    return store_api_key_revoke(ledger_conn(ledger), revoke->id, ledger_now_ms(ledger));
}

const struct use_case shop_create_use_case = {
    .name = "shop_create", .job_class = JOB_OPERATOR, .apply = shop_create_apply};
const struct use_case shop_set_use_case = {
    .name = "shop_set", .job_class = JOB_OPERATOR, .apply = shop_set_apply};
const struct use_case key_create_use_case = {
    .name = "key_create", .job_class = JOB_OPERATOR, .apply = key_create_apply};
const struct use_case key_revoke_use_case = {
    .name = "key_revoke", .job_class = JOB_OPERATOR, .apply = key_revoke_apply};
