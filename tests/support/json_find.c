/* SPDX-License-Identifier: MIT */
#include "support/json_find.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/json_read.h"
#include "base/result.h"

static const char *find(struct arena *arena, struct json_reader *reader, struct str path);

static const char *value_of(struct arena *arena, struct json_reader *reader) {
    switch (json_peek(reader)) {
    case JSON_STRING:
        return str_to_c(arena, json_read_str(reader));
    case JSON_NUMBER:
        return str_to_c(arena, json_read_number(reader));
    case JSON_TRUE:
    case JSON_FALSE:
        return json_read_bool(reader) ? "true" : "false";
    case JSON_NULL:
        (void)json_take_null(reader);
        return "null";
    case JSON_OBJECT_BEGIN:
        json_skip_value(reader);
        return "{";
    case JSON_ARRAY_BEGIN:
        json_skip_value(reader);
        return "[";
    case JSON_END:
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
    case JSON_KEY:
    case JSON_ERROR:
        break;
    }
    return NULL;
}

static const char *find_in_object(struct arena *arena, struct json_reader *reader, struct str name,
                                  struct str rest) {
    const char *found = NULL;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, name)) {
            found = find(arena, reader, rest);
        } else {
            json_skip_value(reader);
        }
    }
    return found;
}

static const char *find_in_array(struct arena *arena, struct json_reader *reader, struct str name,
                                 struct str rest) {
    const char *found = NULL;
    uint64_t wanted = UINT64_MAX;
    (void)str_to_u64(name, &wanted);
    json_array_begin(reader);
    for (uint64_t i = 0; json_array_next(reader); i++) {
        if (i == wanted) {
            found = find(arena, reader, rest);
        } else {
            json_skip_value(reader);
        }
    }
    return found;
}

static const char *find(struct arena *arena, struct json_reader *reader, struct str path) {
    struct str name;
    if (!str_split_next(&path, '.', &name)) {
        return value_of(arena, reader);
    }
    enum json_token token = json_peek(reader);
    if (token == JSON_OBJECT_BEGIN) {
        return find_in_object(arena, reader, name, path);
    }
    if (token == JSON_ARRAY_BEGIN) {
        return find_in_array(arena, reader, name, path);
    }
    json_skip_value(reader);
    return NULL;
}

const char *json_find(struct arena *arena, const char *json, const char *path) {
    struct json_reader reader;
    json_reader_init(&reader, arena, bytes_from_str(str_from_c(json)));
    const char *found = find(arena, &reader, str_from_c(path));
    bool is_json = json_reader_finish(&reader);
    if (!is_json) {
        (void)fprintf(stderr, "# %s: %s\n", json_reader_error(&reader), json);
    }
    BUG_IF(!is_json);
    return found;
}
