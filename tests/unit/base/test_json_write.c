/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/json_read.h"
#include "base/json_write.h"

struct output {
    struct arena *arena;
    struct buf buf;
    struct json_writer writer;
};

static int setup(void **state) {
    struct arena *arena = arena_new(1 << 20);
    struct output *output = ARENA_NEW(arena, struct output);
    output->arena = arena;
    output->buf = buf_in(arena);
    json_writer_init(&output->writer, &output->buf);
    *state = output;
    return 0;
}

static int teardown(void **state) {
    struct output *output = *state;
    arena_free(output->arena);
    return 0;
}

static void assert_written(const struct output *output, const char *expected) {
    assert_true(json_writer_is_done(&output->writer));
    assert_string_equal(str_to_c(output->arena, buf_str(&output->buf)), expected);
}

static void test_commas_and_colons_come_by_themselves(void **state) {
    struct output *output = *state;
    struct json_writer *writer = &output->writer;
    json_write_object_begin(writer);
    json_write_key(writer, STR("a"));
    json_write_array_begin(writer);
    json_write_u64(writer, UINT64_MAX);
    json_write_i64(writer, INT64_MIN);
    json_write_array_begin(writer);
    json_write_array_end(writer);
    json_write_null(writer);
    json_write_array_end(writer);
    json_write_key(writer, STR("b"));
    json_write_object_begin(writer);
    json_write_object_end(writer);
    json_write_key(writer, STR("c"));
    json_write_bool(writer, true);
    json_write_key(writer, STR("d"));
    json_write_raw(writer, STR("[1, 2]"));
    json_write_key(writer, STR("e"));
    json_write_str(writer, STR("x"));
    assert_false(json_writer_is_done(writer));
    json_write_object_end(writer);
    assert_written(output, "{\"a\":[18446744073709551615,-9223372036854775808,[],null],\"b\":{},"
                           "\"c\":true,\"d\":[1, 2],\"e\":\"x\"}");
}

static void test_decimals_stay_exact(void **state) {
    struct output *output = *state;
    json_write_array_begin(&output->writer);
    json_write_number_text(&output->writer, STR("0.10000000"));
    json_write_number_text(&output->writer, STR("340282366920938463463374607431768211455.5"));
    json_write_array_end(&output->writer);
    assert_written(output, "[0.10000000,340282366920938463463374607431768211455.5]");
}

static void test_text_cannot_leave_a_string_or_a_script(void **state) {
    struct output *output = *state;
    json_write_str(&output->writer, STR("\"\\/\b\f\n\r\t\x1b\x7f</script>\xe2\x80\xa8\xe2\x80\xa9"
                                        "\xc2\x9b\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
    assert_written(output, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001b\\u007f\\u003c/script>\\u2028\\u2029"
                           "\\u009b\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
}

static void test_what_is_not_utf8_is_replaced(void **state) {
    struct output *output = *state;
    json_write_str(&output->writer, STR("a\xff\xe2\x82z\xed\xa0\x80"));
    assert_written(output, "\"a\\ufffd\\ufffd\\ufffdz\\ufffd\\ufffd\\ufffd\"");
}

static void test_every_byte_pair_is_written_so_that_it_reads_back(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
    for (unsigned pair = 0; pair < 65536; pair++) {
        char memory[64];
        const char text[2] = {(char)(pair >> 8), (char)pair};
        struct str given = {.ptr = text, .len = 2};
        struct buf buf = buf_over(memory, sizeof memory);
        struct json_writer writer;
        json_writer_init(&writer, &buf);
        json_write_str(&writer, given);
        struct json_reader reader;
        json_reader_init(&reader, arena, buf_bytes(&buf));
        struct str again = json_read_str(&reader);
        bool has_nul = text[0] == 0 || text[1] == 0;
        assert_int_equal(json_reader_finish(&reader), !has_nul);
        assert_true(has_nul || !str_is_utf8(given) || str_eq(given, again));
        arena_reset(arena);
    }
}

static void test_numbers_follow_the_grammar(void **state) {
    (void)state;
    static const char *const numbers[] = {"0", "-0", "12", "0.5", "-1.25", "1e3", "1E-3", "0e+0"};
    static const char *const others[] = {"",    "-",   "+1",  "01", ".5", "5.",  "1e",
                                         "1e+", "NaN", "0x1", "1 ", " 1", "1,2", "--1"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_true(json_is_number(str_from_c(numbers[i])));
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(json_is_number(str_from_c(others[i])));
    }
}

static void test_a_full_buffer_fails_and_does_not_overflow(void **state) {
    (void)state;
    char memory[16];
    memset(memory, '#', sizeof memory);
    struct buf buf = buf_over(memory, 8);
    struct json_writer writer;
    json_writer_init(&writer, &buf);
    json_write_array_begin(&writer);
    json_write_str(&writer, STR("abcdefghijk"));
    json_write_array_end(&writer);
    assert_true(buf.failed);
    assert_int_equal(memory[8], '#');
}

/* ---- misuse stops the process */

static void value_without_key(struct json_writer *writer) {
    json_write_object_begin(writer);
    json_write_u64(writer, 1);
}

static void key_in_array(struct json_writer *writer) {
    json_write_array_begin(writer);
    json_write_key(writer, STR("a"));
}

static void key_after_key(struct json_writer *writer) {
    json_write_object_begin(writer);
    json_write_key(writer, STR("a"));
    json_write_key(writer, STR("b"));
}

static void wrong_end(struct json_writer *writer) {
    json_write_object_begin(writer);
    json_write_array_end(writer);
}

static void end_after_key(struct json_writer *writer) {
    json_write_object_begin(writer);
    json_write_key(writer, STR("a"));
    json_write_object_end(writer);
}

static void end_without_begin(struct json_writer *writer) {
    json_write_object_end(writer);
}

static void second_document(struct json_writer *writer) {
    json_write_null(writer);
    json_write_null(writer);
}

static void no_number(struct json_writer *writer) {
    json_write_number_text(writer, STR("1."));
}

static void too_deep(struct json_writer *writer) {
    for (int i = 0; i <= JSON_WRITE_DEPTH_MAX; i++) {
        json_write_array_begin(writer);
    }
}

static void nothing_wrong(struct json_writer *writer) {
    for (int i = 0; i < JSON_WRITE_DEPTH_MAX; i++) {
        json_write_array_begin(writer);
    }
}

/* Whether `misuse` stops a child process with SIGABRT. */
static bool stops(struct output *output, void (*misuse)(struct json_writer *writer)) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL);
        (void)close(STDERR_FILENO);
        misuse(&output->writer);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void test_misuse_is_a_bug(void **state) {
    assert_false(stops(*state, nothing_wrong));
    assert_true(stops(*state, value_without_key));
    assert_true(stops(*state, key_in_array));
    assert_true(stops(*state, key_after_key));
    assert_true(stops(*state, wrong_end));
    assert_true(stops(*state, end_after_key));
    assert_true(stops(*state, end_without_begin));
    assert_true(stops(*state, second_document));
    assert_true(stops(*state, no_number));
    assert_true(stops(*state, too_deep));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_commas_and_colons_come_by_themselves, setup, teardown),
        cmocka_unit_test_setup_teardown(test_decimals_stay_exact, setup, teardown),
        cmocka_unit_test_setup_teardown(test_text_cannot_leave_a_string_or_a_script, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_what_is_not_utf8_is_replaced, setup, teardown),
        cmocka_unit_test(test_every_byte_pair_is_written_so_that_it_reads_back),
        cmocka_unit_test(test_numbers_follow_the_grammar),
        cmocka_unit_test(test_a_full_buffer_fails_and_does_not_overflow),
        cmocka_unit_test_setup_teardown(test_misuse_is_a_bug, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
