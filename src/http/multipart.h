/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_MULTIPART_H
#define TILL_HTTP_MULTIPART_H

/* multipart/form-data (RFC 7578), which PHP's curl sends when it is given an array. It becomes the
 * same pairs as any other form, under the same limits. Files are left out: no call takes one. */

#include "base/str.h"

struct arena;
struct form;

/* `content_type` names the boundary. False on anything malformed or over a limit; `ret_problem`
 * says what, in static text. */
bool multipart_parse(struct arena *arena, struct str content_type, struct str body,
                     struct form *ret_form, const char **ret_problem);

#endif
