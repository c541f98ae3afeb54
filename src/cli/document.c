/* SPDX-License-Identifier: MIT */
#include "cli/document.h"

#include "base/arena.h"
#include "base/json_read.h"
#include "base/result.h"

enum { DOCUMENT_DEPTH_MAX = 16 };

/* An object or array whose end has not come yet. */
struct open_node {
    struct node *node;
    struct node **tail;
};

struct builder {
    struct arena *arena;
    struct open_node open[DOCUMENT_DEPTH_MAX];
    size_t depth;
    struct str key; /* of the next member */
    struct node *root;
};

static struct node *add(struct builder *builder, enum node_kind kind, struct str text) {
    struct node *node = ARENA_NEW(builder->arena, struct node);
    *node = (struct node){.kind = kind, .key = builder->key, .text = text};
    builder->key = (struct str){0};
    if (builder->depth == 0) {
        builder->root = node;
        return node;
    }
    struct open_node *parent = &builder->open[builder->depth - 1];
    BUG_IF(parent->tail == NULL);
    *parent->tail = node;
    parent->tail = &node->next;
    parent->node->count++;
    return node;
}

/* False if it is nested too deep. */
static bool begin(struct builder *builder, enum node_kind kind) {
    if (builder->depth == DOCUMENT_DEPTH_MAX) {
        return false;
    }
    struct node *node = add(builder, kind, (struct str){0});
    builder->open[builder->depth++] = (struct open_node){node, &node->first};
    return true;
}

/* False at the end of the document, good or bad. The reader sees to it that ends fit beginnings. */
static bool take(struct builder *builder, enum json_token token, struct str text) {
    switch (token) {
    case JSON_OBJECT_BEGIN:
        return begin(builder, NODE_OBJECT);
    case JSON_ARRAY_BEGIN:
        return begin(builder, NODE_ARRAY);
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
        builder->depth--;
        return true;
    case JSON_KEY:
        builder->key = str_copy(builder->arena, text);
        return true;
    case JSON_STRING:
        (void)add(builder, NODE_STRING, str_copy(builder->arena, text));
        return true;
    case JSON_NUMBER:
        (void)add(builder, NODE_NUMBER, str_copy(builder->arena, text));
        return true;
    case JSON_TRUE:
        (void)add(builder, NODE_BOOL, STR("true"));
        return true;
    case JSON_FALSE:
        (void)add(builder, NODE_BOOL, STR("false"));
        return true;
    case JSON_NULL:
        (void)add(builder, NODE_NULL, (struct str){0});
        return true;
    case JSON_END:
    case JSON_ERROR:
        return false;
    }
    return false;
}

const struct node *document_parse(struct arena *arena, struct str text) {
    struct json_reader *reader = ARENA_NEW(arena, struct json_reader);
    struct builder builder = {.arena = arena};
    json_reader_init(reader, arena, bytes_from_str(text));
    enum json_token token = json_next(reader);
    while (take(&builder, token, reader->text)) {
        token = json_next(reader);
    }
    return reader->token == JSON_END ? builder.root : NULL;
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
