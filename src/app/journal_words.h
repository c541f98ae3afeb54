/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_JOURNAL_WORDS_H
#define TILL_APP_JOURNAL_WORDS_H

/* A line of the journal in plain words. */

#include "base/str.h"

struct arena;
struct journal_row;

/* A phrase, lower case, in `arena`. Empty for a line that says nothing beyond others; an event that
 * this version does not know comes as it is stored. */
struct str journal_words(struct arena *arena, const struct journal_row *entry);

#endif
