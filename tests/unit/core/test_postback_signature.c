/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/postback_signature.h"

/* The example of the Standard Webhooks libraries: secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw. */
static const uint8_t secret_bytes[] = {
    0x31, 0xf2, 0x90, 0xf6, 0xbf, 0x06, 0x29, 0x8a, 0xab, 0x4f, 0x08, 0xd4,
    0x3c, 0x3f, 0x08, 0x2c, 0xf6, 0x48, 0xa3, 0x62, 0xda, 0x2d, 0xa4, 0xb0,
};
static const struct bytes secret = {.ptr = secret_bytes, .len = sizeof secret_bytes};
#define EXAMPLE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static const struct postback_signed example = {
    .id = {.ptr = "msg_p5jXN8AQM9LWM0D4loKWxJek", .len = 28},
    .timestamp_s = 1614265330,
    .body = {.ptr = "{\"test\": 2432232314}", .len = 20},
};

static void test_signature_is_the_one_of_the_published_example(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    struct str signature = postback_signature_make(arena, secret, &example);
    assert_string_equal(signature.ptr, EXAMPLE);
    assert_int_equal(signature.len, sizeof EXAMPLE - 1);
    arena_free(arena);
}

static void test_one_of_several_signatures_is_enough(void **state) {
    (void)state;
    int64_t now_s = example.timestamp_s;
    assert_true(postback_signature_matches(STR(EXAMPLE), secret, &example, now_s));
    assert_true(
        postback_signature_matches(STR("v1,AAAA v2,BBBB " EXAMPLE), secret, &example, now_s));
    assert_false(postback_signature_matches(STR("v1,AAAA v2,BBBB"), secret, &example, now_s));
    assert_false(postback_signature_matches(STR(""), secret, &example, now_s));
    assert_false(postback_signature_matches(STR("v1a," EXAMPLE), secret, &example, now_s));
}

static void test_every_part_is_covered(void **state) {
    (void)state;
    struct postback_signed other = example;
    other.id = STR("msg_p5jXN8AQM9LWM0D4loKWxJel");
    assert_false(postback_signature_matches(STR(EXAMPLE), secret, &other, 1614265330));
    other = example;
    other.timestamp_s++;
    assert_false(postback_signature_matches(STR(EXAMPLE), secret, &other, 1614265330));
    other = example;
    other.body = STR("{\"test\": 2432232315}");
    assert_false(postback_signature_matches(STR(EXAMPLE), secret, &other, 1614265330));
    struct bytes shorter = {.ptr = secret_bytes, .len = sizeof secret_bytes - 1};
    assert_false(postback_signature_matches(STR(EXAMPLE), shorter, &example, 1614265330));
}

static void test_old_and_future_timestamps_are_refused(void **state) {
    (void)state;
    int64_t at_s = example.timestamp_s;
    assert_true(postback_signature_matches(STR(EXAMPLE), secret, &example, at_s + 300));
    assert_false(postback_signature_matches(STR(EXAMPLE), secret, &example, at_s + 301));
    assert_true(postback_signature_matches(STR(EXAMPLE), secret, &example, at_s - 300));
    assert_false(postback_signature_matches(STR(EXAMPLE), secret, &example, at_s - 301));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signature_is_the_one_of_the_published_example),
        cmocka_unit_test(test_one_of_several_signatures_is_enough),
        cmocka_unit_test(test_every_part_is_covered),
        cmocka_unit_test(test_old_and_future_timestamps_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
