/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/hash.h"

static void assert_digest(const uint8_t *digest, size_t size, const char *expected) {
    struct arena *arena = arena_new(4096);
    assert_string_equal(hex_encode(arena, (struct bytes){.ptr = digest, .len = size}).ptr,
                        expected);
    arena_free(arena);
}

static struct bytes text(const char *c_string) {
    return bytes_from_str(str_from_c(c_string));
}

static void test_plain_digests_match_their_standards(void **state) {
    (void)state;
    uint8_t digest[HASH_256_BYTES];
    hash_sha256(text("abc"), digest);
    assert_digest(digest, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_sha256_twice(text("abc"), digest);
    assert_digest(digest, 32, "4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358");
    hash_ripemd160(text("abc"), digest);
    assert_digest(digest, 20, "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    hash_160(text("abc"), digest);
    assert_digest(digest, 20, "bb1be98c142444d7a56aa3981c3942a978e4dc33");
    hash_tagged(STR("TapTweak"), text("abc"), digest);
    assert_digest(digest, 32, "b4db0a539110ab84dac5af069f081eee7e3becbf970e6705d20f59ea9b4eb1f8");
}

/* Lengths around the 136-byte block, where padding goes wrong. The input is 0, 1, 2, ... mod 251.
 */
static void test_keccak256_has_the_old_padding_at_every_block_boundary(void **state) {
    (void)state;
    static const struct {
        size_t len;
        const char *digest;
    } vectors[] = {
        {0, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
        {3, "f84a97f1f0a956e738abd85c2e0a5026f8874e3ec09c8f012159dfeeaab2b156"},
        {135, "cbdfd9dee5faad3818d6b06f95a219fd290b0e1706f6a82e5a595b9ce9faca62"},
        {136, "7ce759f1ab7f9ce437719970c26b0a66ff11fe3e38e17df89cf5d29c7d7f807e"},
        {137, "ac73d4fae68b8453f764007c1a20ce95994187861f0c3227a3a8e99a73a3b1db"},
        {272, "8e2476e65823b24d96ebe239f2c1534cdf763e689e2410c3b1cb0c74e6177bfc"},
        {300, "4699841dafd5e26cca72b05a41d38c96b4b468e5a6cbf694cbebe77dacdf6528"},
    };
    uint8_t input[300];
    uint8_t digest[HASH_256_BYTES];
    for (size_t i = 0; i < sizeof input; i++) {
        input[i] = (uint8_t)(i % 251);
    }
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        hash_keccak256((struct bytes){.ptr = input, .len = vectors[i].len}, digest);
        assert_digest(digest, sizeof digest, vectors[i].digest);
    }
    hash_keccak256(text("abc"), digest);
    assert_digest(digest, 32, "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

static void test_hmac_matches_rfc_4231_case_2(void **state) {
    (void)state;
    uint8_t digest[HASH_512_BYTES];
    hash_hmac_sha256(text("Jefe"), text("what do ya want for nothing?"), digest);
    assert_digest(digest, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    hash_hmac_sha512(text("Jefe"), text("what do ya want for nothing?"), digest);
    assert_digest(digest, 64,
                  "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                  "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
}

static void test_hkdf_matches_rfc_5869_cases_1_and_3(void **state) {
    (void)state;
    uint8_t secret[22];
    uint8_t salt[13];
    char purpose[10];
    uint8_t key[42];
    for (size_t i = 0; i < sizeof secret; i++) {
        secret[i] = 0x0b;
    }
    for (size_t i = 0; i < sizeof salt; i++) {
        salt[i] = (uint8_t)i;
    }
    for (size_t i = 0; i < sizeof purpose; i++) {
        purpose[i] = (char)(0xf0 + i);
    }
    hash_hkdf_sha256(BYTES_OF(secret), BYTES_OF(salt),
                     (struct str){.ptr = purpose, .len = sizeof purpose}, key, sizeof key);
    assert_digest(key, sizeof key,
                  "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                  "34007208d5b887185865");
    hash_hkdf_sha256(BYTES_OF(secret), (struct bytes){0}, STR(""), key, sizeof key);
    assert_digest(key, sizeof key,
                  "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                  "9d201395faa4b61a96c8");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_digests_match_their_standards),
        cmocka_unit_test(test_keccak256_has_the_old_padding_at_every_block_boundary),
        cmocka_unit_test(test_hmac_matches_rfc_4231_case_2),
        cmocka_unit_test(test_hkdf_matches_rfc_5869_cases_1_and_3),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
