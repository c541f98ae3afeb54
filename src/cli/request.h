/* SPDX-License-Identifier: MIT */
#ifndef TILL_CLI_REQUEST_H
#define TILL_CLI_REQUEST_H

/* What a command asks of tilld: the path with its values in place, the query string and the JSON
 * body, put together by the command's parameters. */

#include "base/str.h"

struct arena;
struct arguments;

/* A field that no parameter gives, such as a passphrase. */
struct extra_field {
    const char *field;
    struct str value;
};

struct str request_target(struct arena *arena, const struct arguments *arguments);
/* ptr NULL for a method without a body. */
struct str request_body(struct arena *arena, const struct arguments *arguments,
                        const struct extra_field *extras, size_t extra_count);

#endif
