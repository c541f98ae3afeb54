/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_FIELDS_H
#define TILL_HTTP_FIELDS_H

/* Reads a request's input by a list that says which fields there are, into a plain struct. The same
 * list serves JSON, form bodies and query strings, and yields every problem at once, so a handler
 * can name all missing fields in one answer. Fields that are not in the list are ignored.
 *
 *     struct create_input { struct str amount, shop_id; struct field_integer hours; };
 *     static const struct field create_fields[] = {
 *         {"shop_id", FIELD_TEXT, FIELD_REQUIRED, 64, offsetof(struct create_input, shop_id)},
 *         {"amount", FIELD_DECIMAL, FIELD_REQUIRED, 64, offsetof(struct create_input, amount)},
 *         {"add_fields.time_to_pay.hours", FIELD_INTEGER, 0, 0, offsetof(struct create_input,
 * hours)},
 *     };
 */

#include "base/str.h"
#include "http/limits.h"

struct arena;
struct request;

enum field_type {
    FIELD_TEXT,      /* struct str: a string */
    FIELD_ID,        /* struct str: a string, or a number as it was written; "" is absent */
    FIELD_DECIMAL,   /* struct str: a number or a string; the text as it came, trimmed */
    FIELD_INTEGER,   /* struct field_integer: a whole number or a string of one */
    FIELD_BOOLEAN,   /* struct field_boolean: true, false, 1, 0, also as strings */
    FIELD_TEXT_LIST, /* struct field_list: a list of strings, or one string */
};

enum { FIELD_REQUIRED = 1u << 0 };

struct field {
    const char *path; /* "amount", "add_fields.time_to_pay.hours"; depth at most FORM_DEPTH_MAX */
    enum field_type type;
    unsigned flags;
    size_t limit;  /* bytes of a text or of each list item; 0: 255 */
    size_t offset; /* of the member */
};

/* Absent: ptr NULL (texts), present false (the others). A JSON null is the same as absent, and so
 * is
 * "" for all types but texts; an empty text does not satisfy FIELD_REQUIRED. */
struct field_integer {
    int64_t value;
    bool present;
};

struct field_boolean {
    bool value;
    bool present;
};

struct field_list {
    struct str *items;
    size_t count;
    bool present;
};

enum field_problem {
    FIELD_MISSING,
    FIELD_WRONG_TYPE,
    FIELD_TOO_LONG,
    FIELD_REPEATED, /* a form gives two different values for one field */
};

struct field_error {
    const char *path; /* the list's */
    enum field_problem problem;
};

enum fields_outcome {
    FIELDS_OK,
    FIELDS_REFUSED,   /* `errors` says which, in the list's order */
    FIELDS_MALFORMED, /* not JSON, not a form; `detail` says where */
};

struct [[nodiscard]] fields_report {
    enum fields_outcome outcome;
    struct field_error errors[FIELDS_MAX];
    size_t error_count;
    const char *detail;
};

/* The body, by its Content-Type; without one, or with a type we do not know, a first byte of `{`
 * says JSON and anything else form. An empty body has no fields. `into` must be zeroed. */
struct fields_report fields_read_body(struct request *request, const struct field *fields,
                                      size_t count, void *into);
struct fields_report fields_read_query(struct request *request, const struct field *fields,
                                       size_t count, void *into);
/* The parts, for tests and other callers. */
struct fields_report fields_read_json(struct arena *arena, struct str text,
                                      const struct field *fields, size_t count, void *into);
struct fields_report fields_read_form(struct arena *arena, struct str text,
                                      const struct field *fields, size_t count, void *into);

struct fields_report fields_read_multipart(struct arena *arena, struct str content_type,
                                           struct str text, const struct field *fields,
                                           size_t count, void *into);

#endif
