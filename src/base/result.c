/* SPDX-License-Identifier: MIT */
#include "base/result.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

struct result result_failf(struct arena *arena, const struct error_code *code, const char *format,
                           ...) {
    va_list args;
    va_start(args, format);
    const char *detail = arena_vprintf(arena, format, args);
    va_end(args);
    return (struct result){.code = code, .detail = detail};
}

const char *result_text(struct result result) {
    if (result.detail != NULL) {
        return result.detail;
    }
    return result.code != NULL ? result.code->sentence : "ok";
}

void bug_stop(const char *file, int line, const char *condition) {
    (void)fprintf(stderr, "{\"level\":\"bug\",\"at\":\"%s:%d\",\"condition\":\"%s\"}\n", file, line,
                  condition);
    abort();
}
