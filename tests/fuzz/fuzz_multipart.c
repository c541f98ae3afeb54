/* SPDX-License-Identifier: MIT */
/* Forms of several parts: what was understood, written down again, is understood the same. The
 * first line is the Content-Type, the rest the body. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/result.h"
#include "http/form.h"
#include "http/limits.h"
#include "http/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BOUNDARY "fuzz-5f1e-boundary"

/* "a.b" back to "a[b]". */
static void put_key(struct buf *buf, const struct form_pair *pair) {
    struct str rest = pair->path;
    struct str name;
    bool is_first = true;
    while (str_split_next(&rest, '.', &name)) {
        buf_puts(buf, is_first ? "" : "[");
        buf_put_str(buf, name);
        buf_puts(buf, is_first ? "" : "]");
        is_first = false;
    }
    buf_puts(buf, pair->is_list ? "[]" : "");
}

/* A key with a quote or a backslash is written in another way than it is read. */
static bool is_plain(const struct form_pair *pair) {
    return pair->path.len > 0 && str_find(pair->path, '"') == pair->path.len &&
           str_find(pair->path, '\\') == pair->path.len;
}

static void check_round_trip(struct arena *arena, const struct form *form) {
    struct buf buf = buf_in(arena);
    struct form again;
    const char *problem;
    size_t k = 0;
    for (size_t i = 0; i < form->count; i++) {
        if (is_plain(&form->pairs[i])) {
            buf_puts(&buf, "--" BOUNDARY "\r\ncontent-disposition:form-data;name=\"");
            put_key(&buf, &form->pairs[i]);
            buf_puts(&buf, "\"\r\n\r\n");
            buf_put_str(&buf, form->pairs[i].value);
            buf_puts(&buf, "\r\n");
        }
    }
    buf_puts(&buf, "--" BOUNDARY "--");
    BUG_IF(buf.failed || !multipart_parse(arena, STR("multipart/form-data; boundary=" BOUNDARY),
                                          buf_str(&buf), &again, &problem));
    for (size_t i = 0; i < form->count; i++) {
        BUG_IF(!str_is_utf8(form->pairs[i].value));
        if (is_plain(&form->pairs[i])) {
            BUG_IF(k == again.count || !str_eq(again.pairs[k].path, form->pairs[i].path) ||
                   !str_eq(again.pairs[k].value, form->pairs[i].value) ||
                   again.pairs[k].is_list != form->pairs[i].is_list);
            k++;
        }
    }
    BUG_IF(k != again.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = {.ptr = size == 0 ? "" : (const char *)data, .len = size};
    if (size >= 65536 || memmem(text.ptr, size, BOUNDARY, sizeof BOUNDARY - 1) != NULL) {
        return 0;
    }
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(16 << 20);
    size_t line_end = str_find(text, '\n');
    struct str body = str_slice(text, line_end < size ? line_end + 1 : size, size);
    struct form form;
    const char *problem = NULL;
    if (multipart_parse(arena, str_slice(text, 0, line_end), body, &form, &problem)) {
        BUG_IF(form.count > FORM_PAIRS_MAX);
        check_round_trip(arena, &form);
    } else {
        BUG_IF(problem == NULL);
    }
    return 0;
}
