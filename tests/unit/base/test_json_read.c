/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "support/json_trace.h"

static int setup(void **state) {
    *state = arena_new((size_t)64 << 20);
    return 0;
}

static int teardown(void **state) {
    arena_free(*state);
    return 0;
}

static struct json_reader reader_of(struct arena *arena, const char *json) {
    struct json_reader reader;
    json_reader_init(&reader, arena, bytes_from_str(str_from_c(json)));
    return reader;
}

static void assert_str(struct str text, const char *expected) {
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.ptr, expected, text.len);
}

/* The error of a document that is read to its end. */
static void assert_refused(struct arena *arena, const char *json, const char *error) {
    struct json_reader reader = reader_of(arena, json);
    (void)json_trace(arena, &reader);
    assert_string_equal(json_reader_error(&reader), error);
}

static void test_tokens_come_in_the_order_they_are_written(void **state) {
    struct json_reader reader = reader_of(*state, " {\"a\\n\":[1.50,true],\"b\":{}}\n");
    assert_int_equal(json_next(&reader), JSON_OBJECT_BEGIN);
    assert_int_equal(json_next(&reader), JSON_KEY);
    assert_str(reader.text, "a\n");
    assert_int_equal(json_next(&reader), JSON_ARRAY_BEGIN);
    assert_int_equal(json_next(&reader), JSON_NUMBER);
    assert_str(reader.text, "1.50");
    assert_int_equal(json_next(&reader), JSON_TRUE);
    assert_int_equal(json_next(&reader), JSON_ARRAY_END);
    assert_int_equal(json_next(&reader), JSON_KEY);
    assert_int_equal(json_next(&reader), JSON_OBJECT_BEGIN);
    assert_int_equal(json_next(&reader), JSON_OBJECT_END);
    assert_int_equal(json_next(&reader), JSON_OBJECT_END);
    assert_int_equal(json_next(&reader), JSON_END);
    assert_int_equal(json_next(&reader), JSON_END);
}

static void test_escapes_become_utf8(void **state) {
    struct json_reader reader =
        reader_of(*state, "\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00 \\\"\\\\\\/\\b\\f\\n\\r\\t\"");
    assert_str(json_read_str(&reader), "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 \"\\/\b\f\n\r\t");
    assert_true(json_reader_finish(&reader));
}

static void test_a_decoder_takes_what_it_knows_and_leaves_the_rest(void **state) {
    struct json_reader reader = reader_of(
        *state, "{\"new\":{\"x\":[{},\"\\u0041\"]},\"height\":812000,\"fee\":-0.00000001,"
                "\"ids\":[\"a\",\"b\"],\"next\":null,\"coinbase\":true,\"diff\":-5,\"last\":[1]}");
    struct str key;
    struct str fee = STR("");
    struct str ids[2];
    size_t id_count = 0;
    uint64_t height = 0;
    int64_t difference = 0;
    bool has_next = true;
    bool is_coinbase = false;
    json_object_begin(&reader);
    while (json_object_next(&reader, &key)) {
        if (str_eq(key, STR("height"))) {
            height = json_read_u64(&reader);
        } else if (str_eq(key, STR("fee"))) {
            fee = str_copy(*state, json_read_number(&reader));
        } else if (str_eq(key, STR("ids"))) {
            json_array_begin(&reader);
            while (json_array_next(&reader)) {
                ids[id_count++] = json_read_str_copy(&reader, *state);
            }
        } else if (str_eq(key, STR("next"))) {
            has_next = !json_take_null(&reader);
        } else if (str_eq(key, STR("coinbase"))) {
            is_coinbase = json_read_bool(&reader);
        } else if (str_eq(key, STR("diff"))) {
            difference = json_read_i64(&reader);
        } else if (str_eq(key, STR("last"))) {
            json_skip_value(&reader);
        } /* "new" is left unread */
    }
    assert_true(json_reader_finish(&reader));
    assert_int_equal(height, 812000);
    assert_str(fee, "-0.00000001");
    assert_int_equal(id_count, 2);
    assert_str(ids[0], "a");
    assert_str(ids[1], "b");
    assert_false(has_next);
    assert_true(is_coinbase);
    assert_int_equal(difference, -5);
}

static void test_the_first_failure_sticks_and_says_where(void **state) {
    struct json_reader reader = reader_of(*state, "{\"a\":\"x\",\"b\":7}");
    struct str key;
    json_object_begin(&reader);
    assert_true(json_object_next(&reader, &key));
    assert_int_equal(json_read_u64(&reader), 0);
    assert_true(json_failed(&reader));
    assert_false(json_object_next(&reader, &key));
    assert_int_equal(json_next(&reader), JSON_ERROR);
    assert_int_equal(json_peek(&reader), JSON_ERROR);
    assert_str(json_read_str(&reader), "");
    assert_false(json_array_next(&reader));
    assert_false(json_read_bool(&reader));
    assert_false(json_take_null(&reader));
    json_skip_value(&reader);
    json_fail(&reader, "a later failure");
    assert_false(json_reader_finish(&reader));
    assert_string_equal(json_reader_error(&reader), "a number was expected at byte 5");
}

static void test_errors_name_the_byte(void **state) {
    assert_refused(*state, "", "the document ends too early at byte 0");
    assert_refused(*state, "[1,]", "a value is missing at byte 3");
    assert_refused(*state, "[1 2]", "a comma is missing at byte 3");
    assert_refused(*state, "{\"a\" 1}", "a colon is missing at byte 5");
    assert_refused(*state, "{1:2}", "a key is missing at byte 1");
    assert_refused(*state, "{\"a\":1,\"a\":2}", "a key appears twice at byte 7");
    assert_refused(*state, "[1]x", "something follows the document at byte 3");
    assert_refused(*state, "[1.]", "a number is malformed at byte 3");
    assert_refused(*state, "[trve]", "a value is malformed at byte 3");
    assert_refused(*state, "\"ab\\q\"", "an escape is malformed at byte 3");
    assert_refused(*state, "\"ab\\u12g4\"", "an escape is malformed at byte 7");
    assert_refused(*state, "\"a\\udc00\"", "a surrogate stands alone at byte 2");
    assert_refused(*state, "\"a\\u0000\"", "a string contains NUL at byte 2");
    assert_refused(*state, "\"a\xe2\x82\"", "a string is not UTF-8 at byte 2");
    assert_refused(*state, "\"a\n\"", "a string contains a control character at byte 2");
}

static void test_whole_numbers_must_be_plain_and_fit(void **state) {
    static const struct {
        const char *json;
        bool is_u64;
        bool is_i64;
    } cases[] = {
        {"0", true, true},
        {"18446744073709551615", true, false},
        {"18446744073709551616", false, false},
        {"9223372036854775807", true, true},
        {"9223372036854775808", true, false},
        {"-9223372036854775807", false, true},
        {"-9223372036854775809", false, false},
        {"-1", false, true},
        {"1.0", false, false},
        {"1e3", false, false},
        {"\"1\"", false, false},
        {"null", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json_reader reader = reader_of(*state, cases[i].json);
        (void)json_read_u64(&reader);
        assert_int_equal(json_reader_finish(&reader), cases[i].is_u64);
        reader = reader_of(*state, cases[i].json);
        (void)json_read_i64(&reader);
        assert_int_equal(json_reader_finish(&reader), cases[i].is_i64);
    }
}

static void test_a_decoder_that_stops_early_does_not_pass(void **state) {
    struct json_reader reader = reader_of(*state, "[1,2]");
    json_array_begin(&reader);
    assert_true(json_array_next(&reader));
    assert_int_equal(json_read_u64(&reader), 1);
    assert_false(json_reader_finish(&reader));
    assert_string_equal(json_reader_error(&reader),
                        "the end of the document was expected at byte 3");
}

/* The verdict on `json` under `limits`, whole and byte by byte. */
static void assert_limited(struct arena *arena, const char *json, struct json_limits limits,
                           const char *error) {
    for (size_t step = 1; step < 1000; step *= 10) {
        struct json_pieces pieces = {
            .rest = bytes_from_str(str_from_c(json)), .first = step, .then = step};
        struct json_reader reader;
        json_reader_init_source(&reader, arena, json_pieces_source(&pieces), limits);
        (void)json_trace(arena, &reader);
        assert_string_equal(json_reader_error(&reader), error);
        json_pieces_release(&pieces);
    }
}

static void test_each_limit_is_exact(void **state) {
    struct json_limits limits = json_limits_default;
    limits.depth_max = 2;
    assert_limited(*state, "[{}]", limits, "ok");
    assert_limited(*state, "[[[]]]", limits, "the document is nested too deeply at byte 2");
    limits = json_limits_default;
    limits.text_bytes_max = 4;
    assert_limited(*state, "[\"abcd\",1234]", limits, "ok");
    assert_limited(*state, "[\"abcde\"]", limits, "a text is too long at byte 1");
    assert_limited(*state, "[\"a\\n\\u20acb\"]", limits, "a text is too long at byte 1");
    assert_limited(*state, "[12345]", limits, "a text is too long at byte 1");
    limits = json_limits_default;
    limits.total_bytes_max = 5;
    assert_limited(*state, "[1,2]", limits, "ok");
    assert_limited(*state, "[1,2] ", limits, "the document is too long at byte 5");
    assert_limited(*state, "[12,3]", limits, "the document is too long at byte 5");
    limits = json_limits_default;
    limits.keys_max = 2;
    assert_limited(*state, "{\"a\":{\"x\":1,\"y\":2},\"b\":2}", limits, "ok");
    assert_limited(*state, "{\"a\":1,\"b\":2,\"c\":3}", limits,
                   "an object has too many keys at byte 13");
}

/* A mempool listing: { "txid": {...}, ... }, one byte longer for each digit. */
static struct str many_keys(struct arena *arena, unsigned count, const char *last) {
    struct buf json = buf_in(arena);
    buf_put_char(&json, '{');
    for (unsigned i = 0; i < count; i++) {
        buf_putf(&json, "\"%064x\":{\"vsize\":141,\"fees\":{\"base\":0.00001}},", i * 2654435761U);
    }
    buf_putf(&json, "\"%s\":0}", last);
    return buf_str(&json);
}

static void test_a_hundred_thousand_keys_are_told_apart(void **state) {
    struct json_reader reader;
    json_reader_init(&reader, *state, bytes_from_str(many_keys(*state, 100000, "last")));
    json_skip_value(&reader);
    assert_true(json_reader_finish(&reader));

    char first[65];
    memset(first, '0', 64);
    first[64] = '\0';
    json_reader_init(&reader, *state, bytes_from_str(many_keys(*state, 1000, first)));
    json_skip_value(&reader);
    assert_false(json_reader_finish(&reader));
    assert_non_null(strstr(json_reader_error(&reader), "a key appears twice"));
}

/* Large objects inside large objects, so that the table is filled and emptied at each depth. */
static void put_nested(struct buf *json, unsigned depth, bool is_double) {
    buf_put_char(json, '{');
    for (unsigned i = 0; i < 40; i++) {
        buf_putf(json, "\"k%u\":", i);
        if (depth > 0 && i % 13 == 5) {
            put_nested(json, depth - 1, is_double && i == 31);
        } else {
            buf_put_char(json, '0');
        }
        buf_put_char(json, ',');
    }
    buf_puts(json, is_double && depth == 0 ? "\"k7\":1}" : "\"end\":1}");
}

static void test_keys_of_one_object_do_not_disturb_those_of_another(void **state) {
    for (int is_double = 0; is_double <= 1; is_double++) {
        struct buf json = buf_in(*state);
        put_nested(&json, 3, is_double != 0);
        struct json_reader reader;
        json_reader_init(&reader, *state, buf_bytes(&json));
        json_skip_value(&reader);
        assert_int_equal(json_reader_finish(&reader), is_double == 0);
    }
}

/* 30 MB of blocks' transactions, made while it is read. */
struct endless {
    struct str item;
    size_t items_left;
    bool is_begun;
};

static bool next_item(void *context, struct bytes *ret_chunk) {
    struct endless *endless = context;
    if (!endless->is_begun) {
        endless->is_begun = true;
        *ret_chunk = bytes_from_str(STR("[0"));
        return true;
    }
    if (endless->items_left == 0) {
        *ret_chunk = bytes_from_str(STR("]"));
        endless->items_left = SIZE_MAX;
        return true;
    }
    if (endless->items_left == SIZE_MAX) {
        return false;
    }
    endless->items_left--;
    *ret_chunk = bytes_from_str(endless->item);
    return true;
}

static void test_a_long_document_takes_little_memory(void **state) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new((size_t)32 << 10);
    struct buf item = buf_in(*state);
    buf_puts(&item, ",{\"txid\":\"\\u0061");
    for (int i = 0; i < 2000; i++) {
        buf_puts(&item, "0a");
    }
    buf_puts(&item, "\",\"vout\":[{\"n\":0,\"value\":0.5}]}");
    struct endless endless = {.item = buf_str(&item), .items_left = 7500};
    struct json_reader reader;
    json_reader_init_source(&reader, arena,
                            (struct json_source){.refill = next_item, .context = &endless},
                            json_limits_default);
    size_t count = 0;
    enum json_token token;
    while ((token = json_next(&reader)) != JSON_END && token != JSON_ERROR) {
        count += token == JSON_STRING && reader.text.len == 4001 ? 1 : 0;
    }
    assert_string_equal(json_reader_error(&reader), "ok");
    assert_int_equal(count, 7500);
}

static void test_running_out_of_memory_is_an_error_not_a_crash(void **state) {
    struct str json = many_keys(*state, 300, "a\\n");
    bool was_ok = false;
    for (size_t bytes_max = 0; !was_ok; bytes_max += 97) {
        CLEANUP(arena_cleanup) struct arena *arena = arena_new(bytes_max);
        struct json_pieces pieces = {.rest = bytes_from_str(json), .first = 100, .then = 100};
        struct json_reader reader;
        json_reader_init_source(&reader, arena, json_pieces_source(&pieces), json_limits_default);
        while (json_next(&reader) != JSON_END && !json_failed(&reader)) {
        }
        was_ok = !json_failed(&reader);
        assert_true(was_ok || strstr(json_reader_error(&reader), "no memory left") != NULL);
        assert_true(bytes_max < ((size_t)1 << 20));
        json_pieces_release(&pieces);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens_come_in_the_order_they_are_written),
        cmocka_unit_test(test_escapes_become_utf8),
        cmocka_unit_test(test_a_decoder_takes_what_it_knows_and_leaves_the_rest),
        cmocka_unit_test(test_the_first_failure_sticks_and_says_where),
        cmocka_unit_test(test_errors_name_the_byte),
        cmocka_unit_test(test_whole_numbers_must_be_plain_and_fit),
        cmocka_unit_test(test_a_decoder_that_stops_early_does_not_pass),
        cmocka_unit_test(test_each_limit_is_exact),
        cmocka_unit_test(test_a_hundred_thousand_keys_are_told_apart),
        cmocka_unit_test(test_keys_of_one_object_do_not_disturb_those_of_another),
        cmocka_unit_test(test_a_long_document_takes_little_memory),
        cmocka_unit_test(test_running_out_of_memory_is_an_error_not_a_crash),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
