/* SPDX-License-Identifier: MIT */
/* Every language says everything, and the payer gets the one he reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/pages/words.h"

enum { LANGUAGES_MIN = 10, GAPS_MAX = 9 };

/* Bit i: the sentence has the gap {i}. */
static unsigned gaps_of(const char *sentence) {
    unsigned gaps = 0;
    for (unsigned i = 1; i <= GAPS_MAX; i++) {
        const char gap[] = {'{', (char)('0' + i), '}', '\0'};
        gaps |= strstr(sentence, gap) != NULL ? 1u << i : 0;
    }
    return gaps;
}

static void test_every_language_has_every_word_with_the_same_gaps(void **state) {
    (void)state;
    const struct language *english = language_at(0);
    assert_string_equal(english->code, "en");
    size_t count = 0;
    const struct language *language;
    for (; (language = language_at(count)) != NULL; count++) {
        for (int word = 0; word < WORD_COUNT; word++) {
            const char *text = language->words[word];
            if (text == NULL || *text == '\0' || !str_is_utf8(str_from_c(text)) ||
                gaps_of(text) != gaps_of(english->words[word])) {
                fail_msg("%s: word %d (\"%s\")", language->code, word, english->words[word]);
            }
        }
    }
    assert_true(count >= LANGUAGES_MIN);
}

static void test_no_sentence_was_left_in_english(void **state) {
    (void)state;
    for (size_t i = 1; language_at(i) != NULL; i++) {
        assert_string_not_equal(language_at(i)->words[WORD_SAY_EXPIRED],
                                language_at(0)->words[WORD_SAY_EXPIRED]);
        assert_string_not_equal(language_at(i)->words[WORD_ONLY], language_at(0)->words[WORD_ONLY]);
    }
}

static const char *chosen(const char *wanted, const char *accepted) {
    return language_choose(str_from_c(wanted), str_from_c(accepted))->code;
}

static void test_the_parameter_wins_over_the_header(void **state) {
    (void)state;
    assert_string_equal(chosen("de", "fr"), "de");
    assert_string_equal(chosen("DE-at", "fr"), "de");
    assert_string_equal(chosen("xx", "fr"), "fr");
    assert_string_equal(chosen("", ""), "en");
    assert_string_equal(chosen("../../etc", "*"), "en");
}

static void test_the_header_is_weighed(void **state) {
    (void)state;
    assert_string_equal(chosen("", "pt-BR,pt;q=0.9,en;q=0.8"), "pt");
    assert_string_equal(chosen("", "en;q=0.3, ru;q=0.7, uk;q=0.5"), "ru");
    assert_string_equal(chosen("", "nl, zh-Hant;q=0.1"), "zh");
    assert_string_equal(chosen("", "de;q=0, fr;q=0.001"), "fr");
    assert_string_equal(chosen("", "de;q=0,en;q=0"), "en");
    assert_string_equal(chosen("", "de;q=x, it;q=1.5, tr;q=1"), "it");
    assert_string_equal(chosen("", ",,;;q=,de;"), "de");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_language_has_every_word_with_the_same_gaps),
        cmocka_unit_test(test_no_sentence_was_left_in_english),
        cmocka_unit_test(test_the_parameter_wins_over_the_header),
        cmocka_unit_test(test_the_header_is_weighed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
