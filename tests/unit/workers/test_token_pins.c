/* SPDX-License-Identifier: MIT */
/* Tokens whose contracts are pinned when they are first seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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
        cmocka_unit_test(test_a_token_that_is_again_what_it_was_needs_no_word),
        cmocka_unit_test(test_another_contract_for_a_token_is_a_change),
        cmocka_unit_test(test_a_token_without_a_contract_here_is_not_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
