/* SPDX-License-Identifier: MIT */
#include "http/multipart.h"

#include <string.h>

#include "base/arena.h"
#include "http/form.h"
#include "http/limits.h"

/* Index of the first `needle`, or text.len. */
static size_t find_text(struct str text, struct str needle) {
    const char *at = memmem(text.ptr, text.len, needle.ptr, needle.len);
    return at == NULL ? text.len : (size_t)(at - text.ptr);
}

/* ---- a header's parameters */

/* The text between quotes, as it is written; a quote behind a backslash does not end it. */
static bool take_quoted(struct str *rest, struct str *ret_value) {
    size_t end = 1;
    while (end < rest->len && rest->ptr[end] != '"') {
        end += rest->ptr[end] == '\\' ? 2 : 1;
    }
    if (end >= rest->len) {
        return false;
    }
    *ret_value = str_slice(*rest, 1, end);
    *rest = str_slice(*rest, end + 1, rest->len);
    return true;
}

/* The value of `; name=value` or `; name="value"` behind the header's first word. */
static bool find_parameter(struct str header, struct str name, struct str *ret_value) {
    struct str rest = str_slice(header, str_find(header, ';'), header.len);
    while (rest.len > 0) {
        struct str from_name = str_slice(rest, 1, rest.len);
        size_t semicolon = str_find(from_name, ';');
        size_t equals = str_find(from_name, '=');
        if (semicolon < equals || equals == from_name.len) {
            rest = str_slice(from_name, semicolon, from_name.len);
            continue;
        }
        bool is_wanted = str_eq_nocase(str_trim(str_slice(from_name, 0, equals)), name);
        struct str value;
        rest = str_trim(str_slice(from_name, equals + 1, from_name.len));
        if (!str_starts_with(rest, STR("\""))) {
            value = str_trim(str_slice(rest, 0, str_find(rest, ';')));
        } else if (!take_quoted(&rest, &value)) {
            return false;
        }
        rest = str_slice(rest, str_find(rest, ';'), rest.len);
        if (is_wanted) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

/* ---- one part */

static struct str disposition_of(struct str head) {
    struct str line;
    while (str_split_next(&head, '\n', &line)) {
        size_t colon = str_find(line, ':');
        if (colon < line.len &&
            str_eq_nocase(str_slice(line, 0, colon), STR("content-disposition"))) {
            return str_trim(str_slice(line, colon + 1, line.len));
        }
    }
    return STR("");
}

/* From the line end behind one boundary to the one before the next. */
static const char *read_part(struct arena *arena, struct str part, struct form *form) {
    size_t head_end = find_text(part, STR("\r\n\r\n"));
    struct str name;
    struct str file;
    if (head_end == part.len) {
        return "a part has no empty line behind its head";
    }
    struct str disposition = disposition_of(str_slice(part, 0, head_end));
    if (find_parameter(disposition, STR("filename"), &file)) {
        return NULL;
    }
    if (!find_parameter(disposition, STR("name"), &name)) {
        return "a part has no name";
    }
    if (form->count == FORM_PAIRS_MAX) {
        return "there are too many fields";
    }
    struct str value = str_slice(part, head_end + 4, part.len);
    return form_pair_read(arena, name, value, &form->pairs[form->count++]);
}

/* ---- all of them */

/* Each part runs from behind `delimiter` to the next one; the last one is followed by two dashes.
 * What stands before the first is no part of the form. */
static const char *read_parts(struct arena *arena, struct str body, struct str delimiter,
                              struct form *form) {
    struct str opening = str_slice(delimiter, 2, delimiter.len); /* with no line before it */
    bool is_first = str_starts_with(body, opening);
    size_t at = is_first ? 0 : find_text(body, delimiter);
    size_t skip = is_first ? opening.len : delimiter.len;
    while (at < body.len) {
        struct str rest = str_slice(body, at + skip, body.len);
        if (str_starts_with(rest, STR("--"))) {
            return NULL;
        }
        size_t line_end = find_text(rest, STR("\r\n"));
        if (str_trim(str_slice(rest, 0, line_end)).len > 0) {
            return "something follows a boundary on its line";
        }
        body = str_slice(rest, line_end, rest.len);
        at = find_text(body, delimiter);
        skip = delimiter.len;
        const char *problem = at < body.len ? read_part(arena, str_slice(body, 0, at), form) : NULL;
        if (problem != NULL) {
            return problem;
        }
    }
    return "the last boundary is missing";
}

bool multipart_parse(struct arena *arena, struct str content_type, struct str body,
                     struct form *ret_form, const char **ret_problem) {
    struct str boundary;
    struct form form = {.pairs = arena_try_alloc(arena, FORM_PAIRS_MAX * sizeof *form.pairs)};
    if (form.pairs == NULL) {
        *ret_problem = "the form is too large";
        return false;
    }
    if (!find_parameter(content_type, STR("boundary"), &boundary) || boundary.len == 0 ||
        boundary.len > MULTIPART_BOUNDARY_BYTES_MAX) {
        *ret_problem = "the Content-Type names no boundary";
        return false;
    }
    struct str delimiter = str_from_c(arena_printf(arena, "\r\n--%.*s", STR_ARG(boundary)));
    const char *problem = read_parts(arena, body, delimiter, &form);
    if (problem != NULL) {
        *ret_problem = problem;
        return false;
    }
    *ret_form = form;
    return true;
}
