/* SPDX-License-Identifier: MIT */
#include "core/postback_signature.h"

#include <nettle/base64.h>
#include <nettle/hmac.h>
#include <string.h>

#include "base/arena.h"
#include "base/result.h"

enum {
    SIGNATURE_BYTES = 32,
    TIMESTAMP_CHARS_MAX = 22,   /* 20 digits and two dots */
    SIGNATURE_PREFIX_CHARS = 3, /* "v1," */
    SIGNATURE_CHARS = SIGNATURE_PREFIX_CHARS + BASE64_ENCODE_RAW_LENGTH(SIGNATURE_BYTES),
};

/* Standard Webhooks: "the signed content is the concatenation of the id, timestamp and payload,
 * separated by the full-stop character". */
static void sign(struct bytes secret, const struct postback_signed *parts,
                 char ret_text[SIGNATURE_CHARS]) {
    char timestamp[TIMESTAMP_CHARS_MAX];
    size_t timestamp_at = sizeof timestamp;
    timestamp[--timestamp_at] = '.';
    uint64_t left = (uint64_t)parts->timestamp_s;
    do {
        timestamp[--timestamp_at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    timestamp[--timestamp_at] = '.';

    struct hmac_sha256_ctx hmac;
    hmac_sha256_set_key(&hmac, secret.len, secret.ptr);
    hmac_sha256_update(&hmac, parts->id.len, (const uint8_t *)parts->id.ptr);
    hmac_sha256_update(&hmac, sizeof timestamp - timestamp_at,
                       (const uint8_t *)timestamp + timestamp_at);
    hmac_sha256_update(&hmac, parts->body.len, (const uint8_t *)parts->body.ptr);
    uint8_t digest[SIGNATURE_BYTES];
    hmac_sha256_digest(&hmac, sizeof digest, digest);
    explicit_bzero(&hmac, sizeof hmac);

    memcpy(ret_text, "v1,", SIGNATURE_PREFIX_CHARS);
    base64_encode_raw(ret_text + SIGNATURE_PREFIX_CHARS, sizeof digest, digest);
}

struct str postback_signature_make(struct arena *arena, struct bytes secret,
                                   const struct postback_signed *signed_parts) {
    BUG_IF(signed_parts->timestamp_s < 0 || signed_parts->id.len == 0 ||
           str_find(signed_parts->id, '.') < signed_parts->id.len);
    char text[SIGNATURE_CHARS];
    sign(secret, signed_parts, text);
    return (struct str){.ptr = arena_copy(arena, text, sizeof text), .len = sizeof text};
}

bool postback_signature_matches(struct str header, struct bytes secret,
                                const struct postback_signed *signed_parts, int64_t now_s) {
    int64_t timestamp_s = signed_parts->timestamp_s;
    if (timestamp_s < 0 || timestamp_s < now_s - POSTBACK_SIGNATURE_TOLERANCE_S ||
        timestamp_s > now_s + POSTBACK_SIGNATURE_TOLERANCE_S) {
        return false;
    }
    char expected[SIGNATURE_CHARS];
    sign(secret, signed_parts, expected);
    struct bytes wanted = {.ptr = (const uint8_t *)expected, .len = sizeof expected};
    bool matches = false;
    struct str candidate;
    while (str_split_next(&header, ' ', &candidate)) {
        matches |= bytes_eq_secret(bytes_from_str(candidate), wanted);
    }
    explicit_bzero(expected, sizeof expected);
    return matches;
}
