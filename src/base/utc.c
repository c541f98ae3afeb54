/* SPDX-License-Identifier: MIT */
#include "base/utc.h"

#include <stdio.h>

enum { MS_PER_DAY = 86400000, DAYS_PER_400_YEARS = 146097 };

/* 0000-01-01 and 9999-12-31, in days from 1970-01-01. */
static const int64_t days_first = -719528;
static const int64_t days_last = 2932896;

static bool is_leap_year(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap_year(year) ? 1 : 0);
}

/* From 1970 to January 1 of `year`. Leap years are counted from year -400, where a cycle begins. */
static int64_t days_before_year(int64_t year) {
    int64_t past = year + 399;
    int64_t leap_days = past / 4 - past / 100 + past / 400 - 96;
    return days_first + year * 365 + leap_days;
}

struct utc utc_from_ms(int64_t unix_ms) {
    int64_t days = unix_ms / MS_PER_DAY;
    int64_t ms = unix_ms % MS_PER_DAY;
    if (ms < 0) {
        ms += MS_PER_DAY;
        days--;
    }
    if (days < days_first || days > days_last) {
        ms = days < days_first ? 0 : MS_PER_DAY - 1;
        days = days < days_first ? days_first : days_last;
    }
    int year = (int)((days - days_first) * 400 / DAYS_PER_400_YEARS);
    while (days_before_year(year + 1) <= days) {
        year++;
    }
    while (days_before_year(year) > days) {
        year--;
    }
    int day = (int)(days - days_before_year(year));
    int month = 1;
    while (day >= days_in_month(year, month)) {
        day -= days_in_month(year, month);
        month++;
    }
    return (struct utc){.year = year,
                        .month = month,
                        .day = day + 1,
                        .hour = (int)(ms / 3600000),
                        .minute = (int)(ms / 60000 % 60),
                        .second = (int)(ms / 1000 % 60),
                        .ms = (int)(ms % 1000)};
}

static bool is_within(int value, int least, int most) {
    return value >= least && value <= most;
}

bool utc_to_ms(const struct utc *utc, int64_t *ret_unix_ms) {
    if (!is_within(utc->year, 0, 9999) || !is_within(utc->month, 1, 12) ||
        !is_within(utc->day, 1, days_in_month(utc->year, utc->month)) ||
        !is_within(utc->hour, 0, 23) || !is_within(utc->minute, 0, 59) ||
        !is_within(utc->second, 0, 59) || !is_within(utc->ms, 0, 999)) {
        return false;
    }
    int64_t days = days_before_year(utc->year) + utc->day - 1;
    for (int month = 1; month < utc->month; month++) {
        days += days_in_month(utc->year, month);
    }
    int64_t seconds = ((int64_t)utc->hour * 60 + utc->minute) * 60 + utc->second;
    *ret_unix_ms = days * MS_PER_DAY + seconds * 1000 + utc->ms;
    return true;
}

struct str utc_text(int64_t unix_ms, char memory[UTC_TEXT_BYTES]) {
    struct utc utc = utc_from_ms(unix_ms);
    char text[80];
    int len = snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", utc.year,
                       utc.month, utc.day, utc.hour, utc.minute, utc.second, utc.ms);
    for (int i = 0; i < len && i < UTC_TEXT_BYTES; i++) {
        memory[i] = text[i];
    }
    return (struct str){.ptr = memory, .len = UTC_TEXT_BYTES};
}
