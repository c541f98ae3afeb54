/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "http/fields.h"

struct input {
    struct str shop_id;
    struct str amount;
    struct str order_id;
    struct str currency;
    struct field_integer hours;
    struct field_integer minutes;
    struct field_list available;
    struct field_list uuids;
    struct field_boolean test;
};

#define AT(member) offsetof(struct input, member)

static const struct field fields[] = {
    {"shop_id", FIELD_TEXT, FIELD_REQUIRED, 16, AT(shop_id)},
    {"amount", FIELD_DECIMAL, FIELD_REQUIRED, 40, AT(amount)},
    {"order_id", FIELD_ID, 0, 0, AT(order_id)},
    {"currency", FIELD_TEXT, 0, 0, AT(currency)},
    {"add_fields.time_to_pay.hours", FIELD_INTEGER, 0, 0, AT(hours)},
    {"add_fields.time_to_pay.minutes", FIELD_INTEGER, 0, 0, AT(minutes)},
    {"add_fields.available_currencies", FIELD_TEXT_LIST, 0, 20, AT(available)},
    {"uuids", FIELD_TEXT_LIST, 0, 40, AT(uuids)},
    {"test", FIELD_BOOLEAN, 0, 0, AT(test)},
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

static struct arena *arena;
static struct input input;

static int set_up(void **state) {
    (void)state;
    arena = arena_new(4 << 20);
    input = (struct input){0};
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static struct fields_report json(const char *text) {
    return fields_read_json(arena, str_from_c(text), fields, FIELD_COUNT, &input);
}

static struct fields_report form(const char *text) {
    return fields_read_form(arena, str_from_c(text), fields, FIELD_COUNT, &input);
}

static void assert_text(struct str text, const char *wanted) {
    assert_non_null(text.ptr);
    assert_int_equal(text.len, strlen(wanted));
    assert_memory_equal(text.ptr, wanted, text.len);
}

static void assert_error(const struct fields_report *report, size_t i, const char *path,
                         enum field_problem problem) {
    assert_int_equal(report->outcome, FIELDS_REFUSED);
    assert_true(i < report->error_count);
    assert_string_equal(report->errors[i].path, path);
    assert_int_equal(report->errors[i].problem, problem);
}

static void test_json_fills_the_struct(void **state) {
    (void)state;
    struct fields_report report =
        json("{\"shop_id\":\"s1\",\"amount\":100.50,\"order_id\":7,\"description\":{\"a\":[1]},"
             "\"add_fields\":{\"period\":\"day\",\"time_to_pay\":{\"hours\":1,\"minutes\":\"30\"},"
             "\"available_currencies\":[\"BTC\",\"LTC\"]},\"test\":true}");
    assert_int_equal(report.outcome, FIELDS_OK);
    assert_text(input.shop_id, "s1");
    assert_text(input.amount, "100.50");
    assert_text(input.order_id, "7");
    assert_null(input.currency.ptr);
    assert_true(input.hours.present);
    assert_int_equal(input.hours.value, 1);
    assert_int_equal(input.minutes.value, 30);
    assert_int_equal(input.available.count, 2);
    assert_text(input.available.items[1], "LTC");
    assert_false(input.uuids.present);
    assert_true(input.test.present && input.test.value);
}

static void test_a_form_fills_the_same_struct(void **state) {
    (void)state;
    struct fields_report report =
        form("shop_id=s1&amount=100.50&order_id=7&add_fields[time_to_pay][hours]=1"
             "&add_fields%5Btime_to_pay%5D%5Bminutes%5D=30&add_fields[available_currencies][]=BTC"
             "&add_fields[available_currencies][]=LTC&unknown[a][b]=1&uuids=a&uuids=b&test=1");
    assert_int_equal(report.outcome, FIELDS_OK);
    assert_text(input.amount, "100.50");
    assert_int_equal(input.hours.value, 1);
    assert_int_equal(input.minutes.value, 30);
    assert_int_equal(input.available.count, 2);
    assert_text(input.available.items[0], "BTC");
    assert_int_equal(input.uuids.count, 2);
    assert_text(input.uuids.items[1], "b");
    assert_true(input.test.value);
}

static void test_a_list_may_be_numbered_or_single(void **state) {
    (void)state;
    assert_int_equal(form("shop_id=s&amount=1&uuids[0]=a&uuids[1]=b").outcome, FIELDS_OK);
    assert_int_equal(input.uuids.count, 2);
    input = (struct input){0};
    assert_int_equal(json("{\"shop_id\":\"s\",\"amount\":1,\"uuids\":\"a\"}").outcome, FIELDS_OK);
    assert_int_equal(input.uuids.count, 1);
    assert_text(input.uuids.items[0], "a");
}

static void test_all_missing_fields_are_named_at_once(void **state) {
    (void)state;
    static const char *const empty[] = {"{}", "[]", "null", "{\"shop_id\":null}",
                                        "{\"shop_id\":\"\",\"amount\":\"\"}"};
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        struct fields_report report = json(empty[i]);
        assert_int_equal(report.error_count, 2);
        assert_error(&report, 0, "shop_id", FIELD_MISSING);
        assert_error(&report, 1, "amount", FIELD_MISSING);
    }
    struct fields_report report = form("");
    assert_int_equal(report.error_count, 2);
}

/* PHP's round() makes floats of whole numbers; a UUID as a number is longer than any of ours. */
static void test_an_id_that_is_a_number_is_taken_as_it_was_written(void **state) {
    (void)state;
    static const char *const numbers[] = {"7",   "-7",  "1732131277000.0",
                                          "1.5", "1e3", "340282366920938463463374607431768211455"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "{\"order_id\":%s,\"shop_id\":\"s\",\"amount\":1}",
                       numbers[i]);
        assert_int_equal(json(text).outcome, FIELDS_OK);
        assert_text(input.order_id, numbers[i]);
    }
}

static void test_an_empty_order_id_is_absent(void **state) {
    (void)state;
    assert_int_equal(json("{\"shop_id\":\"s\",\"amount\":1,\"order_id\":\"\"}").outcome, FIELDS_OK);
    assert_null(input.order_id.ptr);
}

static void test_add_fields_that_are_no_object_are_ignored(void **state) {
    (void)state;
    static const char *const odd[] = {
        "\"time_to_pay\"", "[]", "1", "null", "[{\"period\":1}]", "{\"time_to_pay\":\"hours\"}"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "{\"add_fields\":%s,\"shop_id\":\"s\",\"amount\":\"1\"}",
                       odd[i]);
        assert_int_equal(json(text).outcome, FIELDS_OK);
        assert_false(input.hours.present);
    }
    assert_int_equal(form("add_fields=time_to_pay&shop_id=s&amount=1").outcome, FIELDS_OK);
}

static void test_wrong_types_are_named(void **state) {
    (void)state;
    struct fields_report report =
        json("{\"shop_id\":5,\"amount\":true,\"order_id\":[1],\"currency\":[],"
             "\"add_fields\":{\"time_to_pay\":{\"hours\":\"1h\",\"minutes\":1.5},"
             "\"available_currencies\":[1]},\"test\":\"maybe\"}");
    assert_int_equal(report.error_count, 8);
    assert_error(&report, 0, "shop_id", FIELD_WRONG_TYPE);
    assert_error(&report, 2, "order_id", FIELD_WRONG_TYPE);
    assert_error(&report, 5, "add_fields.time_to_pay.minutes", FIELD_WRONG_TYPE);
    assert_error(&report, 7, "test", FIELD_WRONG_TYPE);
}

static void test_whole_numbers_may_have_a_zero_fraction(void **state) {
    (void)state;
    assert_int_equal(json("{\"shop_id\":\"s\",\"amount\":1,\"add_fields\":{\"time_to_pay\":"
                          "{\"hours\":2.0,\"minutes\":-5}}}")
                         .outcome,
                     FIELDS_OK);
    assert_int_equal(input.hours.value, 2);
    assert_int_equal(input.minutes.value, -5);
}

static void test_numbers_keep_every_digit(void **state) {
    (void)state;
    assert_int_equal(
        json("{\"shop_id\":\"s\",\"amount\":0.1000000000000000000000000000000001}").outcome,
        FIELDS_OK);
    assert_text(input.amount, "0.1000000000000000000000000000000001");
}

static void test_long_texts_are_refused(void **state) {
    (void)state;
    struct fields_report report = json("{\"shop_id\":\"12345678901234567\",\"amount\":1}");
    assert_error(&report, 0, "shop_id", FIELD_TOO_LONG);
    report = form("shop_id=s&amount=1&uuids=12345678901234567890123456789012345678901");
    assert_error(&report, 0, "uuids", FIELD_TOO_LONG);
}

static void test_a_list_has_a_limit(void **state) {
    (void)state;
    struct buf buf = buf_in(arena);
    buf_puts(&buf, "{\"shop_id\":\"s\",\"amount\":1,\"uuids\":[\"x\"");
    for (size_t i = 1; i < FIELD_LIST_ITEMS_MAX; i++) {
        buf_puts(&buf, ",\"x\"");
    }
    struct buf more = buf_in(arena);
    buf_put_str(&more, buf_str(&buf));
    buf_puts(&buf, "]}");
    buf_puts(&more, ",\"x\"]}");
    struct fields_report report =
        fields_read_json(arena, buf_str(&buf), fields, FIELD_COUNT, &input);
    assert_int_equal(report.outcome, FIELDS_OK);
    assert_int_equal(input.uuids.count, FIELD_LIST_ITEMS_MAX);
    input = (struct input){0};
    report = fields_read_json(arena, buf_str(&more), fields, FIELD_COUNT, &input);
    assert_error(&report, 0, "uuids", FIELD_TOO_LONG);
}

static void test_a_form_field_given_twice_must_agree(void **state) {
    (void)state;
    struct fields_report report = form("shop_id=s&amount=1&amount=2");
    assert_error(&report, 0, "amount", FIELD_REPEATED);
    input = (struct input){0};
    assert_int_equal(form("shop_id=s&amount=1&amount=1").outcome, FIELDS_OK);
}

static void test_broken_bodies_are_malformed(void **state) {
    (void)state;
    static const char *const broken[] = {
        "{",   "{\"amount\":1,\"amount\":2}", "\"text\"", "5", "[1]", "{\"amount\":01}",
        "{}x", "{\"a\":\"\\ud800\"}"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct fields_report report = json(broken[i]);
        assert_int_equal(report.outcome, FIELDS_MALFORMED);
        assert_non_null(report.detail);
    }
    assert_int_equal(form("a=%zz").outcome, FIELDS_MALFORMED);
}

static void test_what_is_no_text_is_wrong_only_where_it_is_read(void **state) {
    (void)state;
    static const char *const odd[] = {"%cf%f0", "a%00b"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct str unread = str_from_c(
            arena_printf(arena, "shop_id=s&amount=1&description=%s&%s=1", odd[i], odd[i]));
        struct str read = str_from_c(arena_printf(arena, "shop_id=s&amount=1&order_id=%s", odd[i]));
        assert_int_equal(fields_read_form(arena, unread, fields, FIELD_COUNT, &input).outcome,
                         FIELDS_OK);
        struct fields_report report = fields_read_form(arena, read, fields, FIELD_COUNT, &input);
        assert_error(&report, 0, "order_id", FIELD_WRONG_TYPE);
        assert_null(input.order_id.ptr);
    }
}

static void test_a_dotted_key_is_no_path(void **state) {
    (void)state;
    assert_int_equal(
        json("{\"shop_id\":\"s\",\"amount\":1,\"add_fields.time_to_pay.hours\":5}").outcome,
        FIELDS_OK);
    assert_false(input.hours.present);
    assert_int_equal(form("shop_id=s&amount=1&add_fields.time_to_pay.hours=5").outcome, FIELDS_OK);
    assert_false(input.hours.present);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_json_fills_the_struct, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_form_fills_the_same_struct, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_list_may_be_numbered_or_single, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_all_missing_fields_are_named_at_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_an_id_that_is_a_number_is_taken_as_it_was_written,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_empty_order_id_is_absent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_add_fields_that_are_no_object_are_ignored, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_types_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_whole_numbers_may_have_a_zero_fraction, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_numbers_keep_every_digit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_texts_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_list_has_a_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_form_field_given_twice_must_agree, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_broken_bodies_are_malformed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_no_text_is_wrong_only_where_it_is_read, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_dotted_key_is_no_path, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
