/* SPDX-License-Identifier: MIT */
#ifndef TILL_CLI_SUGGEST_H
#define TILL_CLI_SUGGEST_H

/* What somebody who mistyped a word most likely meant. */

#include "base/str.h"

struct command_table;

struct suggestion {
    struct str typed;
    const char *best; /* NULL: nothing is near enough */
    size_t distance;  /* of `best` */
};

struct suggestion suggestion_for(struct str typed);
void suggestion_offer(struct suggestion *suggestion, const char *candidate);

/* The nearest command's words by the first words typed, or NULL. */
const char *suggest_command(const struct command_table *table, const struct str *words,
                            size_t word_count);

#endif
