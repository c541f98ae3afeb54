/* SPDX-License-Identifier: MIT */
#include "core/address.h"

#include <string.h>

#include "core/base58.h"
#include "core/chain_params.h"
#include "core/error.h"

static struct address_text address_text_from(struct str text) {
    struct address_text address = {.len = (uint8_t)text.len};
    BUG_IF(text.len > ADDRESS_TEXT_MAX);
    memcpy(address.text, text.ptr, text.len);
    return address;
}

static struct address_text hash_address(uint8_t version, const uint8_t *hash) {
    uint8_t payload[1 + HASH_160_BYTES] = {version};
    memcpy(payload + 1, hash, HASH_160_BYTES);
    struct base58_text text;
    base58check_encode(BYTES_OF(payload), &text);
    return address_text_from((struct str){.ptr = text.text, .len = text.len});
}

static struct result bitcoin_encode(const struct chain_params *chain, const struct script *script,
                                    struct address_text *ret_text) {
    const uint8_t *pubkey_hash = script_p2pkh_hash(script);
    if (pubkey_hash != NULL) {
        *ret_text = hash_address(chain->p2pkh_version, pubkey_hash);
        return RESULT_OK;
    }
    const uint8_t *script_hash = script_p2sh_hash(script);
    if (script_hash != NULL) {
        *ret_text = hash_address(chain->p2sh_version, script_hash);
        return RESULT_OK;
    }
    struct witness_program program;
    ENSURE(script_witness_program(script, &program), ERR_ADDRESS_INVALID);
    struct bech32_text text;
    ENSURE(witness_address_encode(&program, str_from_c(chain->hrp), &text), ERR_ADDRESS_INVALID);
    *ret_text = address_text_from((struct str){.ptr = text.text, .len = text.len});
    return RESULT_OK;
}

static struct result bitcoin_decode(const struct chain_params *chain, struct str text,
                                    struct script *ret_script) {
    struct witness_program program;
    if (witness_address_decode(text, str_from_c(chain->hrp), &program)) {
        *ret_script = script_witness(&program);
        return RESULT_OK;
    }
    struct base58_payload payload;
    ENSURE(base58check_decode(text, &payload), ERR_ADDRESS_INVALID);
    ENSURE(payload.len == 1 + HASH_160_BYTES, ERR_ADDRESS_INVALID);
    if (payload.bytes[0] == chain->p2pkh_version) {
        *ret_script = script_p2pkh(payload.bytes + 1);
        return RESULT_OK;
    }
    ENSURE(payload.bytes[0] == chain->p2sh_version, ERR_ADDRESS_INVALID);
    *ret_script = script_p2sh(payload.bytes + 1);
    return RESULT_OK;
}

/* EIP-55: "if the ith digit is a letter, print it in uppercase if the 4*ith bit of the hash of the
 * lowercase hexadecimal address is 1". */
static void eip55_case(char digits[SCRIPT_EVM_BYTES * 2]) {
    uint8_t hash[HASH_256_BYTES];
    hash_keccak256((struct bytes){.ptr = (const uint8_t *)digits, .len = SCRIPT_EVM_BYTES * 2},
                   hash);
    for (size_t i = 0; i < SCRIPT_EVM_BYTES * 2; i++) {
        unsigned nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 15u;
        if (digits[i] >= 'a' && nibble >= 8) {
            digits[i] = (char)(digits[i] - 'a' + 'A');
        }
    }
}

static struct result evm_encode(const struct script *script, struct address_text *ret_text) {
    static const char hex[] = "0123456789abcdef";
    ENSURE(script->len == SCRIPT_EVM_BYTES, ERR_ADDRESS_INVALID);
    struct address_text address = {.len = 2 + SCRIPT_EVM_BYTES * 2, .text = "0x"};
    for (size_t i = 0; i < SCRIPT_EVM_BYTES; i++) {
        address.text[2 + i * 2] = hex[script->bytes[i] >> 4];
        address.text[3 + i * 2] = hex[script->bytes[i] & 15];
    }
    eip55_case(address.text + 2);
    *ret_text = address;
    return RESULT_OK;
}

static bool is_one_case(struct str digits) {
    bool upper = false;
    bool lower = false;
    for (size_t i = 0; i < digits.len; i++) {
        upper = upper || (digits.ptr[i] >= 'A' && digits.ptr[i] <= 'F');
        lower = lower || (digits.ptr[i] >= 'a' && digits.ptr[i] <= 'f');
    }
    return !upper || !lower;
}

/* Mixed case is a checksum and must be right; one case alone carries none. */
static struct result evm_decode(struct str text, struct script *ret_script) {
    ENSURE(str_starts_with(text, STR("0x")), ERR_ADDRESS_INVALID);
    struct str digits = str_slice(text, 2, text.len);
    struct script script = {.len = SCRIPT_EVM_BYTES};
    ENSURE(hex_decode(digits, script.bytes, SCRIPT_EVM_BYTES), ERR_ADDRESS_INVALID);
    struct address_text canonical;
    TRY(evm_encode(&script, &canonical));
    ENSURE(is_one_case(digits) || str_eq(text, address_str(&canonical)), ERR_ADDRESS_INVALID);
    *ret_script = script;
    return RESULT_OK;
}

static struct result tron_encode(const struct chain_params *chain, const struct script *script,
                                 struct address_text *ret_text) {
    ENSURE(script->len == SCRIPT_EVM_BYTES, ERR_ADDRESS_INVALID);
    *ret_text = hash_address(chain->p2pkh_version, script->bytes);
    return RESULT_OK;
}

static struct result tron_decode(const struct chain_params *chain, struct str text,
                                 struct script *ret_script) {
    struct base58_payload payload;
    ENSURE(base58check_decode(text, &payload), ERR_ADDRESS_INVALID);
    ENSURE(payload.len == 1 + SCRIPT_EVM_BYTES && payload.bytes[0] == chain->p2pkh_version,
           ERR_ADDRESS_INVALID);
    struct script script = {.len = SCRIPT_EVM_BYTES};
    memcpy(script.bytes, payload.bytes + 1, SCRIPT_EVM_BYTES);
    *ret_script = script;
    return RESULT_OK;
}

struct result address_encode(const struct chain_params *chain, const struct script *script,
                             struct address_text *ret_text) {
    switch (chain->form) {
    case ADDRESS_FORM_BITCOIN:
        return bitcoin_encode(chain, script, ret_text);
    case ADDRESS_FORM_EVM:
        return evm_encode(script, ret_text);
    case ADDRESS_FORM_TRON:
        return tron_encode(chain, script, ret_text);
    }
    BUG_IF(true);
}

struct result address_decode(const struct chain_params *chain, struct str text,
                             struct script *ret_script) {
    switch (chain->form) {
    case ADDRESS_FORM_BITCOIN:
        return bitcoin_decode(chain, text, ret_script);
    case ADDRESS_FORM_EVM:
        return evm_decode(text, ret_script);
    case ADDRESS_FORM_TRON:
        return tron_decode(chain, text, ret_script);
    }
    BUG_IF(true);
}
