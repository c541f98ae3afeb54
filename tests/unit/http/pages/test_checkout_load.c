/* SPDX-License-Identifier: MIT */
/* Which URI the page gets for an option on a network that this instance follows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adapters/clock_os/clock_os.h"
#include "app/app.h"
#include "base/arena.h"
#include "http/checkout_load.h"
#include "http/pages/words.h"
#include "ports/clock.h"
#include "support/money.h"

enum { ARENA_BYTES = 1 << 20, ANVIL_CHAIN_ID = 31337, CREATED_AT_MS = 1000, FINISHED_AT_MS = 9000 };

#define PAYEE "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"

static int make_arena(void **state) {
    *state = arena_new(ARENA_BYTES);
    return 0;
}

static int free_arena(void **state) {
    arena_free(*state);
    return 0;
}

/* The page of an unpaid invoice in `asset`, on a network of that chain id (0: not followed). */
static struct checkout_view page_with(struct arena *arena, const char *asset_code,
                                      const struct network *network, uint64_t chain_id,
                                      struct payment_row *payments, size_t payment_count) {
    const struct asset *asset = money_asset(asset_code);
    struct clock clock = clock_os();
    struct followed_network followed = {.network = network,
                                        .chain_id = chain_id,
                                        .confirmations = confirmation_tiers_default(network)};
    token_list_init(&followed.tokens, network, chain_id);
    assert_int_equal(pthread_mutex_init(&followed.lock, NULL), 0);
    struct app app = {.clock = &clock};
    app.networks.followed[0] = &followed;
    app.networks.count = chain_id == 0 ? 0 : 1;
    struct option_view option = {
        .row = {.network = network, .asset = asset, .due = money(asset_code, "25.5")},
        .address = {.len = sizeof PAYEE - 1, .text = PAYEE},
        .has_address = true,
        .paid = amount_zero(asset),
        .confirmed = amount_zero(asset),
        .still_due = money(asset_code, "25.5"),
        .rate = STR("1"),
    };
    struct checkout checkout = {.invoice = {.public_id = STR("K7Q2M9XD")}};
    struct invoice_view *invoice = &checkout.invoice;
    invoice->invoice.price = money("USD", "25.50");
    invoice->invoice.price_usd = invoice->invoice.price;
    invoice->invoice.expires_at_ms = clock_wall_ms(&clock) + 60000;
    invoice->options = &option;
    invoice->option_count = 1;
    invoice->shown = &option;
    invoice->payments = payments;
    invoice->payment_count = payment_count;
    invoice->invoice.created_at_ms = CREATED_AT_MS;
    invoice->invoice.finished_at_ms = FINISHED_AT_MS;
    invoice->asset = asset;
    invoice->sums.transfer_fee = amount_zero(asset);
    invoice->sums.service_fee = amount_zero(asset);
    assert_true(result_is_ok(checkout_fill(&app, arena, language_at(0), &checkout)));
    assert_string_equal(str_to_c(arena, checkout.page.address), PAYEE);
    (void)pthread_mutex_destroy(&followed.lock);
    return checkout.page;
}

static struct checkout_view page_of(struct arena *arena, const char *asset_code,
                                    const struct network *network, uint64_t chain_id) {
    return page_with(arena, asset_code, network, chain_id, NULL, 0);
}

static const struct network *network_of(const char *asset_code) {
    return money_asset(asset_code)->network;
}

static void test_a_token_is_asked_for_by_its_contract_on_the_main_chain(void **state) {
    struct checkout_view page = page_of(*state, "USDC_ERC20", network_of("USDC_ERC20"), 1);
    assert_string_equal(str_to_c(*state, page.uri),
                        "ethereum:0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48@1/transfer?"
                        "address=" PAYEE "&uint256=25500000");
    assert_true(page.address_first);
}

static void test_coins_are_asked_for_on_the_chain_that_is_followed(void **state) {
    struct checkout_view page = page_of(*state, "ETH", network_of("ETH"), ANVIL_CHAIN_ID);
    assert_string_equal(str_to_c(*state, page.uri),
                        "ethereum:" PAYEE "@31337?value=25500000000000000000");
    assert_true(page.address_first);
}

static void test_the_main_chains_contract_is_never_named_on_another_chain(void **state) {
    struct checkout_view page =
        page_of(*state, "USDC_ERC20", network_of("USDC_ERC20"), ANVIL_CHAIN_ID);
    assert_string_equal(str_to_c(*state, page.uri), "");
}

static void test_a_simulated_payment_has_no_uri_that_a_wallet_would_pay(void **state) {
    struct checkout_view page = page_of(*state, "ETH", network_sandbox(), 0);
    assert_string_equal(str_to_c(*state, page.uri), "");
    page = page_of(*state, "USDT_ERC20", network_sandbox(), 0);
    assert_string_equal(str_to_c(*state, page.uri), "");
}

static void test_tron_has_no_uri(void **state) {
    struct checkout_view page =
        page_of(*state, "USDT_TRC20", network_of("USDT_TRC20"), network_of("TRX")->chain_id);
    assert_string_equal(str_to_c(*state, page.uri), "");
    assert_false(page.address_first);
}

static void test_it_is_paid_when_the_last_payment_arrived(void **state) {
    const struct network *network = network_of("ETH");
    struct payment_row payments[] = {
        {.first_seen_at_ms = 3000, .block_time_ms = 5000}, /* seen, then mined */
        {.first_seen_at_ms = 0, .block_time_ms = 4000},    /* first seen in its block */
        {.first_seen_at_ms = 8000, .block_time_ms = 2000}, /* we were away when it came */
        {.first_seen_at_ms = 7000, .block_time_ms = 500},  /* by a miner's clock */
        {.first_seen_at_ms = 6000},
    };
    static const int64_t arrived[] = {3000, 4000, 2000, CREATED_AT_MS, 6000};
    enum { COUNT = sizeof payments / sizeof payments[0] };
    for (size_t i = 0; i < COUNT; i++) {
        payments[i].network = network;
        payments[i].amount = money("ETH", "1");
        payments[i].state = PAYMENT_CONFIRMED;
    }
    struct checkout_view page = page_with(*state, "ETH", network, 1, payments, COUNT);
    assert_int_equal(page.payment_count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(page.payments[i].arrived_at_ms, arrived[i]);
    }
    assert_int_equal(page.paid_at_ms, 6000);
    /* By the operator's word alone. */
    assert_int_equal(page_of(*state, "ETH", network, 1).paid_at_ms, FINISHED_AT_MS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_arena, free_arena)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_token_is_asked_for_by_its_contract_on_the_main_chain),
        TEST(test_coins_are_asked_for_on_the_chain_that_is_followed),
        TEST(test_the_main_chains_contract_is_never_named_on_another_chain),
        TEST(test_a_simulated_payment_has_no_uri_that_a_wallet_would_pay),
        TEST(test_tron_has_no_uri),
        TEST(test_it_is_paid_when_the_last_payment_arrived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
