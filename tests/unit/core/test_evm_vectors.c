/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/account.h"
#include "core/chain_params.h"
#include "core/error.h"

struct evm_vector {
    const char *chain;
    const char *xpub;
    uint32_t index;
    const char *address;
    const char *pubkey;
};

struct refused_vector {
    const char *chain;
    const char *address;
    const char *why;
};

#include "address_vectors_evm_gen.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct chain_params *main_of(const char *chain) {
    const struct chain_params *params = chain_params_by_name(str_from_c(chain), STR("main"));
    assert_non_null(params);
    return params;
}

static void assert_ok(struct result result) {
    if (!result_is_ok(result)) {
        fail_msg("%s: %s", result.code->name, result_text(result));
    }
}

static void test_account_keys_derive_the_addresses_that_other_programs_derive(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(evm_vectors); i++) {
        const struct evm_vector *vector = &evm_vectors[i];
        struct account account;
        struct script script;
        struct script decoded;
        struct address_text text;
        assert_ok(account_parse(main_of(vector->chain), str_from_c(vector->xpub),
                                ACCOUNT_TYPE_UNSAID, &account));
        assert_ok(account_address_at(&account, vector->index, &text));
        assert_string_equal(text.text, vector->address);
        assert_ok(account_script_at(&account, vector->index, &script));
        assert_int_equal(script.len, SCRIPT_EVM_BYTES);
        assert_ok(address_decode(account.chain, str_from_c(vector->address), &decoded));
        assert_true(script_eq(&decoded, &script));
    }
    assert_true(COUNT_OF(evm_vectors) >= 80);
}

static void test_addresses_that_must_be_refused_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused_vectors); i++) {
        struct script script;
        struct result decoded = address_decode(main_of(refused_vectors[i].chain),
                                               str_from_c(refused_vectors[i].address), &script);
        if (decoded.code != &ERR_ADDRESS_INVALID) {
            fail_msg("%s (%s) was taken", refused_vectors[i].address, refused_vectors[i].why);
        }
    }
}

/* EIP-55's own examples, and what carries no checksum. */
static void test_eip55_case_is_a_checksum_and_one_case_alone_is_none(void **state) {
    (void)state;
    static const char *const good[] = {
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED"};
    static const char *const bad[] = {"0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
                                      "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
                                      "0X5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
                                      "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae",
                                      "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed0",
                                      "0x",
                                      ""};
    struct script script;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_ok(address_decode(main_of("eth"), str_from_c(good[i]), &script));
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_ptr_equal(address_decode(main_of("eth"), str_from_c(bad[i]), &script).code,
                         &ERR_ADDRESS_INVALID);
    }
}

static void test_types_of_other_chains_are_refused(void **state) {
    (void)state;
    struct account account;
    assert_ptr_equal(
        account_parse(main_of("eth"), str_from_c(evm_vectors[0].xpub), ACCOUNT_P2WPKH, &account)
            .code,
        &ERR_KEY_TYPE_WRONG);
    assert_ptr_equal(
        account_parse(main_of("btc"), str_from_c(evm_vectors[0].xpub), ACCOUNT_EVM, &account).code,
        &ERR_KEY_TYPE_WRONG);
    assert_ptr_equal(
        account_parse(main_of("tron"), str_from_c(evm_vectors[0].xpub), ACCOUNT_EVM, &account).code,
        &ERR_KEY_TYPE_WRONG);
}

static void test_a_canonical_text_gives_the_same_account_on_every_evm_network(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    struct account account;
    assert_ok(account_parse(main_of("eth"), str_from_c(evm_vectors[0].xpub), ACCOUNT_TYPE_UNSAID,
                            &account));
    struct str text = account_descriptor(arena, &account);
    assert_true(str_starts_with(text, STR("evm(xpub")));
    static const char *const networks[] = {"eth", "bsc", "arb", "opt", "base"};
    for (size_t i = 0; i < COUNT_OF(networks); i++) {
        struct account again;
        assert_ok(account_parse(main_of(networks[i]), text, ACCOUNT_TYPE_UNSAID, &again));
        assert_memory_equal(again.id, account.id, sizeof account.id);
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_account_keys_derive_the_addresses_that_other_programs_derive),
        cmocka_unit_test(test_addresses_that_must_be_refused_are_refused),
        cmocka_unit_test(test_eip55_case_is_a_checksum_and_one_case_alone_is_none),
        cmocka_unit_test(test_types_of_other_chains_are_refused),
        cmocka_unit_test(test_a_canonical_text_gives_the_same_account_on_every_evm_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
