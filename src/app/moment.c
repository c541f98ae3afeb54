/* SPDX-License-Identifier: MIT */
#include "app/moment.h"

#include "app/app.h"
#include "base/checked.h"
#include "base/utc.h"
#include "ports/clock.h"

struct unit {
    char letter;
    int64_t ms;
};

static const struct unit units[] = {
    {'s', 1000}, {'m', 60 * 1000}, {'h', 3600 * 1000}, {'d', 24 * 3600 * 1000}};

static bool ago_from_text(struct str text, int64_t *ret_ms) {
    int64_t count;
    if (text.len < 2 || text.ptr[0] == '-' ||
        !str_to_i64(str_slice(text, 0, text.len - 1), &count)) {
        return false;
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (units[i].letter == text.ptr[text.len - 1]) {
            return i64_mul(count, units[i].ms, ret_ms);
        }
    }
    return false;
}

static bool take_number(struct str *text, size_t digits, int *ret_value) {
    uint64_t value;
    if (text->len < digits || !str_to_u64(str_slice(*text, 0, digits), &value)) {
        return false;
    }
    *text = str_slice(*text, digits, text->len);
    *ret_value = (int)value;
    return true;
}

static bool take_char(struct str *text, char c) {
    if (text->len == 0 || text->ptr[0] != c) {
        return false;
    }
    *text = str_slice(*text, 1, text->len);
    return true;
}

static bool date_from_text(struct str text, int64_t *ret_at_ms) {
    struct utc utc = {0};
    if (str_ends_with(text, STR("Z"))) {
        text = str_slice(text, 0, text.len - 1);
    }
    if (!take_number(&text, 4, &utc.year) || !take_char(&text, '-') ||
        !take_number(&text, 2, &utc.month) || !take_char(&text, '-') ||
        !take_number(&text, 2, &utc.day)) {
        return false;
    }
    if (text.len > 0 && (!take_char(&text, 'T') || !take_number(&text, 2, &utc.hour) ||
                         !take_char(&text, ':') || !take_number(&text, 2, &utc.minute))) {
        return false;
    }
    if (text.len > 0 && (!take_char(&text, ':') || !take_number(&text, 2, &utc.second))) {
        return false;
    }
    return text.len == 0 && utc_to_ms(&utc, ret_at_ms);
}

bool moment_from_text(const struct app *app, struct str text, int64_t *ret_at_ms) {
    int64_t ago_ms;
    if (ago_from_text(text, &ago_ms)) {
        return i64_sub(clock_wall_ms(app->clock), ago_ms, ret_at_ms);
    }
    return date_from_text(text, ret_at_ms);
}
