/* SPDX-License-Identifier: MIT */
#include "http/wire/currency.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json_write.h"
#include "core/asset.h"
#include "http/wire/icon.h"

static void put_text(struct json_writer *json, struct str key, const char *text) {
    json_write_key(json, key);
    json_write_str(json, str_from_c(text));
}

static void put_integer(struct json_writer *json, struct str key, int value) {
    json_write_key(json, key);
    json_write_i64(json, value);
}

static void put_bool(struct json_writer *json, struct str key, bool value) {
    json_write_key(json, key);
    json_write_bool(json, value);
}

static void put_icon(struct json_writer *json, struct arena *arena, struct str key,
                     enum icon_kind kind, const struct asset *asset, struct str images) {
    put_text(json, key,
             arena_printf(arena, "%.*s%s", STR_ARG(images), icon_path(arena, kind, asset)));
}

static void wire_network(struct json_writer *json, struct arena *arena, const struct asset *asset,
                         struct str images) {
    const struct network *network = asset->network;
    json_write_object_begin(json);
    put_text(json, STR("code"), network->wire_code);
    put_integer(json, STR("id"), network->wire_id);
    put_icon(json, arena, STR("icon"), ICON_NETWORK, asset, images);
    put_text(json, STR("fullname"), network->name);
    json_write_object_end(json);
}

/* What both forms of the object share, after the codes and the network. */
static void put_looks(struct json_writer *json, struct arena *arena, const struct asset *asset,
                      struct str images) {
    put_text(json, STR("name"), asset->name);
    put_bool(json, STR("is_email_required"), false);
    put_bool(json, STR("stablecoin"), asset->stablecoin);
    put_icon(json, arena, STR("icon_base"), ICON_CURRENCY, asset, images);
    if (asset->kind == ASSET_TOKEN) {
        put_icon(json, arena, STR("icon_network"), ICON_CURRENCY_NETWORK, asset, images);
    } else {
        put_text(json, STR("icon_network"), "None");
    }
    put_icon(json, arena, STR("icon_qr"), ICON_STROKE, asset, images);
    put_integer(json, STR("order"), asset->wire_order);
}

void wire_currency(struct json_writer *json, struct arena *arena, const struct asset *asset,
                   struct str images) {
    json_write_object_begin(json);
    put_integer(json, STR("id"), asset->wire_id);
    put_text(json, STR("code"), asset->short_code);
    put_text(json, STR("fullcode"), asset->code);
    json_write_key(json, STR("network"));
    wire_network(json, arena, asset, images);
    put_looks(json, arena, asset, images);
    json_write_object_end(json);
}

void wire_wallet_currency(struct json_writer *json, struct arena *arena, const struct asset *asset,
                          struct str images, bool enabled) {
    json_write_object_begin(json);
    put_integer(json, STR("id"), asset->wire_id);
    put_text(json, STR("code"), asset->code);
    put_text(json, STR("short_code"), asset->short_code);
    json_write_key(json, STR("obj_network"));
    wire_network(json, arena, asset, images);
    put_looks(json, arena, asset, images);
    put_bool(json, STR("enable"), enabled);
    json_write_object_end(json);
}

struct str wire_code(struct arena *arena, struct str text) {
    struct str trimmed = str_trim(text);
    char *upper = arena_copy(arena, trimmed.ptr, trimmed.len);
    for (size_t i = 0; i < trimmed.len; i++) {
        if (upper[i] >= 'a' && upper[i] <= 'z') {
            upper[i] = (char)(upper[i] - 'a' + 'A');
        }
    }
    return (struct str){.ptr = upper, .len = trimmed.len};
}

bool wire_code_is_elsewhere(struct str code) {
    static const char *const codes[] = {"SOL",       "USDT_SOL", "USDC_SOL", "PYUSD_SOL",
                                        "TRUMP_SOL", "TON",      "USDT_TON", "XAUT_TON"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (str_eq(code, str_from_c(codes[i]))) {
            return true;
        }
    }
    return false;
}

const struct asset *wire_fiat_by_text(struct arena *arena, struct str text) {
    return fiat_by_code(wire_code(arena, text));
}

const char *wire_fiat_refusal(struct arena *arena) {
    struct buf text = buf_in(arena);
    buf_puts(&text, "Invalid account currency specified. Available currencies ");
    for (const struct asset *const *fiat = fiat_list(); *fiat != NULL; fiat++) {
        buf_putf(&text, "%s'%s'", fiat == fiat_list() ? "" : ", ", (*fiat)->code);
    }
    buf_puts(&text, ".");
    return str_to_c(arena, buf_str(&text));
}
