/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/account.h"
#include "core/chain_params.h"
#include "core/error.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define XPRV_84                                                                                    \
    "zprvAdG4iTXWBoARxkkzNpNh8r6Qag3irQB8PzEMkAFeTRXxHpbF9z4QgEvBRmfvqWvGp42t42nvgGpNgYSJA9iefm1y" \
    "YNZ"                                                                                          \
    "KEm7z6qUWCroSQnE"
#define XPUB_84                                                                                    \
    "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31m" \
    "GDt"                                                                                          \
    "KsAYz2oz2AGutZYs"

static const char *const private_texts[] = {
    XPRV_84,
    "  " XPRV_84 "\n",
    "wpkh(" XPRV_84 "/0/*)",
    "sh(wpkh([73c5da0a/49h/0h/0h]" XPRV_84 "/<0;1>/*))#aaaaaaaa",
    /* mistyped and cut off */
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtR"
    "Be"
    "Jgk33yuGBxrMPHX",
    "tprv8ZgxMBicQKsPcsbCVeqqF1KVdH7gwDJ",
    "uprv91G7gZkzehuMVxDJTYE6tLivdF8e4rvzSu1LFfKw3b2Qx1Aj8vpoFnHdfUZ3hmi9jsvPifmZ24RTN2KhwB8BfMLTVq"
    "aBR"
    "eibyaFFcTP1s9n",
    "Ltpv71G8qDifUiNetP6nmxPA5STrUVmv2J9YSmXajv8VsYBUyuPhvN9xCaQrfX2wo5xxJNtEazYCFRUu5FmokYMM79pcqz"
    "8p"
    "cdo4rNXAFPgyB4k",
    /* WIF: BIP-84's first key, an uncompressed one, test networks, Litecoin, one mistyped */
    "KyZpNDKnfs94vbrwhJneDi77V6jF64PWPF8x5cdJb8ifgg2DUc9d",
    "5KYZdUEo39z3FPrtuX2QbbwGnNP5zTd7yyr2SC1j299sBCnWjss",
    "cULrpoZGXiuC19Uhvykx7NugygA3k86b3hmdCeyvHYQZSxojGyXJ",
    "KyZpNDKnfs94vbrwhJneDi77V6jF64PWPF8x5cdJb8ifgg2DUc9e",
    "wpkh(L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1)",
    /* BIP-38, raw hexadecimal, a phrase */
    "6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg",
    "c9bdb49cfbaedca21c4b1f3a7803c34636b1d7dc55a717132443fc3f4c5867e8",
    "0xc9bdb49cfbaedca21c4b1f3a7803c34636b1d7dc55a717132443fc3f4c5867e8",
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
    /* BIP-32 vector 5: private bytes under a public prefix, and under one nobody knows */
    "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6LBpB85b3D2yc8sfvZU521AAwdZafEz7mn"
    "zBB"
    "sz4wKY5fTtTQBm",
    "DMwo58pR1QLEFihHiXPVykYB6fJmsTeHvyTp7hRThAtCX8CvYzgPcn8XnmdfHGMQzT7ayAmfo4z3gY5KfbrZWZ6St24UVf"
    "2Q"
    "go6oujFktLHdHY4",
};

static const char *const public_texts[] = {
    "",
    XPUB_84,
    "wpkh([73c5da0a/84h/0h/0h]" XPUB_84 "/<0;1>/*)#7n4xz9h4",
    "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
    "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA",
    "not a key at all, just a few words that somebody typed here",
    "0260b2003c386519fc9eadf2b5cf124dd8eea4c4e68d5e154050a9346ea98ce600",
    "xprv",
};

static void test_what_can_spend_is_refused_as_private(void **state) {
    (void)state;
    const struct chain_params *chain = chain_params_by_name(STR("btc"), STR("main"));
    for (size_t i = 0; i < COUNT_OF(private_texts); i++) {
        struct account account;
        if (!key_text_is_private(str_from_c(private_texts[i]))) {
            fail_msg("taken for harmless: %s", private_texts[i]);
        }
        struct result result =
            account_parse(chain, str_from_c(private_texts[i]), ACCOUNT_P2WPKH, &account);
        assert_ptr_equal(result.code, &ERR_KEY_PRIVATE);
        assert_null(result.detail);
    }
}

static void test_what_cannot_spend_is_not_called_private(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(public_texts); i++) {
        if (key_text_is_private(str_from_c(public_texts[i]))) {
            fail_msg("taken for private: %s", public_texts[i]);
        }
    }
}

static void test_wiping_leaves_nothing_of_the_text(void **state) {
    (void)state;
    static const char zeros[sizeof XPRV_84];
    char text[] = XPRV_84;
    key_text_wipe(text, sizeof text);
    assert_memory_equal(text, zeros, sizeof text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_can_spend_is_refused_as_private),
        cmocka_unit_test(test_what_cannot_spend_is_not_called_private),
        cmocka_unit_test(test_wiping_leaves_nothing_of_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
