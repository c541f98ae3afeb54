/* SPDX-License-Identifier: MIT */
/* The decoding half of json_read.h: made of json_next, json_peek and json_fail alone. */
#include <string.h>

#include "base/arena.h"
#include "base/json_read.h"

static bool expect(struct json_reader *reader, enum json_token wanted, const char *failure) {
    if (json_next(reader) == wanted) {
        return true;
    }
    json_fail(reader, failure);
    return false;
}

void json_object_begin(struct json_reader *reader) {
    (void)expect(reader, JSON_OBJECT_BEGIN, "an object was expected");
}

bool json_object_next(struct json_reader *reader, struct str *ret_key) {
    bool is_value_unread = reader->token == JSON_KEY;
    if (is_value_unread) {
        json_skip_value(reader);
    }
    if (json_peek(reader) != JSON_KEY) {
        (void)expect(reader, JSON_OBJECT_END, "the end of an object was expected");
        return false;
    }
    if (json_next(reader) != JSON_KEY) {
        return false;
    }
    *ret_key = reader->text;
    return true;
}

void json_array_begin(struct json_reader *reader) {
    (void)expect(reader, JSON_ARRAY_BEGIN, "an array was expected");
}

/* Whether a token that json_peek answered begins a value. */
static bool begins_value(enum json_token token) {
    switch (token) {
    case JSON_OBJECT_BEGIN:
    case JSON_ARRAY_BEGIN:
    case JSON_STRING:
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        return true;
    case JSON_END:
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
    case JSON_KEY:
    case JSON_ERROR:
        break;
    }
    return false;
}

bool json_array_next(struct json_reader *reader) {
    if (begins_value(json_peek(reader))) {
        return true;
    }
    (void)expect(reader, JSON_ARRAY_END, "the end of an array was expected");
    return false;
}

struct str json_read_str(struct json_reader *reader) {
    (void)expect(reader, JSON_STRING, "a string was expected");
    return reader->text;
}

struct str json_read_str_copy(struct json_reader *reader, struct arena *arena) {
    struct str text = json_read_str(reader);
    char *copy = arena_try_alloc(arena, text.len + 1);
    if (copy == NULL) {
        json_fail(reader, "there is no memory left for a text");
        return STR("");
    }
    memcpy(copy, text.ptr, text.len);
    return (struct str){.ptr = copy, .len = text.len};
}

struct str json_read_number(struct json_reader *reader) {
    (void)expect(reader, JSON_NUMBER, "a number was expected");
    return reader->text;
}

uint64_t json_read_u64(struct json_reader *reader) {
    uint64_t value;
    if (!str_to_u64(json_read_number(reader), &value)) {
        json_fail(reader, "a whole number of 64 bits was expected");
        return 0;
    }
    return value;
}

int64_t json_read_i64(struct json_reader *reader) {
    int64_t value;
    if (!str_to_i64(json_read_number(reader), &value)) {
        json_fail(reader, "a whole number of 64 bits was expected");
        return 0;
    }
    return value;
}

bool json_read_bool(struct json_reader *reader) {
    enum json_token token = json_next(reader);
    if (token != JSON_TRUE && token != JSON_FALSE) {
        json_fail(reader, "true or false was expected");
    }
    return token == JSON_TRUE;
}

bool json_take_null(struct json_reader *reader) {
    return json_peek(reader) == JSON_NULL && json_next(reader) == JSON_NULL;
}

void json_skip_value(struct json_reader *reader) {
    if (!begins_value(json_peek(reader))) {
        json_fail(reader, "a value was expected");
        return;
    }
    size_t depth = reader->depth;
    reader->is_skipping = true;
    do {
        (void)json_next(reader);
    } while (!json_failed(reader) && reader->depth > depth);
    reader->is_skipping = false;
}

bool json_reader_finish(struct json_reader *reader) {
    return expect(reader, JSON_END, "the end of the document was expected");
}
