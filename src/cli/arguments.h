/* SPDX-License-Identifier: MIT */
#ifndef TILL_CLI_ARGUMENTS_H
#define TILL_CLI_ARGUMENTS_H

/* Reads a command line by the table of commands. Options may stand anywhere, also before the
 * command, as `--name value` or `--name=value`; `--` ends them. Knows nothing of what commands do.
 */

#include "base/str.h"
#include "cli/command.h"

struct arena;

enum { ARGUMENTS_MAX = 64 };

struct given {
    const struct param *param;
    struct str value; /* of a flag: empty */
};

struct arguments {
    const struct command *command; /* NULL: none was named */
    struct given given[ARGUMENTS_MAX];
    size_t given_count;
    struct str words[ARGUMENTS_MAX]; /* all that is no option, the command's own words first */
    size_t word_count;
    bool json;
    bool help;
    bool version;
    struct str socket; /* empty: not given */
    struct str config;
};

/* False: `*ret_complaint` says what is wrong, in a sentence or two that live in `arena`. With
 * `help` or `version` nothing further is asked of the command. */
bool arguments_parse(struct arena *arena, const struct command_table *table, int argc,
                     char *const *argv, struct arguments *ret_arguments,
                     const char **ret_complaint);

/* The value given for this field; ptr NULL if there is none. */
struct str arguments_value(const struct arguments *arguments, const char *field);

#endif
