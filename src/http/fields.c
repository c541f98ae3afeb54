/* SPDX-License-Identifier: MIT */
#include "http/fields.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json_read.h"
#include "base/result.h"
#include "http/form.h"
#include "http/multipart.h"
#include "http/request.h"

enum { TEXT_BYTES_DEFAULT = 255, LIST_ITEMS_FIRST = 8 };

enum value_kind { VALUE_STRING, VALUE_NUMBER, VALUE_BOOLEAN, VALUE_OTHER };

/* One scalar as it came, from either kind of input. */
struct value {
    enum value_kind kind;
    struct str text; /* "true", "false" for a boolean */
};

struct fields_reader {
    struct arena *arena;
    const struct field *fields;
    size_t count;
    char *into;
    struct str given[FIELDS_MAX]; /* the scalar that was stored; ptr NULL: none */
    bool has_problem[FIELDS_MAX];
    enum field_problem problems[FIELDS_MAX];
};

static struct fields_reader reader_of(struct arena *arena, const struct field *fields, size_t count,
                                      void *into) {
    BUG_IF(count > FIELDS_MAX);
    return (struct fields_reader){.arena = arena, .fields = fields, .count = count, .into = into};
}

static void blame(struct fields_reader *reader, size_t i, enum field_problem problem) {
    if (!reader->has_problem[i]) {
        reader->has_problem[i] = true;
        reader->problems[i] = problem;
    }
}

static void *member_of(const struct fields_reader *reader, size_t i) {
    return reader->into + reader->fields[i].offset;
}

static size_t text_bytes_max(const struct field *field) {
    return field->limit == 0 ? TEXT_BYTES_DEFAULT : field->limit;
}

/* ---- storing one value */

/* "5", "-5", "5.0": a number of hours may come out of a language that has only floats. */
static bool read_integer(struct str text, int64_t *ret_value) {
    size_t dot = str_find(text, '.');
    for (size_t i = dot + 1; i < text.len; i++) {
        if (text.ptr[i] != '0') {
            return false;
        }
    }
    return dot + 1 != text.len && str_to_i64(str_slice(text, 0, dot), ret_value);
}

static bool read_boolean(struct str text, bool *ret_value) {
    *ret_value = str_eq_nocase(text, STR("true")) || str_eq(text, STR("1"));
    return *ret_value || str_eq_nocase(text, STR("false")) || str_eq(text, STR("0"));
}

static bool put_item(struct fields_reader *reader, size_t i, struct str text) {
    struct field_list *list = member_of(reader, i);
    bool is_power = (list->count & (list->count - 1)) == 0;
    if (list->count == FIELD_LIST_ITEMS_MAX || text.len > text_bytes_max(&reader->fields[i])) {
        blame(reader, i, FIELD_TOO_LONG);
        return false;
    }
    /* Room doubles whenever the count reaches a power of two, from LIST_ITEMS_FIRST on. */
    if (list->items == NULL || (list->count >= LIST_ITEMS_FIRST && is_power)) {
        size_t room = list->items == NULL ? LIST_ITEMS_FIRST : list->count * 2;
        struct str *items = arena_try_alloc(reader->arena, room * sizeof *items);
        if (items == NULL) {
            blame(reader, i, FIELD_TOO_LONG);
            return false;
        }
        if (list->items != NULL) {
            memcpy(items, list->items, list->count * sizeof *items);
        }
        list->items = items;
    }
    list->present = true;
    list->items[list->count++] = text;
    return true;
}

/* Which kinds of value a type takes; what a text says is looked at later. */
static bool takes(enum field_type type, enum value_kind kind) {
    switch (type) {
    case FIELD_TEXT:
    case FIELD_TEXT_LIST:
        return kind == VALUE_STRING;
    case FIELD_ID:
    case FIELD_DECIMAL:
    case FIELD_INTEGER:
        return kind == VALUE_STRING || kind == VALUE_NUMBER;
    case FIELD_BOOLEAN:
        return kind != VALUE_OTHER;
    }
    return false;
}

static bool store_parsed(struct fields_reader *reader, size_t i, struct value value) {
    struct field_integer *integer = member_of(reader, i);
    struct field_boolean *boolean = member_of(reader, i);
    struct str *text = member_of(reader, i);
    switch (reader->fields[i].type) {
    case FIELD_TEXT:
    case FIELD_ID:
    case FIELD_DECIMAL:
        *text = value.text;
        return true;
    case FIELD_INTEGER:
        integer->present = read_integer(value.text, &integer->value);
        return integer->present;
    case FIELD_BOOLEAN:
        boolean->present = read_boolean(value.text, &boolean->value);
        return boolean->present;
    case FIELD_TEXT_LIST:
        (void)put_item(reader, i, value.text);
        return true;
    }
    return false;
}

static void store(struct fields_reader *reader, size_t i, struct value value) {
    const struct field *field = &reader->fields[i];
    if (!takes(field->type, value.kind)) {
        blame(reader, i, FIELD_WRONG_TYPE);
        return;
    }
    if (field->type != FIELD_TEXT && field->type != FIELD_TEXT_LIST) {
        value.text = str_trim(value.text);
        if (value.text.len == 0) {
            return; /* "" is how some clients spell nothing */
        }
    }
    if (value.text.len > text_bytes_max(field)) {
        blame(reader, i, FIELD_TOO_LONG);
    } else if (!store_parsed(reader, i, value)) {
        blame(reader, i, FIELD_WRONG_TYPE);
    } else {
        reader->given[i] = value.text;
    }
}

/* ---- the verdict */

static bool is_given(const struct fields_reader *reader, size_t i) {
    if (reader->fields[i].type == FIELD_TEXT_LIST) {
        const struct field_list *list = member_of(reader, i);
        return list->present;
    }
    return reader->given[i].len > 0;
}

static struct fields_report verdict(struct fields_reader *reader) {
    struct fields_report report = {.outcome = FIELDS_OK};
    for (size_t i = 0; i < reader->count; i++) {
        if ((reader->fields[i].flags & FIELD_REQUIRED) != 0 && !is_given(reader, i)) {
            blame(reader, i, FIELD_MISSING);
        }
        if (reader->has_problem[i]) {
            report.outcome = FIELDS_REFUSED;
            report.errors[report.error_count++] = (struct field_error){
                .path = reader->fields[i].path, .problem = reader->problems[i]};
        }
    }
    return report;
}

static struct fields_report malformed(const char *detail) {
    return (struct fields_report){.outcome = FIELDS_MALFORMED, .detail = detail};
}

/* ---- JSON */

static void read_json_list(struct fields_reader *reader, size_t i, struct json_reader *json) {
    struct field_list *list = member_of(reader, i);
    bool fits = true;
    list->present = true;
    json_array_begin(json);
    while (json_array_next(json)) {
        if (json_peek(json) != JSON_STRING) {
            blame(reader, i, FIELD_WRONG_TYPE);
            json_skip_value(json);
        } else if (!fits) {
            json_skip_value(json);
        } else {
            fits = put_item(reader, i, json_read_str_copy(json, reader->arena));
        }
    }
}

static void read_json_value(struct fields_reader *reader, size_t i, struct json_reader *json) {
    struct value value = {.kind = VALUE_OTHER};
    enum json_token token = json_peek(json);
    if (json_take_null(json)) {
        return;
    }
    if (token == JSON_ARRAY_BEGIN && reader->fields[i].type == FIELD_TEXT_LIST) {
        read_json_list(reader, i, json);
        return;
    }
    if (token == JSON_STRING) {
        value = (struct value){VALUE_STRING, json_read_str_copy(json, reader->arena)};
    } else if (token == JSON_NUMBER) {
        value = (struct value){VALUE_NUMBER, str_copy(reader->arena, json_read_number(json))};
    } else if (token == JSON_TRUE || token == JSON_FALSE) {
        value = (struct value){VALUE_BOOLEAN, json_read_bool(json) ? STR("true") : STR("false")};
    } else {
        json_skip_value(json);
    }
    if (!json_failed(json)) {
        store(reader, i, value);
    }
}

enum path_match { PATH_NONE, PATH_INSIDE, PATH_FIELD };

/* Is `key` at this depth the rest of a field's path, or the way to one? The names before it are
 * `prefix`, ending with a dot. A dot inside a key is no separator. */
static enum path_match match_key(const struct fields_reader *reader, struct str prefix,
                                 struct str key, size_t *ret_field) {
    enum path_match match = PATH_NONE;
    if (str_find(key, '.') < key.len) {
        return PATH_NONE;
    }
    for (size_t i = 0; i < reader->count; i++) {
        struct str path = str_from_c(reader->fields[i].path);
        if (!str_starts_with(path, prefix)) {
            continue;
        }
        struct str rest = str_slice(path, prefix.len, path.len);
        if (str_eq(rest, key)) {
            *ret_field = i;
            return PATH_FIELD;
        }
        if (str_starts_with(rest, key) && rest.ptr[key.len] == '.') {
            match = PATH_INSIDE;
        }
    }
    return match;
}

static struct str prefix_with(struct arena *arena, struct str prefix, struct str key) {
    struct buf longer = buf_in(arena);
    buf_put_str(&longer, prefix);
    buf_put_str(&longer, key);
    buf_put_char(&longer, '.');
    return buf_str(&longer);
}

/* Goes into an object only if a field lies in it, so no deeper than the list's paths. */
static void read_json_object(struct fields_reader *reader, struct json_reader *json) {
    struct str prefixes[FORM_DEPTH_MAX] = {STR("")};
    size_t depth = 0;
    struct str key;
    size_t i;
    json_object_begin(json);
    while (true) {
        if (!json_object_next(json, &key)) {
            if (depth == 0) {
                return;
            }
            depth--;
            continue;
        }
        switch (match_key(reader, prefixes[depth], key, &i)) {
        case PATH_FIELD:
            read_json_value(reader, i, json);
            break;
        case PATH_INSIDE:
            if (json_peek(json) != JSON_OBJECT_BEGIN) {
                json_skip_value(json);
                break;
            }
            BUG_IF(depth + 1 == FORM_DEPTH_MAX);
            prefixes[depth + 1] = prefix_with(reader->arena, prefixes[depth], key);
            depth++;
            json_object_begin(json);
            break;
        case PATH_NONE:
            json_skip_value(json);
            break;
        }
    }
}

struct fields_report fields_read_json(struct arena *arena, struct str text,
                                      const struct field *fields, size_t count, void *into) {
    struct fields_reader reader = reader_of(arena, fields, count, into);
    struct json_reader json;
    json_reader_init(&json, arena, bytes_from_str(text));
    switch (json_peek(&json)) {
    case JSON_OBJECT_BEGIN:
        read_json_object(&reader, &json);
        break;
    case JSON_ARRAY_BEGIN: /* PHP spells an empty object [] */
        json_array_begin(&json);
        if (json_array_next(&json)) {
            json_fail(&json, "the document is not an object");
        }
        break;
    case JSON_NULL:
        (void)json_take_null(&json);
        break;
    case JSON_END:
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
    case JSON_KEY:
    case JSON_STRING:
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_ERROR:
        json_fail(&json, "the document is not an object");
        break;
    }
    return json_reader_finish(&json) ? verdict(&reader) : malformed(json_reader_error(&json));
}

/* ---- forms */

static bool is_digits(struct str text) {
    uint64_t ignored;
    return str_to_u64(text, &ignored);
}

/* `uuids`, and for a list also `uuids[]` and `uuids[0]`. */
static bool pair_is_for(const struct form_pair *pair, const struct field *field) {
    struct str path = str_from_c(field->path);
    if (str_eq(pair->path, path)) {
        return true;
    }
    return field->type == FIELD_TEXT_LIST && pair->path.len > path.len &&
           str_starts_with(pair->path, path) && pair->path.ptr[path.len] == '.' &&
           is_digits(str_slice(pair->path, path.len + 1, pair->path.len));
}

static void read_pair(struct fields_reader *reader, size_t i, const struct form_pair *pair) {
    bool is_list = reader->fields[i].type == FIELD_TEXT_LIST;
    if (pair->is_binary || (pair->is_list && !is_list)) {
        blame(reader, i, FIELD_WRONG_TYPE);
    } else if (!is_list && reader->given[i].ptr != NULL && !str_eq(reader->given[i], pair->value)) {
        blame(reader, i, FIELD_REPEATED);
    } else {
        store(reader, i, (struct value){VALUE_STRING, pair->value});
    }
}

static struct fields_report read_pairs(struct fields_reader *reader, const struct form *form) {
    for (size_t p = 0; p < form->count; p++) {
        for (size_t i = 0; i < reader->count; i++) {
            if (pair_is_for(&form->pairs[p], &reader->fields[i])) {
                read_pair(reader, i, &form->pairs[p]);
            }
        }
    }
    return verdict(reader);
}

struct fields_report fields_read_form(struct arena *arena, struct str text,
                                      const struct field *fields, size_t count, void *into) {
    struct fields_reader reader = reader_of(arena, fields, count, into);
    struct form form;
    const char *problem;
    return form_parse(arena, text, &form, &problem) ? read_pairs(&reader, &form)
                                                    : malformed(problem);
}

struct fields_report fields_read_multipart(struct arena *arena, struct str content_type,
                                           struct str text, const struct field *fields,
                                           size_t count, void *into) {
    struct fields_reader reader = reader_of(arena, fields, count, into);
    struct form form;
    const char *problem;
    return multipart_parse(arena, content_type, text, &form, &problem) ? read_pairs(&reader, &form)
                                                                       : malformed(problem);
}

/* ---- requests */

enum body_type { BODY_JSON, BODY_FORM, BODY_MULTIPART };

static enum body_type body_type_of(const struct request *request, struct str body) {
    struct str type = request_header(request, STR("content-type"));
    if (type.ptr != NULL) {
        type = str_trim(str_slice(type, 0, str_find(type, ';')));
    }
    if (str_eq_nocase(type, STR("application/json"))) {
        return BODY_JSON;
    }
    if (str_eq_nocase(type, STR("application/x-www-form-urlencoded"))) {
        return BODY_FORM;
    }
    if (str_eq_nocase(type, STR("multipart/form-data"))) {
        return BODY_MULTIPART;
    }
    return body.ptr[0] == '{' ? BODY_JSON : BODY_FORM;
}

struct fields_report fields_read_body(struct request *request, const struct field *fields,
                                      size_t count, void *into) {
    struct str body = {.ptr = (const char *)request->body.ptr, .len = request->body.len};
    body = str_trim(body);
    if (body.len == 0) {
        struct fields_reader reader = reader_of(request->arena, fields, count, into);
        return verdict(&reader);
    }
    switch (body_type_of(request, body)) {
    case BODY_JSON:
        return fields_read_json(request->arena, body, fields, count, into);
    case BODY_FORM:
        return fields_read_form(request->arena, body, fields, count, into);
    case BODY_MULTIPART:
        return fields_read_multipart(request->arena, request_header(request, STR("content-type")),
                                     body, fields, count, into);
    }
    BUG_IF(true);
}

struct fields_report fields_read_query(struct request *request, const struct field *fields,
                                       size_t count, void *into) {
    return fields_read_form(request->arena, request->query, fields, count, into);
}
