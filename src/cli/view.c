/* SPDX-License-Identifier: MIT */
#include "cli/view.h"

#include "base/arena.h"
#include "base/result.h"

enum { TIME_SHOWN_BYTES = 19, BRIEF_WIDTH_MAX = 32 };

/* Control characters, C1 controls (U+0080 to U+009F, 0xC2 0x80..), and what reorders text: U+200E,
 * U+200F, U+202A to U+202E, U+2066 to U+2069 (all 0xE2 0x80/0x81). */
static bool is_harmful(struct str sequence) {
    const unsigned char *bytes = (const unsigned char *)sequence.ptr;
    if (sequence.len == 1) {
        return bytes[0] < 0x20 || bytes[0] == 0x7f;
    }
    if (sequence.len == 2) {
        return bytes[0] == 0xc2 && bytes[1] < 0xa0;
    }
    if (sequence.len != 3 || bytes[0] != 0xe2) {
        return false;
    }
    bool is_mark = bytes[1] == 0x80 && (bytes[2] == 0x8e || bytes[2] == 0x8f);
    bool is_embedding = bytes[1] == 0x80 && bytes[2] >= 0xa8 && bytes[2] <= 0xae;
    bool is_isolate = bytes[1] == 0x81 && bytes[2] >= 0xa6 && bytes[2] <= 0xa9;
    return is_mark || is_embedding || is_isolate;
}

void put_harmless(struct buf *out, struct str text) {
    while (text.len > 0) {
        size_t len = str_utf8_len(text);
        struct str sequence = str_slice(text, 0, len == 0 ? 1 : len);
        if (len == 0 || is_harmful(sequence)) {
            buf_put_char(out, '?');
        } else {
            buf_put_str(out, sequence);
        }
        text = str_slice(text, sequence.len, text.len);
    }
}

/* Code points, which is close enough to columns for what is shown here. */
static size_t width_of(struct str text) {
    size_t width = 0;
    for (size_t i = 0; i < text.len; i++) {
        width += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    }
    return width;
}

static void put_brief(struct buf *out, struct str text) {
    if (width_of(text) <= BRIEF_WIDTH_MAX) {
        put_harmless(out, text);
        return;
    }
    size_t end = 0;
    for (size_t width = 1; width < BRIEF_WIDTH_MAX; width++) {
        size_t len = str_utf8_len(str_slice(text, end, text.len));
        end += len == 0 ? 1 : len;
    }
    put_harmless(out, str_slice(text, 0, end));
    buf_puts(out, "\u2026");
}

static void put_spaces(struct buf *out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        buf_put_char(out, ' ');
    }
}

static void put_list(struct buf *out, const struct node *list) {
    const struct node *item = list->first;
    while (item != NULL) {
        put_harmless(out, item->text);
        item = item->next;
        if (item != NULL) {
            buf_puts(out, ", ");
        }
    }
}

/* "2025-01-31T23:59:59.123Z" without what nobody reads. */
static void put_time(struct buf *out, struct str text) {
    if (text.len < TIME_SHOWN_BYTES || text.ptr[10] != 'T') {
        put_harmless(out, text);
        return;
    }
    put_harmless(out, str_slice(text, 0, 10));
    buf_put_char(out, ' ');
    put_harmless(out, str_slice(text, 11, TIME_SHOWN_BYTES));
}

static struct str cell_text(struct arena *arena, const struct cell *cell, const struct node *row) {
    struct buf text = buf_in(arena);
    const struct node *value = *cell->path == '\0' ? row : node_at(row, cell->path);
    if (value == NULL || value->kind == NODE_NULL) {
        return (struct str){0};
    }
    switch (cell->format) {
    case CELL_TEXT:
        put_harmless(&text, value->text);
        break;
    case CELL_BRIEF:
        put_brief(&text, value->text);
        break;
    case CELL_TIME:
        put_time(&text, value->text);
        break;
    case CELL_YESNO:
        buf_puts(&text, str_eq(value->text, STR("true")) ? "yes" : "no");
        break;
    case CELL_LIST:
        put_list(&text, value);
        break;
    case CELL_COUNT:
        buf_put_u64(&text, value->count);
        break;
    }
    return buf_str(&text);
}

static void print_fields(struct buf *out, const struct view *view, const struct node *object) {
    struct str texts[VIEW_CELLS_MAX];
    size_t widest = 0;
    for (size_t i = 0; i < view->cell_count; i++) {
        const struct cell *cell = &view->cells[i];
        texts[i] = cell_text(out->arena, cell, object);
        if (texts[i].len == 0 && cell->absent != NULL) {
            texts[i] = str_from_c(cell->absent);
        }
        size_t width = str_from_c(cell->title).len;
        if (texts[i].len > 0 && width > widest) {
            widest = width;
        }
    }
    for (size_t i = 0; i < view->cell_count; i++) {
        if (texts[i].len == 0) {
            continue;
        }
        struct str title = str_from_c(view->cells[i].title);
        buf_put_str(out, title);
        put_spaces(out, widest - title.len + 2);
        buf_put_str(out, texts[i]);
        buf_put_char(out, '\n');
    }
}

static void put_row(struct buf *out, const struct view *view, const struct str *texts,
                    const size_t *widths) {
    for (size_t i = 0; i < view->cell_count; i++) {
        buf_put_str(out, texts[i]);
        if (i + 1 < view->cell_count) {
            put_spaces(out, widths[i] - width_of(texts[i]) + 2);
        }
    }
    buf_put_char(out, '\n');
}

static struct str *row_texts(struct arena *arena, const struct view *view, const struct node *row) {
    struct str *texts = ARENA_ARRAY(arena, struct str, view->cell_count);
    for (size_t i = 0; i < view->cell_count; i++) {
        const struct cell *cell = &view->cells[i];
        texts[i] = cell_text(arena, cell, row);
        if (texts[i].len == 0) {
            texts[i] = str_from_c(cell->absent == NULL ? "-" : cell->absent);
        }
    }
    return texts;
}

static void print_table(struct buf *out, const struct view *view, const struct node *list) {
    struct arena *arena = out->arena;
    struct str **rows = ARENA_ARRAY(arena, struct str *, list->count + 1);
    size_t widths[VIEW_CELLS_MAX] = {0};
    size_t count = 0;
    if (view->kind == VIEW_TABLE) {
        rows[count] = ARENA_ARRAY(arena, struct str, view->cell_count);
        for (size_t i = 0; i < view->cell_count; i++) {
            rows[count][i] = str_from_c(view->cells[i].title);
        }
        count++;
    }
    for (const struct node *row = list->first; row != NULL; row = row->next) {
        rows[count++] = row_texts(arena, view, row);
    }
    for (size_t r = 0; r < count; r++) {
        for (size_t i = 0; i < view->cell_count; i++) {
            size_t width = width_of(rows[r][i]);
            widths[i] = width > widths[i] ? width : widths[i];
        }
    }
    for (size_t r = 0; r < count; r++) {
        put_row(out, view, rows[r], widths);
    }
}

static void print_list(struct buf *out, const struct view *view, const struct node *list) {
    if (list->count == 0) {
        if (view->empty != NULL) {
            buf_puts(out, view->empty);
            buf_put_char(out, '\n');
        }
        return;
    }
    if (view->heading != NULL) {
        buf_putf(out, "\n%s\n", view->heading);
    }
    print_table(out, view, list);
}

void view_print(struct buf *out, const struct view *view, const struct node *answer) {
    for (; view != NULL; view = view->next) {
        BUG_IF(view->cell_count > VIEW_CELLS_MAX);
        const struct node *target = view->list == NULL ? answer : node_at(answer, view->list);
        if (target == NULL || target->kind == NODE_NULL) {
            continue;
        }
        switch (view->kind) {
        case VIEW_FIELDS:
            if (view->heading != NULL) {
                buf_putf(out, "\n%s\n", view->heading);
            }
            print_fields(out, view, target);
            break;
        case VIEW_TABLE:
        case VIEW_LINES:
            print_list(out, view, target);
            break;
        case VIEW_SENTENCE:
            buf_puts(out, view->before);
            if (view->cell_count > 0) {
                buf_put_str(out, cell_text(out->arena, &view->cells[0], target));
            }
            buf_puts(out, view->after == NULL ? "" : view->after);
            buf_put_char(out, '\n');
            break;
        }
    }
}
