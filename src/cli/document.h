/* SPDX-License-Identifier: MIT */
#ifndef TILL_CLI_DOCUMENT_H
#define TILL_CLI_DOCUMENT_H

/* An answer of tilld as a small tree, for showing it to people. Numbers stay text. */

#include "base/str.h"

struct arena;

enum node_kind { NODE_NULL, NODE_BOOL, NODE_NUMBER, NODE_STRING, NODE_ARRAY, NODE_OBJECT };

struct node {
    enum node_kind kind;
    struct str key;  /* of a member */
    struct str text; /* string decoded, number as written, "true", "false" */
    struct node *first;
    struct node *next;
    size_t count; /* members or items */
};

/* NULL if it is not one JSON document. */
const struct node *document_parse(struct arena *arena, struct str text);

/* By a dotted path; NULL if there is no such node or `node` is NULL. */
const struct node *node_at(const struct node *node, const char *path);
/* Text of a string, number or boolean; ptr NULL for anything else. */
struct str node_text(const struct node *node, const char *path);

#endif
