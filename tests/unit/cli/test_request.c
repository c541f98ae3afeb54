/* SPDX-License-Identifier: MIT */
/* What a command line becomes on the wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "cli/arguments.h"
#include "cli/request.h"

enum { WORDS_MAX = 32 };

/* Words are separated by bars. */
static void assert_request(const char *line, const char *target, const char *body) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 20);
    char *argv[WORDS_MAX];
    int argc = 0;
    struct str rest = str_from_c(line);
    struct str word;
    argv[argc++] = arena_printf(arena, "till");
    while (str_split_next(&rest, '|', &word)) {
        assert_true(argc < WORDS_MAX);
        argv[argc++] = arena_copy(arena, word.ptr, word.len);
    }
    struct arguments *arguments = ARENA_NEW(arena, struct arguments);
    const char *complaint = NULL;
    assert_true(arguments_parse(arena, &till_commands, argc, argv, arguments, &complaint));
    assert_string_equal(str_to_c(arena, request_target(arena, arguments)), target);
    struct str made = request_body(arena, arguments, NULL, 0);
    if (body == NULL) {
        assert_null(made.ptr);
        return;
    }
    assert_string_equal(str_to_c(arena, made), body);
}

static void test_values_go_where_the_table_says(void **state) {
    (void)state;
    assert_request("shop|list", "/admin/v1/shops", NULL);
    assert_request("shop|show|a1", "/admin/v1/shops/a1", NULL);
    assert_request("key|revoke|7", "/admin/v1/keys/7/revoke", "{}");
    assert_request("delivery|list|--state|parked|--limit=5",
                   "/admin/v1/deliveries?state=parked&limit=5", NULL);
    assert_request("shop|create|--test|--name|Tea \"&\" Co", "/admin/v1/shops",
                   "{\"test\":true,\"name\":\"Tea \\\"&\\\" Co\"}");
    assert_request("wallet|add|--shop|s|--network|ltc|--first-index|12", "/admin/v1/wallets",
                   "{\"shop_id\":\"s\",\"network\":\"ltc\",\"first_index\":12}");
    assert_request("shop|set|s|name=a=b|fail_url=", "/admin/v1/shops/s",
                   "{\"name\":\"a=b\",\"fail_url\":\"\"}");
    assert_request("payout|export|INV-A|--fee-rate|2.5|INV-B|--output|x|INV-C",
                   "/admin/v1/payouts/export",
                   "{\"fee_rate\":\"2.5\",\"payouts\":[\"INV-A\",\"INV-B\",\"INV-C\"]}");
}

static void test_nothing_breaks_out_of_the_path_or_the_query(void **state) {
    (void)state;
    assert_request("shop|show|../keys?x=1#y", "/admin/v1/shops/..%2Fkeys%3Fx%3D1%23y", NULL);
    assert_request("wallet|list|--shop|a&b=c d\u00e9", "/admin/v1/wallets?shop=a%26b%3Dc%20d%C3%A9",
                   NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_go_where_the_table_says),
        cmocka_unit_test(test_nothing_breaks_out_of_the_path_or_the_query),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
