/* SPDX-License-Identifier: MIT */
/* Answers as people see them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "cli/view.h"

static const struct cell cells[] = {
    {"NAME", "name", CELL_TEXT, NULL},
    {"TEST", "test", CELL_YESNO, NULL},
    {"AT", "at", CELL_TIME, NULL},
    {"WORDS", "words", CELL_LIST, "none"},
};
static const struct view table = {
    .kind = VIEW_TABLE, .list = "rows", .empty = "nothing here", .cells = cells, .cell_count = 4};
static const struct view fields = {.kind = VIEW_FIELDS, .cells = cells, .cell_count = 4};

static void assert_shown(const struct view *view, const char *json, const char *wanted) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 20);
    const struct node *answer = document_parse(arena, str_from_c(json));
    assert_non_null(answer);
    struct buf out = buf_in(arena);
    view_print(&out, view, answer);
    assert_string_equal(str_to_c(arena, buf_str(&out)), wanted);
}

static void test_a_table_is_aligned_by_letters_not_bytes(void **state) {
    (void)state;
    assert_shown(
        &table,
        "{\"rows\":[{\"name\":\"caf\u00e9\",\"test\":true,\"at\":\"2025-01-31T23:59:59.123Z\","
        "\"words\":[\"a\",\"b\"]},{\"name\":\"longer\",\"test\":false,\"at\":null,"
        "\"words\":[]}]}",
        "NAME    TEST  AT                   WORDS\n"
        "caf\u00e9    yes   2025-01-31 23:59:59  a, b\n"
        "longer  no    -                    none\n");
}

/* Of a shop's own text as much as a column can spare, in letters; its fields show it whole. */
static void test_a_long_text_does_not_widen_its_column(void **state) {
    (void)state;
    static const struct cell brief[] = {{"ID", "id", CELL_BRIEF, "-"}, {"A", "a", CELL_TEXT, NULL}};
    static const struct view rows = {
        .kind = VIEW_TABLE, .list = "rows", .cells = brief, .cell_count = 2};
    assert_shown(&rows,
                 "{\"rows\":[{\"id\":\"12345678901234567890123456789\u00e912\",\"a\":1},"
                 "{\"id\":\"12345678901234567890123456789\u00e9\u00e923\",\"a\":2},"
                 "{\"id\":null,\"a\":3},{\"id\":\"\\u001b[2J5678901234567890123456789012345\"}]}",
                 "ID                                A\n"
                 "12345678901234567890123456789\u00e912  1\n"
                 "12345678901234567890123456789\u00e9\u00e9\u2026  2\n"
                 "-                                 3\n"
                 "?[2J567890123456789012345678901\u2026  -\n");
}

static void test_an_empty_table_is_a_sentence(void **state) {
    (void)state;
    assert_shown(&table, "{\"rows\":[]}", "nothing here\n");
}

static void test_fields_without_a_value_are_left_out_or_said(void **state) {
    (void)state;
    assert_shown(&fields, "{\"name\":\"x\",\"at\":null,\"words\":[]}", "NAME   x\nWORDS  none\n");
}

static void test_views_follow_each_other(void **state) {
    (void)state;
    struct view second = table;
    second.heading = "Rows";
    struct view first = {.kind = VIEW_SENTENCE,
                         .before = "about ",
                         .cells = cells,
                         .cell_count = 1,
                         .after = "!",
                         .next = &second};
    assert_shown(&first, "{\"name\":\"it\",\"rows\":[]}", "about it!\nnothing here\n");
    assert_shown(&first, "{\"name\":\"it\",\"rows\":[{\"name\":\"n\"}]}",
                 "about it!\n\nRows\nNAME  TEST  AT  WORDS\nn     -     -   none\n");
}

static void test_nothing_moves_the_cursor_or_turns_the_text(void **state) {
    (void)state;
    assert_shown(&fields,
                 "{\"name\":\"a\\u001b[2J\\r\\nb\\u007f\\u009b1m\\u202ec\\u2066d\\u200ee\"}",
                 "NAME   a?[2J??b??1m?c?d?e\nWORDS  none\n");
    assert_shown(&fields, "{\"name\":\"\u00a0\u2013\u4e2d\"}",
                 "NAME   \u00a0\u2013\u4e2d\nWORDS  none\n");
}

static void test_what_is_not_json_is_no_document(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 20);
    static const char *const bad[] = {"", "{", "{} x", "<html>", "[1,]", "{\"a\":1,\"a\":2}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_null(document_parse(arena, str_from_c(bad[i])));
    }
    char deep[64];
    memset(deep, '[', 30);
    memset(deep + 30, ']', 30);
    assert_null(document_parse(arena, (struct str){.ptr = deep, .len = 60}));
}

static void test_nodes_are_found_by_path(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 20);
    const struct node *answer =
        document_parse(arena, STR("{\"a\":{\"b\":12.50,\"c\":true},\"d\":null}"));
    assert_true(str_eq(node_text(answer, "a.b"), STR("12.50")));
    assert_true(str_eq(node_text(answer, "a.c"), STR("true")));
    assert_null(node_text(answer, "d").ptr);
    assert_null(node_at(answer, "a.b.c"));
    assert_null(node_at(NULL, "a"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_table_is_aligned_by_letters_not_bytes),
        cmocka_unit_test(test_a_long_text_does_not_widen_its_column),
        cmocka_unit_test(test_an_empty_table_is_a_sentence),
        cmocka_unit_test(test_fields_without_a_value_are_left_out_or_said),
        cmocka_unit_test(test_views_follow_each_other),
        cmocka_unit_test(test_nothing_moves_the_cursor_or_turns_the_text),
        cmocka_unit_test(test_what_is_not_json_is_no_document),
        cmocka_unit_test(test_nodes_are_found_by_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
