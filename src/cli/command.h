/* SPDX-License-Identifier: MIT */
#ifndef TILL_CLI_COMMAND_H
#define TILL_CLI_COMMAND_H

/* The shape of a command: its words, what it takes, the request it makes and how the answer is
 * shown. commands.c holds the one table of them; parsing, help and requests all follow from it. */

#include <stdbool.h>
#include <stddef.h>

struct view;

enum param_type {
    PARAM_TEXT,
    PARAM_NUMBER, /* a whole number, not negative */
    PARAM_FLAG,   /* an option without a value */
    PARAM_WORDS,  /* all further words, together the list of one field; the last that is a word */
    PARAM_PAIRS,  /* all further words, each key=value, each a field of its own; always last */
};

enum param_place {
    PARAM_PATH,  /* stands for `{name}` in the path */
    PARAM_BODY,  /* a field of the JSON body */
    PARAM_QUERY, /* a field of the query string */
    PARAM_LOCAL, /* for this program only */
};

struct param {
    const char *name;  /* "--name" for an option, "SHOP" for a word that stands by its place */
    const char *field; /* in path, body or query */
    enum param_type type;
    enum param_place place;
    bool is_required;
    const char *help;
    const char *const *keys; /* of PARAM_PAIRS: which there are; ends with NULL */
};

enum command_runner {
    RUN_REQUEST,
    RUN_BACKUP,  /* a request with the file's whole path and a passphrase */
    RUN_RESTORE, /* these two work on files, with tilld stopped */
    RUN_VERIFY,
    RUN_EXPORT, /* a request, and its answer's transaction into a file */
    RUN_PLAN,   /* a request, and its answer as it is into a file */
    RUN_RESCAN, /* one request for each part, until nothing is left */
    RUN_HELP,
};

struct command {
    const char *words;  /* "shop create" */
    const char *method; /* "GET"; NULL when there is no request */
    const char *path;   /* "/admin/v1/shops/{shop}" */
    const struct param *params;
    size_t param_count;
    const struct view *view; /* how the answer looks to people */
    enum command_runner runner;
    const char *help; /* one line, lower case, no full stop */
};

struct command_table {
    const struct command *commands;
    size_t count;
};

/* What every command takes. */
struct param_list {
    const struct param *params;
    size_t count;
};

extern const struct command_table till_commands;
extern const struct param_list till_global_options;

/* An option, not a word that stands by its place. */
bool param_is_option(const struct param *param);

#endif
