/* SPDX-License-Identifier: MIT */
#include "http/form.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/percent.h"
#include "http/limits.h"

/* One name of a key: `add_fields` or what stands between brackets. */
static bool put_name(struct buf *path, struct str name) {
    if (name.len == 0 || str_find(name, '.') < name.len || str_find(name, '[') < name.len ||
        str_find(name, ']') < name.len) {
        return false;
    }
    if (path->len > 0) {
        buf_put_char(path, '.');
    }
    buf_put_str(path, name);
    return true;
}

/* `a[b][c]` -> "a.b.c"; `a[]` -> "a", a list. A key that is no path of ours (too long, too deep, a
 * dot of its own, a stray bracket) stays without one: nobody asks for it. */
static const char *read_key(struct arena *arena, struct str key, struct form_pair *pair) {
    if (key.len > FORM_KEY_BYTES_MAX) {
        return NULL;
    }
    struct buf path = buf_in(arena);
    size_t open = str_find(key, '[');
    bool is_path = put_name(&path, str_slice(key, 0, open));
    bool is_list = false;
    struct str rest = str_slice(key, open, key.len);
    for (size_t depth = 1; is_path && rest.len > 0; depth++) {
        size_t close = str_find(rest, ']');
        is_path = depth < FORM_DEPTH_MAX && rest.ptr[0] == '[' && close < rest.len;
        if (is_path) {
            struct str name = str_slice(rest, 1, close);
            rest = str_slice(rest, close + 1, rest.len);
            is_list = name.len == 0 && rest.len == 0;
            is_path = is_list || put_name(&path, name);
        }
    }
    if (path.failed) {
        return "the form is too large";
    }
    if (is_path) {
        pair->path = buf_str(&path);
        pair->is_list = is_list;
    }
    return NULL;
}

static bool is_text(struct str bytes) {
    return str_is_utf8(bytes) && str_find(bytes, '\0') == bytes.len;
}

const char *form_pair_read(struct arena *arena, struct str key, struct str value,
                           struct form_pair *ret_pair) {
    *ret_pair = (struct form_pair){.value = value};
    if (!is_text(value)) {
        ret_pair->value = STR("");
        ret_pair->is_binary = true;
    }
    return is_text(key) ? read_key(arena, key, ret_pair) : NULL;
}

static const char *read_pair(struct arena *arena, struct str text, struct form_pair *pair) {
    size_t equals = str_find(text, '=');
    struct str raw_value = equals == text.len ? STR("") : str_slice(text, equals + 1, text.len);
    struct str key;
    struct str value;
    if (!percent_decode(arena, str_slice(text, 0, equals), true, &key) ||
        !percent_decode(arena, raw_value, true, &value)) {
        return "an escape is not % and two hex digits";
    }
    return form_pair_read(arena, key, value, pair);
}

static size_t count_pairs(struct str text) {
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++) {
        count += text.ptr[i] == '&';
    }
    return count;
}

bool form_parse(struct arena *arena, struct str text, struct form *ret_form,
                const char **ret_problem) {
    struct form form = {0};
    struct str part;
    size_t count = count_pairs(text);
    if (count > FORM_PAIRS_MAX) {
        *ret_problem = "there are too many fields";
        return false;
    }
    form.pairs = arena_try_alloc(arena, count * sizeof *form.pairs);
    if (form.pairs == NULL) {
        *ret_problem = "the form is too large";
        return false;
    }
    while (str_split_next(&text, '&', &part)) {
        if (part.len == 0) {
            continue;
        }
        const char *problem = read_pair(arena, part, &form.pairs[form.count++]);
        if (problem != NULL) {
            *ret_problem = problem;
            return false;
        }
    }
    *ret_form = form;
    return true;
}
