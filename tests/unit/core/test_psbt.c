/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/asset.h"
#include "core/chain_params.h"
#include "core/error.h"
#include "core/psbt.h"

enum { ARENA_BYTES = 4 << 20 };

/* BIP 371, valid PSBTs: one P2TR key path input with internal key and derivation path, and an
 * output with a derivation path: the sender's own P2WPKH, or P2TR. Ours is replaceable: the
 * sequence ends with fd, theirs with ff. */
#define TX_BEFORE_SEQUENCE                                                                         \
    "020000000127744ababf3027fe0d6cf23a96eee2efb188ef52301954585883e69b6624b2420000000000"
#define INPUT_MAP                                                                                  \
    "01012b00f2052a010000002251205a2c2cf5b52cf31f83ad2e8da63ff03183ecd8f609c7510ae8a48e03910a0757" \
    "2116fe349064c98d6e2a853fa3c9b12bd8b304a19c195c60efa7ee2393046d3fa2321900772b2da7560000800100" \
    "0080000000800100000000000000011720fe349064c98d6e2a853fa3c9b12bd8b304a19c195c60efa7ee2393046d" \
    "3fa23200"
#define TO_P2WPKH                                                                                  \
    "70736274ff010052" TX_BEFORE_SEQUENCE                                                          \
    "fdffffff0148e6052a01000000160014768e1eeb4cf420866033f80aceff0f9720744969000000"               \
    "0000" INPUT_MAP                                                                               \
    "2202036b772a6db74d8753c98a827958de6c78ab3312109f37d3e0304484242ece73d818772b2da7540000800100" \
    "008000000080000000000000000000"
#define TO_P2TR                                                                                    \
    "70736274ff01005e" TX_BEFORE_SEQUENCE                                                          \
    "fdffffff0148e6052a0100000022512083698e458c6664e1595d75da2597de1e22ee97d798e706c4c0a4b5a9823c" \
    "d743000000"                                                                                   \
    "0000" INPUT_MAP                                                                               \
    "0105201124da7aec92ccd06c954562647f437b138b95721a84be2bf2276bbddab3e67121071124da7aec92ccd06c" \
    "954562647f437b138b95721a84be2bf2276bbddab3e6711900772b2da75600008001000080000000800000000005" \
    "00000000"

static struct arena *arena;

static int set_up(void **state) {
    (void)state;
    arena = arena_new(ARENA_BYTES);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static const struct asset *btc(void) {
    return asset_by_code(STR("BTC"));
}

static void from_hex(const char *hex, uint8_t *ret_bytes, size_t size) {
    assert_true(hex_decode(str_from_c(hex), ret_bytes, size));
}

static struct script script_of(const char *hex) {
    uint8_t bytes[SCRIPT_BYTES_MAX];
    struct script script;
    size_t size = strlen(hex) / 2;
    from_hex(hex, bytes, size);
    assert_true(script_from_bytes((struct bytes){.ptr = bytes, .len = size}, &script));
    return script;
}

static struct key_place place_of(const char *pubkey, uint32_t purpose, uint32_t branch,
                                 uint32_t index) {
    struct key_place place = {
        .step_count = 5,
        .steps = {purpose | CHILD_HARDENED, 1 | CHILD_HARDENED, CHILD_HARDENED, branch, index}};
    from_hex(pubkey, place.pubkey, sizeof place.pubkey);
    from_hex("772b2da7", place.fingerprint, sizeof place.fingerprint);
    return place;
}

static struct psbt_input taproot_input(void) {
    struct psbt_input input = {
        .amount = amount_from_u64(btc(), 5000000000),
        .program =
            script_of("51205a2c2cf5b52cf31f83ad2e8da63ff03183ecd8f609c7510ae8a48e03910a0757"),
        .key = {ACCOUNT_P2TR,
                place_of("02fe349064c98d6e2a853fa3c9b12bd8b304a19c195c60efa7ee2393046d3fa232", 86,
                         1, 0)},
    };
    from_hex("42b224669be683585854193052ef88b1efe2ee963af26c0dfe2730bfba4a7427", input.txid.bytes,
             sizeof input.txid.bytes);
    return input;
}

static struct bytes encoded(const struct psbt_input *input, const struct psbt_output *outputs,
                            size_t output_count) {
    const struct psbt psbt = {input, 1, outputs, output_count};
    struct bytes bytes;
    struct result result = psbt_encode(arena, &psbt, &bytes);
    assert_true(result_is_ok(result));
    return bytes;
}

static void assert_hex(struct bytes bytes, const char *expected) {
    assert_string_equal(str_to_c(arena, hex_encode(arena, bytes)), expected);
}

static void test_a_taproot_input_is_written_as_in_bip_371(void **state) {
    (void)state;
    struct psbt_input input = taproot_input();
    struct psbt_key wpkh = {
        ACCOUNT_P2WPKH,
        place_of("036b772a6db74d8753c98a827958de6c78ab3312109f37d3e0304484242ece73d8", 84, 0, 0)};
    struct psbt_output output = {script_of("0014768e1eeb4cf420866033f80aceff0f9720744969"),
                                 amount_from_u64(btc(), 4999997000), &wpkh};
    assert_hex(encoded(&input, &output, 1), TO_P2WPKH);
}

static void test_a_taproot_output_of_ours_is_written_as_in_bip_371(void **state) {
    (void)state;
    struct psbt_input input = taproot_input();
    struct psbt_key tr = {
        ACCOUNT_P2TR,
        place_of("031124da7aec92ccd06c954562647f437b138b95721a84be2bf2276bbddab3e671", 86, 0, 5)};
    struct psbt_output output = {
        script_of("512083698e458c6664e1595d75da2597de1e22ee97d798e706c4c0a4b5a9823cd743"),
        amount_from_u64(btc(), 4999997000), &tr};
    assert_hex(encoded(&input, &output, 1), TO_P2TR);
}

static void test_an_output_of_somebody_else_has_an_empty_map(void **state) {
    (void)state;
    struct psbt_input input = taproot_input();
    struct psbt_output output = {script_of("0014768e1eeb4cf420866033f80aceff0f9720744969"),
                                 amount_from_u64(btc(), 4999997000), NULL};
    struct bytes bytes = encoded(&input, &output, 1);
    struct str hex = hex_encode(arena, bytes);
    assert_true(str_ends_with(hex, STR(INPUT_MAP "00")));
}

/* Accounts of "abandon ... about" and their first keys, from tests/vectors. */
static struct account account_of(const char *text) {
    struct account account;
    const struct chain_params *params = chain_params_by_name(STR("btc"), STR("regtest"));
    struct result parsed = account_parse(params, str_from_c(text), ACCOUNT_TYPE_UNSAID, &account);
    assert_true(result_is_ok(parsed));
    return account;
}

#define TPUB                                                                                       \
    "tpubDC8msFGeGuwnKG9Upg7DM2b4DaRqg3CUZa5g8v2SRQ6K4NSkxUgd7HsL2XVWbVm39yBA4LAxysQAm397zwQSQoQg" \
    "ewGiYZqrA9DsP4zbQ1M"

static void test_a_nested_input_carries_its_redeem_script_and_the_whole_path(void **state) {
    (void)state;
    struct account account = account_of("sh(wpkh([73c5da0a/49h/1h/0h]" TPUB "/0/*))");
    struct psbt_input input = {.amount = amount_from_u64(btc(), 1000), .vout = 0x01020304};
    input.key.type = account.type;
    assert_true(result_is_ok(account_script_at(&account, 7, &input.program)));
    assert_true(result_is_ok(account_key_place(&account, 7, &input.key.place)));
    struct psbt_output output = {script_of("0014768e1eeb4cf420866033f80aceff0f9720744969"),
                                 amount_from_u64(btc(), 900), NULL};
    struct str hex = hex_encode(arena, encoded(&input, &output, 1));
    struct script redeem = account_redeem_script(input.key.place.pubkey);
    /* BIP 141: the hash in the output is the redeem script's. */
    uint8_t hash[HASH_160_BYTES];
    hash_160(script_bytes(&redeem), hash);
    assert_memory_equal(script_p2sh_hash(&input.program), hash, sizeof hash);
    const char *pubkey = str_to_c(arena, hex_encode(arena, BYTES_OF(input.key.place.pubkey)));
    const char *map = arena_printf(
        arena,
        "010120e80300000000000017%s010416%s2206%s1873c5da0a3100008001000080000000800000000007000000"
        "0000",
        str_to_c(arena, hex_encode(arena, script_bytes(&input.program))),
        str_to_c(arena, hex_encode(arena, script_bytes(&redeem))), pubkey);
    assert_true(str_ends_with(hex, str_from_c(map)));
}

static void test_without_an_origin_the_path_begins_at_the_account(void **state) {
    (void)state;
    struct account account = account_of("wpkh(" TPUB "/0/*)");
    struct key_place place;
    assert_true(result_is_ok(account_key_place(&account, 3, &place)));
    assert_int_equal(place.step_count, 2);
    assert_int_equal(place.steps[0], 0);
    assert_int_equal(place.steps[1], 3);
    assert_memory_equal(place.fingerprint, account.fingerprint, sizeof place.fingerprint);
    struct account branch = account_of("wpkh([73c5da0a/84h/1h/0h/0]" TPUB "/*)");
    assert_true(result_is_ok(account_key_place(&branch, 3, &place)));
    assert_int_equal(place.step_count, 5);
    assert_int_equal(place.steps[3], 0);
    assert_int_equal(place.steps[4], 3);
    assert_true(account_key_place(&account, ACCOUNT_INDEX_MAX + 1, &place).code ==
                &ERR_INDEX_EXHAUSTED);
}

static void test_an_old_input_carries_the_transaction_before_and_no_witness_part(void **state) {
    (void)state;
    struct account account = account_of("pkh(" TPUB "/0/*)");
    uint8_t previous[300];
    memset(previous, 0xab, sizeof previous);
    struct psbt_input input = {.amount = amount_from_u64(btc(), 1000),
                               .previous_tx = BYTES_OF(previous)};
    input.key.type = account.type;
    assert_true(result_is_ok(account_script_at(&account, 0, &input.program)));
    assert_true(result_is_ok(account_key_place(&account, 0, &input.key.place)));
    struct psbt_output output = {script_of("0014768e1eeb4cf420866033f80aceff0f9720744969"),
                                 amount_from_u64(btc(), 900), NULL};
    struct str hex = hex_encode(arena, encoded(&input, &output, 1));
    const char *map =
        arena_printf(arena,
                     "0100fd2c01%s2206%s0c%s000000000000000000"
                     "00",
                     str_to_c(arena, hex_encode(arena, BYTES_OF(previous))),
                     str_to_c(arena, hex_encode(arena, BYTES_OF(input.key.place.pubkey))),
                     str_to_c(arena, hex_encode(arena, BYTES_OF(account.fingerprint))));
    assert_true(str_ends_with(hex, str_from_c(map)));
    /* A payer decides how long that is: counts have one, three or five bytes. */
    static uint8_t longest[70000];
    input.previous_tx = BYTES_OF(longest);
    hex = hex_encode(arena, encoded(&input, &output, 1));
    assert_non_null(strstr(str_to_c(arena, hex), "0100fe7011010000000000"));
}

static void test_what_does_not_fit_is_refused(void **state) {
    (void)state;
    struct psbt_input input = taproot_input();
    struct psbt_output output = {script_of("0014768e1eeb4cf420866033f80aceff0f9720744969"),
                                 amount_from_units(btc(), (unsigned __int128)1 << 64), NULL};
    const struct psbt psbt = {&input, 1, &output, 1};
    struct bytes bytes;
    assert_true(psbt_encode(arena, &psbt, &bytes).code == &ERR_AMOUNT_OVERFLOW);
    output.amount = amount_from_u64(btc(), 1);
    CLEANUP(arena_cleanup) struct arena *small = arena_new(256);
    assert_true(psbt_encode(small, &psbt, &bytes).code == &ERR_PSBT_TOO_LARGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_taproot_input_is_written_as_in_bip_371),
        cmocka_unit_test(test_a_taproot_output_of_ours_is_written_as_in_bip_371),
        cmocka_unit_test(test_an_output_of_somebody_else_has_an_empty_map),
        cmocka_unit_test(test_a_nested_input_carries_its_redeem_script_and_the_whole_path),
        cmocka_unit_test(test_without_an_origin_the_path_begins_at_the_account),
        cmocka_unit_test(test_an_old_input_carries_the_transaction_before_and_no_witness_part),
        cmocka_unit_test(test_what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
