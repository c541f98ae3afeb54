/* SPDX-License-Identifier: MIT */
#include "core/jwt.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"
#include "core/hash.h"

enum {
    JWT_SIGNATURE_CHARS = 43, /* 32 bytes in base64url without padding */
    JWT_PART_BYTES_MAX = JWT_TOKEN_BYTES_MAX / 4 * 3,
    JWT_EXP_DIGITS_MAX = 12, /* far beyond any deadline, far below 2^53 */
};

/* RFC 7515, 3.3: a header of these two members, spelled as every receiver has seen it. */
#define JWT_HEADER "{\"typ\":\"JWT\",\"alg\":\"HS256\"}"

/* A flat JSON object of at most two members; each value is a plain string or a number as text. */
struct jwt_member {
    struct str name;
    struct str value;
    bool is_string;
};

struct jwt_object {
    struct jwt_member members[2];
    size_t count;
};

static bool id_is_bare(struct str id) {
    if (id.len == 0 || id.len > JWT_ID_BYTES_MAX) {
        return false;
    }
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     c == '-' || c == '_';
        if (!plain) {
            return false;
        }
    }
    return true;
}

static int base64url_digit(char c) {
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    if (c == '-') {
        return 62;
    }
    return c == '_' ? 63 : -1;
}

/* One text for each byte string: no padding, no white space, no stray bits behind the last byte. */
static bool base64url_decode(struct str text, uint8_t *ret_bytes, size_t size_max,
                             size_t *ret_size) {
    uint32_t bits = 0;
    unsigned bit_count = 0;
    size_t size = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = base64url_digit(text.ptr[i]);
        if (digit < 0) {
            return false;
        }
        bits = bits << 6 | (uint32_t)digit;
        bit_count += 6;
        if (bit_count >= 8) {
            if (size == size_max) {
                return false;
            }
            bit_count -= 8;
            ret_bytes[size++] = (uint8_t)(bits >> bit_count);
            bits &= (1u << bit_count) - 1;
        }
    }
    *ret_size = size;
    return bit_count < 6 && bits == 0;
}

static char take_char(struct str *rest) {
    char c = rest->ptr[0];
    *rest = str_slice(*rest, 1, rest->len);
    return c;
}

/* RFC 8259, 2: ws = *( %x20 / %x09 / %x0A / %x0D ) */
static void skip_space(struct str *rest) {
    while (rest->len > 0 && memchr(" \t\n\r", rest->ptr[0], 4) != NULL) {
        (void)take_char(rest);
    }
}

static bool take_token(struct str *rest, char c) {
    skip_space(rest);
    return rest->len > 0 && take_char(rest) == c;
}

/* Without escapes: nothing that we sign needs one. */
static bool take_string(struct str *rest, struct str *ret_text) {
    if (!take_token(rest, '"')) {
        return false;
    }
    for (size_t i = 0; i < rest->len; i++) {
        unsigned char c = (unsigned char)rest->ptr[i];
        if (c == '"') {
            *ret_text = str_slice(*rest, 0, i);
            *rest = str_slice(*rest, i + 1, rest->len);
            return true;
        }
        if (c < 0x20 || c > 0x7e || c == '\\') {
            return false;
        }
    }
    return false;
}

static bool take_digits(struct str *rest, struct str *ret_digits) {
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] >= '0' && rest->ptr[len] <= '9') {
        len++;
    }
    if (len == 0 || len > JWT_EXP_DIGITS_MAX || (len > 1 && rest->ptr[0] == '0')) {
        return false;
    }
    *ret_digits = str_slice(*rest, 0, len);
    *rest = str_slice(*rest, len, rest->len);
    return true;
}

static bool take_member(struct str *rest, struct jwt_member *ret_member) {
    struct jwt_member member = {0};
    if (!take_string(rest, &member.name) || !take_token(rest, ':')) {
        return false;
    }
    skip_space(rest);
    member.is_string = rest->len > 0 && rest->ptr[0] == '"';
    if (member.is_string ? !take_string(rest, &member.value) : !take_digits(rest, &member.value)) {
        return false;
    }
    *ret_member = member;
    return true;
}

/* Exactly two members with different names. */
static bool object_read(struct str text, struct jwt_object *ret_object) {
    struct jwt_object object = {.count = 2};
    if (!take_token(&text, '{') || !take_member(&text, &object.members[0]) ||
        !take_token(&text, ',') || !take_member(&text, &object.members[1]) ||
        !take_token(&text, '}')) {
        return false;
    }
    skip_space(&text);
    if (text.len > 0 || str_eq(object.members[0].name, object.members[1].name)) {
        return false;
    }
    *ret_object = object;
    return true;
}

static const struct jwt_member *member_named(const struct jwt_object *object, struct str name) {
    for (size_t i = 0; i < object->count; i++) {
        if (str_eq(object->members[i].name, name)) {
            return &object->members[i];
        }
    }
    return NULL;
}

static bool part_read(struct str part, uint8_t bytes[JWT_PART_BYTES_MAX],
                      struct jwt_object *ret_object) {
    size_t size;
    if (!base64url_decode(part, bytes, JWT_PART_BYTES_MAX, &size)) {
        return false;
    }
    return object_read((struct str){.ptr = (const char *)bytes, .len = size}, ret_object);
}

static bool header_is_ours(struct str part) {
    uint8_t bytes[JWT_PART_BYTES_MAX];
    struct jwt_object header;
    if (!part_read(part, bytes, &header)) {
        return false;
    }
    const struct jwt_member *typ = member_named(&header, STR("typ"));
    const struct jwt_member *alg = member_named(&header, STR("alg"));
    return typ != NULL && typ->is_string && str_eq(typ->value, STR("JWT")) && alg != NULL &&
           alg->is_string && str_eq(alg->value, STR("HS256"));
}

static struct result claims_check(struct str part, struct str invoice_id, int64_t now_s) {
    uint8_t bytes[JWT_PART_BYTES_MAX];
    struct jwt_object claims;
    ENSURE(part_read(part, bytes, &claims), ERR_TOKEN_INVALID);
    const struct jwt_member *id = member_named(&claims, STR("id"));
    const struct jwt_member *exp = member_named(&claims, STR("exp"));
    ENSURE(id != NULL && id->is_string && exp != NULL && !exp->is_string, ERR_TOKEN_INVALID);
    uint64_t exp_s;
    ENSURE(str_to_u64(exp->value, &exp_s), ERR_TOKEN_INVALID);
    /* RFC 7519, 4.1.4: "the expiration time on or after which the JWT MUST NOT be accepted" */
    ENSURE(now_s < (int64_t)exp_s, ERR_TOKEN_EXPIRED);
    ENSURE(str_eq(id->value, invoice_id), ERR_TOKEN_OTHER_INVOICE);
    return RESULT_OK;
}

struct result jwt_sign_postback(struct arena *arena, struct bytes secret, struct str invoice_id,
                                int64_t now_s, struct str *ret_token) {
    ENSURE(secret.len >= JWT_SECRET_BYTES_MIN, ERR_SECRET_TOO_SHORT);
    BUG_IF(!id_is_bare(invoice_id) || now_s < 0);
    struct buf claims = buf_in(arena);
    buf_puts(&claims, "{\"id\":\"");
    buf_put_str(&claims, invoice_id);
    buf_puts(&claims, "\",\"exp\":");
    buf_put_u64(&claims, (uint64_t)now_s + JWT_LIFETIME_S);
    buf_put_char(&claims, '}');
    BUG_IF(claims.failed);

    struct buf token = buf_in(arena);
    buf_put_str(&token, base64url_encode(arena, bytes_from_str(STR(JWT_HEADER))));
    buf_put_char(&token, '.');
    buf_put_str(&token, base64url_encode(arena, buf_bytes(&claims)));
    uint8_t signature[HASH_256_BYTES];
    hash_hmac_sha256(secret, buf_bytes(&token), signature);
    buf_put_char(&token, '.');
    buf_put_str(&token, base64url_encode(arena, BYTES_OF(signature)));
    buf_put_char(&token, '\0');
    BUG_IF(token.failed || token.len > JWT_TOKEN_BYTES_MAX);
    *ret_token = str_slice(buf_str(&token), 0, token.len - 1);
    return RESULT_OK;
}

struct result jwt_verify_postback(struct str token, struct bytes secret, struct str invoice_id,
                                  int64_t now_s) {
    ENSURE(secret.len >= JWT_SECRET_BYTES_MIN, ERR_SECRET_TOO_SHORT);
    ENSURE(token.len <= JWT_TOKEN_BYTES_MAX && id_is_bare(invoice_id), ERR_TOKEN_INVALID);
    size_t header_len = str_find(token, '.');
    ENSURE(header_len < token.len, ERR_TOKEN_INVALID);
    struct str header = str_slice(token, 0, header_len);
    struct str rest = str_slice(token, header_len + 1, token.len);
    size_t claims_len = str_find(rest, '.');
    ENSURE(claims_len < rest.len, ERR_TOKEN_INVALID);
    struct str claims = str_slice(rest, 0, claims_len);
    struct str signature_text = str_slice(rest, claims_len + 1, rest.len);

    uint8_t signature[HASH_256_BYTES];
    size_t signature_size;
    ENSURE(signature_text.len == JWT_SIGNATURE_CHARS &&
               base64url_decode(signature_text, signature, sizeof signature, &signature_size),
           ERR_TOKEN_INVALID);
    uint8_t expected[HASH_256_BYTES];
    hash_hmac_sha256(secret, bytes_from_str(str_slice(token, 0, header_len + 1 + claims_len)),
                     expected);
    bool is_ours = bytes_eq_secret(BYTES_OF(signature), BYTES_OF(expected));
    explicit_bzero(expected, sizeof expected);
    ENSURE(is_ours && header_is_ours(header), ERR_TOKEN_INVALID);
    return claims_check(claims, invoice_id, now_s);
}
