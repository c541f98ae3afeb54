/* SPDX-License-Identifier: MIT */
#include "cli/rescan.h"

#include "base/arena.h"
#include "base/json_write.h"
#include "cli/arguments.h"
#include "cli/document.h"
#include "cli/views.h"

static const struct cell rescan_cells[] = {
    {"network", "network", CELL_TEXT, NULL},
    {"from block", "from", CELL_TEXT, NULL},
    {"to block", "to", CELL_TEXT, NULL},
    {"blocks read", "blocks_read", CELL_TEXT, NULL},
    {"of them without traces", "blocks_untraced", CELL_TEXT, NULL},
    {"payments found", "payments_found", CELL_TEXT, NULL},
    {"payments known already", "payments_known", CELL_TEXT, NULL},
    {"go on with --from", "next", CELL_TEXT, NULL},
};
const struct view view_rescan = {.kind = VIEW_FIELDS,
                                 .cells = rescan_cells,
                                 .cell_count = sizeof rescan_cells / sizeof rescan_cells[0]};

enum { NONE = -1 };

/* The table lets numbers through only. */
static int64_t given(const struct arguments *arguments, const char *field) {
    int64_t value;
    return str_to_i64(arguments_value(arguments, field), &value) && value >= 0 ? value : INT64_MAX;
}

struct rescan_sum rescan_wanted(const struct arguments *arguments) {
    int64_t from = given(arguments, "from");
    bool has_to = arguments_value(arguments, "to").ptr != NULL;
    return (struct rescan_sum){.network = arguments_value(arguments, "network"),
                               .from = from,
                               .to = has_to ? given(arguments, "to") : NONE,
                               .next = from};
}

struct str rescan_body(struct arena *arena, const struct rescan_sum *sum) {
    struct buf out = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &out);
    json_write_object_begin(&json);
    json_write_key(&json, STR("from"));
    json_write_i64(&json, sum->next);
    if (sum->to != NONE) {
        json_write_key(&json, STR("to"));
        json_write_i64(&json, sum->to);
    }
    json_write_object_end(&json);
    return buf_str(&out);
}

bool rescan_add(struct rescan_sum *sum, const struct node *answer) {
    struct rescan_sum part;
    const struct node *next = node_at(answer, "next");
    bool is_answer = str_to_i64(node_text(answer, "to"), &part.to) &&
                     str_to_i64(node_text(answer, "blocks_read"), &part.blocks_read) &&
                     str_to_i64(node_text(answer, "blocks_untraced"), &part.blocks_untraced) &&
                     str_to_i64(node_text(answer, "payments_found"), &part.payments_found) &&
                     str_to_i64(node_text(answer, "payments_known"), &part.payments_known) &&
                     next != NULL;
    if (!is_answer) {
        return false;
    }
    part.next = NONE;
    bool goes_on = next->kind != NODE_NULL;
    if (goes_on && (!str_to_i64(next->text, &part.next) || part.next <= sum->next)) {
        return false;
    }
    sum->to = part.to;
    sum->next = part.next;
    sum->blocks_read += part.blocks_read;
    sum->blocks_untraced += part.blocks_untraced;
    sum->payments_found += part.payments_found;
    sum->payments_known += part.payments_known;
    return true;
}

static void write_number(struct json_writer *json, const char *key, int64_t value) {
    json_write_key(json, str_from_c(key));
    json_write_i64(json, value);
}

struct str rescan_answer(struct arena *arena, const struct rescan_sum *sum) {
    struct buf out = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &out);
    json_write_object_begin(&json);
    json_write_key(&json, STR("network"));
    json_write_str(&json, sum->network);
    write_number(&json, "from", sum->from);
    write_number(&json, "to", sum->to);
    json_write_key(&json, STR("next"));
    if (sum->next == NONE) {
        json_write_null(&json);
    } else {
        json_write_i64(&json, sum->next);
    }
    write_number(&json, "blocks_read", sum->blocks_read);
    write_number(&json, "blocks_untraced", sum->blocks_untraced);
    write_number(&json, "payments_found", sum->payments_found);
    write_number(&json, "payments_known", sum->payments_known);
    json_write_object_end(&json);
    return buf_str(&out);
}
