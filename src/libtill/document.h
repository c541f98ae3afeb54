/* SPDX-License-Identifier: MIT */
#ifndef TILL_LIBTILL_DOCUMENT_H
#define TILL_LIBTILL_DOCUMENT_H

/* A JSON object or a form as a flat list of paths and texts: {"a": {"b": [1, true]}} becomes
 * "a.b.0" = "1" and "a.b.1" = "true". Numbers stay as they are written. Null, and what has no value
 * of its own, is left out; so is a key that could be taken for a path. All texts end with a NUL and
 * hold none. Decides nothing about what they mean. */

#include "base/str.h"

struct arena;

struct document_pair {
    const char *path;
    const char *value;
};

struct document {
    const struct document_pair *pairs; /* in the order of the text */
    size_t count;
};

/* False on anything malformed, nested too deeply or larger than the arena. */
bool document_from_json(struct arena *arena, struct str text, struct document *ret_document);
/* `key=value&...`, each key once. The value of `json_key` is a JSON object and read as one. */
bool document_from_form(struct arena *arena, struct str text, struct str json_key,
                        struct document *ret_document);

/* NULL when there is none. */
const char *document_get(const struct document *document, const char *path);

#endif
