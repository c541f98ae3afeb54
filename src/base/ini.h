/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_INI_H
#define TILL_BASE_INI_H

/* One line of an INI file: `[section]`, `key = value` or `key: value`. A line that begins with # or
 * ; is a comment, and so is what follows a space and a semicolon. Indentation means nothing. */

#include "base/str.h"

enum ini_kind { INI_NOTHING, INI_SECTION, INI_PAIR, INI_MALFORMED };

struct ini_line {
    enum ini_kind kind;
    struct str name;  /* of the section or the key, trimmed */
    struct str value; /* of a pair, trimmed; may be empty */
};

/* `line` with or without its end; the result points into it. A byte 0 makes it malformed, since
 * what follows would be lost in a C string. */
struct ini_line ini_line_read(struct str line);

#endif
