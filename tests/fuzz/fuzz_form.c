/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/result.h"
#include "http/fields.h"
#include "http/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    struct str text, id, decimal;
    struct field_integer integer;
    struct field_boolean boolean;
    struct field_list list;
};

static const struct field fields[] = {
    {"a", FIELD_TEXT, FIELD_REQUIRED, 8, offsetof(struct input, text)},
    {"b", FIELD_ID, 0, 0, offsetof(struct input, id)},
    {"c", FIELD_DECIMAL, 0, 0, offsetof(struct input, decimal)},
    {"a.d", FIELD_INTEGER, 0, 0, offsetof(struct input, integer)},
    {"d.a.b", FIELD_BOOLEAN, 0, 0, offsetof(struct input, boolean)},
    {"d.c", FIELD_TEXT_LIST, 0, 0, offsetof(struct input, list)},
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

static void put_escaped(struct buf *buf, struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        buf_putf(buf, "%%%02X", (unsigned)(uint8_t)text.ptr[i]);
    }
}

/* "a.b" back to "a[b]". */
static void put_key(struct buf *buf, const struct form_pair *pair) {
    struct str rest = pair->path;
    struct str name;
    bool is_first = true;
    while (str_split_next(&rest, '.', &name)) {
        buf_puts(buf, is_first ? "" : "%5B");
        put_escaped(buf, name);
        buf_puts(buf, is_first ? "" : "%5D");
        is_first = false;
    }
    buf_puts(buf, pair->is_list ? "[]" : "");
}

/* What was understood, written down again, is understood the same. */
static void check_round_trip(struct arena *arena, const struct form *form) {
    struct buf buf = buf_in(arena);
    struct form again;
    const char *problem;
    for (size_t i = 0; i < form->count; i++) {
        put_key(&buf, &form->pairs[i]);
        buf_put_char(&buf, '=');
        put_escaped(&buf, form->pairs[i].value);
        buf_put_char(&buf, '&');
    }
    if (buf.len > 0) {
        buf.len--;
    }
    BUG_IF(buf.failed || !form_parse(arena, buf_str(&buf), &again, &problem));
    BUG_IF(again.count != form->count);
    for (size_t i = 0; i < form->count; i++) {
        BUG_IF(!str_eq(again.pairs[i].path, form->pairs[i].path) ||
               !str_eq(again.pairs[i].value, form->pairs[i].value) ||
               again.pairs[i].is_list != form->pairs[i].is_list);
        BUG_IF(!str_is_utf8(form->pairs[i].value));
    }
}

static void check_report(const struct fields_report *report, const struct input *input) {
    BUG_IF((report->outcome == FIELDS_REFUSED) != (report->error_count > 0));
    BUG_IF((report->outcome == FIELDS_MALFORMED) != (report->detail != NULL));
    BUG_IF(report->outcome == FIELDS_OK && (input->text.len == 0 || input->text.len > 8));
    BUG_IF(input->list.count > FIELD_LIST_ITEMS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new(16 << 20);
    struct str text = {.ptr = size == 0 ? "" : (const char *)data, .len = size};
    struct input from_form = {0};
    struct input from_json = {0};
    struct form form;
    const char *problem;
    if (size < 65536) {
        if (form_parse(arena, text, &form, &problem)) {
            check_round_trip(arena, &form);
        }
        struct fields_report report =
            fields_read_form(arena, text, fields, FIELD_COUNT, &from_form);
        check_report(&report, &from_form);
        report = fields_read_json(arena, text, fields, FIELD_COUNT, &from_json);
        check_report(&report, &from_json);
    }
    arena_free(arena);
    return 0;
}
