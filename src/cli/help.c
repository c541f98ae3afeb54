/* SPDX-License-Identifier: MIT */
#include "cli/help.h"

#include <string.h>

static void put_padded(struct buf *out, const char *text, size_t width) {
    size_t len = strlen(text);
    buf_puts(out, text);
    for (size_t i = len; i < width; i++) {
        buf_put_char(out, ' ');
    }
}

/* "--notify-url URL": an option's value is called as its last word. */
static void put_param(struct buf *out, const struct param *param) {
    buf_puts(out, param->name);
    if (param->type == PARAM_FLAG || !param_is_option(param)) {
        return;
    }
    buf_put_char(out, ' ');
    for (const char *c = strrchr(param->name, '-') + 1; *c != '\0'; c++) {
        buf_put_char(out, (char)(*c - 'a' + 'A'));
    }
}

void help_usage(struct buf *out, const struct command *command) {
    buf_putf(out, "till %s", command->words);
    for (size_t i = 0; i < command->param_count; i++) {
        const struct param *param = &command->params[i];
        buf_puts(out, param->is_required ? " " : " [");
        put_param(out, param);
        bool takes_all = param->type == PARAM_PAIRS || param->type == PARAM_WORDS;
        buf_puts(out, takes_all ? " ..." : "");
        buf_puts(out, param->is_required ? "" : "]");
    }
}

static void put_params(struct buf *out, const struct param *params, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char memory[64];
        struct buf name = buf_over(memory, sizeof memory - 1);
        put_param(&name, &params[i]);
        memory[name.len] = '\0';
        buf_puts(out, "  ");
        put_padded(out, memory, 26);
        buf_putf(out, " %s\n", params[i].help);
    }
}

static void put_command_line(struct buf *out, const struct command *command) {
    buf_puts(out, "  ");
    put_padded(out, command->words, 18);
    buf_putf(out, " %s\n", command->help);
}

void help_overview(struct buf *out, const struct command_table *table) {
    buf_puts(out, "usage: till COMMAND [arguments]\n\n");
    for (size_t i = 0; i < table->count; i++) {
        put_command_line(out, &table->commands[i]);
    }
    buf_puts(out, "\nWith every command, anywhere:\n");
    put_params(out, till_global_options.params, till_global_options.count);
    buf_puts(out,
             "\ntill help COMMAND says what a command takes. Exit status: 0 done, 1 refused, 2 "
             "wrong usage,\n3 tilld cannot be reached.\n");
}

void help_command(struct buf *out, const struct command *command) {
    buf_puts(out, "usage: ");
    help_usage(out, command);
    buf_putf(out, "\n\n%s\n", command->help);
    if (command->param_count > 0) {
        buf_put_char(out, '\n');
        put_params(out, command->params, command->param_count);
    }
}

static bool words_start_command(const struct command *command, const struct str *words,
                                size_t word_count) {
    struct str rest = str_from_c(command->words);
    for (size_t i = 0; i < word_count; i++) {
        struct str word;
        if (!str_split_next(&rest, ' ', &word) || !str_eq(word, words[i])) {
            return false;
        }
    }
    return true;
}

bool help_topic(struct buf *out, const struct command_table *table, const struct str *words,
                size_t word_count) {
    const struct command *only = NULL;
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++) {
        if (words_start_command(&table->commands[i], words, word_count)) {
            only = &table->commands[i];
            count++;
        }
    }
    if (count == 1) {
        help_command(out, only);
        return true;
    }
    for (size_t i = 0; i < table->count; i++) {
        if (words_start_command(&table->commands[i], words, word_count)) {
            put_command_line(out, &table->commands[i]);
        }
    }
    return count > 0;
}
