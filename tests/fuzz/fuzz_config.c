/* SPDX-License-Identifier: MIT */
/* A line of INI that was read comes back from its own text; a refused file is refused by a line
 * that it has; a key counts once. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/ini.h"
#include "config.h"
#include "core/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

enum { ARENA_BYTES = 16 << 20, INPUT_BYTES_MAX = 64 << 10 };

static void check_line(struct arena *arena, struct str text) {
    struct ini_line line = ini_line_read(text);
    if (line.kind != INI_PAIR && line.kind != INI_SECTION) {
        return;
    }
    const char *written =
        line.kind == INI_SECTION
            ? arena_printf(arena, "[%.*s]", STR_ARG(line.name))
            : arena_printf(arena, "%.*s=%.*s", STR_ARG(line.name), STR_ARG(line.value));
    struct ini_line again = ini_line_read(str_from_c(written));
    assert(again.kind == line.kind && str_eq(again.name, line.name));
    assert(line.kind == INI_SECTION || str_eq(again.value, line.value));
}

static size_t check_lines(struct arena *arena, struct str text) {
    size_t count = 0;
    struct str line;
    while (str_split_next(&text, '\n', &line)) {
        check_line(arena, line);
        count++;
    }
    return count;
}

static void check_given(const struct config_given *given, size_t line_count) {
    for (; given != NULL; given = given->next) {
        assert(given->line > 0 && (size_t)given->line <= line_count);
        for (const struct config_given *other = given->next; other != NULL; other = other->next) {
            assert(strcmp(given->section, other->section) != 0 ||
                   strcmp(given->name, other->name) != 0);
        }
    }
}

/* "F line 12: ..." */
static void check_place(struct str refusal, size_t line_count) {
    static const struct str prefix = STR("F line ");
    assert(str_starts_with(refusal, prefix));
    struct str number = str_slice(refusal, prefix.len, str_find(refusal, ':'));
    uint64_t line;
    bool is_number = str_to_u64(number, &line);
    assert(is_number && line > 0 && line <= line_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    if (size > INPUT_BYTES_MAX) {
        return 0;
    }
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
    struct str text = {(const char *)input, size};
    size_t line_count = check_lines(arena, text);
    static struct config config;
    struct result read = config_read_text(arena, "F", text, &config);
    if (result_is_ok(read)) {
        check_given(config.given, line_count);
        return 0;
    }
    assert(read.code == &ERR_CONFIG);
    check_place(str_from_c(result_text(read)), line_count);
    return 0;
}
