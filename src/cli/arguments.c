/* SPDX-License-Identifier: MIT */
#include "cli/arguments.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "cli/suggest.h"

struct parser {
    struct arena *arena;
    const struct command_table *table;
    struct arguments *arguments;
    const char *complaint;
};

bool param_is_option(const struct param *param) {
    return param->name[0] == '-';
}

static bool complain(struct parser *parser, const char *complaint) {
    parser->complaint = complaint;
    return false;
}

static const struct param *find_option(const struct param *params, size_t count, struct str name) {
    for (size_t i = 0; i < count; i++) {
        if (str_eq(str_from_c(params[i].name), name)) {
            return &params[i];
        }
    }
    return NULL;
}

/* The command is not known while options are read, so this is any option of that name: all that is
 * asked of it is whether it takes a value, and that is the same for all of one name. */
static const struct param *find_any_option(const struct parser *parser, struct str name) {
    const struct param *found =
        find_option(till_global_options.params, till_global_options.count, name);
    for (size_t i = 0; found == NULL && i < parser->table->count; i++) {
        const struct command *command = &parser->table->commands[i];
        found = find_option(command->params, command->param_count, name);
    }
    return found;
}

static const char *suggest_option(const struct parser *parser, struct str name) {
    struct suggestion suggestion = suggestion_for(name);
    for (size_t i = 0; i < till_global_options.count; i++) {
        suggestion_offer(&suggestion, till_global_options.params[i].name);
    }
    for (size_t i = 0; i < parser->table->count; i++) {
        const struct command *command = &parser->table->commands[i];
        for (size_t j = 0; j < command->param_count; j++) {
            suggestion_offer(&suggestion, command->params[j].name);
        }
    }
    return suggestion.best;
}

static bool unknown_option(struct parser *parser, struct str name) {
    const char *nearest = suggest_option(parser, name);
    const char *text =
        nearest == NULL ? arena_printf(parser->arena, "there is no option %.*s", STR_ARG(name))
                        : arena_printf(parser->arena, "there is no option %.*s; did you mean %s?",
                                       STR_ARG(name), nearest);
    return complain(parser, text);
}

static bool add_given(struct parser *parser, const struct param *param, struct str value) {
    struct arguments *arguments = parser->arguments;
    if (arguments->given_count == ARGUMENTS_MAX) {
        return complain(parser, "there are too many arguments");
    }
    arguments->given[arguments->given_count++] = (struct given){param, value};
    return true;
}

/* `*at` is the option; moves on past its value. */
static bool read_option(struct parser *parser, int argc, char *const *argv, int *at) {
    struct str text = str_from_c(argv[*at]);
    size_t equals = str_find(text, '=');
    struct str name = str_slice(text, 0, equals);
    const struct param *option = find_any_option(parser, name);
    if (option == NULL) {
        return unknown_option(parser, name);
    }
    bool has_value = equals < text.len;
    if (option->type == PARAM_FLAG) {
        return has_value ? complain(parser,
                                    arena_printf(parser->arena, "%s takes no value", option->name))
                         : add_given(parser, option, STR(""));
    }
    if (has_value) {
        return add_given(parser, option, str_slice(text, equals + 1, text.len));
    }
    if (*at + 1 >= argc || strncmp(argv[*at + 1], "--", 2) == 0) {
        return complain(parser, arena_printf(parser->arena, "%s needs a value", option->name));
    }
    *at += 1;
    return add_given(parser, option, str_from_c(argv[*at]));
}

static bool read_words_and_options(struct parser *parser, int argc, char *const *argv) {
    struct arguments *arguments = parser->arguments;
    bool options_ended = false;
    for (int i = 1; i < argc; i++) {
        if (!options_ended && strcmp(argv[i], "--") == 0) {
            options_ended = true;
        } else if (!options_ended && strcmp(argv[i], "-h") == 0) {
            arguments->help = true;
        } else if (!options_ended && strncmp(argv[i], "--", 2) == 0) {
            if (!read_option(parser, argc, argv, &i)) {
                return false;
            }
        } else if (arguments->word_count == ARGUMENTS_MAX) {
            return complain(parser, "there are too many arguments");
        } else {
            arguments->words[arguments->word_count++] = str_from_c(argv[i]);
        }
    }
    return true;
}

/* Takes what every command knows out of `given`. */
static void take_global_options(struct arguments *arguments) {
    size_t kept = 0;
    for (size_t i = 0; i < arguments->given_count; i++) {
        struct given given = arguments->given[i];
        struct str name = str_from_c(given.param->name);
        if (str_eq(name, STR("--json"))) {
            arguments->json = true;
        } else if (str_eq(name, STR("--help"))) {
            arguments->help = true;
        } else if (str_eq(name, STR("--version"))) {
            arguments->version = true;
        } else if (str_eq(name, STR("--socket"))) {
            arguments->socket = given.value;
        } else if (str_eq(name, STR("--config"))) {
            arguments->config = given.value;
        } else {
            arguments->given[kept++] = given;
        }
    }
    arguments->given_count = kept;
}

/* How many of the words are the command's; 0 if it is another one. */
static size_t words_matched(const struct command *command, const struct arguments *arguments) {
    struct str rest = str_from_c(command->words);
    struct str word;
    size_t count = 0;
    while (str_split_next(&rest, ' ', &word)) {
        if (count >= arguments->word_count || !str_eq(word, arguments->words[count])) {
            return 0;
        }
        count++;
    }
    return count;
}

static bool find_command(struct parser *parser, size_t *ret_words) {
    struct arguments *arguments = parser->arguments;
    *ret_words = 0;
    for (size_t i = 0; i < parser->table->count; i++) {
        size_t matched = words_matched(&parser->table->commands[i], arguments);
        if (matched > *ret_words) {
            *ret_words = matched;
            arguments->command = &parser->table->commands[i];
        }
    }
    return arguments->command != NULL;
}

/* The words that may follow the first one: "create, list, show"; "" if it begins no command. */
static const char *second_words(const struct parser *parser, struct str first) {
    struct buf out = buf_in(parser->arena);
    for (size_t i = 0; i < parser->table->count; i++) {
        struct str rest = str_from_c(parser->table->commands[i].words);
        struct str word;
        if (str_split_next(&rest, ' ', &word) && str_eq(word, first)) {
            buf_puts(&out, out.len == 0 ? "" : ", ");
            buf_put_str(&out, rest);
        }
    }
    buf_put_char(&out, '\0');
    return buf_str(&out).ptr;
}

static bool unknown_command(struct parser *parser) {
    const struct arguments *arguments = parser->arguments;
    const char *second = second_words(parser, arguments->words[0]);
    if (arguments->word_count == 1 && second[0] != '\0') {
        return complain(parser, arena_printf(parser->arena, "\"%.*s\" needs one more word: %s",
                                             STR_ARG(arguments->words[0]), second));
    }
    const char *asked = arena_printf(parser->arena, "%.*s%s%.*s", STR_ARG(arguments->words[0]),
                                     arguments->word_count > 1 ? " " : "",
                                     arguments->word_count > 1 ? (int)arguments->words[1].len : 0,
                                     arguments->word_count > 1 ? arguments->words[1].ptr : "");
    const char *nearest = suggest_command(parser->table, arguments->words, arguments->word_count);
    if (nearest == NULL) {
        return complain(parser, arena_printf(parser->arena,
                                             "there is no command \"%s\"; till help lists them all",
                                             asked));
    }
    return complain(parser,
                    arena_printf(parser->arena, "there is no command \"%s\"; did you mean: till %s",
                                 asked, nearest));
}

/* The options were read by name alone; now they become this command's own. */
static bool bind_options(struct parser *parser) {
    struct arguments *arguments = parser->arguments;
    const struct command *command = arguments->command;
    for (size_t i = 0; i < arguments->given_count; i++) {
        struct str name = str_from_c(arguments->given[i].param->name);
        const struct param *own = find_option(command->params, command->param_count, name);
        if (own == NULL) {
            return complain(parser, arena_printf(parser->arena, "till %s does not take %.*s",
                                                 command->words, STR_ARG(name)));
        }
        arguments->given[i].param = own;
        for (size_t j = 0; j < i; j++) {
            if (arguments->given[j].param == own) {
                return complain(parser,
                                arena_printf(parser->arena, "%s is given twice", own->name));
            }
        }
    }
    return true;
}

static const char *join(struct arena *arena, const char *const *words) {
    struct buf text = buf_in(arena);
    for (size_t i = 0; words[i] != NULL; i++) {
        buf_puts(&text, i == 0 ? "" : ", ");
        buf_puts(&text, words[i]);
    }
    return str_to_c(arena, buf_str(&text));
}

static bool check_pair(struct parser *parser, const struct param *param, struct str word) {
    size_t equals = str_find(word, '=');
    if (equals == 0 || equals == word.len) {
        return complain(
            parser, arena_printf(parser->arena, "\"%.*s\" is not like key=value", STR_ARG(word)));
    }
    struct str key = str_slice(word, 0, equals);
    for (size_t i = 0; param->keys[i] != NULL; i++) {
        if (str_eq(str_from_c(param->keys[i]), key)) {
            return true;
        }
    }
    return complain(parser, arena_printf(parser->arena, "there is no key \"%.*s\"; there are: %s",
                                         STR_ARG(key), join(parser->arena, param->keys)));
}

static bool bind_words(struct parser *parser, size_t first_word) {
    struct arguments *arguments = parser->arguments;
    const struct command *command = arguments->command;
    size_t at = first_word;
    for (size_t i = 0; i < command->param_count; i++) {
        const struct param *param = &command->params[i];
        if (param_is_option(param)) {
            continue;
        }
        bool takes_all = param->type == PARAM_PAIRS || param->type == PARAM_WORDS;
        size_t last = takes_all ? arguments->word_count : at + 1;
        for (; at < last && at < arguments->word_count; at++) {
            if ((param->type == PARAM_PAIRS && !check_pair(parser, param, arguments->words[at])) ||
                !add_given(parser, param, arguments->words[at])) {
                return false;
            }
        }
    }
    if (at < arguments->word_count) {
        return complain(parser,
                        arena_printf(parser->arena, "till %s: \"%.*s\" is one word too many",
                                     command->words, STR_ARG(arguments->words[at])));
    }
    return true;
}

static bool is_given(const struct arguments *arguments, const struct param *param) {
    for (size_t i = 0; i < arguments->given_count; i++) {
        if (arguments->given[i].param == param) {
            return true;
        }
    }
    return false;
}

static bool check_required(struct parser *parser) {
    const struct command *command = parser->arguments->command;
    for (size_t i = 0; i < command->param_count; i++) {
        const struct param *param = &command->params[i];
        if (param->is_required && !is_given(parser->arguments, param)) {
            return complain(parser, arena_printf(parser->arena, "till %s needs %s: %s",
                                                 command->words, param->name, param->help));
        }
    }
    return true;
}

static bool check_values(struct parser *parser) {
    const struct arguments *arguments = parser->arguments;
    for (size_t i = 0; i < arguments->given_count; i++) {
        const struct given *given = &arguments->given[i];
        uint64_t number;
        if (given->param->type == PARAM_NUMBER &&
            (!str_to_u64(given->value, &number) || number > INT64_MAX)) {
            return complain(parser,
                            arena_printf(parser->arena, "%s must be a whole number, not \"%.*s\"",
                                         given->param->name, STR_ARG(given->value)));
        }
        if (given->param->place == PARAM_PATH && given->value.len == 0) {
            return complain(parser, arena_printf(parser->arena, "%s is empty", given->param->name));
        }
        if (!str_is_utf8(given->value)) {
            return complain(parser,
                            arena_printf(parser->arena, "%s is not UTF-8", given->param->name));
        }
    }
    return true;
}

static bool parse(struct parser *parser, int argc, char *const *argv) {
    struct arguments *arguments = parser->arguments;
    if (!read_words_and_options(parser, argc, argv)) {
        return false;
    }
    take_global_options(arguments);
    size_t command_words;
    if (arguments->word_count == 0) {
        return arguments->help || arguments->version ||
               complain(parser, "which command? till help lists them all");
    }
    if (!find_command(parser, &command_words)) {
        return unknown_command(parser);
    }
    if (arguments->help || arguments->version || arguments->command->runner == RUN_HELP) {
        return true;
    }
    return bind_options(parser) && bind_words(parser, command_words) && check_required(parser) &&
           check_values(parser);
}

bool arguments_parse(struct arena *arena, const struct command_table *table, int argc,
                     char *const *argv, struct arguments *ret_arguments,
                     const char **ret_complaint) {
    struct arguments arguments = {0};
    struct parser parser = {.arena = arena, .table = table, .arguments = &arguments};
    bool fine = parse(&parser, argc, argv);
    *ret_arguments = arguments;
    *ret_complaint = parser.complaint;
    return fine;
}

struct str arguments_value(const struct arguments *arguments, const char *field) {
    for (size_t i = 0; i < arguments->given_count; i++) {
        if (strcmp(arguments->given[i].param->field, field) == 0) {
            return arguments->given[i].value;
        }
    }
    return (struct str){0};
}
