/* SPDX-License-Identifier: MIT */
#ifndef TILL_CONFIG_VALUE_H
#define TILL_CONFIG_VALUE_H

/* What one key of the configuration takes, whatever section it stands in. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum config_value { VALUE_TEXT, VALUE_NUMBER, VALUE_SWITCH, VALUE_PACE };

struct config_key {
    const char *name;
    enum config_value kind;
    size_t offset; /* of the member in the struct that is filled */
    int64_t min, max;
};

/* The first thing that is wrong; `text` NULL: nothing so far. */
struct config_problem {
    struct arena *arena;
    int line; /* that is being read; 0: none, as in the environment */
    const char *text;
    int text_line; /* where `text` was noted */
};

/* Notes the problem, unless there is one; false, for the caller to pass up. */
bool config_refuse(struct config_problem *problem, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Fills the key's member of `into`; texts live in the problem's arena. */
bool config_value_set(struct config_problem *problem, const struct config_key *key, void *into,
                      const char *text);

#endif
