/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/invoice.h"
#include "support/money.h"

/* One invoice of 100 USD, to be paid as 0.002 BTC or 2 LTC, carried through its life. */
struct life {
    struct invoice_option_facts options[2];
    struct invoice_facts facts;
    struct invoice_policy policy;
};

enum { BTC, LTC };

static void life_init(struct life *life) {
    *life = (struct life){0};
    static const char *const codes[] = {"BTC", "LTC"};
    static const char *const dues[] = {"0.002", "2"};
    for (size_t i = 0; i < 2; i++) {
        struct amount none = money(codes[i], "0");
        life->options[i] = (struct invoice_option_facts){.due = money(codes[i], dues[i]),
                                                         .confirmed_on_time = none,
                                                         .confirmed_late = none,
                                                         .pending_on_time = none,
                                                         .pending_late = none};
    }
    life->facts = (struct invoice_facts){.status = INVOICE_CREATED,
                                         .preferred_option = INVOICE_NO_OPTION,
                                         .due_usd = money("USD", "100"),
                                         .options = life->options,
                                         .option_count = 2};
}

/* Looks again for the cause and stores the outcome, as a use case does. */
static struct invoice_change look(struct life *life, enum invoice_cause cause) {
    struct invoice_change change;
    assert_true(result_is_ok(invoice_apply(&life->facts, &life->policy, cause, &change)));
    assert_int_equal(change.from, life->facts.status);
    assert_int_equal(change.flags_from, life->facts.flags);
    life->facts.status = change.to;
    life->facts.flags = change.flags_to;
    life->facts.success_announced |= change.announce == ANNOUNCE_SUCCESS;
    return change;
}

static void expect(const struct life *life, enum invoice_status status, uint32_t flags) {
    assert_string_equal(invoice_status_name(life->facts.status), invoice_status_name(status));
    assert_int_equal(life->facts.flags, flags);
}

static void test_exactly_due_is_paid(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.options[BTC].pending_on_time = money("BTC", "0.002");
    look(&life, CAUSE_PAYMENT_SEEN);
    expect(&life, INVOICE_CREATED, INVOICE_FLAG_SEEN);
    life.options[BTC].pending_on_time = money("BTC", "0");
    life.options[BTC].confirmed_on_time = money("BTC", "0.002");
    struct invoice_change change = look(&life, CAUSE_CONFIRMED);
    expect(&life, INVOICE_PAID, 0);
    assert_int_equal(change.announce, ANNOUNCE_SUCCESS);
    assert_int_equal(change.fulfilled_option, BTC);
    change = look(&life, CAUSE_DEADLINE_PROVEN);
    assert_true(invoice_change_is_empty(&change));
}

static void test_one_unit_short_is_partial_and_one_over_is_overpaid(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.options[BTC].confirmed_on_time = money("BTC", "0.00199999");
    assert_int_equal(look(&life, CAUSE_CONFIRMED).announce, ANNOUNCE_NONE);
    expect(&life, INVOICE_PARTIAL, 0);
    life.options[BTC].confirmed_on_time = money("BTC", "0.00200001");
    assert_int_equal(look(&life, CAUSE_CONFIRMED).announce, ANNOUNCE_SUCCESS);
    expect(&life, INVOICE_OVERPAID, 0);
}

static enum invoice_status status_for(struct life *life, const char *btc) {
    life->options[BTC].confirmed_on_time = money("BTC", btc);
    return invoice_standing_of(&life->facts, &life->policy).status;
}

static void test_both_bounds_of_a_tolerance_belong_to_it(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.policy.under = (struct tolerance){TOLERANCE_PER_MILLION, .parts_per_million = 5000};
    life.policy.over = (struct tolerance){TOLERANCE_USD, .usd = money("USD", "1")};
    assert_int_equal(status_for(&life, "0.00198999"), INVOICE_PARTIAL);
    assert_int_equal(status_for(&life, "0.00199"), INVOICE_PAID);
    assert_int_equal(status_for(&life, "0.00202"), INVOICE_PAID);
    assert_int_equal(status_for(&life, "0.00202001"), INVOICE_OVERPAID);
}

static void test_nothing_is_never_enough(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.policy.under =
        (struct tolerance){TOLERANCE_PER_MILLION, .parts_per_million = TOLERANCE_PER_MILLION_MAX};
    assert_int_equal(status_for(&life, "0"), INVOICE_CREATED);
    assert_int_equal(status_for(&life, "0.00000001"), INVOICE_PAID);
}

static void test_the_larger_of_tolerance_and_auto_confirmation_counts(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.policy.under = (struct tolerance){TOLERANCE_PER_MILLION, .parts_per_million = 5000};
    life.policy.auto_confirm = (struct tolerance){TOLERANCE_USD, .usd = money("USD", "5")};
    assert_int_equal(status_for(&life, "0.0019"), INVOICE_PAID);
    assert_int_equal(status_for(&life, "0.00189999"), INVOICE_PARTIAL);
    life.policy.auto_confirm.usd = money("USD", "0.10");
    assert_int_equal(status_for(&life, "0.00199"), INVOICE_PAID);
}

static void test_options_are_never_summed(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.options[BTC].confirmed_on_time = money("BTC", "0.0015");
    life.options[LTC].confirmed_on_time = money("LTC", "1.5");
    look(&life, CAUSE_CONFIRMED);
    expect(&life, INVOICE_PARTIAL, 0);
    life.options[LTC].confirmed_on_time = money("LTC", "2");
    assert_int_equal(look(&life, CAUSE_CONFIRMED).fulfilled_option, LTC);
    expect(&life, INVOICE_PAID, 0);
    /* The first one is paid too; the option already named stays the one that pays. */
    life.facts.preferred_option = LTC;
    life.options[BTC].confirmed_on_time = money("BTC", "0.002");
    assert_int_equal(look(&life, CAUSE_CONFIRMED).fulfilled_option, LTC);
    expect(&life, INVOICE_PAID, 0);
}

static void test_an_unpaid_invoice_is_canceled_by_its_deadline(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.facts.deadline_passed_everywhere = true;
    assert_int_equal(look(&life, CAUSE_DEADLINE_PROVEN).announce, ANNOUNCE_NONE);
    expect(&life, INVOICE_CANCELED, 0);
    life.facts.deadline_passed_everywhere = false; /* the proving block was undone */
    look(&life, CAUSE_DEADLINE_UNPROVEN);
    expect(&life, INVOICE_CREATED, 0);
}

static void test_money_seen_on_time_keeps_the_invoice_open(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.options[BTC].pending_on_time = money("BTC", "0.002");
    look(&life, CAUSE_PAYMENT_SEEN);
    life.facts.deadline_passed_everywhere = true;
    look(&life, CAUSE_DEADLINE_PROVEN);
    expect(&life, INVOICE_CREATED, INVOICE_FLAG_SEEN);
    life.options[BTC].pending_on_time = money("BTC", "0"); /* replaced by the payer */
    look(&life, CAUSE_PAYMENT_GONE);
    expect(&life, INVOICE_CANCELED, 0);
    life.options[BTC].confirmed_on_time = money("BTC", "0.002"); /* the first version was mined */
    assert_int_equal(look(&life, CAUSE_CONFIRMED).announce, ANNOUNCE_SUCCESS);
    expect(&life, INVOICE_PAID, 0);
}

static void test_a_partial_invoice_stays_partial_at_its_deadline(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.options[BTC].confirmed_on_time = money("BTC", "0.001");
    look(&life, CAUSE_CONFIRMED);
    life.facts.deadline_passed_everywhere = true;
    look(&life, CAUSE_DEADLINE_PROVEN);
    expect(&life, INVOICE_PARTIAL, INVOICE_FLAG_EXPIRED_PARTIAL);
    life.options[BTC].confirmed_late = money("BTC", "0.001"); /* a top-up afterwards is late */
    look(&life, CAUSE_CONFIRMED);
    expect(&life, INVOICE_PARTIAL, INVOICE_FLAG_EXPIRED_PARTIAL | INVOICE_FLAG_LATE);
    life.facts.late_accepted = true;
    assert_int_equal(look(&life, CAUSE_LATE_ACCEPTED).announce, ANNOUNCE_SUCCESS);
    expect(&life, INVOICE_PAID, INVOICE_FLAG_LATE);
}

static void test_late_money_waits_for_a_decision(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.facts.deadline_passed_everywhere = true;
    look(&life, CAUSE_DEADLINE_PROVEN);
    life.options[BTC].confirmed_late = money("BTC", "0.003");
    assert_int_equal(look(&life, CAUSE_CONFIRMED).announce, ANNOUNCE_NONE);
    expect(&life, INVOICE_CANCELED, INVOICE_FLAG_LATE);
    life.facts.late_accepted = true;
    assert_int_equal(look(&life, CAUSE_LATE_ACCEPTED).announce, ANNOUNCE_SUCCESS);
    expect(&life, INVOICE_OVERPAID, INVOICE_FLAG_LATE);
    life.options[BTC].confirmed_late = money("BTC", "0");
    assert_int_equal(look(&life, CAUSE_UNDONE).announce, ANNOUNCE_DISPUTE);
    expect(&life, INVOICE_CANCELED, INVOICE_FLAG_DISPUTE);
}

static void test_a_shop_may_accept_late_money_beforehand(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.policy.accept_late = true;
    life.facts.deadline_passed_everywhere = true;
    look(&life, CAUSE_DEADLINE_PROVEN);
    life.options[BTC].confirmed_late = money("BTC", "0.002");
    assert_int_equal(look(&life, CAUSE_CONFIRMED).announce, ANNOUNCE_SUCCESS);
    expect(&life, INVOICE_PAID, INVOICE_FLAG_LATE);
}

static struct result cancel(struct life *life) {
    struct invoice_change change;
    life->facts.canceled_by_shop = true;
    struct result result =
        invoice_apply(&life->facts, &life->policy, CAUSE_CANCELED_BY_SHOP, &change);
    if (!result_is_ok(result)) {
        life->facts.canceled_by_shop = false;
        return result;
    }
    life->facts.status = change.to;
    life->facts.flags = change.flags_to;
    return result;
}

static void test_a_shop_cancels_only_what_nothing_came_for(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.options[LTC].pending_on_time = money("LTC", "0.1");
    assert_ptr_equal(cancel(&life).code, &ERR_INVOICE_NOT_CREATED);
    life_init(&life);
    life.options[LTC].confirmed_on_time = money("LTC", "0.1");
    look(&life, CAUSE_CONFIRMED);
    assert_ptr_equal(cancel(&life).code, &ERR_INVOICE_NOT_CREATED);
    life.options[LTC].confirmed_on_time = money("LTC", "2");
    look(&life, CAUSE_CONFIRMED);
    assert_ptr_equal(cancel(&life).code, &ERR_INVOICE_NOT_CREATED);
    life_init(&life);
    assert_true(result_is_ok(cancel(&life)));
    expect(&life, INVOICE_CANCELED, 0);
    life.facts.canceled_by_shop = true;
    assert_ptr_equal(cancel(&life).code, &ERR_INVOICE_NOT_CREATED);
}

static void test_money_for_a_canceled_invoice_is_late_even_before_the_deadline(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.policy.accept_late = true; /* does not bring back what the shop itself canceled */
    assert_true(result_is_ok(cancel(&life)));
    life.options[BTC].pending_on_time = money("BTC", "0.002");
    look(&life, CAUSE_PAYMENT_SEEN);
    expect(&life, INVOICE_CANCELED, INVOICE_FLAG_SEEN);
    life.options[BTC].pending_on_time = money("BTC", "0");
    life.options[BTC].confirmed_on_time = money("BTC", "0.002");
    look(&life, CAUSE_CONFIRMED);
    expect(&life, INVOICE_CANCELED, INVOICE_FLAG_LATE);
    life.facts.late_accepted = true;
    assert_int_equal(look(&life, CAUSE_LATE_ACCEPTED).announce, ANNOUNCE_SUCCESS);
    expect(&life, INVOICE_PAID, INVOICE_FLAG_LATE);
}

static void test_rule_r_disputes_and_never_succeeds_twice(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.options[BTC].confirmed_on_time = money("BTC", "0.002");
    assert_int_equal(look(&life, CAUSE_CONFIRMED).announce, ANNOUNCE_SUCCESS);
    life.options[BTC].confirmed_on_time = money("BTC", "0");
    assert_int_equal(look(&life, CAUSE_UNDONE).announce, ANNOUNCE_DISPUTE);
    expect(&life, INVOICE_CREATED, INVOICE_FLAG_DISPUTE);
    life.options[BTC].confirmed_on_time = money("BTC", "0.002");
    assert_int_equal(look(&life, CAUSE_CONFIRMED).announce, ANNOUNCE_NONE);
    expect(&life, INVOICE_PAID, 0);
}

static void test_success_that_nobody_heard_is_not_disputed(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.options[BTC].confirmed_on_time = money("BTC", "0.002");
    look(&life, CAUSE_CONFIRMED);
    life.facts.success_announced = false; /* its delivery was withdrawn unsent */
    life.options[BTC].confirmed_on_time = money("BTC", "0");
    assert_int_equal(look(&life, CAUSE_UNDONE).announce, ANNOUNCE_NONE);
    expect(&life, INVOICE_CREATED, 0);
    life.options[BTC].confirmed_on_time = money("BTC", "0.002");
    assert_int_equal(look(&life, CAUSE_CONFIRMED).announce, ANNOUNCE_SUCCESS);
}

static void test_one_of_two_payments_undone_leaves_partial(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.options[BTC].confirmed_on_time = money("BTC", "0.003");
    look(&life, CAUSE_CONFIRMED);
    life.options[BTC].confirmed_on_time = money("BTC", "0.002");
    assert_int_equal(look(&life, CAUSE_UNDONE).announce, ANNOUNCE_NONE);
    expect(&life, INVOICE_PAID, 0);
    life.options[BTC].confirmed_on_time = money("BTC", "0.001");
    assert_int_equal(look(&life, CAUSE_UNDONE).announce, ANNOUNCE_DISPUTE);
    expect(&life, INVOICE_PARTIAL, INVOICE_FLAG_DISPUTE);
}

static void test_more_after_success_is_overpaid_without_a_second_success(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.options[BTC].confirmed_on_time = money("BTC", "0.002");
    look(&life, CAUSE_CONFIRMED);
    life.options[BTC].confirmed_on_time = money("BTC", "0.004");
    assert_int_equal(look(&life, CAUSE_CONFIRMED).announce, ANNOUNCE_NONE);
    expect(&life, INVOICE_OVERPAID, 0);
}

static void test_a_hand_confirms_from_every_open_or_canceled_state(void **state) {
    (void)state;
    static const char *const sums[] = {"0", "0.001"};
    for (size_t i = 0; i < 2; i++) {
        for (int canceled = 0; canceled < 2; canceled++) {
            struct life life;
            life_init(&life);
            life.facts.flags = INVOICE_FLAG_TEST;
            life.facts.preferred_option = BTC;
            life.facts.deadline_passed_everywhere = canceled;
            life.options[BTC].confirmed_on_time = money("BTC", sums[i]);
            look(&life, CAUSE_CONFIRMED);
            life.facts.confirmed_by_hand = true;
            struct invoice_change change = look(&life, CAUSE_CONFIRMED_BY_HAND);
            assert_int_equal(change.announce, ANNOUNCE_SUCCESS);
            assert_int_equal(change.fulfilled_option, BTC);
            expect(&life, INVOICE_PAID, INVOICE_FLAG_TEST);
        }
    }
}

static void test_what_the_cause_does_not_name_the_facts_explain(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.facts.deadline_passed_everywhere = true;
    life.options[BTC].confirmed_late = money("BTC", "0.001");
    assert_int_equal(look(&life, CAUSE_CONFIRMED).cause, CAUSE_DEADLINE_PROVEN);
    expect(&life, INVOICE_CANCELED, INVOICE_FLAG_LATE);
    life.options[BTC].confirmed_on_time = money("BTC", "0.002");
    assert_int_equal(look(&life, CAUSE_DEADLINE_PROVEN).cause, CAUSE_CONFIRMED);
    expect(&life, INVOICE_PAID, INVOICE_FLAG_LATE);
}

static void test_an_undone_block_may_take_the_proof_and_the_money(void **state) {
    (void)state;
    struct life life;
    life_init(&life);
    life.options[BTC].confirmed_on_time = money("BTC", "0.001");
    life.facts.deadline_passed_everywhere = true;
    look(&life, CAUSE_CONFIRMED);
    expect(&life, INVOICE_PARTIAL, INVOICE_FLAG_EXPIRED_PARTIAL);
    life.options[BTC].confirmed_on_time = money("BTC", "0");
    life.facts.deadline_passed_everywhere = false;
    assert_int_equal(look(&life, CAUSE_DEADLINE_UNPROVEN).cause, CAUSE_UNDONE);
    expect(&life, INVOICE_CREATED, 0);
}

static void test_leaving_paid_without_an_undo_stops_the_process(void **state) {
    (void)state;
    for (int cause = 0; cause < INVOICE_CAUSE_COUNT; cause++) {
        if (cause == CAUSE_UNDONE || cause == CAUSE_CANCELED_BY_SHOP) {
            continue; /* allowed, and refused */
        }
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct life life;
            life_init(&life);
            life.facts.status = INVOICE_PAID;
            struct invoice_change change;
            close(STDERR_FILENO);
            (void)!result_is_ok(
                invoice_apply(&life.facts, &life.policy, (enum invoice_cause)cause, &change));
            _exit(0);
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exactly_due_is_paid),
        cmocka_unit_test(test_one_unit_short_is_partial_and_one_over_is_overpaid),
        cmocka_unit_test(test_both_bounds_of_a_tolerance_belong_to_it),
        cmocka_unit_test(test_nothing_is_never_enough),
        cmocka_unit_test(test_the_larger_of_tolerance_and_auto_confirmation_counts),
        cmocka_unit_test(test_options_are_never_summed),
        cmocka_unit_test(test_an_unpaid_invoice_is_canceled_by_its_deadline),
        cmocka_unit_test(test_money_seen_on_time_keeps_the_invoice_open),
        cmocka_unit_test(test_a_partial_invoice_stays_partial_at_its_deadline),
        cmocka_unit_test(test_late_money_waits_for_a_decision),
        cmocka_unit_test(test_a_shop_may_accept_late_money_beforehand),
        cmocka_unit_test(test_a_shop_cancels_only_what_nothing_came_for),
        cmocka_unit_test(test_money_for_a_canceled_invoice_is_late_even_before_the_deadline),
        cmocka_unit_test(test_rule_r_disputes_and_never_succeeds_twice),
        cmocka_unit_test(test_success_that_nobody_heard_is_not_disputed),
        cmocka_unit_test(test_one_of_two_payments_undone_leaves_partial),
        cmocka_unit_test(test_more_after_success_is_overpaid_without_a_second_success),
        cmocka_unit_test(test_a_hand_confirms_from_every_open_or_canceled_state),
        cmocka_unit_test(test_what_the_cause_does_not_name_the_facts_explain),
        cmocka_unit_test(test_an_undone_block_may_take_the_proof_and_the_money),
        cmocka_unit_test(test_leaving_paid_without_an_undo_stops_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
