/* SPDX-License-Identifier: MIT */
#include "bank_stage.h"

#include "app/ledger.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/chain_accounts.h"
#include "ports/store_inflow.h"
#include "ports/store_invoice.h"
#include "ports/store_payment.h"
#include "ports/store_payout.h"

static struct result fees(struct chain *chain, struct arena *arena, struct chain_fees *ret_fees) {
    (void)arena;
    *ret_fees = (struct chain_fees){.block = {.height = 77},
                                    .below = ((struct bank *)chain)->below,
                                    .has_base_fee = true,
                                    .base_fee = 1000000000,
                                    .priority_fee = 500000000};
    return RESULT_OK;
}

static size_t index_of(const struct bank *bank, const struct script *program) {
    for (size_t i = 0; i < INDEXES; i++) {
        if (script_eq(&bank->programs[i], program)) {
            return i;
        }
    }
    fail_msg("a stranger's address was asked for");
    return 0;
}

static struct result holdings(struct chain *chain, struct arena *arena,
                              const struct chain_holdings_wanted *wanted,
                              struct chain_holding *ret_holdings) {
    (void)arena;
    struct bank *bank = (struct bank *)chain;
    for (size_t i = 0; i < wanted->count; i++) {
        size_t at = index_of(bank, &wanted->programs[i]);
        ret_holdings[i] = (struct chain_holding){
            .coin = bank->coins[at], .nonce = bank->nonces[at], .waits = bank->waits[at]};
        if (wanted->token_count > 0) {
            ret_holdings[i].tokens[0] = bank->tokens[at];
        }
        bank->asked++;
    }
    return RESULT_OK;
}

static struct result effort(struct chain *chain, struct arena *arena, const struct chain_move *move,
                            uint64_t *ret_effort) {
    (void)arena;
    const struct bank *bank = (const struct bank *)chain;
    if (move->token == NULL) {
        assert_true(amount_is_zero(move->amount));
        ENSURE(!bank->refuses_coin, ERR_NODE_ANSWER);
        *ret_effort = bank->coin_gas == 0 ? 21000 : bank->coin_gas;
        return RESULT_OK;
    }
    ENSURE(!bank->is_blocked[index_of(bank, &move->from)], ERR_NODE_ANSWER);
    *ret_effort = 40000;
    return RESULT_OK;
}

static const struct chain_account_ops account_ops = {fees, holdings, effort};
static const struct chain_ops bank_ops = {.accounts = &account_ops};

/* ---- rows */

struct paid {
    struct stage *stage;
    struct address_row address;
    const char *asset;
    bool is_inflow;
};

static struct result put_paid(void *input, struct ledger *ledger) {
    struct paid *paid = input;
    struct stage *stage = paid->stage;
    struct store_conn *conn = ledger_conn(ledger);
    if (paid->address.kind == ADDRESS_INVOICE) {
        struct invoice_row invoice = {.id = 1000 + stage->invoices,
                                      .shop_id = stage->wallet->wallet.shop_id,
                                      .status = INVOICE_CREATED,
                                      .price = money("USD", "25"),
                                      .price_usd = money("USD", "25"),
                                      .underpaid_tolerance = STR("0"),
                                      .overpaid_tolerance = STR("0"),
                                      .created_at_ms = FIXTURE_NOW_MS,
                                      .expires_at_ms = FIXTURE_NOW_MS + 1000};
        paid->address.invoice_id = invoice.id;
        TRY(ledger_insert_invoice(ledger, &invoice));
    }
    TRY(store_address_insert(conn, &paid->address, &paid->address.id));
    if (paid->is_inflow) {
        struct native_inflow_row inflow = {.address_id = paid->address.id,
                                           .network = stage->eth.network,
                                           .amount = money("ETH", "1")};
        return store_native_inflow_put(conn, &inflow);
    }
    struct payment_row payment = {.network = stage->eth.network,
                                  .ordinal = (uint32_t)stage->payments,
                                  .address_id = paid->address.id,
                                  .invoice_id = paid->address.invoice_id,
                                  .amount = money(paid->asset, "1"),
                                  .state = PAYMENT_CONFIRMED,
                                  .height = 5,
                                  .matures_height = 5};
    int64_t id;
    return store_payment_insert(conn, &payment, &id);
}

void bank_pay(struct stage *stage, uint32_t index, enum address_kind kind, const char *asset) {
    static const struct use_case put = {.name = "put", .job_class = JOB_REQUEST, .apply = put_paid};
    struct paid *paid = ARENA_NEW(stage->fixture->arena, struct paid);
    bool has_option = kind != ADDRESS_QUARANTINED;
    stage->invoices++;
    stage->payments++;
    *paid = (struct paid){.stage = stage, .asset = asset, .is_inflow = asset == NULL};
    paid->address = (struct address_row){
        .kind = kind,
        .network = stage->eth.network,
        .program = stage->bank.programs[index],
        .asset = has_option ? money_asset("ETH") : NULL,
        .due = has_option ? money("ETH", "0.01") : (struct amount){0},
        .wallet_id = stage->wallet->wallet_id,
        .account_key_id = stage->wallet->account_key_id,
        .address_index = index,
        .issued_at_ms = FIXTURE_NOW_MS,
    };
    fixture_run(stage->fixture, &put, paid);
}

#define TO "0x8ba1f109551bD432803012645Ac136ddd64DBA72"

static struct result put_payout(void *input, struct ledger *ledger) {
    const struct payout_row *payout = input;
    return store_payout_insert(ledger_conn(ledger), payout);
}

int64_t bank_ask_payout(struct stage *stage, const char *asset, const char *amount) {
    static const struct use_case put = {
        .name = "put_payout", .job_class = JOB_REQUEST, .apply = put_payout};
    static int64_t last_id;
    int64_t key_id;
    (void)fixture_add_key(stage->fixture, &stage->shop, KEY_SCOPE_PAYOUT, &key_id);
    struct payout_row payout = {.id = 5000 + ++last_id,
                                .shop_id = stage->shop.id,
                                .api_key_id = key_id,
                                .status = PAYOUT_CREATED,
                                .network = stage->eth.network,
                                .amount = money(asset, amount),
                                .to_address = STR(TO),
                                .note = STR(""),
                                .created_at_ms = FIXTURE_NOW_MS};
    fixture_run(stage->fixture, &put, &payout);
    return payout.id;
}

int bank_set_up(void **state) {
    struct stage *stage = calloc(1, sizeof *stage);
    stage->fixture = app_fixture_new();
    stage->eth.network = network_by_key(STR("eth"));
    stage->eth.chain_name = "regtest";
    stage->eth.chain_id = ANVIL_CHAIN_ID;
    stage->eth.confirmations = confirmation_tiers_default(stage->eth.network);
    stage->eth.operators_chain = &stage->bank.chain;
    struct token token;
    assert_true(result_is_ok(
        token_from_text(stage->eth.network, STR("USDT_ERC20"), STR(USDT_CONTRACT ":6"), &token)));
    assert_true(result_is_ok(token_list_put(&stage->eth.tokens, &token)));
    assert_int_equal(pthread_mutex_init(&stage->eth.lock, NULL), 0);
    struct networks *networks = &stage->fixture->app.networks;
    networks->followed[networks->count++] = &stage->eth;
    stage->bank.chain = (struct chain){.ops = &bank_ops, .network = stage->eth.network};
    const struct shop_row row = {.name = STR("Shop")};
    stage->shop = fixture_add_bare_shop(stage->fixture, &row);
    stage->wallet = ARENA_NEW(stage->fixture->arena, struct wallet_add);
    struct wallet_wanted wallet = {.shop_id = stage->shop.id,
                                   .network = stage->eth.network,
                                   .text = STR(FIXTURE_TPUB),
                                   .type = ACCOUNT_TYPE_UNSAID};
    assert_true(result_is_ok(
        wallet_prepare(&stage->fixture->app, stage->fixture->arena, &wallet, stage->wallet)));
    fixture_run(stage->fixture, &wallet_add_use_case, stage->wallet);
    for (uint32_t i = 0; i < INDEXES; i++) {
        assert_true(
            result_is_ok(account_script_at(&stage->wallet->account, i, &stage->bank.programs[i])));
        stage->bank.nonces[i] = i;
        stage->bank.coins[i] = money("ETH", "0");
        stage->bank.tokens[i] = money("USDT_ERC20", "0");
    }
    *state = stage;
    return 0;
}

int bank_tear_down(void **state) {
    struct stage *stage = *state;
    app_fixture_free(stage->fixture);
    free(stage);
    return 0;
}
