/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/invoice_id.h"
#include "core/permutation.h"

static const uint8_t secret[INVOICE_ID_KEY_BYTES] = "thirty-two bytes for the ids ok";

static struct invoice_id_key key_of(uint8_t first) {
    uint8_t bytes[INVOICE_ID_KEY_BYTES];
    memcpy(bytes, secret, sizeof(bytes));
    bytes[0] = first;
    struct invoice_id_key key;
    invoice_id_key_init(&key, bytes);
    return key;
}

static void test_small_domains_are_permuted_whole(void **state) {
    (void)state;
    struct invoice_id_key key = key_of(1);
    static const uint32_t sides[] = {2, 3, 6, 17, 200};
    for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
        struct permutation permutation = {.cipher = &key.cipher, .side = sides[i]};
        uint64_t count = (uint64_t)sides[i] * sides[i];
        uint8_t *hit = calloc(count, 1);
        uint64_t fixed = 0;
        for (uint64_t value = 0; value < count; value++) {
            uint64_t image = permutation_forward(permutation, value);
            assert_true(image < count);
            assert_int_equal(hit[image], 0);
            hit[image] = 1;
            assert_int_equal(permutation_backward(permutation, image), value);
            fixed += image == value;
        }
        assert_true(fixed < count / 4 + 3);
        free(hit);
    }
}

static int compare_numbers(const void *a, const void *b) {
    const uint64_t *left = a;
    const uint64_t *right = b;
    return (*left > *right) - (*left < *right);
}

static void test_a_million_ids_are_distinct_and_come_back(void **state) {
    (void)state;
    enum { COUNT = 1000000 };
    struct invoice_id_key key = key_of(1);
    uint64_t *texts = malloc(COUNT * sizeof(*texts));
    for (int64_t row = 0; row < COUNT; row++) {
        struct invoice_id id = invoice_id_encode(&key, row);
        memcpy(&texts[row], id.text, sizeof(texts[row]));
        if (row % 50 == 0) {
            int64_t again = -1;
            assert_true(invoice_id_decode(&key, invoice_id_str(&id), &again));
            assert_int_equal(again, row);
        }
    }
    qsort(texts, COUNT, sizeof(*texts), compare_numbers);
    for (size_t i = 1; i < COUNT; i++) {
        assert_true(texts[i - 1] != texts[i]);
    }
    free(texts);
}

static void test_neighbours_share_nothing_to_see(void **state) {
    (void)state;
    struct invoice_id_key key = key_of(1);
    size_t same = 0;
    for (int64_t row = 0; row < 10000; row++) {
        struct invoice_id a = invoice_id_encode(&key, row);
        struct invoice_id b = invoice_id_encode(&key, row + 1);
        for (size_t i = 0; i < INVOICE_ID_CHARS; i++) {
            same += a.text[i] == b.text[i];
        }
    }
    /* 80,000 pairs of letters, one in 36 the same by chance: 2222 +- 46. */
    assert_in_range(same, 1950, 2500);
}

static void test_another_key_gives_other_ids(void **state) {
    (void)state;
    struct invoice_id_key one = key_of(1);
    struct invoice_id_key two = key_of(2);
    struct invoice_id a = invoice_id_encode(&one, 5);
    struct invoice_id b = invoice_id_encode(&two, 5);
    assert_string_not_equal(a.text, b.text);
}

/* Ids are in shops' books: this must never change. The values come from another program, over
 * openssl's AES. */
static void test_the_form_is_fixed_for_ever(void **state) {
    (void)state;
    struct invoice_id_key key = key_of(1);
    struct invoice_id first = invoice_id_encode(&key, 1);
    struct invoice_id last = invoice_id_encode(&key, INVOICE_ID_COUNT - 1);
    assert_string_equal(first.text, "4SDV438U");
    assert_string_equal(last.text, "UVYZFGYP");
}

static void test_both_forms_any_case_and_spaces_mean_the_same(void **state) {
    (void)state;
    struct invoice_id_key key = key_of(1);
    struct invoice_id id = invoice_id_encode(&key, 123456789);
    char lower[INVOICE_ID_CHARS + 1] = {0};
    for (size_t i = 0; i < INVOICE_ID_CHARS; i++) {
        lower[i] = id.text[i] >= 'A' ? (char)(id.text[i] + 32) : id.text[i];
    }
    static const char *const forms[] = {"%s", "INV-%s", "inv-%s", "  Inv-%s\t", " %s "};
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const char *marker = strstr(forms[i], "%s");
        for (int use_lower = 0; use_lower < 2; use_lower++) {
            char text[32] = {0};
            size_t before = (size_t)(marker - forms[i]);
            memcpy(text, forms[i], before);
            memcpy(text + before, use_lower ? lower : id.text, INVOICE_ID_CHARS);
            memcpy(text + before + INVOICE_ID_CHARS, marker + 2, strlen(marker + 2));
            int64_t row = -1;
            assert_true(invoice_id_decode(&key, str_from_c(text), &row));
            assert_int_equal(row, 123456789);
        }
    }
}

static void test_what_is_no_id_is_refused(void **state) {
    (void)state;
    struct invoice_id_key key = key_of(1);
    static const char *const texts[] = {
        "",         "INV-",     "K7Q2M9X",          "K7Q2M9XDD",   "INVK7Q2M9XD",  "INV_K7Q2M9XD",
        "K7Q2 9XD", "K7Q2-9XD", "INV-INV-K7Q2M9XD", "K7Q2M9X\xc3", "INV- K7Q2M9XD"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        int64_t row = -1;
        assert_false(invoice_id_decode(&key, str_from_c(texts[i]), &row));
        assert_int_equal(row, -1);
    }
}

static void test_a_released_key_is_wiped(void **state) {
    (void)state;
    struct invoice_id_key key = key_of(1);
    static const struct invoice_id_key empty;
    invoice_id_key_release(&key);
    assert_memory_equal(&key, &empty, sizeof(key));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_domains_are_permuted_whole),
        cmocka_unit_test(test_a_million_ids_are_distinct_and_come_back),
        cmocka_unit_test(test_neighbours_share_nothing_to_see),
        cmocka_unit_test(test_another_key_gives_other_ids),
        cmocka_unit_test(test_the_form_is_fixed_for_ever),
        cmocka_unit_test(test_both_forms_any_case_and_spaces_mean_the_same),
        cmocka_unit_test(test_what_is_no_id_is_refused),
        cmocka_unit_test(test_a_released_key_is_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
