/* SPDX-License-Identifier: MIT */
/* The verifier of postback tokens, from both sides: the input as a whole token, which must be
 * refused unless it is the one we sign; and, cut at the first NUL, as header and claims under a
 * right signature, where whatever is accepted must name the invoice and a time that is not over. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "core/hash.h"
#include "core/jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static const uint8_t secret_bytes[] = "0123456789abcdef0123456789abcdef";
static const struct bytes secret = {.ptr = secret_bytes, .len = 32};
enum { NOW_S = 1700000000 };

static struct str with_signature(struct arena *arena, struct str header, struct str claims) {
    struct buf token = buf_in(arena);
    buf_put_str(&token, base64url_encode(arena, bytes_from_str(header)));
    buf_put_char(&token, '.');
    buf_put_str(&token, base64url_encode(arena, bytes_from_str(claims)));
    uint8_t signature[HASH_256_BYTES];
    hash_hmac_sha256(secret, buf_bytes(&token), signature);
    buf_put_char(&token, '.');
    buf_put_str(&token, base64url_encode(arena, BYTES_OF(signature)));
    return buf_str(&token);
}

static bool contains(struct str text, struct str part) {
    for (size_t i = 0; i + part.len <= text.len; i++) {
        if (str_eq(str_slice(text, i, i + part.len), part)) {
            return true;
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    if (size > 2048) {
        return 0;
    }
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
    struct str text = {(const char *)input, size};
    struct str id = STR("K7Q2M9XD");
    struct str ours;
    assert(result_is_ok(jwt_sign_postback(arena, secret, id, NOW_S, &ours)));
    if (result_is_ok(jwt_verify_postback(text, secret, id, NOW_S))) {
        assert(str_eq(text, ours));
    }

    size_t cut = str_find(text, '\0');
    struct str header = str_slice(text, 0, cut);
    struct str claims = str_slice(text, cut < size ? cut + 1 : cut, size);
    struct str token = with_signature(arena, header, claims);
    if (result_is_ok(jwt_verify_postback(token, secret, id, NOW_S))) {
        assert(contains(header, STR("\"HS256\"")));
        assert(contains(claims, STR("\"K7Q2M9XD\"")));
        assert(!result_is_ok(jwt_verify_postback(token, secret, id, 1000000000000)));
        assert(!result_is_ok(jwt_verify_postback(token, secret, STR("K7Q2M9XE"), NOW_S)));
    }
    return 0;
}
