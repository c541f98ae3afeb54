/* SPDX-License-Identifier: MIT */
#include "base/result.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/json_write.h"

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

/* Straight to standard error: the log may be what is broken, or locked by this very thread. */
void bug_stop(const char *file, int line, const char *condition) {
    char memory[512];
    struct buf buf = buf_over(memory, sizeof memory - 1);
    struct json_writer writer;
    json_writer_init(&writer, &buf);
    json_write_object_begin(&writer);
    json_write_key(&writer, STR("level"));
    json_write_str(&writer, STR("bug"));
    json_write_key(&writer, STR("file"));
    json_write_str(&writer, str_from_c(file));
    json_write_key(&writer, STR("line"));
    json_write_i64(&writer, line);
    json_write_key(&writer, STR("condition"));
    json_write_str(&writer, str_from_c(condition));
    json_write_object_end(&writer);
    memory[buf.len] = '\n';
    ssize_t written = write(STDERR_FILENO, memory, buf.len + 1);
    (void)written;
    abort();
}
