/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/account.h"
#include "core/base58.h"
#include "core/chain_params.h"
#include "core/error.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Account 0 of BIP-84, as zpub and as the same key under xpub. */
#define ZPUB                                                                                       \
    "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31m" \
    "GDt"                                                                                          \
    "KsAYz2oz2AGutZYs"
#define XPUB                                                                                       \
    "xpub6CatWdiZiodmUeTDp8LT5or8nmbKNcuyvz7WyksVFkKB4RHwCD3XyuvPEbvqAQY3rAPshWcMLoP2fMFMKHPJ4ZeZ" \
    "XYV"                                                                                          \
    "UhLv1VMrjPC7PW6V"
#define YPUB                                                                                       \
    "ypub6Ww3ibxVfGzLrAH1PNcjyAWenMTbbAosGNB6VvmSEgytSER9azLDWCxoJwW7Ke7icmizBMXrzBx9979FfaHxHcrA" \
    "rf3"                                                                                          \
    "zbeJJJUZPf663zsP"
/* BIP-49 on the test network and BIP-86. */
#define UPUB                                                                                       \
    "upub5EFU65HtV5TeiSHmZZm7FUffBGy8UKeqp7vw43jYbvZPpoVsgU93oac7Wk3u6moKegAEWtGNF8DehrnHtv21XXEM" \
    "YRU"                                                                                          \
    "ocHqguyjknFHYfgY"
#define XPUB_86                                                                                    \
    "xpub6BgBgsespWvERF3LHQu6CnqdvfEvtMcQjYrcRzx53QJjSxarj2afYWcLteoGVky7D3UKDP9QyrLprQ3VCECoY49y" \
    "fdD"                                                                                          \
    "EHGCtMMj92pReUsQ"

static const struct chain_params *network(const char *chain, const char *name) {
    const struct chain_params *params = chain_params_by_name(str_from_c(chain), str_from_c(name));
    assert_non_null(params);
    return params;
}

static struct account parsed(const char *chain, const char *name, const char *text,
                             enum account_type type) {
    struct account account;
    struct result result = account_parse(network(chain, name), str_from_c(text), type, &account);
    if (!result_is_ok(result)) {
        fail_msg("%s: %s", text, result_text(result));
    }
    return account;
}

static void assert_refused(const char *text, enum account_type type,
                           const struct error_code *code) {
    struct account account;
    struct result result = account_parse(network("btc", "main"), str_from_c(text), type, &account);
    if (result.code != code) {
        fail_msg("%s: %s, not %s", text, result_is_ok(result) ? "ok" : result.code->name,
                 code->name);
    }
}

static void assert_address(const struct account *account, uint32_t index, const char *expected) {
    struct address_text text;
    assert_true(result_is_ok(account_address_at(account, index, &text)));
    assert_string_equal(text.text, expected);
}

static void test_the_published_addresses_of_bip49_bip84_and_bip86(void **state) {
    (void)state;
    struct account account = parsed("btc", "main", ZPUB, ACCOUNT_TYPE_UNSAID);
    assert_address(&account, 0, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
    assert_address(&account, 1, "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g");
    account = parsed("btc", "testnet", UPUB, ACCOUNT_TYPE_UNSAID);
    assert_address(&account, 0, "2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2");
    account = parsed("btc", "main", XPUB_86, ACCOUNT_P2TR);
    assert_address(&account, 0, "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr");
    assert_address(&account, 1, "bc1p4qhjn9zdvkux4e44uhx8tc55attvtyu358kutcqkudyccelu0was9fqzwh");
}

static void test_a_key_on_bitcoins_other_test_networks_differs_only_by_prefix(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const char *hrp;
    } rows[] = {
        {"testnet", "tb1q"}, {"testnet4", "tb1q"}, {"signet", "tb1q"}, {"regtest", "bcrt1q"}};
    static const char tpub[] = "tpubDC8msFGeGuwnKG9Upg7DM2b4DaRqg3CUZa5g8v2SRQ6K4NSkxUgd7HsL2XVWbVm"
                               "39yBA4LAxysQAm397zwQSQoQge"
                               "wGiYZqrA9DsP4zbQ1M";
    struct script first;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct account account = parsed("btc", rows[i].name, tpub, ACCOUNT_P2WPKH);
        struct address_text text;
        struct script script;
        assert_true(result_is_ok(account_script_at(&account, 0, &script)));
        assert_true(result_is_ok(account_address_at(&account, 0, &text)));
        assert_true(str_starts_with(address_str(&text), str_from_c(rows[i].hrp)));
        first = i == 0 ? script : first;
        assert_true(script_eq(&script, &first));
    }
}

static void test_an_xpub_will_do_on_test_networks_of_evm_and_tron(void **state) {
    (void)state;
    static const char tpub[] = "tpubDC8msFGeGuwnKG9Upg7DM2b4DaRqg3CUZa5g8v2SRQ6K4NSkxUgd7HsL2XVWbVm"
                               "39yBA4LAxysQAm397zwQSQoQge"
                               "wGiYZqrA9DsP4zbQ1M";
    static const char *const chains[] = {"eth", "bsc", "arb", "opt", "base", "tron"};
    struct account account;
    for (size_t i = 0; i < COUNT_OF(chains); i++) {
        struct account on_main = parsed(chains[i], "main", XPUB, ACCOUNT_TYPE_UNSAID);
        struct account in_tests = parsed(chains[i], "regtest", XPUB, ACCOUNT_TYPE_UNSAID);
        struct script one;
        struct script other;
        assert_true(result_is_ok(account_script_at(&on_main, 7, &one)));
        assert_true(result_is_ok(account_script_at(&in_tests, 7, &other)));
        assert_true(script_eq(&one, &other));
        (void)parsed(chains[i], "regtest", tpub, ACCOUNT_TYPE_UNSAID);
        const struct chain_params *main_chain =
            chain_params_by_name(str_from_c(chains[i]), STR("main"));
        assert_ptr_equal(
            account_parse(main_chain, str_from_c(tpub), ACCOUNT_TYPE_UNSAID, &account).code,
            &ERR_KEY_WRONG_NETWORK);
    }
    /* Bitcoin's addresses differ, and so do its keys. */
    const struct chain_params *regtest = chain_params_by_name(STR("btc"), STR("regtest"));
    assert_ptr_equal(account_parse(regtest, STR(XPUB), ACCOUNT_P2WPKH, &account).code,
                     &ERR_KEY_WRONG_NETWORK);
}

static void test_nobody_guesses_a_type(void **state) {
    (void)state;
    assert_refused(XPUB, ACCOUNT_TYPE_UNSAID, &ERR_KEY_TYPE_NEEDED);
    assert_refused(YPUB, ACCOUNT_P2WPKH, &ERR_KEY_TYPE_WRONG);
    assert_refused(ZPUB, ACCOUNT_P2TR, &ERR_KEY_TYPE_WRONG);
    assert_refused(ZPUB, ACCOUNT_P2PKH, &ERR_KEY_TYPE_WRONG);
    assert_refused("wpkh(" YPUB "/0/*)", ACCOUNT_TYPE_UNSAID, &ERR_KEY_TYPE_WRONG);
    assert_refused("tr(" ZPUB ")", ACCOUNT_TYPE_UNSAID, &ERR_KEY_TYPE_WRONG);
    assert_refused("wpkh(" XPUB ")", ACCOUNT_P2TR, &ERR_KEY_TYPE_WRONG);
    assert_int_equal(parsed("btc", "main", "wpkh(" XPUB ")", ACCOUNT_P2WPKH).type, ACCOUNT_P2WPKH);
    assert_int_equal(parsed("btc", "main", ZPUB, ACCOUNT_P2WPKH).type, ACCOUNT_P2WPKH);
    assert_int_equal(parsed("btc", "main", "wpkh(" ZPUB ")", ACCOUNT_P2WPKH).type, ACCOUNT_P2WPKH);
}

static void test_texts_that_are_no_account_are_refused(void **state) {
    (void)state;
    assert_refused("", ACCOUNT_P2WPKH, &ERR_KEY_INVALID);
    assert_refused("hello", ACCOUNT_P2WPKH, &ERR_KEY_INVALID);
    assert_refused(XPUB "/0/*", ACCOUNT_P2WPKH, &ERR_KEY_INVALID);
    assert_refused("1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA", ACCOUNT_P2WPKH, &ERR_KEY_INVALID);
    assert_refused("wpkh()", ACCOUNT_TYPE_UNSAID, &ERR_KEY_INVALID);
    assert_refused("wpkh(wpkh(" XPUB "))", ACCOUNT_TYPE_UNSAID, &ERR_KEY_INVALID);
    assert_refused("wpkh(" XPUB "/1/*)", ACCOUNT_TYPE_UNSAID, &ERR_DESCRIPTOR_INVALID);
    assert_refused("wsh(pk(" XPUB "))", ACCOUNT_TYPE_UNSAID, &ERR_DESCRIPTOR_INVALID);
}

static void test_white_space_around_a_text_is_ignored(void **state) {
    (void)state;
    struct account plain = parsed("btc", "main", ZPUB, ACCOUNT_TYPE_UNSAID);
    struct account spaced = parsed("btc", "main", " \t" ZPUB "\r\n", ACCOUNT_TYPE_UNSAID);
    struct account wrapped = parsed("btc", "main", "\nwpkh(" ZPUB ") ", ACCOUNT_TYPE_UNSAID);
    assert_memory_equal(plain.id, spaced.id, sizeof plain.id);
    assert_memory_equal(plain.id, wrapped.id, sizeof plain.id);
}

/* The branch m/0 given as a key of its own yields the same addresses, so it must have the same id:
 * else two counters would give out one address twice. */
static void test_the_branch_key_is_the_same_account_as_its_parent(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    struct account account = parsed("btc", "main", XPUB, ACCOUNT_P2WPKH);
    struct str key = account_key_text(arena, account.chain, &account.branch_key);
    const char *text = arena_printf(arena, "wpkh(%.*s/*)", STR_ARG(key));
    struct account branch = parsed("btc", "main", text, ACCOUNT_TYPE_UNSAID);
    assert_memory_equal(branch.id, account.id, sizeof account.id);
    assert_memory_not_equal(branch.fingerprint, account.fingerprint, FINGERPRINT_BYTES);
    assert_address(&branch, 0, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
    assert_true(str_starts_with(account_descriptor(arena, &branch), str_from_c(text)));
    /* Alone it does not say what it is. */
    assert_refused(str_to_c(arena, key), ACCOUNT_P2WPKH, &ERR_KEY_INVALID);
    arena_free(arena);
}

static void test_types_and_networks_of_one_key_share_an_id_and_keys_do_not(void **state) {
    (void)state;
    struct account wpkh = parsed("btc", "main", XPUB, ACCOUNT_P2WPKH);
    struct account tr = parsed("btc", "main", XPUB, ACCOUNT_P2TR);
    struct account litecoin = parsed("ltc", "main", XPUB, ACCOUNT_P2WPKH);
    struct account other = parsed("btc", "main", XPUB_86, ACCOUNT_P2TR);
    struct account self = parsed("btc", "main", "wpkh(" XPUB "/*)", ACCOUNT_TYPE_UNSAID);
    assert_memory_equal(wpkh.id, tr.id, sizeof wpkh.id);
    assert_memory_equal(wpkh.id, litecoin.id, sizeof wpkh.id);
    assert_memory_not_equal(tr.id, other.id, sizeof tr.id);
    assert_memory_not_equal(wpkh.id, self.id, sizeof wpkh.id);
}

static void test_indexes_end_where_hardened_ones_begin(void **state) {
    (void)state;
    struct account account = parsed("btc", "main", ZPUB, ACCOUNT_TYPE_UNSAID);
    struct script script;
    assert_true(result_is_ok(account_script_at(&account, ACCOUNT_INDEX_MAX, &script)));
    struct script before = script;
    assert_ptr_equal(account_script_at(&account, ACCOUNT_INDEX_MAX + 1, &script).code,
                     &ERR_INDEX_EXHAUSTED);
    assert_ptr_equal(account_script_at(&account, UINT32_MAX, &script).code, &ERR_INDEX_EXHAUSTED);
    assert_memory_equal(&script, &before, sizeof script); /* untouched on failure */
}

/* The same key under another depth and number, as exporters write it. */
static const char *moved(struct arena *arena, uint8_t depth, uint32_t child_number) {
    struct base58_payload payload;
    struct base58_text text;
    assert_true(base58check_decode(STR(XPUB), &payload));
    payload.bytes[4] = depth;
    if (depth == 0) {
        memset(payload.bytes + 5, 0, 4);
    }
    u32_store_be(payload.bytes + 9, child_number);
    base58check_encode((struct bytes){.ptr = payload.bytes, .len = payload.len}, &text);
    return str_to_c(arena, str_from_c(text.text));
}

static void test_the_place_of_a_key_changes_no_address_but_may_forbid_it(void **state) {
    (void)state;
    static const struct {
        uint8_t depth;
        uint32_t child_number;
    } good[] = {{0, 0}, {1, CHILD_HARDENED}, {3, CHILD_HARDENED | 7}, {253, CHILD_HARDENED}};
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct account account = parsed(
            "btc", "main", moved(arena, good[i].depth, good[i].child_number), ACCOUNT_P2WPKH);
        assert_address(&account, 0, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
    }
    assert_refused(moved(arena, 0, 1), ACCOUNT_P2WPKH, &ERR_KEY_INVALID);
    assert_refused(moved(arena, 4, 0), ACCOUNT_P2WPKH, &ERR_KEY_INVALID);
    assert_refused(moved(arena, 254, CHILD_HARDENED), ACCOUNT_P2WPKH, &ERR_KEY_INVALID);
    assert_refused(moved(arena, 255, CHILD_HARDENED), ACCOUNT_P2WPKH, &ERR_KEY_INVALID);
    /* Said in full, an odd place is the operator's choice. */
    const char *text = arena_printf(arena, "wpkh(%s/0/*)", moved(arena, 4, 0));
    struct account account = parsed("btc", "main", text, ACCOUNT_TYPE_UNSAID);
    assert_address(&account, 0, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
    arena_free(arena);
}

static void test_the_printed_descriptor_is_what_nodes_read(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    struct account account = parsed("btc", "main", ZPUB, ACCOUNT_TYPE_UNSAID);
    struct str text = account_descriptor(arena, &account);
    assert_true(str_starts_with(text, STR("wpkh(" XPUB "/0/*)#")));
    assert_int_equal(text.len, sizeof("wpkh(" XPUB "/0/*)#") - 1 + DESCRIPTOR_CHECKSUM_LEN);
    arena_free(arena);
}

static void test_scripts_without_an_address_have_none(void **state) {
    (void)state;
    static const char *const scripts[] = {
        "",
        "6a0568656c6c6f",                                                         /* OP_RETURN */
        "2102aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", /* bare key */
        "76a914751e76e8199196d454941c45d1b3a323f1433bd688ad",   /* one byte off P2PKH */
        "76a914751e76e8199196d454941c45d1b3a323f1433bd688acac", /* and one too many */
        "a914751e76e8199196d454941c45d1b3a323f1433bd688",
        "0015751e76e8199196d454941c45d1b3a323f1433bd600", /* version 0, 21 bytes */
        "4f14751e76e8199196d454941c45d1b3a323f1433bd6",   /* OP_1NEGATE */
        "6114751e76e8199196d454941c45d1b3a323f1433bd6",   /* past version 16 */
        "5101aa",
    };
    for (size_t i = 0; i < COUNT_OF(scripts); i++) {
        uint8_t bytes[SCRIPT_BYTES_MAX];
        size_t len = strlen(scripts[i]) / 2;
        struct script script;
        struct address_text text;
        assert_true(hex_decode((struct str){.ptr = scripts[i], .len = len * 2}, bytes, len));
        assert_true(script_from_bytes((struct bytes){.ptr = bytes, .len = len}, &script));
        struct result result = address_encode(network("btc", "main"), &script, &text);
        assert_ptr_equal(result.code, &ERR_ADDRESS_INVALID);
    }
    uint8_t large[SCRIPT_BYTES_MAX + 1] = {0};
    struct script script;
    assert_false(script_from_bytes(BYTES_OF(large), &script));
}

static void test_litecoins_retired_script_addresses_are_refused(void **state) {
    (void)state;
    struct script script;
    /* The same script hash under version 5 (and Bitcoin's) and under version 50. */
    assert_ptr_equal(
        address_decode(network("ltc", "main"), STR("37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf"), &script)
            .code,
        &ERR_ADDRESS_INVALID);
    assert_true(result_is_ok(address_decode(network("ltc", "main"),
                                            STR("M7wtsL7wSHDBJVMWWhtQfTMSYYkyooAAXM"), &script)));
}

static void test_unknown_networks_have_no_parameters(void **state) {
    (void)state;
    assert_null(chain_params_by_name(STR("btc"), STR("mainnet")));
    assert_null(chain_params_by_name(STR("BTC"), STR("main")));
    assert_null(chain_params_by_name(STR("ltc"), STR("signet")));
    assert_null(chain_params_by_name(STR(""), STR("")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_published_addresses_of_bip49_bip84_and_bip86),
        cmocka_unit_test(test_a_key_on_bitcoins_other_test_networks_differs_only_by_prefix),
        cmocka_unit_test(test_an_xpub_will_do_on_test_networks_of_evm_and_tron),
        cmocka_unit_test(test_nobody_guesses_a_type),
        cmocka_unit_test(test_texts_that_are_no_account_are_refused),
        cmocka_unit_test(test_white_space_around_a_text_is_ignored),
        cmocka_unit_test(test_the_branch_key_is_the_same_account_as_its_parent),
        cmocka_unit_test(test_types_and_networks_of_one_key_share_an_id_and_keys_do_not),
        cmocka_unit_test(test_indexes_end_where_hardened_ones_begin),
        cmocka_unit_test(test_the_place_of_a_key_changes_no_address_but_may_forbid_it),
        cmocka_unit_test(test_the_printed_descriptor_is_what_nodes_read),
        cmocka_unit_test(test_scripts_without_an_address_have_none),
        cmocka_unit_test(test_litecoins_retired_script_addresses_are_refused),
        cmocka_unit_test(test_unknown_networks_have_no_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
