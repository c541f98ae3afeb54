/* SPDX-License-Identifier: MIT */
#include "cli/request.h"

#include <string.h>

#include "base/arena.h"
#include "base/json_write.h"
#include "base/result.h"
#include "cli/arguments.h"

static bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

/* RFC 3986 section 2.1. */
static void put_escaped(struct buf *out, struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (is_unreserved(text.ptr[i])) {
            buf_put_char(out, text.ptr[i]);
        } else {
            buf_putf(out, "%%%02X", (unsigned)(unsigned char)text.ptr[i]);
        }
    }
}

static void put_path(struct buf *out, const struct arguments *arguments) {
    struct str path = str_from_c(arguments->command->path);
    size_t open = str_find(path, '{');
    buf_put_str(out, str_slice(path, 0, open));
    if (open == path.len) {
        return;
    }
    for (size_t i = 0; i < arguments->given_count; i++) {
        if (arguments->given[i].param->place == PARAM_PATH) {
            put_escaped(out, arguments->given[i].value);
        }
    }
    buf_put_str(out, str_slice(path, str_find(path, '}') + 1, path.len));
}

struct str request_target(struct arena *arena, const struct arguments *arguments) {
    struct buf out = buf_in(arena);
    put_path(&out, arguments);
    char separator = '?';
    for (size_t i = 0; i < arguments->given_count; i++) {
        const struct given *given = &arguments->given[i];
        if (given->param->place != PARAM_QUERY) {
            continue;
        }
        buf_put_char(&out, separator);
        separator = '&';
        buf_puts(&out, given->param->field);
        buf_put_char(&out, '=');
        put_escaped(&out, given->param->type == PARAM_FLAG ? STR("true") : given->value);
    }
    return buf_str(&out);
}

static void write_given(struct json_writer *json, const struct given *given) {
    struct str key = str_from_c(given->param->field);
    struct str value = given->value;
    if (given->param->type == PARAM_PAIRS) {
        size_t equals = str_find(given->value, '=');
        key = str_slice(given->value, 0, equals);
        value = str_slice(given->value, equals + 1, given->value.len);
    }
    json_write_key(json, key);
    switch (given->param->type) {
    case PARAM_WORDS: /* by write_words */
        BUG_IF(true);
    case PARAM_TEXT:
    case PARAM_PAIRS:
        json_write_str(json, value);
        break;
    case PARAM_NUMBER: {
        uint64_t number = 0;
        BUG_IF(!str_to_u64(value, &number));
        json_write_u64(json, number);
        break;
    }
    case PARAM_FLAG:
        json_write_bool(json, true);
        break;
    }
}

/* The list stands where its first word was given. */
static void write_words(struct json_writer *json, const struct arguments *arguments, size_t first) {
    const struct param *param = arguments->given[first].param;
    for (size_t i = 0; i < first; i++) {
        if (arguments->given[i].param == param) {
            return;
        }
    }
    json_write_key(json, str_from_c(param->field));
    json_write_array_begin(json);
    for (size_t i = first; i < arguments->given_count; i++) {
        if (arguments->given[i].param == param) {
            json_write_str(json, arguments->given[i].value);
        }
    }
    json_write_array_end(json);
}

struct str request_body(struct arena *arena, const struct arguments *arguments,
                        const struct extra_field *extras, size_t extra_count) {
    if (strcmp(arguments->command->method, "GET") == 0) {
        return (struct str){0};
    }
    struct buf out = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &out);
    json_write_object_begin(&json);
    for (size_t i = 0; i < arguments->given_count; i++) {
        const struct param *param = arguments->given[i].param;
        if (param->place == PARAM_BODY && param->type == PARAM_WORDS) {
            write_words(&json, arguments, i);
        } else if (param->place == PARAM_BODY) {
            write_given(&json, &arguments->given[i]);
        }
    }
    for (size_t i = 0; i < extra_count; i++) {
        json_write_key(&json, str_from_c(extras[i].field));
        json_write_str(&json, extras[i].value);
    }
    json_write_object_end(&json);
    return buf_str(&out);
}
