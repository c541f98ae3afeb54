/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/ini.h"

static void assert_text(struct str text, struct str expected) {
    assert_int_equal(text.len, expected.len);
    assert_memory_equal(text.ptr, expected.ptr, expected.len);
}

static void assert_pair(struct str line, struct str name, struct str value) {
    struct ini_line read = ini_line_read(line);
    assert_int_equal(read.kind, INI_PAIR);
    assert_text(read.name, name);
    assert_text(read.value, value);
}

static void assert_section(struct str line, struct str name) {
    struct ini_line read = ini_line_read(line);
    assert_int_equal(read.kind, INI_SECTION);
    assert_text(read.name, name);
}

static void test_a_pair_is_split_at_its_first_sign(void **state) {
    (void)state;
    assert_pair(STR("key=value"), STR("key"), STR("value"));
    assert_pair(STR("  key =  two words \r\n"), STR("key"), STR("two words"));
    assert_pair(STR("key: value"), STR("key"), STR("value"));
    assert_pair(STR("url = http://a:b@c/?d=e"), STR("url"), STR("http://a:b@c/?d=e"));
    assert_pair(STR("key: a=b"), STR("key"), STR("a=b"));
    assert_pair(STR("key ="), STR("key"), STR(""));
    assert_pair(STR("key = [a]"), STR("key"), STR("[a]"));
}

static void test_a_section_stands_alone(void **state) {
    (void)state;
    assert_section(STR("[http]"), STR("http"));
    assert_section(STR("\t[ chain btc ]  \n"), STR("chain btc"));
    assert_section(STR("[http] ; where"), STR("http"));
    assert_section(STR("[http]# where"), STR("http"));
    assert_section(STR("[]"), STR(""));
    assert_int_equal(ini_line_read(STR("[http] listen = 1")).kind, INI_MALFORMED);
    assert_int_equal(ini_line_read(STR("[http")).kind, INI_MALFORMED);
}

static void test_comments_say_nothing(void **state) {
    (void)state;
    static const struct str empty[] = {STR(""), STR(" \t\r\n"), STR("# key = a"), STR("  ;[a]"),
                                       STR("#")};
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        assert_int_equal(ini_line_read(empty[i]).kind, INI_NOTHING);
    }
    assert_pair(STR("key = a ; b"), STR("key"), STR("a"));
    assert_pair(STR("key =\t; b"), STR("key"), STR(""));
    assert_pair(STR("key = a;b#c #d"), STR("key"), STR("a;b#c #d"));
}

static void test_what_is_neither_is_malformed(void **state) {
    (void)state;
    static const struct str wrong[] = {STR("key"),           STR("= value"),    STR(": value"),
                                       STR("key ; = value"), STR("key = a\0b"), STR("# a\0")};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(ini_line_read(wrong[i]).kind, INI_MALFORMED);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_pair_is_split_at_its_first_sign),
        cmocka_unit_test(test_a_section_stands_alone),
        cmocka_unit_test(test_comments_say_nothing),
        cmocka_unit_test(test_what_is_neither_is_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
