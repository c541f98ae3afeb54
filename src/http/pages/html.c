/* SPDX-License-Identifier: MIT */
#include "http/pages/html.h"

#include <string.h>

#include "base/arena.h"
#include "base/result.h"
#include "core/endpoint_url.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* U+200E, U+200F, U+202A to U+202E and U+2066 to U+2069 in UTF-8. */
static bool is_direction_mark(struct str sequence) {
    if (sequence.len != 3 || (uint8_t)sequence.ptr[0] != 0xE2) {
        return false;
    }
    uint8_t second = (uint8_t)sequence.ptr[1];
    uint8_t third = (uint8_t)sequence.ptr[2];
    return (second == 0x80 &&
            (third == 0x8E || third == 0x8F || (third >= 0xAA && third <= 0xAE))) ||
           (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

/* C0, DEL and C1. */
static bool is_control(struct str sequence) {
    uint8_t first = (uint8_t)sequence.ptr[0];
    return (sequence.len == 1 && (first < 0x20 || first == 0x7F)) ||
           (sequence.len == 2 && first == 0xC2 && (uint8_t)sequence.ptr[1] < 0xA0);
}

static void put_sequence(struct buf *out, struct str sequence) {
    switch (sequence.ptr[0]) {
    case '&':
        buf_puts(out, "&amp;");
        return;
    case '<':
        buf_puts(out, "&lt;");
        return;
    case '>':
        buf_puts(out, "&gt;");
        return;
    case '"':
        buf_puts(out, "&#34;");
        return;
    case '\'':
        buf_puts(out, "&#39;");
        return;
    default:
        buf_put_str(out, sequence);
    }
}

/* How much of the text's beginning needs no second look. */
static size_t plain_len(struct str text) {
    size_t len = 0;
    while (len < text.len && text.ptr[len] >= ' ' && text.ptr[len] < 0x7F &&
           memchr("&<>\"'", text.ptr[len], 5) == NULL) {
        len++;
    }
    return len;
}

void html_text(struct buf *out, struct str text) {
    for (;;) {
        size_t plain = plain_len(text);
        buf_put(out, text.ptr, plain);
        text = str_slice(text, plain, text.len);
        if (text.len == 0) {
            return;
        }
        size_t len = str_utf8_len(text);
        struct str sequence = str_slice(text, 0, len == 0 ? 1 : len);
        if (len == 0 || is_control(sequence) || is_direction_mark(sequence)) {
            buf_puts(out, REPLACEMENT);
        } else {
            put_sequence(out, sequence);
        }
        text = str_slice(text, sequence.len, text.len);
    }
}

struct gap_form {
    bool sentence; /* the text around the gaps is escaped too */
    const char *before;
    const char *after;
};

static void put_around(struct buf *out, struct str text, const struct gap_form *form) {
    if (form->sentence) {
        html_text(out, text);
    } else {
        buf_put_str(out, text);
    }
}

static bool is_gap(struct str rest) {
    return rest.len >= 3 && rest.ptr[0] == '{' && rest.ptr[1] >= '1' && rest.ptr[1] <= '9' &&
           rest.ptr[2] == '}';
}

static void fill(struct buf *out, const char *markup, struct html_gaps gaps,
                 const struct gap_form *form) {
    struct str rest = str_from_c(markup);
    for (;;) {
        size_t at = str_find(rest, '{');
        put_around(out, str_slice(rest, 0, at), form);
        rest = str_slice(rest, at, rest.len);
        if (rest.len == 0) {
            return;
        }
        if (!is_gap(rest)) {
            put_around(out, str_slice(rest, 0, 1), form);
            rest = str_slice(rest, 1, rest.len);
            continue;
        }
        size_t gap = (size_t)(rest.ptr[1] - '1');
        BUG_IF(gap >= gaps.count);
        buf_puts(out, form->before);
        html_text(out, gaps.texts[gap]);
        buf_puts(out, form->after);
        rest = str_slice(rest, 3, rest.len);
    }
}

void html_fill(struct buf *out, const char *markup, struct html_gaps gaps) {
    static const struct gap_form form = {.sentence = false, .before = "", .after = ""};
    fill(out, markup, gaps, &form);
}

void html_sentence(struct buf *out, const char *sentence, struct html_gaps gaps) {
    static const struct gap_form form = {.sentence = true, .before = "<bdi>", .after = "</bdi>"};
    fill(out, sentence, gaps, &form);
}

void html_sentence_plain(struct buf *out, const char *sentence, struct html_gaps gaps) {
    static const struct gap_form form = {.sentence = true, .before = "", .after = ""};
    fill(out, sentence, gaps, &form);
}

struct str html_url(struct arena *arena, struct str url, struct str query) {
    struct endpoint_url parsed;
    struct str fragment;
    if (!result_is_ok(return_url_parse(arena, url, &parsed, &fragment))) {
        return STR("");
    }
    size_t question = str_find(parsed.url, '?');
    const char *joint = "";
    if (!str_is_empty(query) && question == parsed.url.len) {
        joint = "?";
    } else if (!str_is_empty(query) && question + 1 < parsed.url.len &&
               !str_ends_with(parsed.url, STR("&"))) {
        joint = "&";
    }
    return str_from_c(arena_printf(arena, "%.*s%s%.*s%.*s", STR_ARG(parsed.url), joint,
                                   STR_ARG(query), STR_ARG(fragment)));
}

static bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

struct str html_url_component(struct arena *arena, struct str text) {
    struct buf out = buf_in(arena);
    for (size_t i = 0; i < text.len; i++) {
        if (is_unreserved(text.ptr[i])) {
            buf_put_char(&out, text.ptr[i]);
        } else {
            buf_putf(&out, "%%%02X", (uint8_t)text.ptr[i]);
        }
    }
    return buf_str(&out);
}
