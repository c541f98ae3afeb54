/* SPDX-License-Identifier: MIT */
/* What a Tron node tells of prices and of contracts that are asked without a transaction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adapters/chain_tron/account_json.h"
#include "base/arena.h"

enum { ARENA_BYTES = 4 << 20 };

static int make_arena(void **state) {
    *state = arena_new(ARENA_BYTES);
    return 0;
}

static int free_arena(void **state) {
    arena_free(*state);
    return 0;
}

static bool decode(struct arena *arena, const char *text,
                   void (*read)(struct json_reader *reader, void *context), void *context) {
    struct json_reader *reader = ARENA_NEW(arena, struct json_reader);
    json_reader_init(reader, arena, bytes_from_str(str_from_c(text)));
    read(reader, context);
    return json_reader_finish(reader);
}

static void test_prices_are_found_among_the_parameters(void **state) {
    struct chain_fees fees = {.energy_price = 1, .byte_price = 2};
    struct tron_parameters answer = {.fees = &fees};
    assert_true(
        decode(*state,
               "{\"chainParameter\":[{\"key\":\"getMaintenanceTimeInterval\",\"value\":216},"
               "{\"value\":420,\"key\":\"getEnergyFee\"},{\"key\":\"getAllowX\"},"
               "{\"key\":\"getTransactionFee\",\"value\":1000,\"more\":[1]}]}",
               tron_parameters_decode, &answer));
    assert_int_equal(fees.energy_price, 420);
    assert_int_equal(fees.byte_price, 1000);
}

static void test_a_price_of_nothing_is_none(void **state) {
    struct chain_fees fees = {.energy_price = 7, .byte_price = 8};
    struct tron_parameters answer = {.fees = &fees};
    assert_true(decode(*state,
                       "{\"chainParameter\":[{\"key\":\"getEnergyFee\"},"
                       "{\"key\":\"getTransactionFee\",\"value\":-5}]}",
                       tron_parameters_decode, &answer));
    assert_int_equal(fees.energy_price, 7);
    assert_int_equal(fees.byte_price, 8);
    assert_true(decode(*state, "{\"Error\":\"class x : busy\"}", tron_parameters_decode, &answer));
    assert_true(answer.error.is_set);
}

#define WORD_6 "0000000000000000000000000000000000000000000000000000000000000006"

static void test_a_call_says_a_word_and_its_energy(void **state) {
    struct tron_constant answer = {0};
    assert_true(decode(*state,
                       "{\"result\":{\"result\":true},\"energy_used\":13045,"
                       "\"constant_result\":[\"" WORD_6 "\"],\"transaction\":{\"ret\":[{}]}}",
                       tron_constant_decode, &answer));
    assert_true(answer.has_word && !answer.failed);
    assert_int_equal(answer.word[TRON_WORD_BYTES - 1], 6);
    assert_int_equal(answer.energy, 13045);
}

static void test_a_call_that_gave_up_says_so(void **state) {
    static const char *const texts[] = {
        ("{\"result\":{\"result\":true,\"message\":\"524556455254\"},\"energy_used\":541,"
         "\"constant_result\":[\"\"]}"),
        "{\"result\":{\"code\":\"CONTRACT_VALIDATE_ERROR\",\"message\":\"4e6f\"}}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct tron_constant answer = {0};
        assert_true(decode(*state, texts[i], tron_constant_decode, &answer));
        assert_true(answer.failed && !answer.has_word);
    }
}

static void test_what_is_no_word_is_none(void **state) {
    static const char *const words[] = {"", "06", (WORD_6 "00"), ("zz" WORD_6)};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct tron_constant answer = {0};
        const char *text = arena_printf(*state, "{\"constant_result\":[\"%s\"]}", words[i]);
        assert_true(decode(*state, text, tron_constant_decode, &answer));
        assert_false(answer.has_word);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_arena, free_arena)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_prices_are_found_among_the_parameters),
        TEST(test_a_price_of_nothing_is_none),
        TEST(test_a_call_says_a_word_and_its_energy),
        TEST(test_a_call_that_gave_up_says_so),
        TEST(test_what_is_no_word_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
