/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <till.h>

#include "base/arena.h"
#include "base/buf.h"
#include "core/hash.h"

static const char secret[] = "0123456789abcdef0123456789abcdefWXYZ";
static const int64_t now_s = 1700000000;

#define HEADER    "{\"typ\":\"JWT\",\"alg\":\"HS256\"}"
#define CLAIMS    "{\"id\":\"K7Q2M9XD\",\"exp\":1700000300}"
#define JSON_TYPE "application/json"
#define FORM_TYPE "application/x-www-form-urlencoded"
/* What stands for a token in a body that is under construction. */
#define WITH_TOKEN "{\"status\":\"success\",\"invoice_id\":\"K7Q2M9XD\",\"token\":\"%s\"}"

static int setup(void **state) {
    *state = arena_new(8 << 20);
    return 0;
}

static int teardown(void **state) {
    arena_free(*state);
    return 0;
}

/* A token with a right HS256 signature, whatever header and claims say. */
static const char *token_of(struct arena *arena, const char *key, const char *header,
                            const char *claims) {
    struct buf token = buf_in(arena);
    buf_put_str(&token, base64url_encode(arena, bytes_from_str(str_from_c(header))));
    buf_put_char(&token, '.');
    buf_put_str(&token, base64url_encode(arena, bytes_from_str(str_from_c(claims))));
    uint8_t signature[HASH_256_BYTES];
    hash_hmac_sha256(bytes_from_str(str_from_c(key)), buf_bytes(&token), signature);
    buf_put_char(&token, '.');
    buf_put_str(&token, base64url_encode(arena, BYTES_OF(signature)));
    return str_to_c(arena, buf_str(&token));
}

static const char *good_token(struct arena *arena) {
    return token_of(arena, secret, HEADER, CLAIMS);
}

static enum till_error verdict(const char *body, const char *type) {
    struct till_postback *postback = NULL;
    enum till_error error =
        till_postback_verify(body, strlen(body), type, secret, now_s, &postback);
    assert_int_equal(error == TILL_OK, postback != NULL);
    till_postback_free(postback);
    return error;
}

static enum till_error verdict_of_token(struct arena *arena, const char *token) {
    return verdict(arena_printf(arena, WITH_TOKEN, token), JSON_TYPE);
}

static void test_json_postback_is_verified_and_its_fields_can_be_read(void **state) {
    const char *body = arena_printf(
        *state,
        "{\"status\":\"success\",\"invoice_id\":\"K7Q2M9XD\",\"amount_crypto\":0.10000000,"
        "\"currency\":\"LTC\",\"order_id\":\"Nr. 7 & 8=\\u00fc\",\"token\":\"%s\","
        "\"invoice_info\":{\"uuid\":\"INV-K7Q2M9XD\",\"test_mode\":true,\"links_invoice\":null,"
        "\"tx_list\":[\"aa\",\"bb\"],\"currency\":{\"fullcode\":\"LTC\"}}}",
        good_token(*state));
    struct till_postback *postback = NULL;
    assert_int_equal(till_postback_verify(body, strlen(body), JSON_TYPE "; charset=utf-8", secret,
                                          now_s, &postback),
                     TILL_OK);
    assert_string_equal(till_postback_uuid(postback), "INV-K7Q2M9XD");
    assert_string_equal(till_postback_get(postback, "order_id"), "Nr. 7 & 8=\xc3\xbc");
    assert_string_equal(till_postback_get(postback, "amount_crypto"), "0.10000000");
    assert_string_equal(till_postback_get(postback, "invoice_info.test_mode"), "true");
    assert_string_equal(till_postback_get(postback, "invoice_info.tx_list.1"), "bb");
    assert_string_equal(till_postback_get(postback, "invoice_info.currency.fullcode"), "LTC");
    assert_null(till_postback_get(postback, "invoice_info.links_invoice"));
    assert_null(till_postback_get(postback, "invoice_info"));
    assert_null(till_postback_get(postback, "nothing"));
    till_postback_free(postback);
}

static void test_form_postback_is_verified_and_its_fields_can_be_read(void **state) {
    const char *body = arena_printf(
        *state,
        "status=success&invoice_id=K7Q2M9XD&amount_crypto=0.1&currency=LTC&order_id=%%7Ba+b%%26&"
        "token=%s&invoice_info=%%7B%%22uuid%%22%%3A%%22INV-K7Q2M9XD%%22%%2C%%22step%%22%%3A3%%7D",
        good_token(*state));
    struct till_postback *postback = NULL;
    assert_int_equal(till_postback_verify(body, strlen(body), FORM_TYPE, secret, now_s, &postback),
                     TILL_OK);
    assert_string_equal(till_postback_uuid(postback), "INV-K7Q2M9XD");
    assert_string_equal(till_postback_get(postback, "order_id"), "{a b&");
    assert_string_equal(till_postback_get(postback, "invoice_info.step"), "3");
    till_postback_free(postback);
}

static void test_token_of_another_secret_is_forged(void **state) {
    static const char other[] = "0123456789abcdef0123456789abcdefWXYz";
    assert_int_equal(verdict_of_token(*state, token_of(*state, other, HEADER, CLAIMS)),
                     TILL_ERROR_FORGED);
    assert_int_equal(verdict_of_token(*state, token_of(*state, "", HEADER, CLAIMS)),
                     TILL_ERROR_FORGED);
    assert_int_equal(verdict_of_token(*state, ""), TILL_ERROR_FORGED);
    assert_int_equal(verdict_of_token(*state, "a.b.c"), TILL_ERROR_FORGED);
}

static void test_any_changed_byte_of_the_token_is_found(void **state) {
    const char *token = good_token(*state);
    for (size_t i = 0; token[i] != '\0'; i++) {
        char *changed = arena_copy(*state, token, strlen(token));
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_int_not_equal(verdict_of_token(*state, changed), TILL_OK);
    }
}

static void test_token_is_over_after_its_time(void **state) {
    const char *body = arena_printf(*state, WITH_TOKEN, good_token(*state));
    struct till_postback *postback = NULL;
    assert_int_equal(
        till_postback_verify(body, strlen(body), JSON_TYPE, secret, now_s + 300, &postback),
        TILL_ERROR_EXPIRED);
    assert_null(postback);
    assert_int_equal(
        till_postback_verify(body, strlen(body), JSON_TYPE, secret, now_s + 299, &postback),
        TILL_OK);
    till_postback_free(postback);
}

static void test_token_of_another_invoice_is_refused(void **state) {
    assert_int_equal(verdict_of_token(*state, token_of(*state, secret, HEADER,
                                                       "{\"id\":\"ZZZZZZZZ\",\"exp\":1700000300}")),
                     TILL_ERROR_OTHER_INVOICE);
    /* The token fits the field that we compare, and what a careless shop would read does not. */
    assert_int_equal(
        verdict(arena_printf(*state,
                             "{\"status\":\"success\",\"invoice_id\":\"K7Q2M9XD\",\"token\":\"%s\","
                             "\"invoice_info\":{\"uuid\":\"INV-ZZZZZZZZ\"}}",
                             good_token(*state)),
                JSON_TYPE),
        TILL_ERROR_OTHER_INVOICE);
}

static void test_no_other_algorithm_is_believed(void **state) {
    static const char *const headers[] = {
        "{\"typ\":\"JWT\",\"alg\":\"none\"}",
        "{\"typ\":\"JWT\",\"alg\":\"None\"}",
        "{\"typ\":\"JWT\",\"alg\":\"HS384\"}",
        "{\"typ\":\"JWT\",\"alg\":\"HS512\"}",
        "{\"typ\":\"JWT\",\"alg\":\"RS256\"}",
        "{\"typ\":\"JWT\",\"alg\":\"\"}",
        "{\"typ\":\"JWT\"}",
        "{}",
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        const char *token = token_of(*state, secret, headers[i], CLAIMS);
        assert_int_equal(verdict_of_token(*state, token), TILL_ERROR_FORGED);
        /* As a library that believes "none" expects it: nothing behind the second dot. */
        char *bare = arena_copy(*state, token, strlen(token));
        strrchr(bare, '.')[1] = '\0';
        assert_int_equal(verdict_of_token(*state, bare), TILL_ERROR_FORGED);
    }
}

static void test_body_that_is_too_large_is_not_read(void **state) {
    char *body = arena_alloc(*state, TILL_POSTBACK_BYTES_MAX + 2);
    memset(body, ' ', TILL_POSTBACK_BYTES_MAX + 1);
    const char *text = arena_printf(*state, WITH_TOKEN, good_token(*state));
    memcpy(body, text, strlen(text));
    assert_int_equal(verdict(body, JSON_TYPE), TILL_ERROR_TOO_LARGE);
    body[TILL_POSTBACK_BYTES_MAX] = '\0';
    assert_int_equal(verdict(body, JSON_TYPE), TILL_OK);
}

static void test_malformed_bodies_are_refused(void **state) {
    const char *token = good_token(*state);
    static const char *const forms[] = {
        /* JSON, %s is the token */
        "{\"status\":\"success\",\"invoice_id\":\"K7Q2M9XD\",\"token\":\"%s\"",
        "{\"status\":\"success\",\"invoice_id\":\"K7Q2M9XD\",\"token\":\"%s\"}x",
        "[{\"status\":\"success\",\"invoice_id\":\"K7Q2M9XD\",\"token\":\"%s\"}]",
        "\xef\xbb\xbf{\"status\":\"success\",\"invoice_id\":\"K7Q2M9XD\",\"token\":\"%s\"}",
        "{\"status\":\"success\",\"invoice_id\":\"ZZZZZZZZ\",\"invoice_id\":\"K7Q2M9XD\","
        "\"token\":\"%s\"}",
        "{\"status\":\"success\",\"invoice_id\":\"K7Q2M9XD\\u0000Z\",\"token\":\"%s\"}",
        "{\"status\":\"success\",\"invoice_id\":null,\"token\":\"%s\"}",
        "{\"status\":\"success\",\"invoice_id\":[\"K7Q2M9XD\"],\"token\":\"%s\"}",
        "{\"status\":\"success\",\"token\":\"%s\"}",
        "{\"invoice_id\":\"K7Q2M9XD\",\"token\":\"%s\"}",
        "{\"status\":\"fail\",\"invoice_id\":\"K7Q2M9XD\",\"token\":\"%s\"}",
        "{\"status\":\"success\",\"invoice_id\":\"K7Q2M9XD\",\"Token\":\"%s\"}",
        "%s",
        "\"%s\"",
        "{\"a\":[[[[[[[[[[1]]]]]]]]]],\"status\":\"success\",\"invoice_id\":\"K7Q2M9XD\","
        "\"token\":\"%s\"}",
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct buf body = buf_in(*state);
        const char *rest = strstr(forms[i], "%s");
        buf_put(&body, forms[i], (size_t)(rest - forms[i]));
        buf_puts(&body, token);
        buf_puts(&body, rest + 2);
        assert_int_equal(verdict(str_to_c(*state, buf_str(&body)), JSON_TYPE),
                         TILL_ERROR_MALFORMED);
    }
}

static void test_malformed_forms_are_refused(void **state) {
    static const char *const fronts[] = {
        "status=success&invoice_id=ZZZZZZZZ&invoice_id=K7Q2M9XD&token=",
        "status=success&invoice_id=K7Q2M9XD%00Z&token=",
        "status=success&invoice_id=K7Q2M9XD&x=%zz&token=",
        "status=success&invoice_id=K7Q2M9XD&x=%ff&token=",
        "status=success&invoice_id=K7Q2M9XD&invoice_info=%7B&token=",
        "status=success&invoice_id=K7Q2M9XD&invoice_info=uuid&token=",
        "status=success&invoice_id=K7Q2M9XD&bare&token=",
        "status=success&invoice_id[]=K7Q2M9XD&token=",
        "invoice_id=K7Q2M9XD&token=",
        "token=",
    };
    for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++) {
        const char *body = arena_printf(*state, "%s%s", fronts[i], good_token(*state));
        assert_int_equal(verdict(body, FORM_TYPE), TILL_ERROR_MALFORMED);
    }
    struct buf many = buf_in(*state);
    for (int i = 0; i < 100; i++) {
        buf_putf(&many, "a%d=1&", i);
    }
    buf_putf(&many, "status=success&invoice_id=K7Q2M9XD&token=%s", good_token(*state));
    assert_int_equal(verdict(str_to_c(*state, buf_str(&many)), FORM_TYPE), TILL_ERROR_MALFORMED);
}

static void test_only_the_two_types_of_body_are_read(void **state) {
    const char *body = arena_printf(*state, WITH_TOKEN, good_token(*state));
    assert_int_equal(verdict(body, "Application/JSON"), TILL_OK);
    assert_int_equal(verdict(body, "text/plain"), TILL_ERROR_MALFORMED);
    assert_int_equal(verdict(body, FORM_TYPE), TILL_ERROR_MALFORMED);
    assert_int_equal(verdict(body, ""), TILL_ERROR_MALFORMED);
    assert_int_equal(verdict(body, NULL), TILL_ERROR_MALFORMED);
    assert_int_equal(verdict("", JSON_TYPE), TILL_ERROR_MALFORMED);
}

static void test_key_that_looks_like_a_path_is_not_taken_for_one(void **state) {
    const char *body =
        arena_printf(*state,
                     "{\"invoice_info.status\":\"paid\",\"status\":\"success\","
                     "\"invoice_id\":\"K7Q2M9XD\",\"token\":\"%s\",\"invoice_info\":{}}",
                     good_token(*state));
    struct till_postback *postback = NULL;
    assert_int_equal(till_postback_verify(body, strlen(body), JSON_TYPE, secret, now_s, &postback),
                     TILL_OK);
    assert_null(till_postback_get(postback, "invoice_info.status"));
    till_postback_free(postback);
}

static void test_short_secret_and_wrong_arguments_are_named(void **state) {
    const char *body = arena_printf(*state, WITH_TOKEN, good_token(*state));
    size_t size = strlen(body);
    struct till_postback *postback = NULL;
    assert_int_equal(till_postback_verify(body, size, JSON_TYPE, "short", now_s, &postback),
                     TILL_ERROR_SECRET);
    assert_int_equal(till_postback_verify(body, size, JSON_TYPE, NULL, now_s, &postback),
                     TILL_ERROR_ARGUMENT);
    assert_int_equal(till_postback_verify(body, size, JSON_TYPE, secret, -1, &postback),
                     TILL_ERROR_ARGUMENT);
    assert_int_equal(till_postback_verify(body, size, JSON_TYPE, secret, INT64_MAX, &postback),
                     TILL_ERROR_ARGUMENT);
    assert_int_equal(till_postback_verify(NULL, 1, JSON_TYPE, secret, now_s, &postback),
                     TILL_ERROR_ARGUMENT);
    assert_int_equal(till_postback_verify(body, size, JSON_TYPE, secret, now_s, NULL),
                     TILL_ERROR_ARGUMENT);
    assert_null(postback);
    till_postback_free(NULL);
}

static void test_every_error_has_a_sentence_of_its_own(void **state) {
    (void)state;
    for (int a = TILL_OK; a <= TILL_ERROR_OTHER_INVOICE + 1; a++) {
        for (int b = TILL_OK; b < a; b++) {
            assert_string_not_equal(till_error_text((enum till_error)a),
                                    till_error_text((enum till_error)b));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_postback_is_verified_and_its_fields_can_be_read),
        cmocka_unit_test(test_form_postback_is_verified_and_its_fields_can_be_read),
        cmocka_unit_test(test_token_of_another_secret_is_forged),
        cmocka_unit_test(test_any_changed_byte_of_the_token_is_found),
        cmocka_unit_test(test_token_is_over_after_its_time),
        cmocka_unit_test(test_token_of_another_invoice_is_refused),
        cmocka_unit_test(test_no_other_algorithm_is_believed),
        cmocka_unit_test(test_body_that_is_too_large_is_not_read),
        cmocka_unit_test(test_malformed_bodies_are_refused),
        cmocka_unit_test(test_malformed_forms_are_refused),
        cmocka_unit_test(test_only_the_two_types_of_body_are_read),
        cmocka_unit_test(test_key_that_looks_like_a_path_is_not_taken_for_one),
        cmocka_unit_test(test_short_secret_and_wrong_arguments_are_named),
        cmocka_unit_test(test_every_error_has_a_sentence_of_its_own),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
