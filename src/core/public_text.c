/* SPDX-License-Identifier: MIT */
#include "core/public_text.h"

#include <string.h>

#include "base/arena.h"
#include "base/utc.h"
#include "core/day_range.h"

static bool random_from(struct str alphabet, struct bytes random, size_t chars, char *ret_text) {
    size_t usable = 256 - 256 % alphabet.len;
    size_t len = 0;
    for (size_t i = 0; i < random.len && len < chars; i++) {
        /* A byte above the last whole multiple would favour the first letters. */
        if (random.ptr[i] < usable) {
            ret_text[len++] = alphabet.ptr[random.ptr[i] % alphabet.len];
        }
    }
    ret_text[len] = '\0';
    if (len < chars) {
        explicit_bzero(ret_text, len);
        return false;
    }
    return true;
}

bool random_text_from_bytes(struct bytes random, size_t chars, char *ret_text) {
    return random_from(STR("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
                       random, chars, ret_text);
}

bool random_code_from_bytes(struct bytes random, size_t chars, char *ret_text) {
    return random_from(STR("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), random, chars, ret_text);
}

struct date {
    int64_t year;
    unsigned month; /* 1 .. 12 */
    unsigned day;   /* 1 .. 31 */
};

/* Gregorian calendar in years that start on 1 March, so that the leap day comes last. An era has
 * 400 years and 146,097 days; 719,468 days lie between 1 March of year 0 and 1 January 1970. */
static struct date date_from_days(int64_t days_since_1970) {
    int64_t days = days_since_1970 + 719468;
    int64_t era = days / 146097;
    int64_t day_of_era = days % 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned month_from_march = (unsigned)((5 * day_of_year + 2) / 153);
    unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (struct date){
        .year = era * 400 + year_of_era + (month <= 2),
        .month = month,
        .day = (unsigned)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
    };
}

struct str public_time_to_text(struct arena *arena, int64_t at_ms) {
    static const int64_t last_ms = INT64_C(253402300799999); /* the end of 9999 */
    int64_t clamped_ms = at_ms > last_ms ? last_ms : at_ms < 0 ? 0 : at_ms;
    int64_t ms_of_day = clamped_ms % DAY_MS;
    struct date date = date_from_days(clamped_ms / DAY_MS);
    int64_t second = ms_of_day / 1000;
    char *text = arena_printf(arena, "%04d-%02u-%02u %02d:%02d:%02d.%03d000", (int)date.year,
                              date.month, date.day, (int)(second / 3600), (int)(second / 60 % 60),
                              (int)(second % 60), (int)(ms_of_day % 1000));
    return (struct str){.ptr = text, .len = PUBLIC_TIME_CHARS};
}

/* -1 if it is not `count` digits. */
static int digits_at(struct str text, size_t at, size_t count) {
    int value = 0;
    for (size_t i = at; i < at + count; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return -1;
        }
        value = value * 10 + (text.ptr[i] - '0');
    }
    return value;
}

bool public_day_from_text(struct str text, int64_t *ret_day) {
    struct str date = str_trim(text);
    if (date.len != 10 || date.ptr[2] != '.' || date.ptr[5] != '.') {
        return false;
    }
    struct utc utc = {.day = digits_at(date, 0, 2),
                      .month = digits_at(date, 3, 2),
                      .year = digits_at(date, 6, 4)};
    int64_t at_ms;
    if (utc.year < 1970 || !utc_to_ms(&utc, &at_ms)) {
        return false;
    }
    *ret_day = at_ms / DAY_MS;
    return true;
}
