/* SPDX-License-Identifier: MIT */

/* Telling what can spend from what cannot. Errs on the side of "private": a public key is never
 * taken for one, but a mistyped private key still is, because its owner must hear that it was shown
 * to a program that has no use for it. */

#include <string.h>

#include "core/account_key.h"
#include "core/base58.h"

enum {
    EXTENDED_PRIVATE_LEN_MIN = 20, /* "xprv" and enough more not to be a word */
    EXTENDED_PRIVATE_MARK_AT = 45, /* a zero byte there stands before a private key */
    WIF_LEN_UNCOMPRESSED = 51,
    WIF_LEN_COMPRESSED = 52,
    WIF_BYTES_UNCOMPRESSED = 33,
    WIF_BYTES_COMPRESSED = 34,
    BIP38_LEN = 58,
    RAW_KEY_HEX_LEN = 64,
    PHRASE_WORDS_MIN = 12, /* BIP-39 */
    PHRASE_WORD_LEN_MIN = 3,
    PHRASE_WORD_LEN_MAX = 8,
};

static const char *const private_prefixes[] = {
    "xprv", "yprv", "zprv", "Yprv", "Zprv", "tprv", "uprv",
    "vprv", "Uprv", "Vprv", "Ltpv", "Mtpv", "ttpv",
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_alphanumeric(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!is_digit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F')) {
            return false;
        }
    }
    return true;
}

static bool has_private_prefix(struct str word) {
    for (size_t i = 0; i < sizeof private_prefixes / sizeof private_prefixes[0]; i++) {
        if (str_starts_with(word, str_from_c(private_prefixes[i]))) {
            return word.len >= EXTENDED_PRIVATE_LEN_MIN;
        }
    }
    return false;
}

/* WIF and BIP-38 by the length and first character that their version bytes force; so a mistyped
 * one is found too. Nothing else that we are given has these lengths. */
static bool has_wif_shape(struct str word) {
    if (word.len == BIP38_LEN) {
        return str_starts_with(word, STR("6P"));
    }
    if (word.len == WIF_LEN_UNCOMPRESSED) {
        return str_find(STR("569"), word.ptr[0]) < 3;
    }
    return word.len == WIF_LEN_COMPRESSED && str_find(STR("KLTc"), word.ptr[0]) < 4;
}

/* Whatever the prefix says: extended keys of chains we do not know, WIF of any chain. */
static bool payload_is_private(struct str word) {
    struct base58_payload payload;
    if (!base58check_decode(word, &payload)) {
        return false;
    }
    bool private =
        payload.len == WIF_BYTES_UNCOMPRESSED || payload.len == WIF_BYTES_COMPRESSED ||
        (payload.len == ACCOUNT_KEY_BYTES && payload.bytes[EXTENDED_PRIVATE_MARK_AT] == 0);
    explicit_bzero(&payload, sizeof payload);
    return private;
}

static bool word_is_private(struct str word) {
    return has_private_prefix(word) || has_wif_shape(word) || payload_is_private(word);
}

/* Takes the next run of letters and digits off the front. */
static bool next_word(struct str *rest, struct str *ret_word) {
    size_t from = 0;
    while (from < rest->len && !is_alphanumeric(rest->ptr[from])) {
        from++;
    }
    size_t to = from;
    while (to < rest->len && is_alphanumeric(rest->ptr[to])) {
        to++;
    }
    *ret_word = str_slice(*rest, from, to);
    *rest = str_slice(*rest, to, rest->len);
    return ret_word->len > 0;
}

static bool is_phrase_word(struct str word) {
    for (size_t i = 0; i < word.len; i++) {
        if (is_digit(word.ptr[i])) {
            return false;
        }
    }
    return word.len >= PHRASE_WORD_LEN_MIN && word.len <= PHRASE_WORD_LEN_MAX;
}

bool key_text_is_private(struct str text) {
    text = str_trim(text);
    bool prefixed = str_starts_with(text, STR("0x")) || str_starts_with(text, STR("0X"));
    struct str digits = prefixed ? str_slice(text, 2, text.len) : text;
    if (digits.len == RAW_KEY_HEX_LEN && is_hex(digits)) {
        return true;
    }
    size_t phrase_words = 0;
    struct str word;
    while (next_word(&text, &word)) {
        if (word_is_private(word)) {
            return true;
        }
        phrase_words += is_phrase_word(word);
    }
    return phrase_words >= PHRASE_WORDS_MIN;
}

void key_text_wipe(char *text, size_t size) {
    if (size > 0) {
        explicit_bzero(text, size);
    }
}
