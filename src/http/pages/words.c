/* SPDX-License-Identifier: MIT */
#include "http/pages/words.h"

#include <stdint.h>

#define WORD(name, text) [WORD_##name] = text,

static const struct language languages[] = {
    {.code = "en",
     .name = "English",
     .words =
         {
#include "http/pages/words/en.def"
         }},
    {.code = "ar",
     .name = "العربية",
     .rtl = true,
     .words =
         {
#include "http/pages/words/ar.def"
         }},
    {.code = "de",
     .name = "Deutsch",
     .words =
         {
#include "http/pages/words/de.def"
         }},
    {.code = "es",
     .name = "Español",
     .words =
         {
#include "http/pages/words/es.def"
         }},
    {.code = "fr",
     .name = "Français",
     .words =
         {
#include "http/pages/words/fr.def"
         }},
    {.code = "it",
     .name = "Italiano",
     .words =
         {
#include "http/pages/words/it.def"
         }},
    {.code = "pl",
     .name = "Polski",
     .words =
         {
#include "http/pages/words/pl.def"
         }},
    {.code = "pt",
     .name = "Português",
     .words =
         {
#include "http/pages/words/pt.def"
         }},
    {.code = "ru",
     .name = "Русский",
     .words =
         {
#include "http/pages/words/ru.def"
         }},
    {.code = "tr",
     .name = "Türkçe",
     .words =
         {
#include "http/pages/words/tr.def"
         }},
    {.code = "uk",
     .name = "Українська",
     .words =
         {
#include "http/pages/words/uk.def"
         }},
    {.code = "zh",
     .name = "中文",
     .words =
         {
#include "http/pages/words/zh.def"
         }},
};

#undef WORD

enum {
    LANGUAGE_COUNT = sizeof languages / sizeof languages[0],
    ACCEPTED_MAX = 32,
    QUALITY_ONE = 1000
};

const struct language *language_at(size_t position) {
    return position < LANGUAGE_COUNT ? &languages[position] : NULL;
}

/* By its primary subtag: "pt-BR" is "pt" here. */
static const struct language *find_language(struct str tag) {
    struct str primary = str_slice(tag, 0, str_find(tag, '-'));
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        if (str_eq_nocase(primary, str_from_c(languages[i].code))) {
            return &languages[i];
        }
    }
    return NULL;
}

/* RFC 9110 section 12.4.2: "0" or "1", with up to three decimals; in thousandths. What is not so
 * counts for nothing. */
static uint32_t quality_of(struct str parameters) {
    struct str text = str_trim(parameters);
    if (text.len == 0) {
        return QUALITY_ONE;
    }
    if (!str_starts_with(text, STR("q=")) || text.len < 3 || text.ptr[2] < '0' ||
        text.ptr[2] > '1') {
        return 0;
    }
    uint32_t quality = 0;
    uint32_t place = QUALITY_ONE;
    for (size_t i = 2; i < text.len && place > 0; i++) {
        char c = text.ptr[i];
        if (i == 3 && c == '.') {
            continue;
        }
        if (c < '0' || c > '9') {
            return 0;
        }
        quality += (uint32_t)(c - '0') * place;
        place /= 10;
    }
    return quality < QUALITY_ONE ? quality : QUALITY_ONE;
}

const struct language *language_choose(struct str wanted, struct str accept_language) {
    const struct language *best = find_language(wanted);
    if (best != NULL) {
        return best;
    }
    uint32_t best_quality = 0;
    struct str item;
    for (int i = 0; i < ACCEPTED_MAX && str_split_next(&accept_language, ',', &item); i++) {
        size_t semicolon = str_find(item, ';');
        uint32_t quality =
            quality_of(str_slice(item, semicolon < item.len ? semicolon + 1 : item.len, item.len));
        const struct language *language = find_language(str_trim(str_slice(item, 0, semicolon)));
        if (language != NULL && quality > best_quality) {
            best = language;
            best_quality = quality;
        }
    }
    return best != NULL ? best : &languages[0];
}
