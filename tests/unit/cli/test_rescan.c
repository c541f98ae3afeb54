/* SPDX-License-Identifier: MIT */
/* The parts of a rescan as one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "cli/arguments.h"
#include "cli/document.h"
#include "cli/rescan.h"

enum { ARENA_BYTES = 1 << 20, WORDS_MAX = 16 };

static struct rescan_sum wanted(struct arena *arena, const char *line) {
    char *argv[WORDS_MAX];
    int argc = 0;
    struct str rest = str_from_c(line);
    struct str word;
    argv[argc++] = arena_printf(arena, "till");
    while (str_split_next(&rest, ' ', &word)) {
        argv[argc++] = arena_copy(arena, word.ptr, word.len);
    }
    struct arguments *arguments = ARENA_NEW(arena, struct arguments);
    const char *complaint = NULL;
    assert_true(arguments_parse(arena, &till_commands, argc, argv, arguments, &complaint));
    return rescan_wanted(arguments);
}

static bool add(struct arena *arena, struct rescan_sum *sum, const char *answer) {
    return rescan_add(sum, document_parse(arena, str_from_c(answer)));
}

static void assert_text(struct arena *arena, struct str text, const char *expected) {
    assert_string_equal(str_to_c(arena, text), expected);
}

#define TALLY(read, found)                                                                         \
    "\"blocks_read\":" read ",\"blocks_untraced\":1,\"payments_found\":" found                     \
    ",\"payments_known\":2}"

static void test_each_part_begins_where_the_one_before_ended(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
    struct rescan_sum sum = wanted(arena, "chain rescan eth --from 100");
    assert_text(arena, rescan_body(arena, &sum), "{\"from\":100}");
    assert_true(add(arena, &sum, "{\"to\":900,\"next\":400," TALLY("300", "0")));
    assert_text(arena, rescan_body(arena, &sum), "{\"from\":400,\"to\":900}");
    assert_true(add(arena, &sum, "{\"to\":900,\"next\":null," TALLY("501", "3")));
    assert_int_equal(sum.next, -1);
    assert_text(arena, rescan_answer(arena, &sum),
                "{\"network\":\"eth\",\"from\":100,\"to\":900,\"next\":null,\"blocks_read\":801,"
                "\"blocks_untraced\":2,\"payments_found\":3,\"payments_known\":4}");
}

static void test_a_last_block_that_is_named_is_asked_for(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
    struct rescan_sum sum = wanted(arena, "chain rescan btc --to 7 --from 0");
    assert_text(arena, rescan_body(arena, &sum), "{\"from\":0,\"to\":7}");
}

static void test_an_answer_that_leads_nowhere_is_none(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
    static const char *const answers[] = {
        "{}",
        "[1]",
        "nothing",
        "{\"to\":900," TALLY("300", "0"),
        "{\"to\":900,\"next\":100," TALLY("300", "0"),
        "{\"to\":900,\"next\":99," TALLY("300", "0"),
        "{\"to\":900,\"next\":\"soon\"," TALLY("300", "0"),
        "{\"to\":\"far\",\"next\":400," TALLY("300", "0"),
        "{\"to\":900,\"next\":400," TALLY("null", "0"),
    };
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct rescan_sum sum = wanted(arena, "chain rescan eth --from 100");
        assert_false(add(arena, &sum, answers[i]));
        assert_int_equal(sum.next, 100);
        assert_int_equal(sum.blocks_read, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_part_begins_where_the_one_before_ended),
        cmocka_unit_test(test_a_last_block_that_is_named_is_asked_for),
        cmocka_unit_test(test_an_answer_that_leads_nowhere_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
