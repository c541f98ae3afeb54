/* SPDX-License-Identifier: MIT */
#include "libtill/document.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json_read.h"
#include "base/percent.h"

enum {
    DOCUMENT_DEPTH_MAX = 8,
    DOCUMENT_PATH_BYTES_MAX = 160,
    DOCUMENT_KEY_BYTES_MAX = 64,
    DOCUMENT_PAIRS_MIN = 64,
    DOCUMENT_FIELDS_MAX = 64, /* of a form */
};

/* An object or array that is open. */
struct level {
    size_t path_len; /* its own */
    size_t index;    /* of the next member of an array */
    bool is_array;
};

struct builder {
    struct arena *arena;
    struct document_pair *pairs;
    size_t count;
    size_t count_max;
    char path[DOCUMENT_PATH_BYTES_MAX];
    size_t path_len;
};

/* NULL when the arena is full or the text holds a NUL, behind which a C program would not look. */
static const char *keep(struct arena *arena, struct str text) {
    if (str_find(text, '\0') < text.len) {
        return NULL;
    }
    char *copy = arena_try_alloc(arena, text.len + 1);
    if (copy != NULL && text.len > 0) {
        memcpy(copy, text.ptr, text.len);
    }
    return copy;
}

static bool grow(struct builder *builder) {
    size_t wanted = builder->count_max == 0 ? DOCUMENT_PAIRS_MIN : builder->count_max * 2;
    struct document_pair *grown = arena_try_alloc(builder->arena, wanted * sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    if (builder->count > 0) {
        memcpy(grown, builder->pairs, builder->count * sizeof *grown);
    }
    builder->pairs = grown;
    builder->count_max = wanted;
    return true;
}

static bool add(struct builder *builder, struct str value) {
    if (builder->count == builder->count_max && !grow(builder)) {
        return false;
    }
    struct document_pair pair = {
        .path = keep(builder->arena, (struct str){builder->path, builder->path_len}),
        .value = keep(builder->arena, value),
    };
    if (pair.path == NULL || pair.value == NULL) {
        return false;
    }
    builder->pairs[builder->count++] = pair;
    return true;
}

/* Makes the path `parent_len` bytes of itself and `name`. False if that would be no path of ours.
 */
static bool enter(struct builder *builder, size_t parent_len, struct str name) {
    if (name.len == 0 || name.len > DOCUMENT_KEY_BYTES_MAX || str_find(name, '.') < name.len ||
        str_find(name, '\0') < name.len) {
        return false;
    }
    struct buf path = buf_over(builder->path, sizeof builder->path);
    path.len = parent_len;
    if (parent_len > 0) {
        buf_put_char(&path, '.');
    }
    buf_put_str(&path, name);
    builder->path_len = path.len;
    return !path.failed;
}

static bool enter_index(struct builder *builder, struct level *level) {
    char digits[24];
    struct buf name = buf_over(digits, sizeof digits);
    buf_put_u64(&name, level->index++);
    return enter(builder, level->path_len, buf_str(&name));
}

/* What a token that is a value leaves in the document. */
static bool take_value(struct builder *builder, const struct json_reader *reader) {
    switch (reader->token) {
    case JSON_STRING:
    case JSON_NUMBER:
        return add(builder, reader->text);
    case JSON_TRUE:
        return add(builder, STR("true"));
    case JSON_FALSE:
        return add(builder, STR("false"));
    case JSON_NULL:
        return true;
    case JSON_END:
    case JSON_OBJECT_BEGIN:
    case JSON_OBJECT_END:
    case JSON_ARRAY_BEGIN:
    case JSON_ARRAY_END:
    case JSON_KEY:
    case JSON_ERROR:
        return false;
    }
    return false;
}

/* The members of an object that has just begun, down to its end. */
static bool take_members(struct builder *builder, struct json_reader *reader) {
    struct level levels[DOCUMENT_DEPTH_MAX] = {{.path_len = builder->path_len}};
    size_t depth = 1;
    while (depth > 0) {
        struct level *level = &levels[depth - 1];
        enum json_token token = json_next(reader);
        if (token == JSON_OBJECT_END || token == JSON_ARRAY_END) {
            depth--;
            continue;
        }
        if (token == JSON_KEY) {
            if (!enter(builder, level->path_len, reader->text)) {
                json_skip_value(reader);
            }
            continue;
        }
        if (level->is_array && !enter_index(builder, level)) {
            return false;
        }
        if (token != JSON_OBJECT_BEGIN && token != JSON_ARRAY_BEGIN) {
            if (!take_value(builder, reader)) {
                return false;
            }
        } else if (depth == DOCUMENT_DEPTH_MAX) {
            return false;
        } else {
            levels[depth++] = (struct level){
                .path_len = builder->path_len,
                .is_array = token == JSON_ARRAY_BEGIN,
            };
        }
    }
    return true;
}

static bool take_json(struct builder *builder, struct str text) {
    struct json_reader reader;
    json_reader_init(&reader, builder->arena, bytes_from_str(text));
    return json_next(&reader) == JSON_OBJECT_BEGIN && take_members(builder, &reader) &&
           json_reader_finish(&reader);
}

static struct document document_of(const struct builder *builder) {
    return (struct document){.pairs = builder->pairs, .count = builder->count};
}

bool document_from_json(struct arena *arena, struct str text, struct document *ret_document) {
    struct builder builder = {.arena = arena};
    if (!take_json(&builder, text)) {
        return false;
    }
    *ret_document = document_of(&builder);
    return true;
}

static bool has_key(const struct builder *builder, struct str key) {
    for (size_t i = 0; i < builder->count; i++) {
        struct str path = str_from_c(builder->pairs[i].path);
        if (str_eq(str_slice(path, 0, str_find(path, '.')), key)) {
            return true;
        }
    }
    return false;
}

static bool take_field(struct builder *builder, struct str field, struct str json_key) {
    size_t equals = str_find(field, '=');
    struct str key;
    struct str value;
    if (equals == field.len ||
        !percent_decode(builder->arena, str_slice(field, 0, equals), true, &key) ||
        !percent_decode(builder->arena, str_slice(field, equals + 1, field.len), true, &value) ||
        !str_is_utf8(key) || !str_is_utf8(value) || has_key(builder, key)) {
        return false;
    }
    if (!enter(builder, 0, key)) {
        return true;
    }
    return str_eq(key, json_key) ? take_json(builder, value) : add(builder, value);
}

bool document_from_form(struct arena *arena, struct str text, struct str json_key,
                        struct document *ret_document) {
    struct builder builder = {.arena = arena};
    struct str field;
    for (size_t fields = 0; str_split_next(&text, '&', &field); fields++) {
        if (fields == DOCUMENT_FIELDS_MAX || !take_field(&builder, field, json_key)) {
            return false;
        }
    }
    *ret_document = document_of(&builder);
    return true;
}

const char *document_get(const struct document *document, const char *path) {
    for (size_t i = 0; i < document->count; i++) {
        if (strcmp(document->pairs[i].path, path) == 0) {
            return document->pairs[i].value;
        }
    }
    return NULL;
}
