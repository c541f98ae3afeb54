/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_PAGES_HTML_H
#define TILL_HTTP_PAGES_HTML_H

/* HTML from templates that escape by default: markup is written in the template only, what fills
 * its gaps is text. Written so, a gap may stand in an element or in a quoted attribute; URLs of
 * others go through html_url first. */

#include "base/buf.h"

struct arena;

/* Escapes & < > " '. Control characters, bidirectional overrides (they would turn the rest of the
 * page around) and bytes that are no UTF-8 come out as U+FFFD. */
void html_text(struct buf *out, struct str text);

struct html_gaps {
    const struct str *texts;
    size_t count;
};
#define GAPS(...)                                                                                  \
    ((struct html_gaps){(const struct str[]){__VA_ARGS__},                                         \
                        sizeof((struct str[]){__VA_ARGS__}) / sizeof(struct str)})
#define NO_GAPS ((struct html_gaps){0})

/* {1} to {9} in `markup` become the escaped texts; a gap without a text is a bug. */
void html_fill(struct buf *out, const char *markup, struct html_gaps gaps);
/* The same for a sentence in some language: the sentence is escaped too, and each text is kept
 * apart from its direction of writing. */
void html_sentence(struct buf *out, const char *sentence, struct html_gaps gaps);
/* Without marks for direction: for titles and attributes. */
void html_sentence_plain(struct buf *out, const char *sentence, struct html_gaps gaps);

/* An absolute http or https URL as it may stand in href, rebuilt from its parts, with `query`
 * ("a=1&b=2", may be empty) added before its fragment. Empty if it is anything else. */
struct str html_url(struct arena *arena, struct str url, struct str query);
/* Percent-encodes all but unreserved characters. */
struct str html_url_component(struct arena *arena, struct str text);

#endif
