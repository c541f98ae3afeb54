/* SPDX-License-Identifier: MIT */
#include "adapters/chain_bitcoin/mempool_tx.h"

/* One item of a vout array, as far as it was read. */
struct vout {
    bool has_ordinal;
    bool has_amount;
    bool has_program;
    uint32_t ordinal;
    struct amount amount;
    size_t program_len;
    uint8_t program[SCRIPT_BYTES_MAX];
};

/* A program longer than any of ours is read as none. */
static void read_program(struct json_reader *reader, struct vout *vout) {
    struct str hex = json_read_str(reader);
    vout->has_program = true;
    if (hex.len > 2 * SCRIPT_BYTES_MAX) {
        return;
    }
    if (hex.len % 2 != 0 || !hex_decode(hex, vout->program, hex.len / 2)) {
        json_fail(reader, "a scriptPubKey is not hex");
        return;
    }
    vout->program_len = hex.len / 2;
}

static void read_script_pub_key(struct json_reader *reader, struct vout *vout) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("hex"))) {
            read_program(reader, vout);
        } else {
            json_skip_value(reader);
        }
    }
}

static void read_value(struct json_reader *reader, const struct asset *coin, struct vout *vout) {
    struct result parsed = amount_from_text(coin, json_read_number(reader), &vout->amount);
    if (!result_is_ok(parsed)) {
        json_fail(reader, "an output's value is not an amount");
        return;
    }
    vout->has_amount = true;
}

static void read_ordinal(struct json_reader *reader, struct vout *vout) {
    uint64_t ordinal = json_read_u64(reader);
    if (ordinal > UINT32_MAX) {
        json_fail(reader, "an output's number is too large");
        return;
    }
    vout->ordinal = (uint32_t)ordinal;
    vout->has_ordinal = true;
}

/* Answers false for what lies inside the MWEB, which has nothing but an output_id. */
static bool read_vout(struct json_reader *reader, const struct asset *coin, struct vout *ret_vout) {
    *ret_vout = (struct vout){0};
    bool is_mweb = false;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("value"))) {
            read_value(reader, coin, ret_vout);
        } else if (str_eq(key, STR("n"))) {
            read_ordinal(reader, ret_vout);
        } else if (str_eq(key, STR("scriptPubKey"))) {
            read_script_pub_key(reader, ret_vout);
        } else if (str_eq(key, STR("ismweb"))) {
            is_mweb = json_read_bool(reader);
        } else {
            json_skip_value(reader);
        }
    }
    if (is_mweb || json_failed(reader)) {
        return false;
    }
    if (!ret_vout->has_amount || !ret_vout->has_ordinal || !ret_vout->has_program) {
        json_fail(reader, "an output has no value, number or scriptPubKey");
        return false;
    }
    return true;
}

static void read_vouts(struct json_reader *reader, struct output_list *outputs) {
    int64_t last_ordinal = -1;
    json_array_begin(reader);
    while (json_array_next(reader)) {
        struct vout vout;
        if (!read_vout(reader, outputs->coin, &vout)) {
            continue;
        }
        if ((int64_t)vout.ordinal <= last_ordinal) {
            json_fail(reader, "a transaction's outputs are not in order");
            return;
        }
        last_ordinal = vout.ordinal;
        struct bytes program = {.ptr = vout.program, .len = vout.program_len};
        if (!output_list_add(outputs, vout.ordinal, program, vout.amount)) {
            json_fail(reader, "there are too many outputs for the memory set aside");
        }
    }
}

void mempool_tx_decode(struct json_reader *reader, struct output_list *outputs,
                       struct txid *ret_txid) {
    size_t first = outputs->count;
    bool has_txid = false;
    bool has_vout = false;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("txid"))) {
            has_txid = hex_decode(json_read_str(reader), ret_txid->bytes, HASH_BYTES);
        } else if (str_eq(key, STR("vout"))) {
            read_vouts(reader, outputs);
            has_vout = true;
        } else {
            json_skip_value(reader);
        }
    }
    if (!has_txid || !has_vout) {
        json_fail(reader, "a transaction has no txid or no outputs");
        return;
    }
    output_list_set_tx(outputs, first, ret_txid, false);
}
