/* SPDX-License-Identifier: MIT */
#include "config_value.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/str.h"
#include "core/pace.h"

enum { PROBLEM_BYTES_MAX = 512 };

bool config_refuse(struct config_problem *problem, const char *format, ...) {
    if (problem->text == NULL) {
        char text[PROBLEM_BYTES_MAX];
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(text, sizeof text, format, arguments);
        va_end(arguments);
        problem->text = arena_printf(problem->arena, "%s", text);
        problem->text_line = problem->line;
    }
    return false;
}

static bool set_number(struct config_problem *problem, const struct config_key *key,
                       const char *text, int64_t *ret_number) {
    int64_t number;
    if (!str_to_i64(str_from_c(text), &number) || number < key->min || number > key->max) {
        return config_refuse(problem, "%s must be a number from %lld to %lld, not \"%s\"",
                             key->name, (long long)key->min, (long long)key->max, text);
    }
    *ret_number = number;
    return true;
}

static bool set_switch(struct config_problem *problem, const struct config_key *key,
                       const char *text, bool *ret_switch) {
    struct str word = str_from_c(text);
    bool yes = str_eq(word, STR("yes"));
    if (!yes && !str_eq(word, STR("no"))) {
        return config_refuse(problem, "%s must be yes or no, not \"%s\"", key->name, text);
    }
    *ret_switch = yes;
    return true;
}

bool config_value_set(struct config_problem *problem, const struct config_key *key, void *into,
                      const char *text) {
    char *member = (char *)into + key->offset;
    switch (key->kind) {
    case VALUE_TEXT:
        *(const char **)(void *)member = arena_printf(problem->arena, "%s", text);
        return true;
    case VALUE_NUMBER:
        return set_number(problem, key, text, (int64_t *)(void *)member);
    case VALUE_SWITCH:
        return set_switch(problem, key, text, (bool *)(void *)member);
    case VALUE_PACE:
        return pace_from_text(str_from_c(text), (struct pace *)(void *)member) ||
               config_refuse(problem, "%s must be like 50/s, 100/m, 1000/h or 0, not \"%s\"",
                             key->name, text);
    }
    return false;
}
