/* SPDX-License-Identifier: MIT */
/* Which addresses pay which payouts, what is refused, and what comes again. */
#include "app/ledger.h"
#include "app/payout_finish.h"
#include "app/payout_transfers.h"
#include "bank_stage.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/store_payout.h"

enum { PAYOUTS_MAX = 12 };

static void finish(struct stage *stage, int64_t payout_id, enum payout_status status) {
    struct payout_finish finish = {.payout_id = payout_id, .status = status, .note = STR("")};
    fixture_run(stage->fixture, &payout_finish_use_case, &finish);
}

static struct result make(struct stage *stage, const int64_t *ids, size_t count,
                          struct payout_transfers *ret_made) {
    struct payout_export_wanted wanted = {.payout_ids = ids, .count = count};
    return payout_transfers_make(&stage->fixture->app, stage->fixture->arena, &wanted, ret_made);
}

static struct payout_transfers made_of(struct stage *stage, const int64_t *ids, size_t count) {
    struct payout_transfers made;
    struct result result = make(stage, ids, count, &made);
    if (!result_is_ok(result)) {
        fail_msg("%s", result_text(result));
    }
    return made;
}

static void record(struct stage *stage, const struct payout_transfers *made, const char *file) {
    assert_true(result_is_ok(payout_transfers_record(&stage->fixture->app, stage->fixture->arena,
                                                     made, str_from_c(file))));
}

static void refused(struct stage *stage, const int64_t *ids, size_t count,
                    const struct error_code *code, const char *words) {
    struct payout_transfers made;
    struct result result = make(stage, ids, count, &made);
    assert_ptr_equal(result.code, code);
    if (strstr(result_text(result), words) == NULL) {
        fail_msg("no \"%s\" in: %s", words, result_text(result));
    }
}

/* An address that was paid, with so much on it now. */
static void holds(struct stage *stage, uint32_t index, const char *coin, const char *usdt) {
    bank_pay(stage, index, ADDRESS_INVOICE, "ETH");
    stage->bank.coins[index] = money("ETH", coin);
    stage->bank.tokens[index] = money("USDT_ERC20", usdt);
}

/* ---- the tests */

static void test_each_payout_is_sent_by_the_address_that_has_the_least_beyond_it(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "2", "0");
    holds(stage, 2, "1", "0");
    holds(stage, 3, "0.1", "50");
    holds(stage, 4, "0.1", "21");
    const int64_t ids[] = {bank_ask_payout(stage, "ETH", "0.5"),
                           bank_ask_payout(stage, "USDT_ERC20", "20")};
    struct payout_transfers made = made_of(stage, ids, 2);
    assert_int_equal(made.count, 2);
    assert_int_equal(made.file.len, 0);
    const struct payout_transfer *token = &made.transfers[0];
    assert_int_equal(token->payout->id, ids[1]);
    assert_int_equal(token->from.row.address_index, 4);
    assert_string_equal(str_to_c(stage->fixture->arena, token->from.path), "0/4");
    assert_int_equal(token->from.nonce, 4);
    assert_ptr_equal(token->token->asset, money_asset("USDT_ERC20"));
    assert_int_equal(token->effort, 50000);
    assert_true(amount_eq(token->fee, money("ETH", "0.000125")));
    const struct payout_transfer *coin = &made.transfers[1];
    assert_int_equal(coin->from.row.address_index, 2);
    assert_null(coin->token);
    assert_int_equal(coin->effort, 21000);
    assert_true(amount_eq(made.fee, money("ETH", "0.0001775")));
}

static void
test_one_address_pays_several_with_consecutive_nonces_and_no_more_than_it_has(void **state) {
    struct stage *stage = *state;
    holds(stage, 5, "1", "50");
    const int64_t ids[] = {
        bank_ask_payout(stage, "ETH", "0.4"), bank_ask_payout(stage, "USDT_ERC20", "20"),
        bank_ask_payout(stage, "USDT_ERC20", "30"), bank_ask_payout(stage, "ETH", "0.5")};
    struct payout_transfers made = made_of(stage, ids, 4);
    const int64_t order[] = {ids[2], ids[1], ids[3], ids[0]};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(made.transfers[i].payout->id, order[i]);
        assert_int_equal(made.transfers[i].from.nonce, 5 + i);
    }
    /* What two of them leave is not enough for a third. */
    const int64_t more[] = {ids[0], ids[1], ids[2], ids[3], bank_ask_payout(stage, "ETH", "0.1")};
    refused(stage, more, 5, &ERR_FUNDS_INSUFFICIENT,
            "0.099645 ETH are there to pay 0.1 with, 0.0004075 are lacking");
}

static void test_coin_to_a_contract_has_the_gas_that_it_takes(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "0.50005", "0");
    holds(stage, 2, "1", "0");
    stage->bank.coin_gas = 28000;
    int64_t id = bank_ask_payout(stage, "ETH", "0.5");
    struct payout_transfers made = made_of(stage, &id, 1);
    assert_int_equal(made.transfers[0].from.row.address_index, 2);
    assert_int_equal(made.transfers[0].effort, 35000);
    assert_true(amount_eq(made.fee, money("ETH", "0.0000875")));
}

static void test_what_is_missing_is_said_of_each_payout(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "0.0001", "50");
    holds(stage, 2, "0.3", "5");
    holds(stage, 3, "0.3", "0");
    const int64_t gasless[] = {bank_ask_payout(stage, "USDT_ERC20", "20"),
                               bank_ask_payout(stage, "USDT_ERC20", "25")};
    refused(stage, gasless, 1, &ERR_FUNDS_INSUFFICIENT, "lacks 0.000025 ETH for the fee");
    refused(stage, gasless, 2, &ERR_FUNDS_INSUFFICIENT, "lacks 0.000125 ETH for the fee");
    int64_t scattered = bank_ask_payout(stage, "ETH", "0.5");
    refused(stage, &scattered, 1, &ERR_FUNDS_INSUFFICIENT,
            "no address has 0.5 ETH and its fee alone, 3 have 0.6001 together: ");
    refused(stage, &scattered, 1, &ERR_FUNDS_INSUFFICIENT, " 0.3, ");
    refused(stage, &scattered, 1, &ERR_FUNDS_INSUFFICIENT,
            " 0.0001; the largest lacks 0.2000525; the fee is up to 0.0000525 ETH");
    int64_t tokens = bank_ask_payout(stage, "USDT_ERC20", "51");
    refused(stage, &tokens, 1, &ERR_FUNDS_INSUFFICIENT, " 50 and 0.0001 ETH, ");
    refused(stage, &tokens, 1, &ERR_FUNDS_INSUFFICIENT,
            " 5 and 0.3 ETH; the largest lacks 1; the fee is up to 0.000125 ETH");
    int64_t too_much = bank_ask_payout(stage, "USDT_ERC20", "56");
    refused(stage, &too_much, 1, &ERR_FUNDS_INSUFFICIENT,
            "55 USDT_ERC20 are there to pay 56 with, 1 are lacking: ");
}

/* ---- who is named to send it */

static struct result make_from(struct stage *stage, int64_t id, const char *from,
                               struct payout_transfers *ret_made) {
    struct payout_export_wanted wanted = {
        .payout_ids = &id, .count = 1, .from_address = str_from_c(from)};
    return payout_transfers_make(&stage->fixture->app, stage->fixture->arena, &wanted, ret_made);
}

static const char *address_at(struct stage *stage, uint32_t index) {
    struct address_text *text = ARENA_NEW(stage->fixture->arena, struct address_text);
    assert_true(result_is_ok(account_address_at(&stage->wallet->account, index, text)));
    return str_to_c(stage->fixture->arena, address_str(text));
}

static void test_the_address_that_is_named_sends(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "1", "0");
    holds(stage, 2, "2", "0");
    int64_t id = bank_ask_payout(stage, "ETH", "0.5");
    struct payout_transfers made = made_of(stage, &id, 1);
    assert_int_equal(made.transfers[0].from.row.address_index, 1);
    stage->bank.asked = 0;
    assert_true(result_is_ok(make_from(stage, id, address_at(stage, 2), &made)));
    assert_int_equal(made.transfers[0].from.row.address_index, 2);
    assert_int_equal(stage->bank.asked, 1);
    record(stage, &made, "{}");
    assert_true(result_is_ok(make_from(stage, id, address_at(stage, 2), &made)));
    assert_int_equal(made.file.len, 2);
    struct result other = make_from(stage, id, address_at(stage, 1), &made);
    assert_ptr_equal(other.code, &ERR_FIELD_INVALID);
    assert_non_null(strstr(result_text(other), "is sent from another address"));
}

static void test_only_an_address_of_the_wallet_that_may_send_can_be_named(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "0.1", "0");
    holds(stage, 2, "2", "0");
    int64_t id = bank_ask_payout(stage, "ETH", "0.5");
    struct payout_transfers made;
    struct result poor = make_from(stage, id, address_at(stage, 1), &made);
    assert_ptr_equal(poor.code, &ERR_FUNDS_INSUFFICIENT);
    assert_non_null(strstr(result_text(poor), "0.1 ETH are there to pay 0.5 with, 0.4000525 are"));
    struct result unissued = make_from(stage, id, address_at(stage, 3), &made);
    assert_ptr_equal(unissued.code, &ERR_FIELD_INVALID);
    assert_non_null(strstr(result_text(unissued), "no address that wallet"));
    struct result nonsense = make_from(stage, id, "0x1234", &made);
    assert_ptr_equal(nonsense.code, &ERR_ADDRESS_INVALID);
    int64_t first = bank_ask_payout(stage, "ETH", "0.2");
    assert_true(result_is_ok(make_from(stage, first, address_at(stage, 2), &made)));
    record(stage, &made, "{}");
    struct result held = make_from(stage, id, address_at(stage, 2), &made);
    assert_ptr_equal(held.code, &ERR_FUNDS_INSUFFICIENT);
    assert_non_null(strstr(result_text(held), "sent before: 1"));
}

static void test_many_that_cannot_be_paid_are_counted(void **state) {
    struct stage *stage = *state;
    int64_t ids[PAYOUTS_MAX];
    for (size_t i = 0; i < PAYOUTS_MAX; i++) {
        ids[i] = bank_ask_payout(stage, "ETH", "1");
    }
    refused(stage, ids, PAYOUTS_MAX, &ERR_FUNDS_INSUFFICIENT, "; and 2 others");
}

static void test_a_blocked_sender_is_passed_over(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "1", "20");
    holds(stage, 2, "1", "30");
    stage->bank.is_blocked[1] = true;
    int64_t id = bank_ask_payout(stage, "USDT_ERC20", "20");
    struct payout_transfers made = made_of(stage, &id, 1);
    assert_int_equal(made.transfers[0].from.row.address_index, 2);
    stage->bank.is_blocked[2] = true;
    refused(stage, &id, 1, &ERR_PAYOUT_UNSIGNABLE, "the contract refuses the transfer");
}

static void test_an_address_with_a_transaction_that_waits_pays_nothing(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "1", "0");
    stage->bank.waits[1] = true;
    int64_t id = bank_ask_payout(stage, "ETH", "0.5");
    refused(stage, &id, 1, &ERR_FUNDS_INSUFFICIENT, "sent before: 1");
}

static void test_what_was_exported_comes_again_as_it_was(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "1", "0");
    holds(stage, 2, "1", "0");
    const int64_t ids[] = {bank_ask_payout(stage, "ETH", "0.5"),
                           bank_ask_payout(stage, "ETH", "0.6"),
                           bank_ask_payout(stage, "ETH", "0.1")};
    struct payout_transfers made = made_of(stage, ids, 2);
    record(stage, &made, "{\"the\":\"file\"}");
    struct payout_transfers again = made_of(stage, ids, 2);
    assert_string_equal(str_to_c(stage->fixture->arena, again.file), "{\"the\":\"file\"}");
    refused(stage, ids, 1, &ERR_PAYOUT_MIXED, "name both");
    refused(stage, ids, 3, &ERR_PAYOUT_MIXED, "one earlier export");
    /* It is not recorded twice, whoever tries. */
    struct result twice =
        payout_transfers_record(&stage->fixture->app, stage->fixture->arena, &made, STR("another"));
    assert_ptr_equal(twice.code, &ERR_PAYOUT_CHANGED);
    /* Once its nonce is used it was probably sent. */
    stage->bank.nonces[made.transfers[0].from.row.address_index]++;
    refused(stage, ids, 2, &ERR_PAYOUT_SENT, "was sent since");
}

static void test_a_file_with_a_finished_payout_in_it_does_not_come_again(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "2", "0");
    const int64_t ids[] = {bank_ask_payout(stage, "ETH", "0.5"),
                           bank_ask_payout(stage, "ETH", "0.6")};
    struct payout_transfers made = made_of(stage, ids, 2);
    record(stage, &made, "{}");
    finish(stage, ids[0], PAYOUT_CANCELED);
    refused(stage, ids, 2, &ERR_PAYOUT_FINISHED, "");
    refused(stage, ids + 1, 1, &ERR_PAYOUT_FINISHED, "which is finished");
}

static void test_an_address_that_an_open_payout_counts_on_pays_no_other(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "2", "0");
    int64_t first = bank_ask_payout(stage, "ETH", "0.5");
    int64_t second = bank_ask_payout(stage, "ETH", "0.5");
    struct payout_transfers made = made_of(stage, &first, 1);
    struct payout_transfers raced = made_of(stage, &second, 1);
    record(stage, &made, "{}");
    refused(stage, &second, 1, &ERR_FUNDS_INSUFFICIENT, "sent before: 1");
    struct result late =
        payout_transfers_record(&stage->fixture->app, stage->fixture->arena, &raced, STR("{}"));
    assert_ptr_equal(late.code, &ERR_PAYOUT_CHANGED);
    /* What used its nonce need not have been this payout. */
    stage->bank.nonces[1]++;
    refused(stage, &second, 1, &ERR_FUNDS_INSUFFICIENT, "sent before: 1");
    stage->bank.nonces[1]--;
    finish(stage, first, PAYOUT_CANCELED);
    made = made_of(stage, &second, 1);
    record(stage, &made, "{}");
    /* Done, but not sent as far as the node knows: its nonce is still to come. */
    finish(stage, second, PAYOUT_DONE);
    int64_t third = bank_ask_payout(stage, "ETH", "0.5");
    refused(stage, &third, 1, &ERR_FUNDS_INSUFFICIENT, "sent before: 1");
    stage->bank.nonces[1]++;
    made = made_of(stage, &third, 1);
    assert_int_equal(made.transfers[0].from.nonce, 2);
}

static void test_an_address_that_is_not_the_wallets_stops_the_export(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "0", "0");
    stage->bank.programs[0].bytes[0] ^= 1;
    holds(stage, 0, "2", "0");
    int64_t id = bank_ask_payout(stage, "ETH", "0.5");
    refused(stage, &id, 1, &ERR_ADDRESS_TAMPERED, "");
}

static void test_what_is_for_coins_is_refused(void **state) {
    struct stage *stage = *state;
    holds(stage, 1, "2", "0");
    int64_t id = bank_ask_payout(stage, "ETH", "0.5");
    struct payout_transfers made;
    struct payout_export_wanted wanted = {.payout_ids = &id, .count = 1, .fee_rate = 2000};
    assert_ptr_equal(
        payout_transfers_make(&stage->fixture->app, stage->fixture->arena, &wanted, &made).code,
        &ERR_FIELD_INVALID);
    bool is_transfer;
    assert_true(result_is_ok(
        payout_is_transfer(&stage->fixture->app, stage->fixture->arena, id, &is_transfer)));
    assert_true(is_transfer);
    assert_true(result_is_ok(
        payout_is_transfer(&stage->fixture->app, stage->fixture->arena, 4711, &is_transfer)));
    assert_false(is_transfer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bank_set_up, bank_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_each_payout_is_sent_by_the_address_that_has_the_least_beyond_it),
        TEST(test_one_address_pays_several_with_consecutive_nonces_and_no_more_than_it_has),
        TEST(test_coin_to_a_contract_has_the_gas_that_it_takes),
        TEST(test_what_is_missing_is_said_of_each_payout),
        TEST(test_the_address_that_is_named_sends),
        TEST(test_only_an_address_of_the_wallet_that_may_send_can_be_named),
        TEST(test_many_that_cannot_be_paid_are_counted),
        TEST(test_a_blocked_sender_is_passed_over),
        TEST(test_an_address_with_a_transaction_that_waits_pays_nothing),
        TEST(test_what_was_exported_comes_again_as_it_was),
        TEST(test_a_file_with_a_finished_payout_in_it_does_not_come_again),
        TEST(test_an_address_that_an_open_payout_counts_on_pays_no_other),
        TEST(test_an_address_that_is_not_the_wallets_stops_the_export),
        TEST(test_what_is_for_coins_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
