/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/api.h"

#include <string.h>

#include "base/bytes.h"

enum { QUANTITY_DIGITS_MAX = 16 };

static void read_error(struct json_reader *reader, struct api_error *error) {
    struct str text = json_read_str(reader);
    size_t len = text.len < sizeof error->text - 1 ? text.len : sizeof error->text - 1;
    for (size_t i = 0; i < len; i++) {
        bool is_plain = text.ptr[i] >= ' ' && text.ptr[i] <= '~';
        error->text[i] = '?';
        if (is_plain) {
            error->text[i] = text.ptr[i];
        }
    }
    error->text[len] = '\0';
    error->is_set = !json_failed(reader);
}

void api_skip_or_error(struct json_reader *reader, struct str key, struct api_error *error) {
    if (str_eq(key, STR("Error")) && json_peek(reader) == JSON_STRING) {
        read_error(reader, error);
    } else {
        json_skip_value(reader);
    }
}

bool api_error_is_limit(const struct api_error *error) {
    static const char *const words[] = {"lack of computing resources", "rate limit",
                                        "too many requests"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasestr(error->text, words[i]) != NULL) {
            return true;
        }
    }
    return false;
}

struct str api_bare_hex(struct str text) {
    return str_starts_with(text, STR("0x")) ? str_slice(text, 2, text.len) : text;
}

void api_read_hash(struct json_reader *reader, uint8_t ret_hash[HASH_BYTES]) {
    if (!hex_decode(api_bare_hex(json_read_str(reader)), ret_hash, HASH_BYTES)) {
        json_fail(reader, "a hash is not 32 bytes in hex");
    }
}

bool api_quantity_from_text(struct str text, int64_t *ret_value) {
    struct str digits = api_bare_hex(text);
    bool has_prefix = digits.len + 2 == text.len;
    bool is_padded = digits.len > 1 && digits.ptr[0] == '0';
    if (!has_prefix || is_padded || digits.len == 0 || digits.len > QUANTITY_DIGITS_MAX) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        int digit = hex_digit(digits.ptr[i]);
        if (digit < 0) {
            return false;
        }
        value = value << 4 | (uint64_t)digit;
    }
    if (value > INT64_MAX) {
        return false;
    }
    *ret_value = (int64_t)value;
    return true;
}

int64_t api_read_quantity(struct json_reader *reader) {
    int64_t value = 0;
    if (!api_quantity_from_text(json_read_str(reader), &value)) {
        json_fail(reader, "a number is not like \"0x1f\"");
    }
    return value;
}
