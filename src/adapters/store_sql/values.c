/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"

#include <string.h>

QUERY(network_intern, "INSERT INTO network (key) VALUES ($1) ON CONFLICT (key) DO NOTHING");

static struct result intern(struct store_conn *conn, const struct network *network) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &network_intern);
    bind_str(stmt, str_from_c(network->key));
    return stmt_run(stmt);
}

QUERY(network_id_by_key, "SELECT id FROM network WHERE key = $1");

static struct result id_of(struct store_conn *conn, const struct network *network,
                           int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &network_id_by_key);
    bind_str(stmt, str_from_c(network->key));
    return stmt_run_i64(stmt, ret_id);
}

struct result network_map_load(struct store_conn *conn, struct network_map *ret_map) {
    struct network_map map = {0};
    for (const struct network *const *at = network_list(); *at != NULL; at++) {
        BUG_IF(map.count == NETWORK_COUNT_MAX);
        TRY(intern(conn, *at));
        TRY(id_of(conn, *at, &map.ids[map.count]));
        map.networks[map.count++] = *at;
    }
    *ret_map = map;
    return RESULT_OK;
}

void bind_network(struct stmt *stmt, const struct network *network) {
    const struct network_map *map = conn_networks(stmt_conn(stmt));
    for (size_t i = 0; i < map->count; i++) {
        if (map->networks[i] == network) {
            bind_i64(stmt, map->ids[i]);
            return;
        }
    }
    BUG_IF("a network that core's table does not have");
}

const struct network *take_network(struct stmt *stmt) {
    const struct network_map *map = conn_networks(stmt_conn(stmt));
    int64_t id = take_i64(stmt);
    for (size_t i = 0; i < map->count; i++) {
        if (map->ids[i] == id) {
            return map->networks[i];
        }
    }
    stmt_fail(stmt, &ERR_STORE_BROKEN, "a row names a network that this program does not know");
    return NULL;
}

void bind_asset(struct stmt *stmt, const struct asset *asset) {
    if (asset == NULL) {
        bind_null(stmt);
        return;
    }
    bind_str(stmt, str_from_c(asset->code));
}

const struct asset *take_asset(struct stmt *stmt) {
    bool is_null = take_is_null(stmt);
    struct bytes view = take_view(stmt);
    if (is_null) {
        return NULL;
    }
    struct str code = {.ptr = (const char *)view.ptr, .len = view.len};
    const struct asset *asset = asset_by_code(code);
    if (asset == NULL) {
        asset = fiat_by_code(code);
    }
    if (asset == NULL) {
        stmt_fail(stmt, &ERR_STORE_BROKEN, "a row names an asset that this program does not know");
    }
    return asset;
}

void bind_amount(struct stmt *stmt, struct amount amount) {
    if (amount.asset == NULL) {
        bind_null(stmt);
        return;
    }
    uint8_t blob[AMOUNT_BLOB_BYTES];
    amount_to_blob(amount, blob);
    bind_bytes_copy(stmt, blob, sizeof(blob));
}

struct amount take_amount(struct stmt *stmt, const struct asset *asset) {
    uint8_t blob[AMOUNT_BLOB_BYTES] = {0};
    take_bytes(stmt, blob, sizeof(blob));
    if (asset == NULL) {
        return (struct amount){0};
    }
    return amount_from_blob(asset, blob);
}

void bind_word(struct stmt *stmt, struct words words, unsigned value) {
    BUG_IF(value >= words.count);
    bind_str(stmt, str_from_c(words.words[value]));
}

unsigned take_word(struct stmt *stmt, struct words words) {
    struct bytes view = take_view(stmt);
    for (unsigned i = 0; i < words.count; i++) {
        if (bytes_eq(view, bytes_from_str(str_from_c(words.words[i])))) {
            return i;
        }
    }
    stmt_fail(stmt, &ERR_STORE_BROKEN, "a row has a word that this program does not know");
    return 0;
}

void bind_usd_or_null(struct stmt *stmt, struct amount usd) {
    bind_amount(stmt, amount_is_zero(usd) ? (struct amount){0} : usd);
}

struct amount take_usd_or_null(struct stmt *stmt) {
    if (take_is_null(stmt)) {
        (void)take_view(stmt);
        return amount_zero(fiat_usd());
    }
    return take_amount(stmt, fiat_usd());
}

static const char *const sides[] = {
    [FEE_CLIENT] = "client",
    [FEE_MERCHANT] = "merchant",
};

void bind_side(struct stmt *stmt, enum fee_side side) {
    bind_word(stmt, WORDS_OF(sides), side);
}

enum fee_side take_side(struct stmt *stmt) {
    return (enum fee_side)take_word(stmt, WORDS_OF(sides));
}
