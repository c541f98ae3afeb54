/* SPDX-License-Identifier: MIT */
/* Tokens whose contracts are pinned when they are first seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "app/token_accept.h"
#include "core/error.h"
#include "evm_fixture.h"
#include "support/money.h"

/* What the fake node tells of USDT from its next identification on. */
static void tell_usdt(struct evm_fixture *fixture, uint8_t code) {
    const struct token *usdt = token_by_asset(&fixture->eth.tokens, money_asset("USDT_ERC20"));
    struct chain_token *told = &fixture->chain.tokens[0];
    *told = (struct chain_token){.asset = usdt->asset, .contract = usdt->contract};
    told->code_hash[0] = code;
    fixture->chain.token_count = 1;
    evm_restart_watcher(fixture);
    evm_follow(fixture);
}

static struct result prepare(struct evm_fixture *fixture, const char *asset) {
    struct invoice_create create;
    return evm_prepare(fixture, asset, "25", &create);
}

static void test_a_token_whose_program_changes_is_not_asked_for_until_it_is_accepted(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    tell_usdt(fixture, 1);
    const struct invoice_create *before = evm_invoice(fixture, "USDT_ERC20", "25");
    tell_usdt(fixture, 1);
    assert_true(result_is_ok(prepare(fixture, "USDT_ERC20")));
    assert_null(evm_alarm(fixture, "token_changed", NULL));

    tell_usdt(fixture, 2);
    assert_ptr_equal(prepare(fixture, "USDT_ERC20").code, &ERR_ASSET_UNAVAILABLE);
    assert_true(result_is_ok(prepare(fixture, "ETH")));
    assert_non_null(evm_alarm(fixture, "token_changed", "USDT_ERC20"));
    /* What was asked for before is still watched. */
    fake_chain_pay(&fixture->chain, &before->issue.row.program, before->issue.row.due);
    evm_mine(fixture, 1);
    assert_int_equal(evm_invoice_row(fixture, before->invoice.id).status, INVOICE_PAID);

    /* Nothing is forgotten by a restart, even before the node is asked. */
    network_set_changed(&fixture->eth, money_asset("USDT_ERC20"), false);
    evm_restart_watcher(fixture);
    assert_ptr_equal(prepare(fixture, "USDT_ERC20").code, &ERR_ASSET_UNAVAILABLE);

    struct token_accept accept = {.asset = money_asset("USDT_ERC20")};
    fixture_run(fixture->till, &token_accept_use_case, &accept);
    assert_null(evm_alarm(fixture, "token_changed", NULL));
    tell_usdt(fixture, 2);
    assert_true(result_is_ok(prepare(fixture, "USDT_ERC20")));
    assert_ptr_equal(
        job_run(fixture->till->app.queue, &token_accept_use_case, &accept, fixture->till->arena)
            .code,
        &ERR_TOKEN_UNCHANGED);
    evm_fixture_free(fixture);
}

/* What stands behind USDT's proxy; 0: nothing. */
static void tell_behind(struct evm_fixture *fixture, bool is_told, uint8_t implementation) {
    const struct token *usdt = token_by_asset(&fixture->eth.tokens, money_asset("USDT_ERC20"));
    fixture->chain.tokens[0] = (struct chain_token){.asset = usdt->asset,
                                                    .contract = usdt->contract,
                                                    .code_hash = {1},
                                                    .has_implementation = is_told,
                                                    .implementation = {implementation}};
    fixture->chain.token_count = 1;
    evm_restart_watcher(fixture);
    evm_follow(fixture);
}

static bool has_changed(struct evm_fixture *fixture) {
    bool is_refused = prepare(fixture, "USDT_ERC20").code == &ERR_ASSET_UNAVAILABLE;
    assert_int_equal(is_refused, evm_alarm(fixture, "token_changed", "USDT_ERC20") != NULL);
    return is_refused;
}

static void test_another_program_behind_a_proxy_is_a_change(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    tell_behind(fixture, true, 5);
    assert_false(has_changed(fixture));
    tell_behind(fixture, true, 6);
    assert_true(has_changed(fixture));
    assert_non_null(strstr(evm_alarm(fixture, "token_changed", "USDT_ERC20"), "behind its proxy"));
    tell_behind(fixture, false, 0); /* who cannot tell takes nothing back */
    assert_true(has_changed(fixture));
    tell_behind(fixture, true, 5);
    assert_false(has_changed(fixture));
    tell_behind(fixture, true, 6);
    struct token_accept accept = {.asset = money_asset("USDT_ERC20")};
    fixture_run(fixture->till, &token_accept_use_case, &accept);
    tell_behind(fixture, true, 6);
    assert_false(has_changed(fixture));
    tell_behind(fixture, true, 0);
    assert_true(has_changed(fixture));
    evm_fixture_free(fixture);
}

static void test_what_is_behind_a_proxy_is_pinned_when_it_is_first_told(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    tell_behind(fixture, false, 0);
    tell_behind(fixture, true, 5); /* as after an upgrade of Till */
    assert_false(has_changed(fixture));
    tell_behind(fixture, false, 0);
    assert_false(has_changed(fixture));
    tell_behind(fixture, true, 6);
    assert_true(has_changed(fixture));
    evm_fixture_free(fixture);
}

static void test_a_token_that_is_again_what_it_was_needs_no_word(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    tell_usdt(fixture, 1);
    tell_usdt(fixture, 2);
    tell_usdt(fixture, 1);
    assert_true(result_is_ok(prepare(fixture, "USDT_ERC20")));
    assert_null(evm_alarm(fixture, "token_changed", NULL));
    evm_fixture_free(fixture);
}

static void test_another_contract_for_a_token_is_a_change(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    tell_usdt(fixture, 1);
    struct token other;
    assert_true(
        result_is_ok(token_from_text(fixture->eth.network, STR("USDT_ERC20"),
                                     STR("0x00000000000000000000000000000000000000aa:6"), &other)));
    assert_true(result_is_ok(token_list_put(&fixture->eth.tokens, &other)));
    tell_usdt(fixture, 1);
    assert_ptr_equal(prepare(fixture, "USDT_ERC20").code, &ERR_ASSET_UNAVAILABLE);
    evm_fixture_free(fixture);
}

/* What the fake node finds wrong with USDT from its next identification on. */
static void find_fault(struct evm_fixture *fixture, enum chain_token_fault fault) {
    fixture->chain.tokens[0].fault = fault;
    evm_restart_watcher(fixture);
    evm_follow(fixture);
}

static void test_a_token_that_cannot_be_used_stops_nothing_else(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    tell_usdt(fixture, 1);
    fixture->chain.tokens[0].node = "http://node2/";
    find_fault(fixture, CHAIN_TOKEN_MISSING);
    struct result refused = prepare(fixture, "USDT_ERC20");
    assert_ptr_equal(refused.code, &ERR_ASSET_UNAVAILABLE);
    assert_string_equal(result_text(refused), "the node knows no contract at the token's address");
    assert_string_equal(evm_alarm(fixture, "token_unusable", "USDT_ERC20"),
                        "the node knows no contract at the token's address, says http://node2/");
    assert_null(evm_alarm(fixture, "token_changed", NULL));
    const struct invoice_create *others[] = {evm_invoice(fixture, "ETH", "25"),
                                             evm_invoice(fixture, "USDC_ERC20", "25")};
    for (size_t i = 0; i < 2; i++) {
        fake_chain_pay(&fixture->chain, &others[i]->issue.row.program, others[i]->issue.row.due);
    }
    evm_mine(fixture, 1);
    assert_int_equal(evm_invoice_row(fixture, others[0]->invoice.id).status, INVOICE_PAID);
    assert_int_equal(evm_invoice_row(fixture, others[1]->invoice.id).status, INVOICE_PAID);

    /* A restart forgets nothing, even before the node is asked. */
    network_set_token_fault(&fixture->eth, money_asset("USDT_ERC20"), CHAIN_TOKEN_FINE);
    evm_restart_watcher(fixture);
    assert_string_equal(result_text(prepare(fixture, "USDT_ERC20")), result_text(refused));

    /* It is looked at again by itself. */
    evm_follow(fixture);
    fixture->chain.tokens[0].fault = CHAIN_TOKEN_FINE;
    evm_mine(fixture, 1);
    assert_ptr_equal(prepare(fixture, "USDT_ERC20").code, &ERR_ASSET_UNAVAILABLE);
    atomic_fetch_add(&fixture->till->now_ms, 60000);
    evm_mine(fixture, 1);
    assert_true(result_is_ok(prepare(fixture, "USDT_ERC20")));
    assert_null(evm_alarm(fixture, "token_unusable", NULL));
    evm_fixture_free(fixture);
}

/* What comes in a contract that was never found well. */
static void test_amounts_in_wrong_decimals_credit_nobody(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    const struct invoice_create *usdt = evm_invoice(fixture, "USDT_ERC20", "25");
    const struct invoice_create *ether = evm_invoice(fixture, "ETH", "25");
    fixture->chain.token_count = 1;
    fixture->chain.tokens[0] = (struct chain_token){
        .asset = money_asset("USDT_ERC20"),
        .contract = token_by_asset(&fixture->eth.tokens, money_asset("USDT_ERC20"))->contract};
    find_fault(fixture, CHAIN_TOKEN_MISCOUNTS);
    fake_chain_pay(&fixture->chain, &usdt->issue.row.program, usdt->issue.row.due);
    fake_chain_pay(&fixture->chain, &ether->issue.row.program, ether->issue.row.due);
    evm_mine(fixture, 2);
    size_t count;
    (void)evm_payments(fixture, usdt->invoice.id, &count);
    assert_int_equal(count, 0);
    assert_int_equal(evm_invoice_row(fixture, usdt->invoice.id).status, INVOICE_CREATED);
    assert_int_equal(evm_invoice_row(fixture, ether->invoice.id).status, INVOICE_PAID);
    assert_non_null(evm_alarm(fixture, "token_unusable", "USDT_ERC20"));
    /* That is no change of the contract. */
    find_fault(fixture, CHAIN_TOKEN_FINE);
    assert_null(evm_alarm(fixture, "token_changed", NULL));
    assert_true(result_is_ok(prepare(fixture, "USDT_ERC20")));
    evm_fixture_free(fixture);
}

/* Blocks that were followed meanwhile would never be looked at again. */
static void test_other_decimals_of_a_token_in_use_hide_no_payment(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    tell_usdt(fixture, 1);
    const struct invoice_create *usdt = evm_invoice(fixture, "USDT_ERC20", "25");
    fixture->chain.tokens[0].node = "http://node2/";
    find_fault(fixture, CHAIN_TOKEN_MISCOUNTS);
    assert_string_equal(evm_alarm(fixture, "network_blind", "eth"),
                        "the contract of USDT_ERC20, which was in use, suddenly tells other "
                        "decimals, says http://node2/");
    fake_chain_pay(&fixture->chain, &usdt->issue.row.program, usdt->issue.row.due);
    evm_mine(fixture, 2);
    assert_int_equal(evm_invoice_row(fixture, usdt->invoice.id).status, INVOICE_CREATED);
    find_fault(fixture, CHAIN_TOKEN_FINE);
    assert_int_equal(evm_invoice_row(fixture, usdt->invoice.id).status, INVOICE_PAID);
    assert_null(evm_alarm(fixture, "network_blind", NULL));
    evm_fixture_free(fixture);
}

static void test_a_token_without_a_contract_here_is_not_asked_for(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("main", "1");
    fixture->eth.tokens.count = 0;
    struct result refused = prepare(fixture, "USDT_ERC20");
    assert_ptr_equal(refused.code, &ERR_ASSET_UNAVAILABLE);
    assert_string_equal(result_text(refused),
                        "the token has no contract on this chain: name it as token.CODE in the "
                        "section of its network");
    assert_true(result_is_ok(prepare(fixture, "ETH")));
    evm_fixture_free(fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_token_whose_program_changes_is_not_asked_for_until_it_is_accepted),
        cmocka_unit_test(test_another_program_behind_a_proxy_is_a_change),
        cmocka_unit_test(test_what_is_behind_a_proxy_is_pinned_when_it_is_first_told),
        cmocka_unit_test(test_a_token_that_is_again_what_it_was_needs_no_word),
        cmocka_unit_test(test_another_contract_for_a_token_is_a_change),
        cmocka_unit_test(test_a_token_that_cannot_be_used_stops_nothing_else),
        cmocka_unit_test(test_amounts_in_wrong_decimals_credit_nobody),
        cmocka_unit_test(test_other_decimals_of_a_token_in_use_hide_no_payment),
        cmocka_unit_test(test_a_token_without_a_contract_here_is_not_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
