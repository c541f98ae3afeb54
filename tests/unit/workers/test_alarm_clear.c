/* SPDX-License-Identifier: MIT */
/* Alarms that an operator takes off: what is past stays off, what is still so comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/alarm_clear.h"
#include "app/alarm_set.h"
#include "app/delivery_record.h"
#include "app/delivery_resend.h"
#include "app/doctor.h"
#include "app/invoice_confirm.h"
#include "app/invoice_explain.h"
#include "app/invoice_view.h"
#include "app/shop_events.h"
#include "base/arena.h"
#include "core/error.h"
#include "evm_fixture.h"
#include "ports/store_journal.h"
#include "support/money.h"
#include "workers/chain_watcher.h"
#include "workers/expiry_worker.h"

enum { MINUTE_MS = 60000, DAY_MS = 24 * 3600 * 1000 };

static struct chain_ops ops; /* of the fixture's chain, changed */

static struct evm_fixture *open_fixture(void) {
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    ops = *fixture->chain.port.ops;
    fixture->chain.port.ops = &ops;
    return fixture;
}

static void must(struct result result) {
    assert_true(result_is_ok(result));
}

static void pass(struct evm_fixture *fixture, int64_t ms) {
    atomic_fetch_add(&fixture->till->now_ms, ms);
}

/* ---- what an operator does */

static struct result prepare(struct evm_fixture *fixture, const char *what,
                             struct alarm_clear *ret_clear) {
    return alarm_clear_prepare(&fixture->till->app, fixture->reader, fixture->till->arena,
                               str_from_c(what), ret_clear);
}

static void clear(struct evm_fixture *fixture, const char *what, const char *note) {
    struct alarm_clear wanted = {.note = str_from_c(note)};
    must(prepare(fixture, what, &wanted));
    fixture_run(fixture->till, &alarm_clear_use_case, &wanted);
}

static const struct alarm_shown *find_alarm(struct evm_fixture *fixture, const char *code) {
    const struct alarm_shown *alarms;
    size_t count;
    must(alarm_list_load(&fixture->till->app, fixture->reader, fixture->till->arena, &alarms,
                         &count));
    for (size_t i = 0; i < count; i++) {
        if (str_eq(alarms[i].code, str_from_c(code))) {
            return &alarms[i];
        }
    }
    fail_msg("no alarm %s", code);
    abort();
}

static const char *number_of(struct evm_fixture *fixture, const char *code) {
    return arena_printf(fixture->till->arena, "%lld", (long long)find_alarm(fixture, code)->id);
}

static void raise_alarm(struct evm_fixture *fixture, const char *code, const char *subject) {
    struct alarm_set set = {.code = str_from_c(code), .subject = str_from_c(subject)};
    fixture_run(fixture->till, &alarm_set_use_case, &set);
}

static struct diagnosis diagnose(struct evm_fixture *fixture) {
    struct diagnosis diagnosis;
    must(doctor_look(&fixture->till->app, fixture->reader, fixture->till->arena, &diagnosis));
    return diagnosis;
}

/* What the doctor says of it. */
static const char *diagnosis_of(struct evm_fixture *fixture, const char *what) {
    struct diagnosis diagnosis = diagnose(fixture);
    for (size_t i = 0; i < diagnosis.count; i++) {
        if (str_starts_with(diagnosis.findings[i].what, str_from_c(what))) {
            return str_to_c(fixture->till->arena, diagnosis.findings[i].detail);
        }
    }
    return NULL;
}

/* The invoice's journal has a line with these words. */
static bool is_in_journal(struct evm_fixture *fixture, int64_t id, const char *words) {
    struct invoice_view view;
    struct invoice_explanation explanation;
    must(invoice_view_load(&fixture->till->app, fixture->reader, fixture->till->arena,
                           fixture->shop.id, id, &view));
    must(invoice_explain(&fixture->till->app, fixture->reader, fixture->till->arena, &view,
                         &explanation));
    for (size_t i = 0; i < explanation.count; i++) {
        if (strstr(str_to_c(fixture->till->arena, explanation.moments[i].what), words) != NULL) {
            return true;
        }
    }
    return false;
}

static bool is_event_of_shop(struct evm_fixture *fixture, const char *event) {
    struct shop_events list;
    must(shop_events_load(&fixture->till->app, fixture->reader, fixture->till->arena,
                          fixture->shop.id, STR(""), SHOP_EVENTS_MAX, &list));
    for (size_t i = 0; i < list.count; i++) {
        if (str_eq(list.events[i].row->entry.event, str_from_c(event))) {
            return true;
        }
    }
    return false;
}

/* ---- what is past */

static void test_an_alarm_about_one_payment_stays_off_and_the_journal_knows_why(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, money("USDC_ERC20", "25"));
    evm_mine(fixture, 2);
    const struct alarm_shown *alarm = find_alarm(fixture, "payment_foreign");
    assert_false(alarm->ends_by_itself);
    const char *number = number_of(fixture, "payment_foreign");
    assert_non_null(strstr(diagnosis_of(fixture, "payment_foreign"),
                           arena_printf(fixture->till->arena, "till alarm clear %s", number)));

    clear(fixture, number, "sent it \"back\"");
    assert_null(diagnosis_of(fixture, "payment_foreign"));
    pass(fixture, 10 * MINUTE_MS);
    evm_mine(fixture, 3);
    evm_restart_watcher(fixture);
    evm_mine(fixture, 1);
    assert_null(evm_alarm(fixture, "payment_foreign", NULL));
    assert_true(is_in_journal(fixture, invoice->invoice.id,
                              "cleared the alarm payment_foreign: sent it \"back\""));
    assert_true(is_event_of_shop(fixture, "payment_foreign"));
    assert_false(is_event_of_shop(fixture, "alarm_cleared"));

    /* The next payment is another matter. */
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, money("USDC_ERC20", "3"));
    evm_mine(fixture, 1);
    assert_non_null(evm_alarm(fixture, "payment_foreign", NULL));
    evm_fixture_free(fixture);
}

static void test_what_does_not_stand_cannot_be_cleared(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    raise_alarm(fixture, "payment_repeated", "eth");
    const char *number = number_of(fixture, "payment_repeated");
    clear(fixture, number, "");
    const char *wrong[] = {number, "payment_repeated", "payment_forein", "0", "-1", "9999", "eth"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct alarm_clear wanted;
        struct result refused = prepare(fixture, wrong[i], &wanted);
        assert_ptr_equal(refused.code, &ERR_NOT_FOUND);
        assert_non_null(strstr(refused.detail, wrong[i]));
    }
    evm_fixture_free(fixture);
}

static void test_what_was_raised_after_the_operator_looked_stays(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    raise_alarm(fixture, "dust_in_static_wallet", "aa");
    raise_alarm(fixture, "payment_repeated", "eth");
    struct alarm_clear dust = {0};
    struct alarm_clear repeated = {0};
    must(prepare(fixture, "dust_in_static_wallet", &dust));
    must(prepare(fixture, "payment_repeated", &repeated));
    raise_alarm(fixture, "dust_in_static_wallet", "bb");
    clear(fixture, "payment_repeated", "");
    raise_alarm(fixture, "payment_repeated", "eth"); /* once more since */
    fixture_run(fixture->till, &alarm_clear_use_case, &dust);
    fixture_run(fixture->till, &alarm_clear_use_case, &repeated);
    assert_null(evm_alarm(fixture, "dust_in_static_wallet", "aa"));
    assert_non_null(evm_alarm(fixture, "dust_in_static_wallet", "bb"));
    assert_non_null(evm_alarm(fixture, "payment_repeated", "eth"));
    evm_fixture_free(fixture);
}

typedef struct result block_fn(struct chain *chain, struct arena *arena, struct block_hash hash,
                               struct chain_block *ret_block);
static block_fn *true_block;

static struct result untraced_block(struct chain *chain, struct arena *arena,
                                    struct block_hash hash, struct chain_block *ret_block) {
    TRY(true_block(chain, arena, hash, ret_block));
    ret_block->flaws = (struct chain_flaws){.is_untraced = true};
    return RESULT_OK;
}

static void test_blocks_that_were_looked_after_are_told_again_only_with_further_ones(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    true_block = ops.block;
    ops.block = untraced_block;
    evm_mine(fixture, 1);
    clear(fixture, "contracts_unseen", "");
    ops.block = true_block;
    pass(fixture, 5 * MINUTE_MS);
    evm_mine(fixture, 2);
    assert_null(evm_alarm(fixture, "contracts_unseen", NULL));
    ops.block = untraced_block;
    evm_mine(fixture, 1);
    pass(fixture, MINUTE_MS);
    evm_follow(fixture);
    assert_non_null(strstr(evm_alarm(fixture, "contracts_unseen", "eth"), "in 2 blocks"));
    evm_fixture_free(fixture);
}

/* ---- what is still so */

static const char *told; /* NULL: nothing */

static const char *tell(struct chain *chain, struct arena *arena) {
    (void)chain;
    (void)arena;
    return told;
}

static const char *believed(struct chain *chain) {
    (void)chain;
    return told;
}

static void expect_back(struct evm_fixture *fixture, const char *code) {
    assert_true(find_alarm(fixture, code)->ends_by_itself);
    const char *said = diagnosis_of(fixture, code);
    assert_true(said == NULL || strstr(said, "till alarm clear") == NULL);
    clear(fixture, code, "");
    evm_follow(fixture);
    assert_null(evm_alarm(fixture, code, "eth"));
    pass(fixture, MINUTE_MS);
    evm_follow(fixture);
    assert_string_equal(evm_alarm(fixture, code, "eth"), told);
}

static void test_what_still_holds_comes_back_within_a_minute(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    told = "http://node3/ does not answer";
    ops.missing = tell;
    ops.warning = tell;
    ops.stuck = tell;
    ops.believed = believed;
    evm_mine(fixture, 1);
    expect_back(fixture, "nodes_missing");
    expect_back(fixture, "nodes_disagree");
    expect_back(fixture, "network_blind");
    expect_back(fixture, "taken_on_trust");
    told = NULL;
    evm_mine(fixture, 1);
    pass(fixture, MINUTE_MS);
    evm_follow(fixture);
    assert_null(evm_alarm(fixture, "nodes_missing", NULL));
    assert_null(evm_alarm(fixture, "nodes_disagree", NULL));
    assert_null(evm_alarm(fixture, "network_blind", NULL));
    evm_fixture_free(fixture);
}

static void test_a_watcher_that_stopped_for_good_says_so_again(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    evm_mine(fixture, 30);
    fake_chain_drop(&fixture->chain, 30);
    for (int i = 0; i < 40; i++) {
        fake_chain_mine(&fixture->chain, atomic_load(&fixture->till->now_ms) + 1);
    }
    struct alarm_clear wanted = {0};
    for (int i = 0; i < 200 && evm_alarm(fixture, "network_blind", "eth") == NULL; i++) {
        pass(fixture, MINUTE_MS);
        evm_follow(fixture);
    }
    must(prepare(fixture, "network_blind", &wanted));
    fixture_run(fixture->till, &alarm_clear_use_case, &wanted);
    pass(fixture, MINUTE_MS);
    assert_false(chain_watcher_step(fixture->watcher));
    assert_non_null(evm_alarm(fixture, "network_blind", "eth"));
    evm_fixture_free(fixture);
}

static void tell_usdt(struct evm_fixture *fixture, uint8_t code) {
    const struct token *usdt = token_by_asset(&fixture->eth.tokens, money_asset("USDT_ERC20"));
    struct chain_token *token = &fixture->chain.tokens[0];
    *token = (struct chain_token){.asset = usdt->asset, .contract = usdt->contract};
    token->code_hash[0] = code;
    fixture->chain.token_count = 1;
}

static void test_a_token_that_is_not_what_it_was_comes_back(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    tell_usdt(fixture, 1);
    evm_restart_watcher(fixture);
    evm_follow(fixture);
    tell_usdt(fixture, 2);
    evm_restart_watcher(fixture);
    evm_follow(fixture);
    assert_true(find_alarm(fixture, "token_changed")->ends_by_itself);
    clear(fixture, "token_changed", "");
    assert_null(evm_alarm(fixture, "token_changed", NULL));
    pass(fixture, MINUTE_MS);
    evm_follow(fixture);
    assert_non_null(evm_alarm(fixture, "token_changed", "USDT_ERC20"));
    tell_usdt(fixture, 1);
    pass(fixture, MINUTE_MS);
    evm_follow(fixture);
    assert_null(evm_alarm(fixture, "token_changed", NULL));
    evm_fixture_free(fixture);
}

static void test_what_nobody_looks_at_any_more_can_be_cleared(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    raise_alarm(fixture, "network_blind", "bsc");
    raise_alarm(fixture, "token_changed", "USDT_BSC");
    raise_alarm(fixture, "alarm_of_an_older_version", "x");
    const char *codes[] = {"network_blind", "token_changed", "alarm_of_an_older_version"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        assert_false(find_alarm(fixture, codes[i])->ends_by_itself);
        assert_non_null(strstr(diagnosis_of(fixture, codes[i]), "till alarm clear"));
        clear(fixture, codes[i], "");
    }
    pass(fixture, MINUTE_MS);
    evm_mine(fixture, 1);
    assert_null(evm_alarm(fixture, "network_blind", NULL));
    assert_null(evm_alarm(fixture, "token_changed", NULL));
    evm_fixture_free(fixture);
}

/* ---- how the doctor tells it */

/* Strangers can cause any number of some. */
static void test_a_flood_of_alarms_hides_nothing(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    for (int i = 0; i < ALARMS_OF_CODE_MAX + 50; i++) {
        raise_alarm(fixture, "dust_in_static_wallet", arena_printf(fixture->till->arena, "%d", i));
    }
    raise_alarm(fixture, "payment_quarantined", "aa");
    struct diagnosis diagnosis = diagnose(fixture);
    size_t lines = 0;
    for (size_t i = 0; i < diagnosis.count; i++) {
        lines += str_starts_with(diagnosis.findings[i].what, STR("dust_in_static_wallet"));
    }
    assert_int_equal(lines, 11);
    assert_non_null(diagnosis_of(fixture, "payment_quarantined"));
    struct alarm_clear wanted = {0};
    must(prepare(fixture, "dust_in_static_wallet", &wanted));
    assert_int_equal(wanted.count, ALARMS_OF_CODE_MAX);
    fixture_run(fixture->till, &alarm_clear_use_case, &wanted);
    must(prepare(fixture, "dust_in_static_wallet", &wanted));
    assert_int_equal(wanted.count, 50);
    assert_non_null(evm_alarm(fixture, "payment_quarantined", "aa"));
    evm_fixture_free(fixture);
}

static void test_a_blind_network_is_one_line_and_bad_news_come_first(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    raise_alarm(fixture, "payment_repeated", "eth");
    size_t bad_count = diagnose(fixture).bad_count;
    told = "the nodes disagree about what follows block 1";
    ops.stuck = tell;
    evm_follow(fixture);
    struct diagnosis diagnosis = diagnose(fixture);
    assert_int_equal(diagnosis.bad_count, bad_count + 1);
    assert_null(diagnosis_of(fixture, "network_blind"));
    assert_non_null(strstr(diagnosis_of(fixture, "network eth"), told));
    for (size_t i = 0; i < diagnosis.count; i++) {
        const struct finding *finding = &diagnosis.findings[i];
        assert_int_equal(finding->state == FINDING_BAD, i < diagnosis.bad_count);
        if (str_eq(finding->what, STR("network eth"))) {
            assert_int_not_equal(finding->since_ms, 0);
        }
    }
    evm_fixture_free(fixture);
}

/* What a re-told alarm says is what it was raised with, not how the node is treated since. */
static void test_a_blind_networks_alarm_keeps_its_first_reason(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    ops.stuck = tell;
    told = "the reason";
    evm_follow(fixture);
    told = "what became of it";
    pass(fixture, 2 * MINUTE_MS);
    evm_follow(fixture);
    assert_string_equal(evm_alarm(fixture, "network_blind", "eth"), "the reason");
    assert_non_null(strstr(diagnosis_of(fixture, "network eth"), told));
    evm_fixture_free(fixture);
}

/* A shop without a notify_url wants none; what others want has an alarm each. */
static void test_a_postback_that_was_given_up_is_bad_while_its_alarm_stands(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, money("USDT_ERC20", "100"));
    evm_mine(fixture, 1);
    size_t bad_count = diagnose(fixture).bad_count;
    struct delivery_record record = {.attempt = {.delivery_id = 1, .outcome = STR("no URL")},
                                     .state = DELIVERY_PARKED};
    fixture_run(fixture->till, &delivery_record_use_case, &record);
    assert_non_null(strstr(diagnosis_of(fixture, "postbacks"), "1 parked"));
    assert_int_equal(diagnose(fixture).bad_count, bad_count);
    record.attempt.url = STR("https://shop.example/");
    fixture_run(fixture->till, &delivery_record_use_case, &record);
    assert_int_equal(diagnose(fixture).bad_count, bad_count + 1);
    clear(fixture, "delivery_parked", "");
    assert_int_equal(diagnose(fixture).bad_count, bad_count);
    evm_fixture_free(fixture);
}

/* ---- what is seen to by another command */

static void test_a_postback_that_is_sent_again_is_parked_no_more(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, money("USDT_ERC20", "100"));
    evm_mine(fixture, 1);
    assert_int_equal(fixture_delivery_count(fixture->till, &fixture->shop), 1);
    struct delivery_record record = {
        .attempt = {.delivery_id = 1, .url = STR("https://shop.example/"), .outcome = STR("503")},
        .state = DELIVERY_PARKED};
    fixture_run(fixture->till, &delivery_record_use_case, &record);
    assert_non_null(evm_alarm(fixture, "delivery_parked", "delivery 1"));
    struct delivery_resend resend = {.delivery_id = 1};
    fixture_run(fixture->till, &delivery_resend_use_case, &resend);
    assert_null(evm_alarm(fixture, "delivery_parked", NULL));
    fixture_run(fixture->till, &delivery_record_use_case, &record);
    assert_non_null(evm_alarm(fixture, "delivery_parked", "delivery 1"));
    evm_fixture_free(fixture);
}

static void test_late_money_that_was_taken_for_enough_is_no_alarm(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    int64_t id = invoice->invoice.id;
    pass(fixture, 40 * (int64_t)DAY_MS);
    evm_mine(fixture, 2);
    struct expiry_worker *expiry = expiry_worker_new(&fixture->till->app, fixture->reader);
    (void)expiry_worker_step(expiry);
    expiry_worker_free(expiry);
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, invoice->issue.row.due);
    evm_mine(fixture, 1);
    assert_non_null(evm_alarm(fixture, "payment_late", NULL));
    struct invoice_confirm confirm = {.invoice_id = id, .reason_json = STR("{\"reason\":\"ok\"}")};
    fixture_run(fixture->till, &invoice_confirm_use_case, &confirm);
    assert_int_equal(evm_invoice_row(fixture, id).status, INVOICE_PAID);
    assert_null(evm_alarm(fixture, "payment_late", NULL));
    evm_fixture_free(fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_alarm_about_one_payment_stays_off_and_the_journal_knows_why),
        cmocka_unit_test(test_what_does_not_stand_cannot_be_cleared),
        cmocka_unit_test(test_what_was_raised_after_the_operator_looked_stays),
        cmocka_unit_test(test_blocks_that_were_looked_after_are_told_again_only_with_further_ones),
        cmocka_unit_test(test_what_still_holds_comes_back_within_a_minute),
        cmocka_unit_test(test_a_watcher_that_stopped_for_good_says_so_again),
        cmocka_unit_test(test_a_token_that_is_not_what_it_was_comes_back),
        cmocka_unit_test(test_what_nobody_looks_at_any_more_can_be_cleared),
        cmocka_unit_test(test_a_flood_of_alarms_hides_nothing),
        cmocka_unit_test(test_a_blind_network_is_one_line_and_bad_news_come_first),
        cmocka_unit_test(test_a_blind_networks_alarm_keeps_its_first_reason),
        cmocka_unit_test(test_a_postback_that_was_given_up_is_bad_while_its_alarm_stands),
        cmocka_unit_test(test_a_postback_that_is_sent_again_is_parked_no_more),
        cmocka_unit_test(test_late_money_that_was_taken_for_enough_is_no_alarm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
