/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_PAGES_WORDS_H
#define TILL_HTTP_PAGES_WORDS_H

/* What the payer's pages say, in each language: words/en.def is the master, and a language is one
 * more file like it and one line in words.c. */

#include <stdbool.h>

#include "base/str.h"

enum word {
#define WORD(name, text) WORD_##name,
#include "http/pages/words/en.def"
#undef WORD
    WORD_COUNT
};

struct language {
    const char *code; /* BCP 47: "de" */
    const char *name; /* in the language itself */
    bool rtl;
    const char *words[WORD_COUNT]; /* with gaps, see html_sentence */
};

/* NULL past the last; English is the first. */
const struct language *language_at(size_t position);

/* The one that was asked for by `?lang=`, else the most wanted one of the Accept-Language header,
 * else English. */
const struct language *language_choose(struct str wanted, struct str accept_language);

#endif
