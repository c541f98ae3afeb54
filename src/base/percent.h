/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_PERCENT_H
#define TILL_BASE_PERCENT_H

/* Percent encoding (RFC 3986, 2.1), as URLs and forms use it, read strictly. */

#include "base/str.h"

struct arena;

/* "%41+b" -> "A b" with `plus_is_space`. False on a broken escape or when the arena is full. */
bool percent_decode(struct arena *arena, struct str text, bool plus_is_space, struct str *ret_text);

#endif
