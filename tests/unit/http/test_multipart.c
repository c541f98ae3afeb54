/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "http/form.h"
#include "http/limits.h"
#include "http/multipart.h"

static struct arena *arena;
static struct form form;
static const char *problem;

static int set_up(void **state) {
    (void)state;
    arena = arena_new(4 << 20);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static bool parse(const char *type, const char *body) {
    problem = NULL;
    bool is_form = multipart_parse(arena, str_from_c(type), str_from_c(body), &form, &problem);
    assert_true(is_form == (problem == NULL));
    return is_form;
}

static void assert_pair(size_t i, const char *path, const char *value) {
    assert_true(i < form.count);
    assert_int_equal(form.pairs[i].path.len, strlen(path));
    assert_memory_equal(form.pairs[i].path.ptr, path, strlen(path));
    assert_int_equal(form.pairs[i].value.len, strlen(value));
    assert_memory_equal(form.pairs[i].value.ptr, value, strlen(value));
}

#define TYPE        "multipart/form-data; boundary=x"
#define NAMED(name) "Content-Disposition: form-data; name=" name "\r\n\r\n"
#define PART(name)  "\r\n--x\r\n" NAMED(name)

#define CURL "------------------------d74496d66958873e"

static void test_what_phps_curl_sends_is_read(void **state) {
    (void)state;
    static const char *const body = "--" CURL "\r\n" NAMED("\"shop_id\"");
    static const char *const rest = "aB3dE5gH7jK9mN1p\r\n"
                                    "--" CURL "\r\n" NAMED("\"add_fields[time_to_pay][hours]\"");
    assert_true(parse("multipart/form-data; boundary=" CURL,
                      arena_printf(arena, "%s%s1\r\n--" CURL "--\r\n", body, rest)));
    assert_int_equal(form.count, 2);
    assert_pair(0, "shop_id", "aB3dE5gH7jK9mN1p");
    assert_pair(1, "add_fields.time_to_pay.hours", "1");
}

/* .NET quotes the boundary and not the names. */
static void test_quotes_are_where_they_please(void **state) {
    (void)state;
    assert_true(parse(
        "multipart/form-data; charset=utf-8; Boundary=\"x\"",
        "--x\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "content-disposition: form-data; NAME=uuids[]\r\n\r\na" PART("\"uuids[]\"") "b\r\n--x--"));
    assert_int_equal(form.count, 2);
    assert_pair(0, "uuids", "a");
    assert_pair(1, "uuids", "b");
    assert_true(form.pairs[1].is_list);
}

static void test_values_are_taken_to_the_byte(void **state) {
    (void)state;
    assert_true(parse(TYPE, "before\r\n--x \t\r\n" NAMED("a")
                                PART("b") " 1%20+\r\n\r\n--" PART("c") "x--x\r\n--x--\r\nafter"));
    assert_int_equal(form.count, 3);
    assert_pair(0, "a", "");
    assert_pair(1, "b", " 1%20+\r\n\r\n--");
    assert_pair(2, "c", "x--x");
}

static void test_a_file_is_no_field(void **state) {
    (void)state;
    assert_true(parse(TYPE, PART("\"a\\\"; b\"; filename=\"c;\\\"\"") "\xff" PART(
                                "f; filename=x") "" PART("d") "1\r\n--x--"));
    assert_int_equal(form.count, 1);
    assert_pair(0, "d", "1");
}

static void test_what_is_no_text_is_said_to_be_none(void **state) {
    (void)state;
    assert_true(parse(TYPE, PART("a") "\xcf\xf0\r\n--x--"));
    assert_pair(0, "a", "");
    assert_true(form.pairs[0].is_binary);
}

static void test_broken_ones_are_told_apart(void **state) {
    (void)state;
    static const struct {
        const char *type;
        const char *body;
        const char *problem;
    } rows[] = {
        {"multipart/form-data", "--x--", "the Content-Type names no boundary"},
        {"multipart/form-data; boundary=", "--x--", "the Content-Type names no boundary"},
        {"multipart/form-data; boundary=\"x", "--x--", "the Content-Type names no boundary"},
        {"multipart/form-data; boundary="
         "01234567890123456789012345678901234567890123456789012345678901234567890",
         "--x--", "the Content-Type names no boundary"},
        {TYPE, "", "the last boundary is missing"},
        {TYPE, "shop_id=a", "the last boundary is missing"},
        {TYPE, "--x", "the last boundary is missing"},
        {TYPE, "--x\r\n" NAMED("a") "1", "the last boundary is missing"},
        {TYPE, "--x\r\n" NAMED("a") "1\r\n--x", "the last boundary is missing"},
        {TYPE, "--xy\r\n" NAMED("a") "1\r\n--xy--", "something follows a boundary on its line"},
        {TYPE, "--x\r\nContent-Disposition: form-data; name=a\r\n--x--",
         "a part has no empty line behind its head"},
        {TYPE, "--x\r\n\r\n1\r\n--x--", "a part has no name"},
        {TYPE, "--x\r\n" NAMED("\"a") "1\r\n--x--", "a part has no name"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(parse(rows[i].type, rows[i].body));
        assert_string_equal(problem, rows[i].problem);
    }
}

static void test_the_number_of_fields_is_bounded(void **state) {
    (void)state;
    struct buf body = buf_in(arena);
    for (size_t i = 0; i < FORM_PAIRS_MAX; i++) {
        buf_puts(&body, PART("a") "1");
    }
    buf_put_char(&body, '\0');
    assert_true(parse(TYPE, arena_printf(arena, "%s\r\n--x--", buf_str(&body).ptr)));
    assert_int_equal(form.count, FORM_PAIRS_MAX);
    assert_false(parse(TYPE, arena_printf(arena, "%s" PART("a") "\r\n--x--", buf_str(&body).ptr)));
    assert_string_equal(problem, "there are too many fields");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_what_phps_curl_sends_is_read),       TEST(test_quotes_are_where_they_please),
        TEST(test_values_are_taken_to_the_byte),       TEST(test_a_file_is_no_field),
        TEST(test_what_is_no_text_is_said_to_be_none), TEST(test_broken_ones_are_told_apart),
        TEST(test_the_number_of_fields_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
