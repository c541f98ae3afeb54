/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <till.h>

static const char secret[] = "0123456789abcdef0123456789abcdefWXYZ";
static const int64_t now_s = 1700000000;
static const char body[] = "{\"status\":\"success\"}";
/* python3: base64(hmac(secret, b'evt_1.1700000000.{"status":"success"}', sha256)) */
#define SIGNATURE "v1,8VdF2jwPrbtveFRt/QeD664n5GRuykBavXwR4pJK2yw="

struct message {
    const char *event_id;
    const char *timestamp;
    const char *signature;
};

static enum till_error verdict(struct message message, int64_t at_s) {
    return till_signature_verify(body, strlen(body), message.event_id, message.timestamp,
                                 message.signature, secret, at_s);
}

static void test_signature_of_another_implementation_matches(void **state) {
    (void)state;
    assert_int_equal(verdict((struct message){"evt_1", "1700000000", SIGNATURE}, now_s), TILL_OK);
}

static void test_one_of_several_signatures_is_enough(void **state) {
    (void)state;
    assert_int_equal(
        verdict((struct message){"evt_1", "1700000000", "v1,AAAA v1a,BBBB " SIGNATURE}, now_s),
        TILL_OK);
}

static void test_any_changed_part_is_a_forgery(void **state) {
    (void)state;
    assert_int_equal(verdict((struct message){"evt_2", "1700000000", SIGNATURE}, now_s),
                     TILL_ERROR_FORGED);
    assert_int_equal(verdict((struct message){"evt_1", "1700000001", SIGNATURE}, now_s),
                     TILL_ERROR_FORGED);
    assert_int_equal(verdict((struct message){"evt_1", "1700000000", "v1,AAAA"}, now_s),
                     TILL_ERROR_FORGED);
    assert_int_equal(verdict((struct message){"evt_1", "1700000000", SIGNATURE "="}, now_s),
                     TILL_ERROR_FORGED);
    assert_int_equal(
        till_signature_verify("{}", 2, "evt_1", "1700000000", SIGNATURE, secret, now_s),
        TILL_ERROR_FORGED);
    static const char other[] = "0123456789abcdef0123456789abcdefWXYz";
    assert_int_equal(
        till_signature_verify(body, strlen(body), "evt_1", "1700000000", SIGNATURE, other, now_s),
        TILL_ERROR_FORGED);
}

static void test_old_and_early_messages_are_told_from_forged_ones(void **state) {
    (void)state;
    struct message message = {"evt_1", "1700000000", SIGNATURE};
    assert_int_equal(verdict(message, now_s + 300), TILL_OK);
    assert_int_equal(verdict(message, now_s + 301), TILL_ERROR_EXPIRED);
    assert_int_equal(verdict(message, now_s - 301), TILL_ERROR_EXPIRED);
}

static void test_headers_that_are_missing_or_wrong_are_malformed(void **state) {
    (void)state;
    char endless[2048];
    memset(endless, 'v', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    const struct message messages[] = {
        {NULL, "1700000000", SIGNATURE},
        {"", "1700000000", SIGNATURE},
        {"evt_1.1700000000", "1700000000", SIGNATURE},
        {"evt\n1", "1700000000", SIGNATURE},
        {"evt_1", NULL, SIGNATURE},
        {"evt_1", "", SIGNATURE},
        {"evt_1", "-1", SIGNATURE},
        {"evt_1", "1700000000.0", SIGNATURE},
        {"evt_1", " 1700000000", SIGNATURE},
        {"evt_1", "9223372036854775807", SIGNATURE},
        {"evt_1", "99999999999999999999", SIGNATURE},
        {"evt_1", "1700000000", NULL},
        {"evt_1", "1700000000", ""},
        {"evt_1", "1700000000", endless},
    };
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        assert_int_equal(verdict(messages[i], now_s), TILL_ERROR_MALFORMED);
    }
}

static void test_wrong_arguments_are_named(void **state) {
    (void)state;
    assert_int_equal(
        till_signature_verify(body, strlen(body), "evt_1", "1700000000", SIGNATURE, "short", now_s),
        TILL_ERROR_SECRET);
    assert_int_equal(till_signature_verify(body, TILL_POSTBACK_BYTES_MAX + 1, "evt_1", "1700000000",
                                           SIGNATURE, secret, now_s),
                     TILL_ERROR_TOO_LARGE);
    assert_int_equal(
        till_signature_verify(body, strlen(body), "evt_1", "1700000000", SIGNATURE, NULL, now_s),
        TILL_ERROR_ARGUMENT);
    assert_int_equal(
        till_signature_verify(NULL, 1, "evt_1", "1700000000", SIGNATURE, secret, now_s),
        TILL_ERROR_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signature_of_another_implementation_matches),
        cmocka_unit_test(test_one_of_several_signatures_is_enough),
        cmocka_unit_test(test_any_changed_part_is_a_forgery),
        cmocka_unit_test(test_old_and_early_messages_are_told_from_forged_ones),
        cmocka_unit_test(test_headers_that_are_missing_or_wrong_are_malformed),
        cmocka_unit_test(test_wrong_arguments_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
