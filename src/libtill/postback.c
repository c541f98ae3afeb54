/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <till.h>

#include "base/arena.h"
#include "core/error.h"
#include "core/jwt.h"
#include "core/postback_signature.h"
#include "libtill/document.h"

/* A body of TILL_POSTBACK_BYTES_MAX cannot be written so that its flat form needs more. */
enum { POSTBACK_ARENA_BYTES_MAX = 16 << 20, HEADER_BYTES_MAX = 1024 };

static const int64_t time_max_s = INT64_C(1000000000000); /* far beyond any clock */

struct till_postback {
    struct arena *arena; /* which this lies in */
    struct document fields;
    const char *uuid;
};

static bool is_time(int64_t time_s) {
    return time_s >= 0 && time_s <= time_max_s;
}

static struct bytes secret_of(const char *secret) {
    return bytes_from_str(str_from_c(secret));
}

/* "application/json; charset=utf-8" is application/json. */
static bool is_type(const char *content_type, struct str wanted) {
    struct str type = str_from_c(content_type);
    return str_eq_nocase(str_trim(str_slice(type, 0, str_find(type, ';'))), wanted);
}

static bool read_fields(struct arena *arena, struct str body, const char *content_type,
                        struct document *ret_fields) {
    if (is_type(content_type, STR("application/json"))) {
        return document_from_json(arena, body, ret_fields);
    }
    return is_type(content_type, STR("application/x-www-form-urlencoded")) &&
           document_from_form(arena, body, STR("invoice_info"), ret_fields);
}

static enum till_error token_verdict(struct result result) {
    if (result_is_ok(result)) {
        return TILL_OK;
    }
    if (result.code == &ERR_TOKEN_EXPIRED) {
        return TILL_ERROR_EXPIRED;
    }
    if (result.code == &ERR_TOKEN_OTHER_INVOICE) {
        return TILL_ERROR_OTHER_INVOICE;
    }
    return result.code == &ERR_SECRET_TOO_SHORT ? TILL_ERROR_SECRET : TILL_ERROR_FORGED;
}

static enum till_error judge(struct till_postback *postback, const char *secret, int64_t now_s) {
    const char *status = document_get(&postback->fields, "status");
    const char *invoice_id = document_get(&postback->fields, "invoice_id");
    const char *token = document_get(&postback->fields, "token");
    const char *info_uuid = document_get(&postback->fields, "invoice_info.uuid");
    if (status == NULL || invoice_id == NULL || token == NULL) {
        return TILL_ERROR_MALFORMED;
    }
    enum till_error verdict = token_verdict(
        jwt_verify_postback(str_from_c(token), secret_of(secret), str_from_c(invoice_id), now_s));
    if (verdict != TILL_OK) {
        return verdict;
    }
    if (strcmp(status, "success") != 0) {
        return TILL_ERROR_MALFORMED;
    }
    postback->uuid = arena_printf(postback->arena, "INV-%s", invoice_id);
    return info_uuid == NULL || strcmp(info_uuid, postback->uuid) == 0 ? TILL_OK
                                                                       : TILL_ERROR_OTHER_INVOICE;
}

enum till_error till_postback_verify(const void *body, size_t body_bytes, const char *content_type,
                                     const char *secret, int64_t now_s,
                                     struct till_postback **ret_postback) {
    if ((body == NULL && body_bytes > 0) || secret == NULL || !is_time(now_s) ||
        ret_postback == NULL) {
        return TILL_ERROR_ARGUMENT;
    }
    if (body_bytes > TILL_POSTBACK_BYTES_MAX) {
        return TILL_ERROR_TOO_LARGE;
    }
    if (body_bytes == 0 || content_type == NULL) {
        return TILL_ERROR_MALFORMED;
    }
    struct arena *arena = arena_new(POSTBACK_ARENA_BYTES_MAX);
    struct till_postback *postback = ARENA_NEW(arena, struct till_postback);
    postback->arena = arena;
    struct str text = {.ptr = body, .len = body_bytes};
    enum till_error verdict = read_fields(arena, text, content_type, &postback->fields)
                                  ? judge(postback, secret, now_s)
                                  : TILL_ERROR_MALFORMED;
    if (verdict != TILL_OK) {
        arena_free(arena);
        return verdict;
    }
    *ret_postback = postback;
    return TILL_OK;
}

void till_postback_free(struct till_postback *postback) {
    if (postback != NULL) {
        arena_free(postback->arena);
    }
}

const char *till_postback_uuid(const struct till_postback *postback) {
    return postback->uuid;
}

const char *till_postback_get(const struct till_postback *postback, const char *path) {
    return document_get(&postback->fields, path);
}

/* A header's value that may be looked at: there, of printable ASCII, and not endless. */
static bool is_header_value(const char *value) {
    size_t len = value == NULL ? 0 : strnlen(value, HEADER_BYTES_MAX + 1);
    if (len == 0 || len > HEADER_BYTES_MAX) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (value[i] < 0x20 || value[i] > 0x7e) {
            return false;
        }
    }
    return true;
}

enum till_error till_signature_verify(const void *body, size_t body_bytes, const char *event_id,
                                      const char *timestamp, const char *signature,
                                      const char *secret, int64_t now_s) {
    if ((body == NULL && body_bytes > 0) || secret == NULL || !is_time(now_s)) {
        return TILL_ERROR_ARGUMENT;
    }
    if (strlen(secret) < JWT_SECRET_BYTES_MIN) {
        return TILL_ERROR_SECRET;
    }
    if (body_bytes > TILL_POSTBACK_BYTES_MAX) {
        return TILL_ERROR_TOO_LARGE;
    }
    int64_t timestamp_s;
    /* The signed text is "{id}.{timestamp}.{body}": with a dot in the id it could be read in two
     * ways. */
    if (!is_header_value(event_id) || !is_header_value(timestamp) || !is_header_value(signature) ||
        strchr(event_id, '.') != NULL || !str_to_i64(str_from_c(timestamp), &timestamp_s) ||
        !is_time(timestamp_s)) {
        return TILL_ERROR_MALFORMED;
    }
    struct postback_signed parts = {
        .id = str_from_c(event_id),
        .timestamp_s = timestamp_s,
        .body = {.ptr = body_bytes == 0 ? "" : body, .len = body_bytes},
    };
    struct str header = str_from_c(signature);
    if (!postback_signature_matches(header, secret_of(secret), &parts, timestamp_s)) {
        return TILL_ERROR_FORGED;
    }
    return postback_signature_matches(header, secret_of(secret), &parts, now_s)
               ? TILL_OK
               : TILL_ERROR_EXPIRED;
}
