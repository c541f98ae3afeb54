/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_RESULT_H
#define TILL_BASE_RESULT_H

/* How every fallible function answers. A result is success (code == NULL) or names one row of the
 * error table (core/error_codes.def) with an optional detail for the log. The compiler refuses to
 * let a result be dropped. Details are static text or live in the caller's arena. */

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* What a failure means to whoever must act on it. http/ maps the kind, never the code, to a status.
 */
enum error_kind {
    ERROR_INPUT,     /* the request is wrong; the same request will fail again */
    ERROR_AUTH,      /* the caller may not do this */
    ERROR_NOT_FOUND, /* no such thing, or not the caller's */
    ERROR_CONFLICT,  /* the state does not allow it (any more) */
    ERROR_LIMITED,   /* a limit was reached; later it may work */
    ERROR_SOFT,      /* node, network or queue: try the whole unit again */
    ERROR_HARD,      /* disk or corruption: stop and tell an operator */
};

struct error_code {
    const char *name;     /* stable, snake_case; shown by the operator API and the command line */
    enum error_kind kind; /* decides who acts */
    const char *sentence; /* lower case, no full stop */
};

struct [[nodiscard]] result {
    const struct error_code *code; /* NULL: success */
    const char *detail;            /* may be NULL; never a secret */
};

#define RESULT_OK ((struct result){0})

static inline struct result result_fail(const struct error_code *code) {
    return (struct result){.code = code};
}

static inline bool result_is_ok(struct result result) {
    return result.code == NULL;
}

/* A failure with a formatted detail that lives in `arena`. */
struct result result_failf(struct arena *arena, const struct error_code *code, const char *format,
                           ...) __attribute__((format(printf, 3, 4)));

/* The detail if there is one, else the code's sentence, else "ok". Never NULL. */
const char *result_text(struct result result);

/* Passes an error up. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        struct result try_result_ = (call);                                                        \
        if (!result_is_ok(try_result_)) {                                                          \
            return try_result_;                                                                    \
        }                                                                                          \
    } while (0)

/* Raises one: ENSURE(index < limit, ERR_INDEX_EXHAUSTED). */
#define ENSURE(condition, error)                                                                   \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            return result_fail(&(error));                                                          \
        }                                                                                          \
    } while (0)

/* A bug: stops the process at once, in production too. A crash beats wrong money. */
#define BUG_IF(condition)                                                                          \
    do {                                                                                           \
        if (__builtin_expect(!!(condition), 0)) {                                                  \
            bug_stop(__FILE__, __LINE__, #condition);                                              \
        }                                                                                          \
    } while (0)

void bug_stop(const char *file, int line, const char *condition) __attribute__((noreturn));

#endif
