/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/invoice.h"

/* Every pair of a status and a cause: the statuses it may lead to. What is
 * empty is refused; where one may stay, nothing need be said. */
static const char *const moves_expected[INVOICE_STATUS_COUNT][INVOICE_CAUSE_COUNT] = {
    [INVOICE_CREATED] = {[CAUSE_PAYMENT_SEEN] = "",
                         [CAUSE_PAYMENT_GONE] = "canceled",
                         [CAUSE_CONFIRMED] = "partial paid overpaid",
                         [CAUSE_UNDONE] = "canceled",
                         [CAUSE_DEADLINE_PROVEN] = "canceled",
                         [CAUSE_DEADLINE_UNPROVEN] = "",
                         [CAUSE_CANCELED_BY_SHOP] = "canceled",
                         [CAUSE_CONFIRMED_BY_HAND] = "paid",
                         [CAUSE_LATE_ACCEPTED] = "partial paid overpaid"},
    [INVOICE_PARTIAL] = {[CAUSE_PAYMENT_SEEN] = "",
                         [CAUSE_PAYMENT_GONE] = "",
                         [CAUSE_CONFIRMED] = "paid overpaid",
                         [CAUSE_UNDONE] = "created canceled",
                         [CAUSE_DEADLINE_PROVEN] = "",
                         [CAUSE_DEADLINE_UNPROVEN] = "",
                         [CAUSE_CANCELED_BY_SHOP] = "",
                         [CAUSE_CONFIRMED_BY_HAND] = "paid",
                         [CAUSE_LATE_ACCEPTED] = "paid overpaid"},
    [INVOICE_PAID] = {[CAUSE_PAYMENT_SEEN] = "",
                      [CAUSE_PAYMENT_GONE] = "",
                      [CAUSE_CONFIRMED] = "overpaid",
                      [CAUSE_UNDONE] = "created partial canceled",
                      [CAUSE_DEADLINE_PROVEN] = "",
                      [CAUSE_DEADLINE_UNPROVEN] = "",
                      [CAUSE_CANCELED_BY_SHOP] = "",
                      [CAUSE_CONFIRMED_BY_HAND] = "",
                      [CAUSE_LATE_ACCEPTED] = "overpaid"},
    [INVOICE_OVERPAID] = {[CAUSE_PAYMENT_SEEN] = "",
                          [CAUSE_PAYMENT_GONE] = "",
                          [CAUSE_CONFIRMED] = "",
                          [CAUSE_UNDONE] = "created partial paid canceled",
                          [CAUSE_DEADLINE_PROVEN] = "",
                          [CAUSE_DEADLINE_UNPROVEN] = "",
                          [CAUSE_CANCELED_BY_SHOP] = "",
                          [CAUSE_CONFIRMED_BY_HAND] = "",
                          [CAUSE_LATE_ACCEPTED] = ""},
    [INVOICE_CANCELED] = {[CAUSE_PAYMENT_SEEN] = "created",
                          [CAUSE_PAYMENT_GONE] = "",
                          [CAUSE_CONFIRMED] = "partial paid overpaid",
                          [CAUSE_UNDONE] = "created",
                          [CAUSE_DEADLINE_PROVEN] = "",
                          [CAUSE_DEADLINE_UNPROVEN] = "created",
                          [CAUSE_CANCELED_BY_SHOP] = "",
                          [CAUSE_CONFIRMED_BY_HAND] = "paid",
                          [CAUSE_LATE_ACCEPTED] = "partial paid overpaid"},
};

static bool table_has(enum invoice_status from, enum invoice_status to, enum invoice_cause cause) {
    size_t found = 0;
    for (size_t i = 0; invoice_move_at(i) != NULL; i++) {
        const struct invoice_move *move = invoice_move_at(i);
        found += move->from == from && move->to == to && move->cause == cause;
    }
    assert_true(found <= 1);
    return found == 1;
}

static bool list_has(const char *list, const char *word) {
    struct str rest = str_from_c(list);
    struct str part;
    while (str_split_next(&rest, ' ', &part)) {
        if (str_eq(part, str_from_c(word))) {
            return true;
        }
    }
    return false;
}

static void test_the_table_has_every_pair_that_is_meant_and_no_other(void **state) {
    (void)state;
    for (int from = 0; from < INVOICE_STATUS_COUNT; from++) {
        for (int cause = 0; cause < INVOICE_CAUSE_COUNT; cause++) {
            assert_non_null(moves_expected[from][cause]);
            for (int to = 0; to < INVOICE_STATUS_COUNT; to++) {
                const char *name = invoice_status_name((enum invoice_status)to);
                assert_int_equal(table_has((enum invoice_status)from, (enum invoice_status)to,
                                           (enum invoice_cause)cause),
                                 list_has(moves_expected[from][cause], name));
            }
        }
    }
}

static void test_every_move_announces_what_it_must(void **state) {
    (void)state;
    for (size_t i = 0; invoice_move_at(i) != NULL; i++) {
        const struct invoice_move *move = invoice_move_at(i);
        bool enters = !invoice_status_is_success(move->from) && invoice_status_is_success(move->to);
        bool leaves = invoice_status_is_success(move->from) && !invoice_status_is_success(move->to);
        assert_int_equal(move->announce == ANNOUNCE_SUCCESS, enters);
        assert_int_equal(move->announce == ANNOUNCE_DISPUTE, leaves);
        assert_true(!leaves || move->cause == CAUSE_UNDONE);
    }
}

static void test_every_edge_of_a_block_has_its_way_back(void **state) {
    (void)state;
    for (size_t i = 0; invoice_move_at(i) != NULL; i++) {
        const struct invoice_move *move = invoice_move_at(i);
        if (move->cause == CAUSE_CONFIRMED) {
            assert_true(table_has(move->to, move->from, CAUSE_UNDONE));
        }
        if (move->cause == CAUSE_DEADLINE_PROVEN) {
            assert_true(table_has(move->to, move->from, CAUSE_DEADLINE_UNPROVEN));
        }
    }
}

static void test_every_value_has_a_name(void **state) {
    (void)state;
    for (int i = 0; i < INVOICE_STATUS_COUNT; i++) {
        assert_non_null(invoice_status_name((enum invoice_status)i));
    }
    for (int i = 0; i < INVOICE_CAUSE_COUNT; i++) {
        assert_non_null(invoice_cause_name((enum invoice_cause)i));
    }
    for (int i = 0; i < INVOICE_FLAG_COUNT; i++) {
        assert_non_null(invoice_flag_name((enum invoice_flag)(1u << i)));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table_has_every_pair_that_is_meant_and_no_other),
        cmocka_unit_test(test_every_move_announces_what_it_must),
        cmocka_unit_test(test_every_edge_of_a_block_has_its_way_back),
        cmocka_unit_test(test_every_value_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
