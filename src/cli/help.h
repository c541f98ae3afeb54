/* SPDX-License-Identifier: MIT */
#ifndef TILL_CLI_HELP_H
#define TILL_CLI_HELP_H

/* What `till help` and `--help` print, all of it from the table of commands. */

#include "base/buf.h"
#include "cli/command.h"

/* Every command, one line each. */
void help_overview(struct buf *out, const struct command_table *table);
/* One command with what it takes. */
void help_command(struct buf *out, const struct command *command);
/* "till shop show SHOP [--x X]" */
void help_usage(struct buf *out, const struct command *command);
/* `words` may name one command, or the first word of several. False if it names none. */
bool help_topic(struct buf *out, const struct command_table *table, const struct str *words,
                size_t word_count);

#endif
