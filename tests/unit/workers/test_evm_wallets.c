/* SPDX-License-Identifier: MIT */
/* Wallets on the networks where an address is the hash of a key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "app/payout_create.h"
#include "app/wallet_add.h"
#include "app/wallet_view.h"
#include "base/arena.h"
#include "core/error.h"
#include "evm_fixture.h"
#include "http/checkout_load.h"
#include "http/pages/words.h"
#include "support/money.h"
#include "workers/chain_watcher.h"

/* m/44'/60'/0' and m/44'/195'/0' of "abandon ... about"; the addresses are ethers' and tronweb's.
 */
#define EVM_XPUB                                                                                   \
    "xpub6DCoCpSuQZB2jawqnGMEPS63ePKWkwWPH4TU45Q7LPXWuNd8TMtVxRrgjtEshuqpK3mdhaWHPFsBngh5GFZaM6si" \
    "3"                                                                                            \
    "yZdUsT8ddYM3PwnATt"
#define TRON_XPUB                                                                                  \
    "xpub6D1AabNHCupeiLM65ZR9UStMhJ1vCpyV4XbZdyhMZBiJXALQtmn9p42VTQckoHVn8WNqS7dqnJokZHAHcHGoaQgm" \
    "v"                                                                                            \
    "8D45oNUKx6DZMNZBCd"

static const char *const evm_addresses[] = {"0x9858EfFD232B4033E47d90003D41EC34EcaEda94",
                                            "0x6Fac4D18c912343BF86fa7049364Dd4E424Ab9C0",
                                            "0xb6716976A3ebe8D39aCEB04372f22Ff8e6802D7A"};
static const char *const tron_addresses[] = {"TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdH",
                                             "TSeJkUh4Qv67VNFwY8LaAxERygNdy6NQZK",
                                             "TYJPRrdB5APNeRs4R7fYZSwW3TcrTKw2gx"};

struct two_networks {
    struct evm_fixture *evm;
    struct followed_network other;
};

/* Ethereum and `key`, which is ready. */
static void open_two(struct two_networks *two, const char *key) {
    two->evm = evm_fixture_new("main", "1");
    const struct network *network = network_by_key(str_from_c(key));
    two->other = (struct followed_network){.network = network,
                                           .chain_name = "main",
                                           .chain_id = network->chain_id,
                                           .confirmations = confirmation_tiers_default(network),
                                           .health = {.ready = true, .height = 1}};
    token_list_init(&two->other.tokens, network, network->chain_id);
    assert_int_equal(pthread_mutex_init(&two->other.lock, NULL), 0);
    struct networks *networks = &two->evm->till->app.networks;
    networks->followed[networks->count++] = &two->other;
}

static const struct wallet_add *add_wallet(struct two_networks *two, const char *xpub) {
    struct app_fixture *till = two->evm->till;
    struct wallet_add *add = ARENA_NEW(till->arena, struct wallet_add);
    struct wallet_wanted wanted = {
        .shop_id = two->evm->shop.id, .network = two->other.network, .text = str_from_c(xpub)};
    assert_true(result_is_ok(wallet_prepare(&till->app, till->arena, &wanted, add)));
    fixture_run(till, &wallet_add_use_case, add);
    return add;
}

static void test_wallets_show_the_addresses_that_other_software_shows(void **state) {
    (void)state;
    static const struct {
        const char *network;
        const char *xpub;
        const char *const *addresses;
        const char *descriptor;
    } rows[] = {{"bsc", EVM_XPUB, evm_addresses, "evm(xpub6DCo"},
                {"tron", TRON_XPUB, tron_addresses, "tron(xpub6D1A"}};
    for (size_t r = 0; r < 2; r++) {
        struct two_networks two;
        open_two(&two, rows[r].network);
        const struct wallet_add *add = add_wallet(&two, rows[r].xpub);
        struct address_text shown[WALLET_FIRST_ADDRESSES];
        assert_true(result_is_ok(wallet_first_addresses(&add->account, shown)));
        for (size_t i = 0; i < WALLET_FIRST_ADDRESSES; i++) {
            assert_string_equal(shown[i].text, rows[r].addresses[i]);
        }
        assert_true(str_starts_with(add->wallet.descriptor, str_from_c(rows[r].descriptor)));
        evm_fixture_free(two.evm);
    }
}

static void test_one_key_on_two_evm_networks_keeps_one_counter(void **state) {
    (void)state;
    struct two_networks two;
    open_two(&two, "bsc");
    (void)add_wallet(&two, EVM_XPUB); /* Ethereum's wallet has it already */
    enum { INVOICES = 40 };
    const struct address_row *issued[INVOICES];
    for (size_t i = 0; i < INVOICES; i++) {
        const char *asset = i % 2 == 0 ? "ETH" : "USDT_BSC";
        issued[i] = &evm_invoice(two.evm, asset, "25")->issue.row;
        assert_string_equal(issued[i]->network->key, i % 2 == 0 ? "eth" : "bsc");
        for (size_t j = 0; j < i; j++) {
            assert_int_equal(issued[i]->account_key_id, issued[j]->account_key_id);
            assert_int_not_equal(issued[i]->address_index, issued[j]->address_index);
            assert_false(script_eq(&issued[i]->program, &issued[j]->program));
        }
    }
    evm_fixture_free(two.evm);
}

static struct result prepare_payout(struct two_networks *two, const char *asset, const char *to,
                                    struct payout_create *ret_create) {
    struct app_fixture *till = two->evm->till;
    struct shop_row shop = fixture_shop_row(till, &two->evm->shop);
    struct payout_wanted wanted = {.asset = asset_by_code(str_from_c(asset)),
                                   .to_address = str_from_c(to),
                                   .amount = STR("5")};
    return payout_prepare(&till->app, two->evm->reader, till->arena, &shop, 1, &wanted, ret_create);
}

static void test_payouts_go_to_addresses_of_their_network_only(void **state) {
    (void)state;
    struct two_networks two;
    open_two(&two, "tron");
    (void)add_wallet(&two, TRON_XPUB);
    static const struct {
        const char *asset;
        const char *to;
        const char *canonical; /* NULL: refused */
    } rows[] = {
        {"USDT_ERC20", "0x9858EfFD232B4033E47d90003D41EC34EcaEda94",
         "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"},
        {"ETH", "0x9858effd232b4033e47d90003d41ec34ecaeda94",
         "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"},
        {"ETH", "0x9858EFFD232B4033E47D90003D41EC34ECAEDA94",
         "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"},
        {"ETH", "0x9858eFFD232B4033E47d90003D41EC34EcaEda94", NULL},
        {"ETH", "9858EfFD232B4033E47d90003D41EC34EcaEda94", NULL},
        {"ETH", "0x9858EfFD232B4033E47d90003D41EC34EcaEda", NULL},
        {"ETH", "TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdH", NULL},
        {"USDT_TRC20", "TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdH", "TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdH"},
        {"TRX", "tuezsdksodhqmezwihtdobin46zxhgwydh", NULL},
        {"TRX", "TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdh", NULL},
        {"USDT_TRC20", "0x9858EfFD232B4033E47d90003D41EC34EcaEda94", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct payout_create create;
        struct result prepared = prepare_payout(&two, rows[i].asset, rows[i].to, &create);
        if (rows[i].canonical == NULL) {
            assert_ptr_equal(prepared.code, &ERR_ADDRESS_INVALID);
        } else {
            assert_true(result_is_ok(prepared));
            assert_true(str_eq(create.payout.to_address, str_from_c(rows[i].canonical)));
        }
    }
    evm_fixture_free(two.evm);
}

static void test_money_on_another_evm_network_is_told_and_pays_nothing(void **state) {
    (void)state;
    struct two_networks two;
    open_two(&two, "bsc");
    const struct invoice_create *invoice = evm_invoice(two.evm, "USDT_ERC20", "25");
    struct fake_chain *bsc = ARENA_NEW(two.evm->till->arena, struct fake_chain);
    fake_chain_init(bsc, "bsc", "main");
    struct chain_watcher_options options = {.app = &two.evm->till->app,
                                            .chain = &bsc->port,
                                            .followed = &two.other,
                                            .reader = two.evm->reader,
                                            .poll_ms = 1000};
    struct chain_watcher *watcher = chain_watcher_new(&options);
    fake_chain_pay(bsc, &invoice->issue.row.program, money("USDT_BSC", "25"));
    for (int i = 0; i < 3; i++) {
        fake_chain_mine(bsc, atomic_load(&two.evm->till->now_ms));
        while (chain_watcher_step(watcher)) {
        }
    }
    size_t count;
    const struct payment_row *payments = evm_payments(two.evm, invoice->invoice.id, &count);
    assert_int_equal(count, 1);
    assert_string_equal(payments[0].network->key, "bsc");
    assert_string_equal(payments[0].amount.asset->code, "USDT_BSC");
    assert_int_equal(evm_invoice_row(two.evm, invoice->invoice.id).status, INVOICE_CREATED);
    assert_non_null(strstr(evm_alarm(two.evm, "payment_foreign", NULL),
                           "25 USDT_BSC came where USDT_ERC20 was asked for"));
    /* What was asked for pays as ever. */
    fake_chain_pay(&two.evm->chain, &invoice->issue.row.program, invoice->issue.row.due);
    evm_mine(two.evm, 1);
    assert_int_equal(evm_invoice_row(two.evm, invoice->invoice.id).status, INVOICE_PAID);
    /* A transaction that is bound to no chain has one id on both: its payments are two. */
    payments = evm_payments(two.evm, invoice->invoice.id, &count);
    assert_int_equal(count, 2);
    assert_true(txid_eq(payments[0].txid, payments[1].txid));
    assert_int_equal(payments[0].ordinal, payments[1].ordinal);
    fake_chain_drop(&two.evm->chain, 1);
    evm_mine(two.evm, 2);
    assert_int_equal(evm_invoice_row(two.evm, invoice->invoice.id).status, INVOICE_CREATED);
    chain_watcher_free(watcher);
    evm_fixture_free(two.evm);
}

static void test_a_wallet_on_a_test_chain_may_be_given_as_xpub(void **state) {
    (void)state;
    struct evm_fixture *evm = evm_fixture_new("regtest", "1");
    struct wallet_add add;
    struct wallet_wanted wanted = {
        .shop_id = evm->shop.id, .network = evm->eth.network, .text = STR(EVM_XPUB)};
    assert_true(result_is_ok(wallet_prepare(&evm->till->app, evm->till->arena, &wanted, &add)));
    struct address_text shown[WALLET_FIRST_ADDRESSES];
    assert_true(result_is_ok(wallet_first_addresses(&add.account, shown)));
    assert_string_equal(shown[0].text, evm_addresses[0]);
    wanted.network = evm->till->ltc.network;
    wanted.type = ACCOUNT_P2WPKH;
    assert_ptr_equal(wallet_prepare(&evm->till->app, evm->till->arena, &wanted, &add).code,
                     &ERR_KEY_WRONG_NETWORK);
    evm_fixture_free(evm);
}

static void test_the_same_coin_on_two_networks_is_told_apart_on_the_page(void **state) {
    (void)state;
    struct two_networks two;
    open_two(&two, "arb");
    (void)add_wallet(&two, EVM_XPUB);
    const struct invoice_create *invoice = evm_invoice(two.evm, "", "25");
    struct checkout checkout = {0};
    struct checkout_wanted wanted = {
        .public_id =
            app_invoice_public_id(two.evm->till->arena, &two.evm->till->app, invoice->invoice.id),
        .language = language_at(0)};
    assert_true(result_is_ok(
        checkout_load(&two.evm->till->service, two.evm->till->arena, &wanted, &checkout)));
    size_t found = 0;
    for (size_t i = 0; i < checkout.page.choice_count; i++) {
        const struct checkout_choice *choice = &checkout.page.choices[i];
        if (str_eq(choice->code, STR("ETH"))) {
            bool is_arb = str_eq(choice->id, STR("ETH_ARB"));
            assert_true(str_eq(choice->network, is_arb ? STR("Arbitrum") : STR("")));
            found++;
        }
    }
    assert_int_equal(found, 2);
    evm_fixture_free(two.evm);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wallets_show_the_addresses_that_other_software_shows),
        cmocka_unit_test(test_one_key_on_two_evm_networks_keeps_one_counter),
        cmocka_unit_test(test_a_wallet_on_a_test_chain_may_be_given_as_xpub),
        cmocka_unit_test(test_the_same_coin_on_two_networks_is_told_apart_on_the_page),
        cmocka_unit_test(test_money_on_another_evm_network_is_told_and_pays_nothing),
        cmocka_unit_test(test_payouts_go_to_addresses_of_their_network_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
