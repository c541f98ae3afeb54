/* SPDX-License-Identifier: MIT */
#include "core/bech32.h"

#include <string.h>

enum { CHECKSUM_VALUES = 6 };

static const char charset[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t form_constant(enum bech32_form form) {
    return form == BECH32_M ? 0x2bc830a3u : 1u;
}

/* One step of the checksum: the remainder of a polynomial over GF(32), BIP-173. */
static uint32_t polymod_step(uint32_t checksum, uint8_t value) {
    static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                         0x2a1462b3};
    uint32_t top = checksum >> 25;
    checksum = (checksum & 0x1ffffff) << 5 ^ value;
    for (size_t i = 0; i < 5; i++) {
        checksum ^= top >> i & 1 ? generator[i] : 0;
    }
    return checksum;
}

static uint32_t polymod_hrp(struct str hrp) {
    uint32_t checksum = 1;
    for (size_t i = 0; i < hrp.len; i++) {
        checksum = polymod_step(checksum, (uint8_t)hrp.ptr[i] >> 5);
    }
    checksum = polymod_step(checksum, 0);
    for (size_t i = 0; i < hrp.len; i++) {
        checksum = polymod_step(checksum, (uint8_t)hrp.ptr[i] & 31);
    }
    return checksum;
}

static char lower(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Copies in lower case. BIP 173: "Decoders MUST NOT accept strings where some characters are
 * uppercase and some are lowercase". */
static bool lower_text(struct str text, char ret_text[BECH32_TEXT_MAX]) {
    bool has_lower = false;
    bool has_upper = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c < 33 || c > 126) {
            return false;
        }
        has_lower |= c >= 'a' && c <= 'z';
        has_upper |= c >= 'A' && c <= 'Z';
        ret_text[i] = lower(c);
    }
    return !(has_lower && has_upper);
}

/* Where the last '1' stands, which BIP-173 makes the separator; text.len if nowhere. */
static size_t separator_at(struct str text) {
    for (size_t i = text.len; i > 0; i--) {
        if (text.ptr[i - 1] == '1') {
            return i - 1;
        }
    }
    return text.len;
}

/* Values of all characters behind the separator, checksum included. */
static bool read_values(struct str text, uint8_t *ret_values) {
    for (size_t i = 0; i < text.len; i++) {
        const char *at = strchr(charset, text.ptr[i]);
        if (at == NULL) {
            return false;
        }
        ret_values[i] = (uint8_t)(at - charset);
    }
    return true;
}

static bool form_of_checksum(uint32_t checksum, enum bech32_form *ret_form) {
    bool is_m = checksum == form_constant(BECH32_M);
    if (!is_m && checksum != form_constant(BECH32_ORIGINAL)) {
        return false;
    }
    *ret_form = is_m ? BECH32_M : BECH32_ORIGINAL;
    return true;
}

bool bech32_decode(struct str text, struct bech32 *ret_bech32) {
    char lowered[BECH32_TEXT_MAX];
    if (text.len > BECH32_TEXT_MAX || !lower_text(text, lowered)) {
        return false;
    }
    struct str all = {.ptr = lowered, .len = text.len};
    size_t at = separator_at(all);
    if (at == 0 || at == all.len || all.len - at - 1 < CHECKSUM_VALUES) {
        return false;
    }
    struct str hrp = str_slice(all, 0, at);
    uint8_t values[BECH32_TEXT_MAX] = {0};
    size_t count = all.len - at - 1;
    if (!read_values(str_slice(all, at + 1, all.len), values)) {
        return false;
    }
    uint32_t checksum = polymod_hrp(hrp);
    for (size_t i = 0; i < count; i++) {
        checksum = polymod_step(checksum, values[i]);
    }
    enum bech32_form form;
    if (!form_of_checksum(checksum, &form)) {
        return false;
    }
    *ret_bech32 = (struct bech32){
        .form = form,
        .hrp_len = (uint8_t)hrp.len,
        .value_count = (uint8_t)(count - CHECKSUM_VALUES),
    };
    memcpy(ret_bech32->hrp, hrp.ptr, hrp.len);
    memcpy(ret_bech32->values, values, count - CHECKSUM_VALUES);
    return true;
}

static bool hrp_is_valid(struct str hrp) {
    for (size_t i = 0; i < hrp.len; i++) {
        if (hrp.ptr[i] < 33 || hrp.ptr[i] > 126 || lower(hrp.ptr[i]) != hrp.ptr[i]) {
            return false;
        }
    }
    return hrp.len > 0;
}

bool bech32_encode(const struct bech32 *bech32, struct bech32_text *ret_text) {
    struct str hrp = {.ptr = bech32->hrp, .len = bech32->hrp_len};
    size_t len = hrp.len + 1 + (size_t)bech32->value_count + CHECKSUM_VALUES;
    if (!hrp_is_valid(hrp) || len > BECH32_TEXT_MAX) {
        return false;
    }
    struct bech32_text text = {.len = (uint8_t)len};
    memcpy(text.text, hrp.ptr, hrp.len);
    text.text[hrp.len] = '1';
    char *to = text.text + hrp.len + 1;
    uint32_t checksum = polymod_hrp(hrp);
    for (size_t i = 0; i < bech32->value_count; i++) {
        if (bech32->values[i] > 31) {
            return false;
        }
        checksum = polymod_step(checksum, bech32->values[i]);
        *to++ = charset[bech32->values[i]];
    }
    for (size_t i = 0; i < CHECKSUM_VALUES; i++) {
        checksum = polymod_step(checksum, 0);
    }
    checksum ^= form_constant(bech32->form);
    for (size_t i = 0; i < CHECKSUM_VALUES; i++) {
        *to++ = charset[checksum >> (5 * (CHECKSUM_VALUES - 1 - i)) & 31];
    }
    *ret_text = text;
    return true;
}

bool witness_program_is_valid(const struct witness_program *program) {
    if (program->version > WITNESS_VERSION_MAX || program->len < 2 ||
        program->len > WITNESS_PROGRAM_MAX) {
        return false;
    }
    /* BIP 141: "If the version byte is 0, but the witness program is neither 20 nor 32 bytes, the
     * script must fail". */
    return program->version != 0 || program->len == 20 || program->len == 32;
}

/* Five-bit values to bytes. BIP 173: "any incomplete group at the end MUST be 4 bits or less, MUST
 * be all zeroes". */
static bool join_bits(const uint8_t *values, size_t count, struct witness_program *ret_program) {
    uint32_t bits = 0;
    unsigned held = 0;
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        bits = (bits << 5 | values[i]) & 0xfff;
        held += 5;
        if (held < 8) {
            continue;
        }
        if (len == WITNESS_PROGRAM_MAX) {
            return false;
        }
        held -= 8;
        ret_program->bytes[len++] = (uint8_t)(bits >> held);
    }
    ret_program->len = (uint8_t)len;
    return held < 5 && (bits & ((1u << held) - 1)) == 0;
}

static size_t split_bits(const struct witness_program *program, uint8_t *ret_values) {
    uint32_t bits = 0;
    unsigned held = 0;
    size_t count = 0;
    for (size_t i = 0; i < program->len; i++) {
        bits = (bits << 8 | program->bytes[i]) & 0xfff;
        for (held += 8; held >= 5;) {
            held -= 5;
            ret_values[count++] = (uint8_t)(bits >> held & 31);
        }
    }
    if (held > 0) {
        ret_values[count++] = (uint8_t)(bits << (5 - held) & 31);
    }
    return count;
}

/* BIP 350: version 0 outputs use Bech32, "Version 1 to 16 segregated witness outputs use Bech32m".
 */
static enum bech32_form form_of_version(uint8_t version) {
    return version == 0 ? BECH32_ORIGINAL : BECH32_M;
}

bool witness_address_decode(struct str text, struct str hrp, struct witness_program *ret_program) {
    struct bech32 bech32;
    if (!bech32_decode(text, &bech32) || bech32.value_count == 0 ||
        !str_eq(hrp, (struct str){.ptr = bech32.hrp, .len = bech32.hrp_len})) {
        return false;
    }
    struct witness_program program = {.version = bech32.values[0]};
    if (!join_bits(bech32.values + 1, bech32.value_count - 1u, &program) ||
        !witness_program_is_valid(&program) || bech32.form != form_of_version(program.version)) {
        return false;
    }
    *ret_program = program;
    return true;
}

bool witness_address_encode(const struct witness_program *program, struct str hrp,
                            struct bech32_text *ret_text) {
    if (!witness_program_is_valid(program) || hrp.len > BECH32_HRP_MAX) {
        return false;
    }
    struct bech32 bech32 = {
        .form = form_of_version(program->version),
        .hrp_len = (uint8_t)hrp.len,
        .values = {program->version},
    };
    memcpy(bech32.hrp, hrp.ptr, hrp.len);
    bech32.value_count = (uint8_t)(1 + split_bits(program, bech32.values + 1));
    return bech32_encode(&bech32, ret_text);
}
