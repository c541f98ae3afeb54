/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_LOG_H
#define TILL_BASE_LOG_H

/* The log: one event, one line of JSON, one write. For http, workers and main; the layers below
 * return results instead. Values are escaped, so no input can forge a line or move a terminal's
 * cursor. Safe from any thread. A reader that does not keep up costs the caller a few milliseconds
 * once, then lines are dropped and counted; the next line that gets through says how many.
 *
 *     log_event(LOG_INFO, "invoice_paid", LOG_STR("invoice", id), LOG_U64("height", height)); */

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"
#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

enum log_field_kind {
    LOG_FIELD_STR,
    LOG_FIELD_CSTR,
    LOG_FIELD_U64,
    LOG_FIELD_I64,
    LOG_FIELD_BOOL,
    LOG_FIELD_RESULT,
};

struct log_field {
    const char *name;
    enum log_field_kind kind;
    union {
        struct str str;
        const char *c_string;
        uint64_t u64;
        int64_t i64;
        bool boolean;
        struct result result;
    };
};

/* Fields. The name is a literal in snake_case; a value of another type does not compile. */
#define LOG_STR(field, value)                                                                      \
    ((struct log_field){.name = "" field, .kind = LOG_FIELD_STR, .str = (value)})
#define LOG_CSTR(field, value) /* NULL becomes null */                                             \
    ((struct log_field){.name = "" field, .kind = LOG_FIELD_CSTR, .c_string = (value)})
#define LOG_U64(field, value)                                                                      \
    ((struct log_field){.name = "" field, .kind = LOG_FIELD_U64, .u64 = LOG_UNSIGNED_(value)})
#define LOG_I64(field, value)                                                                      \
    ((struct log_field){.name = "" field, .kind = LOG_FIELD_I64, .i64 = LOG_SIGNED_(value)})
#define LOG_BOOL(field, value)                                                                     \
    ((struct log_field){.name = "" field, .kind = LOG_FIELD_BOOL, .boolean = LOG_TRUTH_(value)})
/* Two members: "error", the code's public name or "ok", and "detail". */
#define LOG_RESULT(value)                                                                          \
    ((struct log_field){.name = "error", .kind = LOG_FIELD_RESULT, .result = (value)})

#define LOG_UNSIGNED_(value)                                                                       \
    _Generic((value), unsigned char                                                                \
             : (value), unsigned short                                                             \
             : (value), unsigned                                                                   \
             : (value), unsigned long                                                              \
             : (value), unsigned long long                                                         \
             : (value))
#define LOG_SIGNED_(value)                                                                         \
    _Generic((value), signed char                                                                  \
             : (value), short                                                                      \
             : (value), int                                                                        \
             : (value), long                                                                       \
             : (value), long long                                                                  \
             : (value))
#define LOG_TRUTH_(value) _Generic((value), bool : (value), int : (value))

/* The fields of a line below the threshold are not evaluated. */
#define log_event(level, event, ...)                                                               \
    do {                                                                                           \
        if (log_is_on(level)) {                                                                    \
            const struct log_field log_fields_[] = {{0} __VA_OPT__(, ) __VA_ARGS__};               \
            log_write((level), "" event, log_fields_ + 1,                                          \
                      sizeof log_fields_ / sizeof log_fields_[0] - 1);                             \
        }                                                                                          \
    } while (0)

/* Longer lines lose fields and say so ("cut": true): a pipe takes this much in one piece. */
enum { LOG_LINE_BYTES_MAX = 4096 };

bool log_is_on(enum log_level level);
void log_write(enum log_level level, const char *event, const struct log_field *fields,
               size_t field_count);

/* At start: everything from `level` up (LOG_INFO), to `fd` (standard error). */
void log_set_level(enum log_level level);
void log_set_fd(int fd);
/* "debug", "info", "warn", "error" */
bool log_level_by_name(struct str name, enum log_level *ret_level);
/* Lines lost since the start. */
uint64_t log_dropped_count(void);

#endif
