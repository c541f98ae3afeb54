/* SPDX-License-Identifier: MIT */
#include "base/percent.h"

#include "base/arena.h"
#include "base/bytes.h"

bool percent_decode(struct arena *arena, struct str text, bool plus_is_space,
                    struct str *ret_text) {
    char *to = arena_try_alloc(arena, text.len + 1);
    size_t len = 0;
    if (to == NULL) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            int high = i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
            int low = i + 2 < text.len ? hex_digit(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return false;
            }
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        to[len++] = c;
    }
    *ret_text = (struct str){.ptr = to, .len = len};
    return true;
}
