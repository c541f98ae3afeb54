/* SPDX-License-Identifier: MIT */
/* What one file promises of an address no other file does: sweep plans and exported payouts. */

#include "app/payout_finish.h"
#include "app/payout_transfers.h"
#include "app/sweep_end.h"
#include "app/sweep_record.h"
#include "bank_stage.h"
#include "base/arena.h"
#include "core/error.h"

#define DAY_MS INT64_C(86400000)

static void holds(struct stage *stage, uint32_t index, const char *coin, const char *usdt) {
    bank_pay(stage, index, ADDRESS_INVOICE, "ETH");
    stage->bank.coins[index] = money("ETH", coin);
    stage->bank.tokens[index] = money("USDT_ERC20", usdt);
}

static struct sweep_plan planned(struct stage *stage) {
    struct sweep_plan_wanted wanted = {.wallet_id = stage->wallet->wallet_id};
    struct sweep_plan plan;
    const struct app *app = &stage->fixture->app;
    assert_true(result_is_ok(sweep_plan_make(app, stage->fixture->arena, &wanted, &plan)));
    assert_true(result_is_ok(sweep_plan_record(app, stage->fixture->arena, &plan)));
    return plan;
}

static struct result export_of(struct stage *stage, int64_t payout_id,
                               struct payout_transfers *ret_made) {
    struct payout_export_wanted wanted = {.payout_ids = &payout_id, .count = 1};
    return payout_transfers_make(&stage->fixture->app, stage->fixture->arena, &wanted, ret_made);
}

static struct payout_transfers exported(struct stage *stage, int64_t payout_id) {
    struct payout_transfers made;
    struct result result = export_of(stage, payout_id, &made);
    if (!result_is_ok(result)) {
        fail_msg("%s", result_text(result));
    }
    assert_true(result_is_ok(
        payout_transfers_record(&stage->fixture->app, stage->fixture->arena, &made, STR("{}"))));
    return made;
}

static void refused(struct stage *stage, int64_t payout_id, const char *words) {
    struct payout_transfers made;
    struct result result = export_of(stage, payout_id, &made);
    assert_ptr_equal(result.code, &ERR_FUNDS_INSUFFICIENT);
    if (strstr(result_text(result), words) == NULL) {
        fail_msg("no \"%s\" in: %s", words, result_text(result));
    }
}

static void finish(struct stage *stage, int64_t payout_id, enum payout_status status) {
    struct payout_finish finish = {.payout_id = payout_id, .status = status, .note = STR("")};
    fixture_run(stage->fixture, &payout_finish_use_case, &finish);
}

static const struct sweep_entry *entry_of(const struct sweep_plan *plan, uint32_t index) {
    for (size_t i = 0; i < plan->entry_count; i++) {
        if (plan->entries[i].row.address_index == index) {
            return &plan->entries[i];
        }
    }
    fail_msg("%u is not in the plan", index);
    return NULL;
}

static void left_for(const struct sweep_plan *plan, uint32_t index, const char *words) {
    const struct sweep_entry *entry = entry_of(plan, index);
    assert_int_equal(sweep_move_count(&entry->account), 0);
    assert_int_equal(entry->account.lines[0].verdict, SWEEP_IN_USE);
    if (strstr(entry->in_use, words) == NULL) {
        fail_msg("no \"%s\" in: %s", words, entry->in_use);
    }
}

/* ---- the tests */

static void test_no_payout_is_sent_from_an_address_of_a_plan_until_it_is_ended(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "1", "0");
    struct sweep_plan plan = planned(stage);
    int64_t payout = bank_ask_payout(stage, "ETH", "0.5");
    refused(stage, payout,
            arena_printf(stage->fixture->arena, "till sweep end %lld", (long long)plan.id));
    refused(stage, payout, "sweep plans count on");
    struct sweep_end end = {.plan_id = plan.id};
    fixture_run(stage->fixture, &sweep_end_use_case, &end);
    fixture_run(stage->fixture, &sweep_end_use_case, &end); /* again changes nothing */
    struct payout_transfers made = exported(stage, payout);
    assert_int_equal(made.transfers[0].from.nonce, 1);
}

static void test_a_payout_is_sent_from_an_address_that_no_plan_counts_on(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "1", "0");
    (void)planned(stage);
    holds(stage, 2, "5", "0");
    struct payout_transfers made = exported(stage, bank_ask_payout(stage, "ETH", "0.5"));
    assert_int_equal(made.transfers[0].from.row.address_index, 2);
}

static void test_a_plan_is_over_once_the_node_has_counted_all_of_its_nonces(void **state) {
    struct stage *stage = *state;
    holds(stage, 3, "1", "20");
    struct sweep_plan plan = planned(stage);
    assert_int_equal(sweep_move_count(&plan.entries[0].account), 2);
    int64_t payout = bank_ask_payout(stage, "ETH", "0.5");
    stage->bank.nonces[3]++;
    refused(stage, payout, "sweep plans count on");
    stage->bank.nonces[3]++;
    (void)exported(stage, payout);
}

static void test_a_plan_that_nobody_ended_is_over_after_two_weeks(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "1", "0");
    (void)planned(stage);
    int64_t payout = bank_ask_payout(stage, "ETH", "0.5");
    stage->fixture->now_ms += SWEEP_HOLD_DAYS * DAY_MS - 1;
    refused(stage, payout, "sweep plans count on");
    stage->fixture->now_ms += 1;
    (void)exported(stage, payout);
}

static void test_another_plan_moves_the_same_and_the_last_one_counts(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "1", "0");
    struct sweep_plan first = planned(stage);
    struct sweep_plan second = planned(stage);
    assert_int_equal(second.moved_from, 1);
    assert_true(second.id > first.id);
    struct sweep_end end = {.plan_id = first.id};
    fixture_run(stage->fixture, &sweep_end_use_case, &end);
    int64_t payout = bank_ask_payout(stage, "ETH", "0.5");
    refused(stage, payout, "sweep plans count on");
    end.plan_id = second.id;
    fixture_run(stage->fixture, &sweep_end_use_case, &end);
    (void)exported(stage, payout);
}

static void test_a_plan_that_moves_nothing_counts_on_nothing(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "0.000001", "0");
    struct sweep_plan plan = planned(stage);
    assert_int_equal(plan.entry_count, 1);
    assert_int_equal(plan.id, 0);
}

static void test_a_plan_leaves_what_an_exported_payout_counts_on(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "1", "20");
    holds(stage, 2, "2", "0");
    int64_t payout = bank_ask_payout(stage, "USDT_ERC20", "5");
    (void)exported(stage, payout);
    struct sweep_plan plan = planned(stage);
    const char *id =
        str_to_c(stage->fixture->arena,
                 app_invoice_public_id(stage->fixture->arena, &stage->fixture->app, payout));
    left_for(&plan, 1, id);
    left_for(&plan, 1, "is sent from it");
    assert_int_equal(entry_of(&plan, 1)->account.line_count, 2);
    assert_int_equal(sweep_move_count(&entry_of(&plan, 2)->account), 1);
    assert_int_equal(plan.moved_from, 1);
    finish(stage, payout, PAYOUT_DONE);
    plan = planned(stage);
    left_for(&plan, 1, "has not seen it sent");
    stage->bank.nonces[1]++;
    plan = planned(stage);
    assert_int_equal(plan.moved_from, 2);
    assert_int_equal(entry_of(&plan, 1)->nonce, 2);
}

static void test_a_canceled_payout_counts_on_nothing(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "1", "0");
    int64_t payout = bank_ask_payout(stage, "ETH", "0.5");
    (void)exported(stage, payout);
    assert_int_equal(planned(stage).moved_from, 0);
    finish(stage, payout, PAYOUT_CANCELED);
    assert_int_equal(planned(stage).moved_from, 1);
}

static void test_a_plan_leaves_an_address_with_a_transaction_that_waits(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "1", "0");
    stage->bank.waits[1] = true;
    struct sweep_plan plan = planned(stage);
    left_for(&plan, 1, "waits to be mined");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bank_set_up, bank_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_no_payout_is_sent_from_an_address_of_a_plan_until_it_is_ended),
        TEST(test_a_payout_is_sent_from_an_address_that_no_plan_counts_on),
        TEST(test_a_plan_is_over_once_the_node_has_counted_all_of_its_nonces),
        TEST(test_a_plan_that_nobody_ended_is_over_after_two_weeks),
        TEST(test_another_plan_moves_the_same_and_the_last_one_counts),
        TEST(test_a_plan_that_moves_nothing_counts_on_nothing),
        TEST(test_a_plan_leaves_what_an_exported_payout_counts_on),
        TEST(test_a_canceled_payout_counts_on_nothing),
        TEST(test_a_plan_leaves_an_address_with_a_transaction_that_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
