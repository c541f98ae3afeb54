/* SPDX-License-Identifier: MIT */
#include "base/ini.h"

static bool begins_comment(struct str text) {
    return text.len > 0 && (text.ptr[0] == '#' || text.ptr[0] == ';');
}

/* A password may hold a semicolon; behind a space it begins a comment. */
static struct str without_comment(struct str text) {
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] == ';' && (text.ptr[i - 1] == ' ' || text.ptr[i - 1] == '\t')) {
            return str_slice(text, 0, i);
        }
    }
    return text;
}

static struct ini_line read_section(struct str line) {
    size_t end = str_find(line, ']');
    if (end == line.len) {
        return (struct ini_line){.kind = INI_MALFORMED};
    }
    struct str rest = str_trim(str_slice(line, end + 1, line.len));
    bool is_whole = rest.len == 0 || begins_comment(rest);
    return (struct ini_line){.kind = is_whole ? INI_SECTION : INI_MALFORMED,
                             .name = str_trim(str_slice(line, 1, end))};
}

struct ini_line ini_line_read(struct str line) {
    struct str text = str_trim(line);
    if (str_find(line, '\0') < line.len) {
        return (struct ini_line){.kind = INI_MALFORMED};
    }
    if (text.len == 0 || begins_comment(text)) {
        return (struct ini_line){.kind = INI_NOTHING};
    }
    if (text.ptr[0] == '[') {
        return read_section(text);
    }
    text = without_comment(text);
    size_t equals = str_find(text, '=');
    size_t colon = str_find(text, ':');
    size_t at = equals < colon ? equals : colon;
    struct str name = str_trim(str_slice(text, 0, at));
    if (at == text.len || name.len == 0) {
        return (struct ini_line){.kind = INI_MALFORMED};
    }
    struct str value = str_trim(str_slice(text, at + 1, text.len));
    return (struct ini_line){.kind = INI_PAIR, .name = name, .value = value};
}
