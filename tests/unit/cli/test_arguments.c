/* SPDX-License-Identifier: MIT */
/* What the command line accepts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "cli/arguments.h"

enum { WORDS_MAX = 80 };

struct parsed {
    struct arena *arena;
    struct arguments arguments;
    const char *complaint;
    bool fine;
};

static int setup(void **state) {
    struct arena *arena = arena_new(1 << 20);
    struct parsed *parsed = ARENA_NEW(arena, struct parsed);
    parsed->arena = arena;
    *state = parsed;
    return 0;
}

static int teardown(void **state) {
    struct parsed *parsed = *state;
    arena_free(parsed->arena);
    return 0;
}

/* Words are separated by single spaces. */
static void parse(struct parsed *parsed, const char *line) {
    char *argv[WORDS_MAX] = {arena_printf(parsed->arena, "till")};
    int argc = 1;
    struct str rest = str_from_c(line);
    struct str word;
    while (rest.len > 0 && str_split_next(&rest, ' ', &word)) {
        assert_true(argc < WORDS_MAX);
        argv[argc++] = arena_copy(parsed->arena, word.ptr, word.len);
    }
    parsed->complaint = NULL;
    parsed->fine = arguments_parse(parsed->arena, &till_commands, argc, argv, &parsed->arguments,
                                   &parsed->complaint);
}

static void assert_value(const struct parsed *parsed, const char *field, const char *wanted) {
    struct str value = arguments_value(&parsed->arguments, field);
    assert_non_null(value.ptr);
    assert_int_equal(value.len, strlen(wanted));
    assert_memory_equal(value.ptr, wanted, value.len);
}

static void assert_complaint(struct parsed *parsed, const char *line, const char *complaint) {
    parse(parsed, line);
    assert_false(parsed->fine);
    assert_non_null(parsed->complaint);
    if (strstr(parsed->complaint, complaint) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", parsed->complaint, complaint);
    }
}

static void test_options_may_stand_anywhere(void **state) {
    struct parsed *parsed = *state;
    static const char *const lines[] = {
        "invoice create S 10 USD --crypto LTC --json",
        "--json --crypto LTC invoice create S 10 USD",
        "invoice --crypto=LTC create S --json 10 USD",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        parse(parsed, lines[i]);
        assert_true(parsed->fine);
        assert_string_equal(parsed->arguments.command->words, "invoice create");
        assert_value(parsed, "shop_id", "S");
        assert_value(parsed, "amount", "10");
        assert_value(parsed, "currency", "USD");
        assert_value(parsed, "crypto", "LTC");
        assert_true(parsed->arguments.json);
    }
}

static void test_two_dashes_end_the_options(void **state) {
    struct parsed *parsed = *state;
    parse(parsed, "shop show -- --json");
    assert_true(parsed->fine);
    assert_value(parsed, "shop", "--json");
    assert_false(parsed->arguments.json);
}

static void test_a_value_may_hold_an_equals_sign_or_be_empty(void **state) {
    struct parsed *parsed = *state;
    parse(parsed, "shop create --name=a=b --notify-url=");
    assert_true(parsed->fine);
    assert_value(parsed, "name", "a=b");
    assert_value(parsed, "notify_url", "");
    assert_null(arguments_value(&parsed->arguments, "success_url").ptr);
}

static void test_pairs_are_taken_whole(void **state) {
    struct parsed *parsed = *state;
    parse(parsed, "shop set S name=a notify_url=https://x/?a=b");
    assert_true(parsed->fine);
    assert_int_equal(parsed->arguments.given_count, 3);
    assert_string_equal(parsed->arguments.given[2].value.ptr, "notify_url=https://x/?a=b");
}

static void test_global_options_are_taken_out(void **state) {
    struct parsed *parsed = *state;
    parse(parsed, "--socket /a --config=/b shop list");
    assert_true(parsed->fine);
    assert_string_equal(parsed->arguments.socket.ptr, "/a");
    assert_string_equal(parsed->arguments.config.ptr, "/b");
    assert_int_equal(parsed->arguments.given_count, 0);
}

static void test_help_and_version_ask_nothing_more(void **state) {
    struct parsed *parsed = *state;
    parse(parsed, "wallet add --help");
    assert_true(parsed->fine && parsed->arguments.help);
    assert_string_equal(parsed->arguments.command->words, "wallet add");
    parse(parsed, "-h");
    assert_true(parsed->fine && parsed->arguments.help && parsed->arguments.command == NULL);
    parse(parsed, "--version");
    assert_true(parsed->fine && parsed->arguments.version);
    parse(parsed, "help no such words at all");
    assert_true(parsed->fine);
}

static void test_what_is_wrong_is_said(void **state) {
    struct parsed *parsed = *state;
    assert_complaint(parsed, "", "which command?");
    assert_complaint(parsed, "nonsense", "there is no command \"nonsense\"; till help");
    assert_complaint(parsed, "invoice shw X", "till invoice show");
    assert_complaint(parsed, "wallet show twelve", "must be a whole number");
    assert_complaint(parsed, "wallet show 99999999999999999999", "must be a whole number");
    assert_complaint(parsed, "wallet show -1", "must be a whole number");
    assert_complaint(parsed, "shop list --socket", "--socket needs a value");
    assert_complaint(parsed, "shop create --name --test", "--name needs a value");
    assert_complaint(parsed, "shop create --name x --test --test", "--test is given twice");
    assert_complaint(parsed, "shop show \xff", "not UTF-8");
}

static void test_there_is_a_limit_to_arguments(void **state) {
    struct parsed *parsed = *state;
    char line[2 * WORDS_MAX];
    for (size_t i = 0; i < 2 * (ARGUMENTS_MAX + 4); i += 2) {
        memcpy(line + i, "a ", 2);
    }
    line[2 * (ARGUMENTS_MAX + 4)] = '\0';
    assert_complaint(parsed, line, "too many arguments");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_options_may_stand_anywhere),
        TEST(test_two_dashes_end_the_options),
        TEST(test_a_value_may_hold_an_equals_sign_or_be_empty),
        TEST(test_pairs_are_taken_whole),
        TEST(test_global_options_are_taken_out),
        TEST(test_help_and_version_ask_nothing_more),
        TEST(test_what_is_wrong_is_said),
        TEST(test_there_is_a_limit_to_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
