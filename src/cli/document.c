/* SPDX-License-Identifier: MIT */
#include "cli/document.h"

#include "base/arena.h"
#include "base/json_read.h"

enum { DOCUMENT_DEPTH_MAX = 16 };

static const struct node *read_value(struct json_reader *reader, struct arena *arena,
                                     unsigned depth);

static void append(struct node *parent, struct node ***tail, struct node *child) {
    **tail = child;
    *tail = &child->next;
    parent->count++;
}

static void read_children(struct json_reader *reader, struct arena *arena, unsigned depth,
                          struct node *parent) {
    struct node **tail = &parent->first;
    if (depth > DOCUMENT_DEPTH_MAX) {
        json_fail(reader, "the answer is nested too deep");
        return;
    }
    if (parent->kind == NODE_ARRAY) {
        json_array_begin(reader);
        while (json_array_next(reader)) {
            struct node *child = ARENA_NEW(arena, struct node);
            *child = *read_value(reader, arena, depth);
            append(parent, &tail, child);
        }
        return;
    }
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        struct str kept = str_copy(arena, key);
        struct node *child = ARENA_NEW(arena, struct node);
        *child = *read_value(reader, arena, depth);
        child->key = kept;
        append(parent, &tail, child);
    }
}

static const struct node *read_value(struct json_reader *reader, struct arena *arena,
                                     unsigned depth) {
    struct node *node = ARENA_NEW(arena, struct node);
    enum json_token next = json_peek(reader);
    if (next == JSON_OBJECT_BEGIN || next == JSON_ARRAY_BEGIN) {
        node->kind = next == JSON_OBJECT_BEGIN ? NODE_OBJECT : NODE_ARRAY;
        read_children(reader, arena, depth + 1, node);
    } else if (next == JSON_STRING) {
        node->kind = NODE_STRING;
        node->text = json_read_str_copy(reader, arena);
    } else if (next == JSON_NUMBER) {
        node->kind = NODE_NUMBER;
        node->text = str_copy(arena, json_read_number(reader));
    } else if (next == JSON_TRUE || next == JSON_FALSE) {
        node->kind = NODE_BOOL;
        node->text = json_read_bool(reader) ? STR("true") : STR("false");
    } else if (!json_take_null(reader)) {
        json_fail(reader, "a value is missing");
    }
    return node;
}

const struct node *document_parse(struct arena *arena, struct str text) {
    struct json_reader *reader = ARENA_NEW(arena, struct json_reader);
    json_reader_init(reader, arena, bytes_from_str(text));
    const struct node *node = read_value(reader, arena, 0);
    return json_reader_finish(reader) ? node : NULL;
}

static const struct node *member(const struct node *node, struct str key) {
    if (node == NULL || node->kind != NODE_OBJECT) {
        return NULL;
    }
    const struct node *child = node->first;
    while (child != NULL && !str_eq(child->key, key)) {
        child = child->next;
    }
    return child;
}

const struct node *node_at(const struct node *node, const char *path) {
    struct str rest = str_from_c(path);
    struct str key;
    while (node != NULL && str_split_next(&rest, '.', &key)) {
        node = member(node, key);
    }
    return node;
}

struct str node_text(const struct node *node, const char *path) {
    const struct node *found = node_at(node, path);
    return found == NULL ? (struct str){0} : found->text;
}

bool node_is_true(const struct node *node, const char *path) {
    return str_eq(node_text(node, path), STR("true"));
}
