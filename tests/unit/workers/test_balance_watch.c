/* SPDX-License-Identifier: MIT */
/* Native coin that no transfer shows: noticed, told, credited to nobody, and never asked after more
 * than a bounded number of times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/alarm_set.h"
#include "app/block_apply.h"
#include "app/inflow_record.h"
#include "app/invoice_confirm.h"
#include "app/invoice_explain.h"
#include "app/invoice_view.h"
#include "app/ledger.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "core/error.h"
#include "ports/store.h"
#include "ports/store_inflow.h"
#include "ports/store_invoice.h"
#include "ports/store_journal.h"
#include "ports/store_payment.h"
#include "ports/store_shop.h"
#include "support/app_fixture.h"
#include "support/money.h"
#include "workers/balance_watch.h"

enum { MANY = 250, DAY_MS = 24 * 3600 * 1000, PACE_MS = 10000 };

/* A chain that knows balances, and nothing else is asked of it. */
struct purse {
    struct chain chain;
    uint8_t holder;      /* the address index that holds something, */
    uint8_t last_holder; /* and those up to this one */
    struct amount held;
    bool silent;
    bool moved_on;
    unsigned calls;
    size_t asked; /* in the last call */
    bool seen[MANY + 8];
};

static struct result balances(struct chain *chain, struct arena *arena, struct block_hash at,
                              const struct script *programs, size_t count,
                              struct amount *ret_balances) {
    (void)arena;
    (void)at;
    struct purse *purse = (struct purse *)chain;
    purse->calls++;
    purse->asked = count;
    ENSURE(!purse->silent, ERR_NODE_ANSWER);
    ENSURE(!purse->moved_on, ERR_BLOCK_UNKNOWN);
    for (size_t i = 0; i < count; i++) {
        uint8_t index = programs[i].bytes[19];
        purse->seen[index] = true;
        bool holds =
            index == purse->holder || (index > purse->holder && index <= purse->last_holder);
        ret_balances[i] = holds ? purse->held : amount_zero(purse->held.asset);
    }
    return RESULT_OK;
}

static const struct chain_ops purse_ops = {.balances = balances};

struct stage {
    struct app_fixture *fixture;
    struct followed_network eth;
    struct purse purse;
    struct store_conn *reader;
    struct balance_watch *watch;
    struct fixture_shop shop;
    struct block_header tip;
    int64_t wallet_id;
    int64_t account_key_id;
};

/* ---- rows */

struct rows {
    struct stage *stage;
    struct invoice_row invoice;
    struct address_row address;
};

static struct result put_wallet(void *input, struct ledger *ledger) {
    struct stage *stage = input;
    struct store_conn *conn = ledger_conn(ledger);
    struct account_key_row key = {.account_id = {7}};
    TRY(store_account_key_insert(conn, &key, &stage->account_key_id));
    struct wallet_row wallet = {.shop_id = stage->shop.id,
                                .network = stage->eth.network,
                                .account_key_id = stage->account_key_id,
                                .chain_name = STR("main")};
    return store_wallet_insert(conn, &wallet, &stage->wallet_id);
}

static struct result put_rows(void *input, struct ledger *ledger) {
    struct rows *rows = input;
    TRY(store_address_insert(ledger_conn(ledger), &rows->address, &rows->address.id));
    return ledger_insert_invoice(ledger, &rows->invoice);
}

static struct result update_invoice(void *input, struct ledger *ledger) {
    return store_invoice_update(ledger_conn(ledger), input);
}

static struct result put_inflow(void *input, struct ledger *ledger) {
    return store_native_inflow_put(ledger_conn(ledger), input);
}

static struct rows *add_invoice_until(struct stage *stage, uint8_t index, const char *asset,
                                      int64_t expires_at_ms) {
    static const struct use_case put = {.name = "put", .job_class = JOB_REQUEST, .apply = put_rows};
    struct rows *rows = ARENA_NEW(stage->fixture->arena, struct rows);
    rows->invoice = (struct invoice_row){.id = 1000 + index,
                                         .shop_id = stage->shop.id,
                                         .status = INVOICE_CREATED,
                                         .price = money("USD", "25"),
                                         .price_usd = money("USD", "25"),
                                         .underpaid_tolerance = STR("0"),
                                         .overpaid_tolerance = STR("0"),
                                         .created_at_ms = FIXTURE_NOW_MS,
                                         .expires_at_ms = expires_at_ms};
    rows->address = (struct address_row){.kind = ADDRESS_INVOICE,
                                         .invoice_id = rows->invoice.id,
                                         .network = stage->eth.network,
                                         .program = {.len = SCRIPT_EVM_BYTES},
                                         .asset = money_asset(asset),
                                         .due = money(asset, "0.01"),
                                         .wallet_id = stage->wallet_id,
                                         .account_key_id = stage->account_key_id,
                                         .address_index = index,
                                         .issued_at_ms = FIXTURE_NOW_MS};
    rows->address.program.bytes[19] = index;
    fixture_run(stage->fixture, &put, rows);
    return rows;
}

static struct rows *add_invoice(struct stage *stage, uint8_t index, const char *asset) {
    return add_invoice_until(stage, index, asset, FIXTURE_NOW_MS + DAY_MS + index);
}

static const struct use_case update = {
    .name = "update", .job_class = JOB_REQUEST, .apply = update_invoice};

static struct rows *add_ended(struct stage *stage, uint8_t index, int64_t expired_at_ms) {
    struct rows *rows = add_invoice_until(stage, index, "ETH", expired_at_ms);
    rows->invoice.status = INVOICE_CANCELED;
    fixture_run(stage->fixture, &update, &rows->invoice);
    return rows;
}

/* Ended long ago, and something was found at its address. */
static void add_noted(struct stage *stage, uint8_t index) {
    static const struct use_case put = {
        .name = "put", .job_class = JOB_REQUEST, .apply = put_inflow};
    struct rows *rows = add_ended(stage, index, FIXTURE_NOW_MS - 9 * (int64_t)DAY_MS);
    struct native_inflow_row row = {
        .address_id = rows->address.id, .network = stage->eth.network, .amount = stage->purse.held};
    fixture_run(stage->fixture, &put, &row);
}

/* ---- blocks */

/* A block with what was paid to that address in plain sight; no `asset`: an empty one. */
static void mine(struct stage *stage, const struct rows *to, const char *asset,
                 const char *amount) {
    struct chain_output output = {.ordinal = CHAIN_ORDINAL_NATIVE};
    struct chain_block block = {.header = {.height = stage->tip.height + 1,
                                           .parent = stage->tip.hash,
                                           .time_ms = FIXTURE_NOW_MS,
                                           .proven_ms = FIXTURE_NOW_MS}};
    u64_store_be(block.header.hash.bytes, (uint64_t)block.header.height);
    if (asset != NULL) {
        output.program = to->address.program;
        output.amount = money(asset, amount);
        output.txid.bytes[0] = (uint8_t)block.header.height;
        block.outputs = &output;
        block.output_count = 1;
    }
    struct chain_row pin = {.network = stage->eth.network, .chain_name = STR("main")};
    struct block_apply apply = {.network = stage->eth.network,
                                .block = &block,
                                .first = stage->tip.height == 0 ? &pin : NULL};
    fixture_run(stage->fixture, &block_apply_use_case, &apply);
    stage->tip = block.header;
}

static void look(struct stage *stage) {
    struct block_ref tip = {stage->tip.height, stage->tip.hash};
    assert_true(result_is_ok(balance_watch_step(stage->watch, stage->fixture->arena, tip)));
}

static void mine_and_look(struct stage *stage) {
    atomic_fetch_add(&stage->fixture->now_ms, PACE_MS);
    mine(stage, NULL, NULL, NULL);
    look(stage);
}

/* ---- what came of it */

static bool is_alarmed(struct stage *stage, const char *code, const char **ret_detail) {
    const struct alarm_row *alarms;
    size_t count;
    assert_true(
        result_is_ok(store_alarm_list(stage->reader, stage->fixture->arena, &alarms, &count)));
    for (size_t i = 0; i < count; i++) {
        if (str_eq(alarms[i].code, str_from_c(code))) {
            *ret_detail = str_to_c(stage->fixture->arena, alarms[i].detail);
            return true;
        }
    }
    return false;
}

static bool has_inflow(struct stage *stage, const struct rows *rows, struct amount *ret_amount) {
    struct native_inflow_row row;
    struct result found = store_native_inflow_by_address(stage->reader, rows->address.id, &row);
    *ret_amount = row.amount;
    return result_is_ok(found);
}

static enum invoice_status status_of(struct stage *stage, const struct rows *rows) {
    struct invoice_row invoice;
    assert_true(result_is_ok(
        store_invoice_by_id(stage->reader, stage->fixture->arena, rows->invoice.id, &invoice)));
    return invoice.status;
}

static const char *explanation_of(struct stage *stage, const struct rows *rows) {
    struct arena *arena = stage->fixture->arena;
    struct invoice_view view;
    struct invoice_explanation told;
    const struct app *app = &stage->fixture->app;
    assert_true(
        result_is_ok(invoice_view_load(app, stage->reader, arena, 0, rows->invoice.id, &view)));
    assert_true(result_is_ok(invoice_explain(app, stage->reader, arena, &view, &told)));
    const char *last = told.count == 0 ? "" : str_to_c(arena, told.moments[told.count - 1].what);
    return arena_printf(arena, "%.*s | %s", STR_ARG(told.summary), last);
}

static int set_up(void **state) {
    static const struct use_case put = {
        .name = "put", .job_class = JOB_REQUEST, .apply = put_wallet};
    struct stage *stage = calloc(1, sizeof *stage);
    stage->fixture = app_fixture_new();
    stage->eth.network = network_by_key(STR("eth"));
    stage->eth.chain_name = "main";
    stage->eth.confirmations = confirmation_tiers_default(stage->eth.network);
    assert_int_equal(pthread_mutex_init(&stage->eth.lock, NULL), 0);
    struct networks *networks = &stage->fixture->app.networks;
    networks->followed[networks->count++] = &stage->eth;
    stage->purse =
        (struct purse){.chain = {&purse_ops, stage->eth.network}, .held = money("ETH", "0")};
    assert_true(result_is_ok(store_reader_open(stage->fixture->app.store, &stage->reader)));
    const struct shop_row shop = {.name = STR("Shop")};
    stage->shop = fixture_add_bare_shop(stage->fixture, &shop);
    fixture_run(stage->fixture, &put, stage);
    struct balance_watch_options options = {&stage->fixture->app, &stage->purse.chain,
                                            stage->eth.network, stage->reader};
    stage->watch = balance_watch_new(&options);
    *state = stage;
    return 0;
}

static int tear_down(void **state) {
    struct stage *stage = *state;
    balance_watch_free(stage->watch);
    store_reader_close(stage->reader);
    app_fixture_free(stage->fixture);
    free(stage);
    return 0;
}

/* ---- the tests */

static void test_what_a_contract_paid_is_noticed_and_not_credited(void **state) {
    struct stage *stage = *state;
    struct rows *rows = add_invoice(stage, 3, "ETH");
    stage->purse.holder = 3;
    stage->purse.held = money("ETH", "0.01");
    mine_and_look(stage);
    struct amount inflow;
    assert_true(has_inflow(stage, rows, &inflow));
    assert_true(amount_eq(inflow, money("ETH", "0.01")));
    assert_int_equal(status_of(stage, rows), INVOICE_CREATED);
    const char *detail = "";
    assert_true(is_alarmed(stage, "native_unattributed", &detail));
    assert_string_equal(detail, "0.01 ETH came to its address and no transfer shows it");
    const char *told = explanation_of(stage, rows);
    assert_non_null(strstr(told, "0.01 ETH came to its address and no transfer shows it; it is "
                                 "not credited"));
    assert_non_null(strstr(told, "| 0.01 ETH lies at its address in block 1 and no transfer shows "
                                 "it: not credited"));
}

static void test_what_transfers_show_is_no_inflow(void **state) {
    struct stage *stage = *state;
    struct rows *rows = add_invoice(stage, 3, "ETH");
    mine(stage, NULL, NULL, NULL);
    mine(stage, rows, "ETH", "0.004");
    stage->purse.holder = 3;
    stage->purse.held = money("ETH", "0.004");
    look(stage);
    struct amount inflow;
    const char *detail;
    assert_false(has_inflow(stage, rows, &inflow));
    assert_false(is_alarmed(stage, "native_unattributed", &detail));
    /* Only what is more than that. */
    stage->purse.held = money("ETH", "0.0041");
    mine_and_look(stage);
    assert_true(has_inflow(stage, rows, &inflow));
    assert_true(amount_eq(inflow, money("ETH", "0.0001")));
}

static void test_it_is_cleared_when_a_transfer_accounts_for_it(void **state) {
    struct stage *stage = *state;
    struct rows *rows = add_invoice(stage, 3, "ETH");
    stage->purse.holder = 3;
    stage->purse.held = money("ETH", "0.004");
    mine_and_look(stage);
    const char *detail = "";
    assert_true(is_alarmed(stage, "native_unattributed", &detail));
    mine(stage, rows, "ETH", "0.004");
    atomic_fetch_add(&stage->fixture->now_ms, PACE_MS);
    look(stage);
    struct amount inflow;
    assert_false(has_inflow(stage, rows, &inflow));
    assert_false(is_alarmed(stage, "native_unattributed", &detail));
    assert_non_null(strstr(explanation_of(stage, rows), "is accounted for"));
}

static void test_the_operator_may_take_it_for_enough(void **state) {
    struct stage *stage = *state;
    struct rows *rows = add_invoice(stage, 3, "ETH");
    struct invoice_confirm confirm = {.invoice_id = rows->invoice.id,
                                      .reason_json = STR("{\"reason\":\"seen in an explorer\"}")};
    mine(stage, NULL, NULL, NULL);
    assert_ptr_equal(job_run(stage->fixture->app.queue, &invoice_confirm_use_case, &confirm,
                             stage->fixture->arena)
                         .code,
                     &ERR_INVOICE_NOTHING_RECEIVED);
    stage->purse.holder = 3;
    stage->purse.held = money("ETH", "0.01");
    look(stage);
    fixture_run(stage->fixture, &invoice_confirm_use_case, &confirm);
    assert_int_equal(status_of(stage, rows), INVOICE_PAID);
    const char *detail = "";
    assert_false(is_alarmed(stage, "native_unattributed", &detail));
    mine_and_look(stage);
    assert_false(is_alarmed(stage, "native_unattributed", &detail));
}

static void test_tokens_options_and_old_invoices_are_not_asked_after(void **state) {
    struct stage *stage = *state;
    add_invoice(stage, 1, "USDT_ERC20");
    (void)add_ended(stage, 2, FIXTURE_NOW_MS + DAY_MS + 2);
    struct rows *old = add_ended(stage, 4, FIXTURE_NOW_MS + DAY_MS + 4);
    mine_and_look(stage);
    assert_int_equal(stage->purse.asked, 2);
    assert_true(stage->purse.seen[2] && stage->purse.seen[4] && !stage->purse.seen[1]);
    /* A day after both deadlines, to the millisecond: the later one still counts. */
    atomic_store(&stage->fixture->now_ms, old->invoice.expires_at_ms + DAY_MS - PACE_MS);
    mine_and_look(stage);
    assert_int_equal(stage->purse.asked, 1);
    unsigned calls = stage->purse.calls;
    mine_and_look(stage);
    assert_int_equal(stage->purse.calls, calls);
}

static void test_a_block_costs_one_question_however_many_are_open(void **state) {
    struct stage *stage = *state;
    for (int i = 0; i < MANY; i++) {
        add_invoice(stage, (uint8_t)i, "ETH");
    }
    for (int block = 1; block <= 3; block++) {
        mine_and_look(stage);
        assert_int_equal(stage->purse.calls, block);
        assert_true(stage->purse.asked <= BALANCE_WATCH_ADDRESSES_MAX);
        look(stage); /* the same tip: nothing new to ask */
        assert_int_equal(stage->purse.calls, block);
    }
}

/* Open, ended within a day, and where something was found: nobody keeps the others from their turn,
 * however few addresses one block has room for. */
static void test_all_kinds_have_their_turns(void **state) {
    struct stage *stage = *state;
    enum { OPEN = 120, ENDED = 20, NOTED = 110, ALL = OPEN + ENDED + NOTED }; /* three blocks */
    stage->purse.holder = OPEN + ENDED;
    stage->purse.last_holder = ALL;
    stage->purse.held = money("ETH", "0.02");
    for (int i = 0; i < ALL; i++) {
        if (i < OPEN) {
            add_invoice(stage, (uint8_t)i, "ETH");
        } else if (i < OPEN + ENDED) {
            add_ended(stage, (uint8_t)i, FIXTURE_NOW_MS - i);
        } else {
            add_noted(stage, (uint8_t)i);
        }
    }
    for (int round = 0; round < 3; round++) {
        memset(stage->purse.seen, 0, sizeof stage->purse.seen);
        for (int block = 0; block < 3; block++) {
            mine_and_look(stage);
        }
        for (int i = 0; i < ALL; i++) {
            assert_true(stage->purse.seen[i]);
        }
    }
}

static void test_balances_are_not_asked_for_more_often_than_their_pace(void **state) {
    struct stage *stage = *state;
    add_invoice(stage, 3, "ETH");
    mine_and_look(stage);
    assert_int_equal(stage->purse.calls, 1);
    mine(stage, NULL, NULL, NULL);
    look(stage);
    assert_int_equal(stage->purse.calls, 1);
    mine_and_look(stage);
    assert_int_equal(stage->purse.calls, 2);
}

static void test_what_was_found_stays_watched_until_it_is_moved(void **state) {
    struct stage *stage = *state;
    struct rows *rows = add_invoice(stage, 3, "ETH");
    stage->purse.holder = 3;
    stage->purse.held = money("ETH", "0.02");
    mine_and_look(stage);
    atomic_fetch_add(&stage->fixture->now_ms, 5 * (int64_t)DAY_MS);
    rows->invoice.status = INVOICE_CANCELED;
    fixture_run(stage->fixture, &update, &rows->invoice);
    mine_and_look(stage);
    const char *detail = "";
    assert_true(is_alarmed(stage, "native_unattributed", &detail));
    stage->purse.held = money("ETH", "0");
    mine_and_look(stage);
    assert_false(is_alarmed(stage, "native_unattributed", &detail));
}

static void test_a_node_that_cannot_tell_is_an_alarm_and_no_blindness(void **state) {
    struct stage *stage = *state;
    add_invoice(stage, 3, "ETH");
    const char *detail = "";
    stage->purse.moved_on = true;
    mine_and_look(stage);
    assert_false(is_alarmed(stage, "native_unwatched", &detail));
    stage->purse.silent = true;
    mine_and_look(stage);
    assert_true(is_alarmed(stage, "native_unwatched", &detail));
    struct alarm_set clear = {
        .code = STR("native_unwatched"), .subject = STR("eth"), .clear = true};
    fixture_run(stage->fixture, &alarm_set_use_case, &clear);
    atomic_fetch_add(&stage->fixture->now_ms, ALARM_AGAIN_MS);
    mine_and_look(stage); /* it still cannot, and was cleared too early */
    assert_true(is_alarmed(stage, "native_unwatched", &detail));
    stage->purse.silent = false;
    stage->purse.moved_on = false;
    mine_and_look(stage);
    assert_false(is_alarmed(stage, "native_unwatched", &detail));
}

static void test_a_balance_of_a_block_that_was_undone_says_nothing(void **state) {
    struct stage *stage = *state;
    struct rows *rows = add_invoice(stage, 3, "ETH");
    mine(stage, NULL, NULL, NULL);
    struct inflow_balance seen = {.address = rows->address, .balance = money("ETH", "1")};
    struct inflow_record record = {.network = stage->eth.network,
                                   .tip = {stage->tip.height, {{0xee}}},
                                   .balances = &seen,
                                   .count = 1};
    fixture_run(stage->fixture, &inflow_record_use_case, &record);
    struct amount inflow;
    assert_false(has_inflow(stage, rows, &inflow));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_what_a_contract_paid_is_noticed_and_not_credited),
        TEST(test_what_transfers_show_is_no_inflow),
        TEST(test_it_is_cleared_when_a_transfer_accounts_for_it),
        TEST(test_the_operator_may_take_it_for_enough),
        TEST(test_tokens_options_and_old_invoices_are_not_asked_after),
        TEST(test_a_block_costs_one_question_however_many_are_open),
        TEST(test_all_kinds_have_their_turns),
        TEST(test_balances_are_not_asked_for_more_often_than_their_pace),
        TEST(test_what_was_found_stays_watched_until_it_is_moved),
        TEST(test_a_node_that_cannot_tell_is_an_alarm_and_no_blindness),
        TEST(test_a_balance_of_a_block_that_was_undone_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
