/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_FORM_H
#define TILL_HTTP_FORM_H

/* application/x-www-form-urlencoded, as bodies and as query strings: strict percent decoding,
 * bounded count, key length and nesting. Keys stay flat: `add_fields[time_to_pay][hours]` and
 * `uuids[]` become the paths `add_fields.time_to_pay.hours` and `uuids`. */

#include "base/str.h"

struct arena;

struct form_pair {
    struct str path;  /* dotted; empty for a key that is no path */
    struct str value; /* decoded; UTF-8 without NUL */
    bool is_list;     /* the key ended with [] */
    bool is_binary;   /* the value is neither, and left empty */
};

struct form {
    struct form_pair *pairs;
    size_t count;
};

/* False on anything malformed or over a limit; `ret_problem` says what, in static text. */
bool form_parse(struct arena *arena, struct str text, struct form *ret_form,
                const char **ret_problem);

/* The same of one pair whose texts are decoded: NULL, or what is wrong. */
const char *form_pair_read(struct arena *arena, struct str key, struct str value,
                           struct form_pair *ret_pair);

#endif
