/* SPDX-License-Identifier: MIT */
#include "cli/suggest.h"

#include <stdint.h>
#include <string.h>

#include "cli/command.h"

enum { SUGGEST_BYTES_MAX = 63 };

static size_t min_of(size_t a, size_t b) {
    return a < b ? a : b;
}

/* How many letters must be changed, added, left out or swapped with their neighbour. SIZE_MAX for
 * texts that are too long to be worth it. */
static size_t edit_distance(struct str a, struct str b) {
    size_t rows[3][SUGGEST_BYTES_MAX + 1];
    if (a.len > SUGGEST_BYTES_MAX || b.len > SUGGEST_BYTES_MAX) {
        return SIZE_MAX;
    }
    size_t *before = rows[0];
    size_t *above = rows[1];
    size_t *row = rows[2];
    for (size_t j = 0; j <= b.len; j++) {
        before[j] = above[j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t replaced = above[j - 1] + (a.ptr[i - 1] == b.ptr[j - 1] ? 0 : 1);
            row[j] = min_of(replaced, min_of(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1]) {
                row[j] = min_of(row[j], before[j - 2] + 1);
            }
        }
        size_t *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[b.len];
}

struct suggestion suggestion_for(struct str typed) {
    /* A third of the letters may be wrong. */
    return (struct suggestion){.typed = typed, .distance = typed.len / 3 + 2};
}

void suggestion_offer(struct suggestion *suggestion, const char *candidate) {
    size_t distance = edit_distance(suggestion->typed, str_from_c(candidate));
    if (distance < suggestion->distance) {
        suggestion->best = candidate;
        suggestion->distance = distance;
    }
}

const char *suggest_command(const struct command_table *table, const struct str *words,
                            size_t word_count) {
    char typed[SUGGEST_BYTES_MAX + 1];
    size_t used = 0;
    for (size_t i = 0; i < word_count && i < 2; i++) {
        if (used + 1 + words[i].len >= sizeof typed) {
            break;
        }
        if (i > 0) {
            typed[used++] = ' ';
        }
        memcpy(typed + used, words[i].ptr, words[i].len);
        used += words[i].len;
    }
    struct suggestion suggestion = suggestion_for((struct str){.ptr = typed, .len = used});
    /* A noun alone: its first verb, which is the usual way in. */
    for (size_t i = 0; word_count == 1 && i < table->count; i++) {
        struct str command = str_from_c(table->commands[i].words);
        if (command.len > used && command.ptr[used] == ' ' &&
            str_starts_with(command, suggestion.typed)) {
            return table->commands[i].words;
        }
    }
    for (size_t i = 0; i < table->count; i++) {
        suggestion_offer(&suggestion, table->commands[i].words);
    }
    return suggestion.best;
}
