/* SPDX-License-Identifier: MIT */
#include "adapters/chain_bitcoin/coin_answer.h"

#include "base/bytes.h"

static void read_program(struct json_reader *reader, struct coin_answer *found) {
    struct str hex = json_read_str(reader);
    uint8_t bytes[SCRIPT_BYTES_MAX];
    found->has_program = true;
    if (hex.len > 2 * sizeof bytes) {
        return;
    }
    size_t size = hex.len / 2;
    if (hex.len % 2 != 0 || !hex_decode(hex, bytes, size) ||
        !script_from_bytes((struct bytes){.ptr = bytes, .len = size}, &found->coin.program)) {
        json_fail(reader, "a scriptPubKey is not hex");
    }
}

static void read_script_pub_key(struct json_reader *reader, struct coin_answer *found) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("hex"))) {
            read_program(reader, found);
        } else {
            json_skip_value(reader);
        }
    }
}

static void read_value(struct json_reader *reader, struct coin_answer *found) {
    struct result parsed =
        amount_from_text(found->asset, json_read_number(reader), &found->coin.amount);
    found->has_value = result_is_ok(parsed);
    if (!found->has_value) {
        json_fail(reader, "a coin's value is not an amount");
    }
}

void coin_answer_decode(struct json_reader *reader, void *context) {
    struct coin_answer *found = context;
    struct str key;
    if (json_take_null(reader)) {
        return;
    }
    found->is_there = true;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("value"))) {
            read_value(reader, found);
        } else if (str_eq(key, STR("scriptPubKey"))) {
            read_script_pub_key(reader, found);
        } else if (str_eq(key, STR("confirmations"))) {
            found->coin.confirmations = json_read_i64(reader);
            found->has_confirmations = true;
        } else if (str_eq(key, STR("coinbase"))) {
            found->coin.coinbase = json_read_bool(reader);
        } else {
            json_skip_value(reader);
        }
    }
    if (!found->has_value || !found->has_program || !found->has_confirmations) {
        json_fail(reader, "a coin has no value, scriptPubKey or confirmations");
    }
}

void fee_answer_decode(struct json_reader *reader, void *context) {
    struct fee_answer *answer = context;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("feerate"))) {
            struct result parsed = amount_from_text_rounded(answer->asset, json_read_number(reader),
                                                            ROUND_UP, &answer->rate);
            answer->has_rate = result_is_ok(parsed);
        } else {
            json_skip_value(reader);
        }
    }
}
