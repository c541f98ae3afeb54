/* SPDX-License-Identifier: MIT */
/* What strangers write stays text, wherever it stands in a page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "http/pages/html.h"

enum { ARENA_BYTES = 1 << 16 };

static int make_arena(void **state) {
    *state = arena_new(ARENA_BYTES);
    return 0;
}

static int free_arena(void **state) {
    arena_free(*state);
    return 0;
}

static const char *text_of(struct arena *arena, struct str text) {
    struct buf out = buf_in(arena);
    html_text(&out, text);
    return str_to_c(arena, buf_str(&out));
}

static void test_markup_in_a_text_is_escaped(void **state) {
    assert_string_equal(text_of(*state, STR("<script>alert(1)</script>")),
                        "&lt;script&gt;alert(1)&lt;/script&gt;");
    assert_string_equal(text_of(*state, STR("\"><img src=x onerror='a&b'>")),
                        "&#34;&gt;&lt;img src=x onerror=&#39;a&amp;b&#39;&gt;");
    assert_string_equal(text_of(*state, STR("${a} {{b}} {1}")), "${a} {{b}} {1}");
    assert_string_equal(text_of(*state, STR("Bücher 書店 🙂")), "Bücher 書店 🙂");
}

#define BAD "\xEF\xBF\xBD"

static void test_bytes_that_would_turn_or_break_the_page_are_replaced(void **state) {
    assert_string_equal(text_of(*state, STR("a\xE2\x80\xAE"
                                            "b")),
                        "a" BAD "b"); /* U+202E, right-to-left override */
    assert_string_equal(text_of(*state, STR("\xE2\x81\xA6")), BAD);            /* U+2066 */
    assert_string_equal(text_of(*state, STR("\xE2\x80\x94")), "\xE2\x80\x94"); /* a dash stays */
    assert_string_equal(text_of(*state, STR("a\0b\x1B\x7F\n")), "a" BAD "b" BAD BAD BAD);
    assert_string_equal(text_of(*state, STR("\xC2\x85")), BAD);
    assert_string_equal(text_of(*state, STR("\xFF<\xE2\x80")), BAD "&lt;" BAD BAD);
}

static void test_gaps_are_filled_with_text_only(void **state) {
    struct buf out = buf_in(*state);
    html_fill(&out, "<a title=\"{1}\">{2}{1}</a>{x}{", GAPS(STR("\"1"), STR("{1}<")));
    assert_string_equal(str_to_c(*state, buf_str(&out)),
                        "<a title=\"&#34;1\">{1}&lt;&#34;1</a>{x}{");
}

static void test_sentences_keep_what_they_quote_apart(void **state) {
    struct buf out = buf_in(*state);
    html_sentence(&out, "a < {1}", GAPS(STR("<b>")));
    html_sentence_plain(&out, "|{1}", GAPS(STR("<c>")));
    assert_string_equal(str_to_c(*state, buf_str(&out)), "a &lt; <bdi>&lt;b&gt;</bdi>|&lt;c&gt;");
}

static const char *url_of(struct arena *arena, const char *url, struct str query) {
    return str_to_c(arena, html_url(arena, str_from_c(url), query));
}

static void test_only_web_addresses_become_links(void **state) {
    static const char *const bad[] = {
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//evil.example/",
        "https:evil.example",
        "https:///evil.example",
        "https:\\\\evil.example",
        "https://a.example/\nb",
        "https://a.example/\"onclick=\"x",
        "https://shop.example@evil.example/",
        "/local",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_string_equal(url_of(*state, bad[i], STR("a=1")), "");
    }
    assert_string_equal(url_of(*state, "https://shop.example/ok", STR("a=1")),
                        "https://shop.example/ok?a=1");
    assert_string_equal(url_of(*state, "https://shop.example/ok?x=2", STR("a=1")),
                        "https://shop.example/ok?x=2&a=1");
    assert_string_equal(url_of(*state, "http://127.0.0.1:5000", STR("")), "http://127.0.0.1:5000/");
}

static void test_a_query_is_added_where_it_belongs(void **state) {
    static const char *const rows[][2] = {
        {"https://a.example", "https://a.example/?a=1"},
        {"https://a.example/?", "https://a.example/?a=1"},
        {"https://a.example/?b=2&", "https://a.example/?b=2&a=1"},
        {"https://a.example/app#/paid", "https://a.example/app?a=1#/paid"},
        {"https://a.example/app?b=2#/paid?c=3", "https://a.example/app?b=2&a=1#/paid?c=3"},
        {"https://a.example/#", "https://a.example/?a=1#"},
        {"https://a.example/?r=https%3A%2F%2Fb.example%2F%3Fx%23y",
         "https://a.example/?r=https%3A%2F%2Fb.example%2F%3Fx%23y&a=1"},
        {"https://xn--e1afmkfd.xn--p1ai/%D0%BE%D0%BA",
         "https://xn--e1afmkfd.xn--p1ai/%D0%BE%D0%BA?a=1"},
        {"https://a.example/#\"x", ""},
        {"https://a.example/#b#c", ""},
        {"https://пример.рф/ok", ""}, /* a name is given as DNS has it */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(url_of(*state, rows[i][0], STR("a=1")), rows[i][1]);
    }
}

static void test_url_components_are_percent_encoded(void **state) {
    assert_string_equal(str_to_c(*state, html_url_component(*state, STR("a b&c=ü/~._-"))),
                        "a%20b%26c%3D%C3%BC%2F~._-");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_markup_in_a_text_is_escaped, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(test_bytes_that_would_turn_or_break_the_page_are_replaced,
                                        make_arena, free_arena),
        cmocka_unit_test_setup_teardown(test_gaps_are_filled_with_text_only, make_arena,
                                        free_arena),
        cmocka_unit_test_setup_teardown(test_sentences_keep_what_they_quote_apart, make_arena,
                                        free_arena),
        cmocka_unit_test_setup_teardown(test_only_web_addresses_become_links, make_arena,
                                        free_arena),
        cmocka_unit_test_setup_teardown(test_a_query_is_added_where_it_belongs, make_arena,
                                        free_arena),
        cmocka_unit_test_setup_teardown(test_url_components_are_percent_encoded, make_arena,
                                        free_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
