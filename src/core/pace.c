/* SPDX-License-Identifier: MIT */
#include "core/pace.h"

static const struct {
    const char *unit;
    uint32_t period_ms;
} periods[] = {{"s", 1000}, {"m", 60 * 1000}, {"h", 3600 * 1000}};

bool pace_from_text(struct str text, struct pace *ret_pace) {
    size_t slash = str_find(text, '/');
    uint64_t calls;
    if (str_eq(text, STR("0"))) {
        *ret_pace = (struct pace){0};
        return true;
    }
    if (slash == text.len || !str_to_u64(str_slice(text, 0, slash), &calls) || calls == 0 ||
        calls > PACE_CALLS_MAX) {
        return false;
    }
    for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) {
        if (str_eq(str_slice(text, slash + 1, text.len), str_from_c(periods[i].unit))) {
            *ret_pace = (struct pace){(uint32_t)calls, periods[i].period_ms};
            return true;
        }
    }
    return false;
}
