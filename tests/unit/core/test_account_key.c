/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "core/account_key.h"
#include "core/base58.h"
#include "core/chain_params.h"
#include "core/error.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* BIP-32, test vectors 1 and 2: the steps that a public key can take. */
static const struct {
    const char *parent;
    uint32_t index;
    const char *child;
} public_steps[] = {
    {"xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5s"
     "ki8PX9rL2dZXvgGDnw",
     1,
     "xpub6ASuArnXKPbfEwhqN6e3mwBcDTgzisQN1wXN9BJcM47sSikHjJf3UFHKkNAWbWMiGj7Wf5uMash7SyYq527Hqck2A"
     "xYysAA7xmALppuCkwQ"},
    {"xpub6D4BDPcP2GT577Vvch3R8wDkScZWzQzMMUm3PWbmWvVJrZwQY4VUNgqFJPMM3No2dFDFGTsxxpG5uJh7n7epu4trk"
     "rX7x7DogT5Uv6fcLW5",
     2,
     "xpub6FHa3pjLCk84BayeJxFW2SP4XRrFd1JYnxeLeU8EqN3vDfZmbqBqaGJAyiLjTAwm6ZLRQUMv1ZACTj37sR62cfN7f"
     "e5JnJ7dh8zL4fiyLHV"},
    {"xpub6FHa3pjLCk84BayeJxFW2SP4XRrFd1JYnxeLeU8EqN3vDfZmbqBqaGJAyiLjTAwm6ZLRQUMv1ZACTj37sR62cfN7f"
     "e5JnJ7dh8zL4fiyLHV",
     1000000000,
     "xpub6H1LXWLaKsWFhvm6RVpEL9P4KfRZSW7abD2ttkWP3SSQvnyA8FSVqNTEcYFgJS2UaFcxupHiYkro49S8yGasTvXEY"
     "BVPamhGW6cFJodrTHy"},
    {"xpub661MyMwAqRbcFW31YEwpkMuc5THy2PSt5bDMsktWQcFF8syAmRUapSCGu8ED9W6oDMSgv6Zz8idoc4a6mr8BDzTJY"
     "47LJhkJ8UB7WEGuduB",
     0,
     "xpub69H7F5d8KSRgmmdJg2KhpAK8SR3DjMwAdkxj3ZuxV27CprR9LgpeyGmXUbC6wb7ERfvrnKZjXoUmmDznezpbZb7ap"
     "6r1D3tgFxHmwMkQTPH"},
    {"xpub6ASAVgeehLbnwdqV6UKMHVzgqAG8Gr6riv3Fxxpj8ksbH9ebxaEyBLZ85ySDhKiLDBrQSARLq1uNRts8RuJiHjaDM"
     "BU4Zn9h8LZNnBC5y4a",
     1,
     "xpub6DF8uhdarytz3FWdA8TvFSvvAh8dP3283MY7p2V4SeE2wyWmG5mg5EwVvmdMVCQcoNJxGoWaU9DCWh89LojfZ537w"
     "TfunKau47EL2dhHKon"},
    {"xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaD"
     "MzQLcgJvLJuZZvRcEL",
     2,
     "xpub6FnCn6nSzZAw5Tw7cgR9bi15UV96gLZhjDstkXXxvCLsUXBGXPdSnLFbdpq8p9HmGsApME5hQTZ3emM2rnY5agb9r"
     "XpVGyy3bdW6EEgAtqt"},
};

/* BIP-32, test vector 5: none of these is a key. */
static const char *const invalid_keys[] = {
    "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6LBpB85b3D2yc8sfvZU521AAwdZafEz7mn"
    "zBB"
    "sz4wKY5fTtTQBm",
    "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFGTQQD3dC4H2D5GBj7vWvSQaaBv5cxi9ga"
    "fk7"
    "NF3pnBju6dwKvH",
    "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6Txnt3siSujt9RCVYsx4qHZGc62TG4McvM"
    "GcA"
    "UjeuwZdduYEvFn",
    "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFGpWnsj83BHtEy5Zt8CcDr1UiRXuWCmTQL"
    "xEK"
    "9vbz5gPstX92JQ",
    "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6N8ZMMXctdiCjxTNq964yKkwrkBJJwpzZS"
    "4HS"
    "2fxvyYUA4q2Xe4",
    "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFAzHGBP2UuGCqWLTAPLcMtD9y5gkZ6Eq3R"
    "jua"
    "hrv17fEQ3Qen6J",
    "xprv9s2SPatNQ9Vc6GTbVMFPFo7jsaZySyzk7L8n2uqKXJen3KUmvQNTuLh3fhZMBoG3G4ZW1N2kZuHEPY53qmbZzCHsho"
    "QnN"
    "f4GvELZfqTUrcv",
    "xpub661no6RGEX3uJkY4bNnPcw4URcQTrSibUZ4NqJEw5eBkv7ovTwgiT91XX27VbEXGENhYRCf7hyEbWrR3FewATdCEeb"
    "j6z"
    "nwMfQkhRYHRLpJ",
    "xprv9s21ZrQH4r4TsiLvyLXqM9P7k1K3EYhA1kkD6xuquB5i39AU8KF42acDyL3qsDbU9NmZn6MsGSUYZEsuoePmjzsB3e"
    "FKS"
    "UEh3Gu1N3cqVUN",
    "xpub661MyMwAuDcm6CRQ5N4qiHKrJ39Xe1R1NyfouMKTTWcguwVcfrZJaNvhpebzGerh7gucBvzEQWRugZDuDXjNDRmXzS"
    "Ze4"
    "c7mnTK97pTvGS8",
    "DMwo58pR1QLEFihHiXPVykYB6fJmsTeHvyTp7hRThAtCX8CvYzgPcn8XnmdfHGMQzT7ayAmfo4z3gY5KfbrZWZ6St24UVf"
    "2Q"
    "go6oujFktLHdHY4",
    "DMwo58pR1QLEFihHiXPVykYB6fJmsTeHvyTp7hRThAtCX8CvYzgPcn8XnmdfHPmHJiEDXkTiJTVV9rHEBUem2mwVbbNfvT"
    "2M"
    "TcAqj3nesx8uBf9",
    "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzF93Y5wvzdUayhgkkFoicQZcP3y52uPPxFn"
    "foL"
    "ZB21Teqt1VvEHx",
    "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFAzHGBP2UuGCqWLTAPLcMtD5SDKr24z3ai"
    "UvK"
    "r9bJpdrcLg1y3G",
    "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6Q5JXayek4PRsn35jii4veMimro1xefsM5"
    "8Pg"
    "BMrvdYre8QyULY",
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtR"
    "BeJ"
    "gk33yuGBxrMPHL",
};

static const struct chain_params *bitcoin(void) {
    return chain_params_by_name(STR("btc"), STR("main"));
}

static struct account_key parsed(const char *text) {
    struct account_key key;
    enum account_type type;
    assert_true(result_is_ok(account_key_parse(bitcoin(), str_from_c(text), &key, &type)));
    return key;
}

static void test_bip32_public_steps_give_the_published_children(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT_OF(public_steps); i++) {
        struct account_key parent = parsed(public_steps[i].parent);
        struct account_key child;
        assert_true(account_key_child(&parent, public_steps[i].index, &child));
        assert_string_equal(account_key_text(arena, bitcoin(), &child).ptr, public_steps[i].child);
        assert_string_equal(account_key_text(arena, bitcoin(), &parent).ptr,
                            public_steps[i].parent);
    }
    arena_free(arena);
}

static void test_bip32_invalid_keys_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(invalid_keys); i++) {
        struct account_key key;
        enum account_type type;
        struct str text = str_from_c(invalid_keys[i]);
        struct result result = account_key_parse(bitcoin(), text, &key, &type);
        if (result_is_ok(result)) {
            fail_msg("accepted: %s", invalid_keys[i]);
        }
        if (str_starts_with(text, STR("xprv"))) {
            assert_ptr_equal(result.code, &ERR_KEY_PRIVATE);
        }
    }
}

static void test_the_fingerprint_is_the_childs_parent_fingerprint(void **state) {
    (void)state;
    struct account_key parent = parsed(public_steps[0].parent);
    struct account_key child = parsed(public_steps[0].child);
    uint8_t fingerprint[FINGERPRINT_BYTES];
    account_key_fingerprint(&parent, fingerprint);
    assert_memory_equal(fingerprint, child.parent_fingerprint, FINGERPRINT_BYTES);
}

/* The order n of the curve, the smallest IL that BIP-32 calls invalid. */
static const uint8_t curve_order[HASH_256_BYTES] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
};

static void test_a_child_beyond_the_order_does_not_exist(void **state) {
    (void)state;
    struct account_key parent = parsed(public_steps[0].parent);
    struct child_pubkey child;
    uint8_t left[HASH_256_BYTES];
    assert_false(account_key_tweak(&parent, curve_order, &child));
    memset(left, 0xff, sizeof left);
    assert_false(account_key_tweak(&parent, left, &child));
    memcpy(left, curve_order, sizeof left);
    left[sizeof left - 1]--;
    assert_true(account_key_tweak(&parent, left, &child));
}

/* The key of secret 1 is the generator; adding n - 1 times the generator gives infinity. */
static void test_a_child_at_infinity_does_not_exist(void **state) {
    (void)state;
    static const char generator[] =
        "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    uint8_t bytes[ACCOUNT_KEY_BYTES] = {0x04, 0x88, 0xb2, 0x1e};
    struct base58_text text;
    struct child_pubkey child;
    uint8_t left[HASH_256_BYTES];
    assert_true(hex_decode(str_from_c(generator), bytes + 45, PUBKEY_BYTES));
    base58check_encode(BYTES_OF(bytes), &text);
    struct account_key key = parsed(text.text);
    memcpy(left, curve_order, sizeof left);
    left[sizeof left - 1]--;
    assert_false(account_key_tweak(&key, left, &child));
    left[sizeof left - 1]--;
    assert_true(account_key_tweak(&key, left, &child));
}

static void test_keys_of_another_network_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *chain;
        const char *network;
        const char *key;
    } foreign[] = {
        {"btc", "main",
         "tpubDC5FSnBiZDMmhiuCmWAYsLwgLYrrT9rAqvTySfuCCrgsWz8wxMXUS9Tb9iVMvcRbvFcAHGkMD5Kx8koh4GquN"
         "GNTf"
         "ohfk7pgjhaPCdXpoba"},
        {"btc", "regtest",
         "xpub6BosfCnifzxcFwrSzQiqu2DBVTshkCXacvNsWGYJVVhhawA7d4R5WSWGFNbi8Aw6ZRc1brxMyWMzG3DSSSSoe"
         "kkud"
         "hUd9yLb6qx39T9nMdj"},
        {"btc", "main",
         "Ltub2YDQmP391UYeDYvLye9P1SuNJFkcRGN7SYHM8JMxaDnegcPTXHJ2BnYmvHnFnGPGKu2WMuCga6iZV3SDxDMGr"
         "RyM"
         "crYEfSPhrpS1EPkC43E"},
        {"btc", "testnet4",
         "ttub4d4VPcY3DBxKCoAjoeDr9q3FaD4dbY89X65XUhapWiaSFbEjYLwnNg2EcHgEVSEALaEVdZnprREdcWMPJxqFk"
         "vN8"
         "9FcPRFBueauxVCvFpUt"},
        {"ltc", "main",
         "vpub5Y6cjg78GGuNLsaPhmYsiw4gYX3HoQiRBiSwDaBXKUafCt9bNwWQiitDk5VZ5BVxYnQdwoTyXSs2JHRPAgjAv"
         "tbBr"
         "f8ZhDYe2jWAqvZVnsc"},
    };
    for (size_t i = 0; i < COUNT_OF(foreign); i++) {
        const struct chain_params *chain =
            chain_params_by_name(str_from_c(foreign[i].chain), str_from_c(foreign[i].network));
        struct account_key key;
        enum account_type type;
        struct result result = account_key_parse(chain, str_from_c(foreign[i].key), &key, &type);
        assert_ptr_equal(result.code, &ERR_KEY_WRONG_NETWORK);
    }
}

static void test_multisig_prefixes_are_refused_with_the_reason(void **state) {
    (void)state;
    static const uint32_t versions[] = {0x0295b43f, 0x02aa7ed3, 0x024289ef, 0x02575483};
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        struct base58_payload payload;
        struct base58_text text;
        struct account_key key;
        enum account_type type;
        assert_true(base58check_decode(str_from_c(public_steps[0].parent), &payload));
        u32_store_be(payload.bytes, versions[i]);
        base58check_encode((struct bytes){.ptr = payload.bytes, .len = payload.len}, &text);
        struct result result = account_key_parse(bitcoin(), str_from_c(text.text), &key, &type);
        assert_ptr_equal(result.code, &ERR_KEY_INVALID);
        assert_non_null(strstr(result_text(result), "multi-signature"));
    }
}

static void test_type_words_are_known_in_both_forms(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"pkh", "p2pkh"}, {"sh-wpkh", "p2sh-p2wpkh"}, {"wpkh", "p2wpkh"}, {"tr", "p2tr"}};
    enum account_type type;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        enum account_type other;
        assert_true(account_type_by_name(str_from_c(pairs[i][0]), &type));
        assert_true(account_type_by_name(str_from_c(pairs[i][1]), &other));
        assert_int_equal(type, other);
        assert_string_equal(account_type_name(type), pairs[i][0]);
    }
    assert_false(account_type_by_name(STR("wsh"), &type));
    assert_false(account_type_by_name(STR(""), &type));
    assert_string_equal(account_type_name(ACCOUNT_TYPE_UNSAID), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bip32_public_steps_give_the_published_children),
        cmocka_unit_test(test_bip32_invalid_keys_are_refused),
        cmocka_unit_test(test_the_fingerprint_is_the_childs_parent_fingerprint),
        cmocka_unit_test(test_a_child_beyond_the_order_does_not_exist),
        cmocka_unit_test(test_a_child_at_infinity_does_not_exist),
        cmocka_unit_test(test_keys_of_another_network_are_refused),
        cmocka_unit_test(test_multisig_prefixes_are_refused_with_the_reason),
        cmocka_unit_test(test_type_words_are_known_in_both_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
