/* SPDX-License-Identifier: MIT */
/* The journal in plain words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/journal_words.h"
#include "base/arena.h"
#include "core/invoice_status.h"
#include "ports/rows_event.h"

static void assert_words(const char *event, const char *detail, const char *wanted) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 20);
    const struct journal_row entry = {.event = str_from_c(event), .detail = str_from_c(detail)};
    assert_string_equal(str_to_c(arena, journal_words(arena, &entry)), wanted);
}

static void test_payments_are_told_with_sum_and_place(void **state) {
    (void)state;
#define PAYMENT                                                                                    \
    "{\"txid\":\"ab12\",\"ordinal\":0,\"amount\":\"0.5\",\"asset\":\"LTC\",\"height\":7}"
    assert_words("payment_seen", PAYMENT, "0.5 LTC seen, not in a block yet, transaction ab12");
    assert_words("payment_mined", PAYMENT, "0.5 LTC in block 7, transaction ab12");
    assert_words("payment_confirmed", PAYMENT, "0.5 LTC has enough confirmations (block 7)");
    assert_words("native_unattributed", PAYMENT,
                 "0.5 LTC lies at its address in block 7 and no transfer shows it: not credited");
    assert_words("payment_undone", PAYMENT, "the block with 0.5 LTC left the best chain: a reorg");
}

static void test_a_move_names_its_cause_and_the_flags_that_changed(void **state) {
    (void)state;
    assert_words("status",
                 "{\"from\":\"created\",\"to\":\"paid\",\"cause\":\"confirmed\",\"flags_from\":1,"
                 "\"flags_to\":0}",
                 "money was confirmed: created became paid, no longer seen");
    assert_words("status",
                 "{\"from\":\"created\",\"to\":\"created\",\"cause\":\"payment_seen\","
                 "\"flags_from\":16,\"flags_to\":17}",
                 "money was seen: still created, now seen");
}

static void test_every_cause_has_words_of_its_own(void **state) {
    (void)state;
    for (int cause = 0; cause < INVOICE_CAUSE_COUNT; cause++) {
        CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 20);
        const char *name = invoice_cause_name((enum invoice_cause)cause);
        const char *detail = arena_printf(arena, "{\"cause\":\"%s\"}", name);
        const struct journal_row entry = {.event = STR("status"), .detail = str_from_c(detail)};
        struct str words = journal_words(arena, &entry);
        assert_false(str_starts_with(words, str_from_c(name)));
    }
}

static void test_what_is_not_known_comes_as_it_is_stored(void **state) {
    (void)state;
    assert_words("moon_landed", "{\"crew\":3}", "moon_landed {\"crew\":3}");
    assert_words("payment_seen", "{broken", "payment_seen {broken");
    assert_words("payment_seen", "", "payment_seen ");
    assert_words("invoice_created", "{}", "");
}

static void test_the_operators_reason_is_kept_whole(void **state) {
    (void)state;
    assert_words("confirmed_by_hand", "{\"reason\":\"a \\\"friend\\\"\",\"more\":[1,{\"a\":2}]}",
                 "the operator took it for enough: a \"friend\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_payments_are_told_with_sum_and_place),
        cmocka_unit_test(test_a_move_names_its_cause_and_the_flags_that_changed),
        cmocka_unit_test(test_every_cause_has_words_of_its_own),
        cmocka_unit_test(test_what_is_not_known_comes_as_it_is_stored),
        cmocka_unit_test(test_the_operators_reason_is_kept_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
