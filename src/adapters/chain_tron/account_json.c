/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/account_json.h"

#include "base/buf.h"

enum { PARAMETER_NAME_MAX = 64 };

/* ---- getchainparameters */

static void take_parameter(struct chain_fees *fees, struct str key, int64_t value) {
    if (value <= 0) {
        return;
    }
    if (str_eq(key, STR("getEnergyFee"))) {
        fees->energy_price = (uint64_t)value;
    } else if (str_eq(key, STR("getTransactionFee"))) {
        fees->byte_price = (uint64_t)value;
    }
}

static void read_parameter(struct json_reader *reader, struct chain_fees *fees) {
    char memory[PARAMETER_NAME_MAX];
    struct buf name = buf_over(memory, sizeof memory);
    int64_t value = 0;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("key"))) {
            buf_put_str(&name, json_read_str(reader));
        } else if (str_eq(key, STR("value"))) {
            value = json_read_i64(reader);
        } else {
            json_skip_value(reader);
        }
    }
    take_parameter(fees, buf_str(&name), value);
}

/* {"chainParameter":[{"key":"getEnergyFee","value":420},...]}; without a value it is zero. */
void tron_parameters_decode(struct json_reader *reader, void *context) {
    struct tron_parameters *answer = context;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (!str_eq(key, STR("chainParameter"))) {
            api_skip_or_error(reader, key, &answer->error);
            continue;
        }
        json_array_begin(reader);
        while (json_array_next(reader)) {
            read_parameter(reader, answer->fees);
        }
    }
}

/* ---- triggerconstantcontract */

static void read_words(struct json_reader *reader, struct tron_constant *answer) {
    json_array_begin(reader);
    while (json_array_next(reader)) {
        struct str hex = json_read_str(reader);
        answer->has_word =
            hex.len == 2 * TRON_WORD_BYTES && hex_decode(hex, answer->word, sizeof answer->word);
    }
}

/* {"result":{"result":true}}; with a message where the contract gave up ("REVERT opcode executed"),
 * with a code as well where it was not asked at all. */
static void read_verdict(struct json_reader *reader, struct tron_constant *answer) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        answer->failed = answer->failed || str_eq(key, STR("code")) || str_eq(key, STR("message"));
        json_skip_value(reader);
    }
}

void tron_constant_decode(struct json_reader *reader, void *context) {
    struct tron_constant *answer = context;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("constant_result"))) {
            read_words(reader, answer);
        } else if (str_eq(key, STR("energy_used"))) {
            answer->energy = json_read_i64(reader);
        } else if (str_eq(key, STR("result")) && json_peek(reader) == JSON_OBJECT_BEGIN) {
            read_verdict(reader, answer);
        } else {
            api_skip_or_error(reader, key, &answer->error);
        }
    }
}
