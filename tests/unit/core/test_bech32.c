/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "core/address.h"
#include "core/bech32.h"
#include "core/chain_params.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* BIP-173 and BIP-350, "Test vectors". */
static const char *const valid_original[] = {
    "A12UEL5L",
    "a12uel5l",
    "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
    "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
    "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
    "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
    "?1ezyfcl",
};

static const char *const valid_m[] = {
    "A1LQFN3A",
    "a1lqfn3a",
    "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6",
    "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
    "11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8",
    "split1checkupstagehandshakeupstreamerranterredcaperredlc445v",
    "?1v759aa",
};

static const char *const invalid[] = {
    "\x20"
    "1nwldj5",
    "\x7f"
    "1axkwrx",
    "\x80"
    "1eym55h",
    "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx",
    "pzry9x0s0muk",
    "1pzry9x0s0muk",
    "x1b4n0q5v",
    "li1dgmt3",
    "de1lg7wt\xff",
    "A1G7SGD8",
    "10a06t8",
    "1qzzfhee",
    "\x20"
    "1xj0phk",
    "\x7f"
    "1g6xzxy",
    "\x80"
    "1vctc34",
    "an84characterslonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11d6pts4",
    "qyrz8wqd2c9m",
    "1qyrz8wqd2c9m",
    "y1b0jsk6g",
    "lt1igcx5c0",
    "in1muywd",
    "mm1crxm3i",
    "au1s5cgom",
    "M1VUXWEZ",
    "16plkw9",
    "1p2gdwpf",
    "",
    "1",
};

static const struct {
    const char *address;
    const char *script;
} valid_addresses[] = {
    {"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "0014751e76e8199196d454941c45d1b3a323f1433bd6"},
    {"tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
     "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262"},
    {"bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
     "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6"},
    {"BC1SW50QGDZ25J", "6002751e"},
    {"bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "5210751e76e8199196d454941c45d1b3a323"},
    {"tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
     "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"},
    {"tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
     "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"},
    {"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
     "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"},
};

static const char *const invalid_addresses[] = {
    /* BIP-350 */
    "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
    "tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf",
    "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
    "tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47",
    "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
    "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
    "bc1pw5dgrnzv",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
    "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
    "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
    "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j",
    "bc1gmk9yu",
    /* BIP-173; those with version 1 and more were valid there and are not any more */
    "tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
    "BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF2",
    "bc1rw5uspcuh",
    "bc10w508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kw5rljs90",
    "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sL5k7",
    "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du",
    "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3pjxtptv",
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7k7grplx",
    "BC1SW50QA3JX3S",
    "bc1zw508d6qejxtdg4y5r3zarvaryvg6kdaj",
};

static void check_valid(const char *text, enum bech32_form form) {
    struct bech32 bech32;
    struct bech32_text again;
    assert_true(bech32_decode(str_from_c(text), &bech32));
    assert_int_equal(bech32.form, form);
    assert_true(bech32_encode(&bech32, &again));
    assert_true(str_eq_nocase(str_from_c(again.text), str_from_c(text)));
    /* The other form gives another text: none is both. */
    bech32.form = form == BECH32_M ? BECH32_ORIGINAL : BECH32_M;
    assert_true(bech32_encode(&bech32, &again));
    assert_false(str_eq_nocase(str_from_c(again.text), str_from_c(text)));
}

static void test_valid_strings_are_read_in_their_form_and_written_back(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(valid_original); i++) {
        check_valid(valid_original[i], BECH32_ORIGINAL);
    }
    for (size_t i = 0; i < COUNT_OF(valid_m); i++) {
        check_valid(valid_m[i], BECH32_M);
    }
}

static void test_invalid_strings_are_refused(void **state) {
    (void)state;
    struct bech32 bech32;
    for (size_t i = 0; i < COUNT_OF(invalid); i++) {
        if (bech32_decode(str_from_c(invalid[i]), &bech32)) {
            fail_msg("accepted: %s", invalid[i]);
        }
    }
}

static const struct chain_params *network_of(const char *address) {
    bool is_main = str_eq_nocase(str_slice(str_from_c(address), 0, 2), STR("bc"));
    return chain_params_by_name(STR("btc"), is_main ? STR("main") : STR("testnet"));
}

static void test_witness_addresses_give_their_scripts_and_back(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT_OF(valid_addresses); i++) {
        struct script script;
        struct address_text again;
        const struct chain_params *chain = network_of(valid_addresses[i].address);
        assert_true(
            result_is_ok(address_decode(chain, str_from_c(valid_addresses[i].address), &script)));
        assert_string_equal(hex_encode(arena, script_bytes(&script)).ptr,
                            valid_addresses[i].script);
        assert_true(result_is_ok(address_encode(chain, &script, &again)));
        assert_true(str_eq_nocase(address_str(&again), str_from_c(valid_addresses[i].address)));
    }
    arena_free(arena);
}

static void test_invalid_witness_addresses_are_refused_on_every_network(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(invalid_addresses); i++) {
        const struct chain_params *chain;
        for (size_t n = 0; (chain = chain_params_at(n)) != NULL; n++) {
            struct script script;
            if (result_is_ok(address_decode(chain, str_from_c(invalid_addresses[i]), &script))) {
                fail_msg("accepted on %s %s: %s", chain->chain, chain->network,
                         invalid_addresses[i]);
            }
        }
    }
}

static void test_programs_that_no_script_carries_are_not_written(void **state) {
    (void)state;
    struct bech32_text text;
    struct witness_program program = {.version = 0, .len = 21};
    assert_false(witness_address_encode(&program, STR("bc"), &text));
    program = (struct witness_program){.version = 17, .len = 32};
    assert_false(witness_address_encode(&program, STR("bc"), &text));
    program = (struct witness_program){.version = 1, .len = 1};
    assert_false(witness_address_encode(&program, STR("bc"), &text));
    program = (struct witness_program){.version = 1, .len = 32};
    assert_true(witness_address_encode(&program, STR("bc"), &text));
    assert_false(witness_address_encode(&program, STR("BC"), &text));
    assert_false(witness_address_encode(&program, STR(""), &text));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid_strings_are_read_in_their_form_and_written_back),
        cmocka_unit_test(test_invalid_strings_are_refused),
        cmocka_unit_test(test_witness_addresses_give_their_scripts_and_back),
        cmocka_unit_test(test_invalid_witness_addresses_are_refused_on_every_network),
        cmocka_unit_test(test_programs_that_no_script_carries_are_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
