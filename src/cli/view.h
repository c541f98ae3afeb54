/* SPDX-License-Identifier: MIT */
#ifndef TILL_CLI_VIEW_H
#define TILL_CLI_VIEW_H

/* How an answer looks to people: fields with their names, or a table with a heading, as constant
 * descriptions (views.c). Whatever came from shops and payers is made harmless for a terminal. */

#include "base/buf.h"
#include "cli/document.h"

enum cell_format {
    CELL_TEXT,
    CELL_BRIEF, /* of a text that somebody else wrote so much as a column can spare */
    CELL_TIME,  /* "2025-01-31 23:59:59" */
    CELL_YESNO, /* "yes", "no" */
    CELL_LIST,  /* items with commas between; of objects nothing */
    CELL_COUNT, /* how many items */
};

struct cell {
    const char *title; /* of a column, or the name of a field */
    const char *path;  /* in the answer, or in the table's row */
    enum cell_format format;
    const char *absent; /* instead of an empty field; NULL: "-" in tables, no line in fields */
};

enum view_kind {
    VIEW_FIELDS,
    VIEW_TABLE,
    VIEW_LINES,    /* an array, one line for each item, the cells side by side without a heading */
    VIEW_SENTENCE, /* `before`, the first cell, `after` */
};

enum { VIEW_CELLS_MAX = 24 };

struct view {
    enum view_kind kind;
    const char *list;    /* of a table: the array; of fields: the object; NULL: the answer */
    const char *heading; /* above it, when there is anything to show */
    const char *empty;   /* of a table without rows: a sentence; NULL: nothing */
    const struct cell *cells;
    size_t cell_count;
    const char *before;
    const char *after;
    const struct view *next; /* shown below */
};

void view_print(struct buf *out, const struct view *view, const struct node *answer);

/* Text without anything that moves a cursor or changes the reading direction. */
void put_harmless(struct buf *out, struct str text);

#endif
