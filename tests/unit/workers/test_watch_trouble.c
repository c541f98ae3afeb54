/* SPDX-License-Identifier: MIT */
/* What a watcher and its neighbours do when something goes wrong for a long time, or for many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/job.h"
#include "base/arena.h"
#include "core/error.h"
#include "evm_fixture.h"
#include "ports/store.h"
#include "workers/chain_watcher.h"
#include "workers/expiry_worker.h"

enum { MINUTE_MS = 60000, DAY_MS = 24 * 3600 * 1000, MANY = 520 };

/* ---- a chain and a queue that can be told to fail */

static struct chain_ops ops; /* of the fixture's chain, changed */
static struct chain_output mempool_output;
static bool mempool_is_new;

typedef struct result hash_at_fn(struct chain *chain, struct arena *arena, int64_t height,
                                 struct block_hash *ret_hash);
static hash_at_fn *true_hash_at;
static int64_t known_height;

/* Knows its tip, and not how to get there. */
static struct result short_hash_at(struct chain *chain, struct arena *arena, int64_t height,
                                   struct block_hash *ret_hash) {
    ENSURE(height <= known_height, ERR_BLOCK_UNKNOWN);
    return true_hash_at(chain, arena, height, ret_hash);
}

/* Tells of its output once. */
static struct result mempool(struct chain *chain, struct arena *arena,
                             const struct chain_output **ret_outputs, size_t *ret_count) {
    (void)chain;
    (void)arena;
    *ret_outputs = &mempool_output;
    *ret_count = mempool_is_new ? 1 : 0;
    mempool_is_new = false;
    return RESULT_OK;
}

static struct result stopped_tip(struct chain *chain, struct arena *arena,
                                 struct block_header *ret_tip) {
    (void)chain;
    (void)arena;
    (void)ret_tip;
    return result_fail(&ERR_NODE_STOPPED);
}

static unsigned balance_questions;

static struct result stopped_balances(struct chain *chain, struct arena *arena,
                                      struct block_hash at, const struct script *programs,
                                      size_t count, struct amount *ret_balances) {
    (void)chain;
    (void)arena;
    (void)at;
    (void)programs;
    (void)count;
    (void)ret_balances;
    balance_questions++;
    return result_fail(&ERR_NODE_STOPPED);
}

static const char *told; /* NULL: nothing */

static const char *stuck(struct chain *chain, struct arena *arena) {
    (void)chain;
    (void)arena;
    return told;
}

static const char *believed(struct chain *chain) {
    (void)chain;
    return told;
}

struct full_queue {
    struct job_queue queue; /* first */
    struct job_queue *behind;
    const char *refused; /* a use case's name */
    unsigned times;
};

static struct result submit(struct job_queue *queue, struct job *job) {
    struct full_queue *full = (struct full_queue *)queue;
    if (full->times > 0 && strcmp(job->use_case->name, full->refused) == 0) {
        full->times--;
        return result_fail(&ERR_QUEUE_FULL);
    }
    return full->behind->submit(full->behind, job);
}

static struct evm_fixture *open_fixture(void) {
    struct evm_fixture *fixture = evm_fixture_new("regtest", "1");
    ops = *fixture->chain.port.ops;
    fixture->chain.port.ops = &ops;
    return fixture;
}

static void pass(struct evm_fixture *fixture, int64_t ms) {
    atomic_fetch_add(&fixture->till->now_ms, ms);
}

static bool is_blind(struct evm_fixture *fixture) {
    return network_health_get(&fixture->eth).blind;
}

/* ---- tests */

static void test_a_watcher_that_gets_nowhere_is_seen(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    known_height = fixture->chain.height;
    true_hash_at = ops.hash_at;
    ops.hash_at = short_hash_at;
    fake_chain_mine(&fixture->chain, atomic_load(&fixture->till->now_ms));
    for (int minute = 0; minute < 4; minute++) {
        pass(fixture, MINUTE_MS);
        evm_follow(fixture);
        assert_false(is_blind(fixture)); /* a block may vanish between two questions */
    }
    pass(fixture, MINUTE_MS);
    evm_follow(fixture);
    assert_true(is_blind(fixture));
    assert_non_null(evm_alarm(fixture, "network_blind", "eth"));
    ops.hash_at = true_hash_at;
    evm_follow(fixture);
    assert_false(is_blind(fixture));
    assert_null(evm_alarm(fixture, "network_blind", "eth"));
    evm_fixture_free(fixture);
}

static void test_a_chain_that_nobody_can_tell_the_rest_of_is_blind_and_unmoved(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    const struct invoice_create *invoice = evm_invoice(fixture, "ETH", "25");
    ops.stuck = stuck;
    told = "the nodes disagree about what follows block 1";
    evm_follow(fixture);
    assert_true(is_blind(fixture));
    assert_string_equal(evm_alarm(fixture, "network_blind", "eth"), told);
    /* What is below that is still followed. */
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, invoice->issue.row.due);
    evm_mine(fixture, 1);
    assert_int_equal(evm_invoice_row(fixture, invoice->invoice.id).status, INVOICE_PAID);
    assert_true(is_blind(fixture));
    told = NULL;
    evm_follow(fixture);
    assert_false(is_blind(fixture));
    assert_null(evm_alarm(fixture, "network_blind", "eth"));
    evm_fixture_free(fixture);
}

static void test_each_matter_that_a_chain_warns_of_is_an_alarm_of_its_own(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    ops.missing = stuck; /* whatever was told */
    told = "http://node3/ does not answer";
    evm_follow(fixture);
    assert_string_equal(evm_alarm(fixture, "nodes_missing", "eth"), told);
    assert_null(evm_alarm(fixture, "nodes_disagree", "eth"));
    assert_string_equal(network_health_get(&fixture->eth).warning, told);
    assert_false(is_blind(fixture));
    ops.warning = stuck;
    evm_follow(fixture);
    assert_string_equal(evm_alarm(fixture, "nodes_disagree", "eth"), told);
    assert_string_equal(network_health_get(&fixture->eth).warning,
                        "http://node3/ does not answer; http://node3/ does not answer");
    told = NULL;
    evm_follow(fixture);
    assert_null(evm_alarm(fixture, "nodes_missing", "eth"));
    assert_null(evm_alarm(fixture, "nodes_disagree", "eth"));
    assert_string_equal(network_health_get(&fixture->eth).warning, "");
    evm_fixture_free(fixture);
}

typedef struct result block_fn(struct chain *chain, struct arena *arena, struct block_hash hash,
                               struct chain_block *ret_block);
static block_fn *true_block;

static struct result flawed_block(struct chain *chain, struct arena *arena, struct block_hash hash,
                                  struct chain_block *ret_block) {
    TRY(true_block(chain, arena, hash, ret_block));
    ret_block->flaws = (struct chain_flaws){.is_unproven = true, .unread_count = 2};
    return RESULT_OK;
}

static void test_what_is_wrong_with_blocks_that_count_is_counted(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    evm_mine(fixture, 2);
    struct network_health health = network_health_get(&fixture->eth);
    assert_int_equal(health.unproven_blocks, 0);
    assert_int_equal(health.unread_transfers, 0);
    true_block = ops.block;
    ops.block = flawed_block;
    evm_mine(fixture, 3);
    health = network_health_get(&fixture->eth);
    assert_int_equal(health.unproven_blocks, 3);
    assert_int_equal(health.unread_transfers, 6);
    assert_int_equal(health.height, 6);
    evm_fixture_free(fixture);
}

static void test_what_is_taken_on_trust_is_an_alarm_until_the_next_start(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    ops.believed = believed;
    told = "a header is of a new form";
    evm_mine(fixture, 1);
    assert_string_equal(evm_alarm(fixture, "taken_on_trust", "eth"), told);
    assert_false(is_blind(fixture));
    told = NULL;
    evm_restart_watcher(fixture);
    evm_follow(fixture);
    assert_null(evm_alarm(fixture, "taken_on_trust", "eth"));
    evm_fixture_free(fixture);
}

static struct result untraced_block(struct chain *chain, struct arena *arena,
                                    struct block_hash hash, struct chain_block *ret_block) {
    TRY(true_block(chain, arena, hash, ret_block));
    ret_block->flaws = (struct chain_flaws){.is_untraced = true};
    return RESULT_OK;
}

static void test_what_contracts_paid_unseen_is_an_alarm_that_survives_a_start(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    true_block = ops.block;
    ops.block = untraced_block;
    evm_mine(fixture, 1);
    const char *first = evm_alarm(fixture, "contracts_unseen", "eth");
    assert_non_null(strstr(first, "in 1 block, from 2 to 2, was"));
    evm_mine(fixture, 2);
    assert_non_null(strstr(evm_alarm(fixture, "contracts_unseen", "eth"), "in 3 blocks"));
    ops.block = true_block;
    pass(fixture, MINUTE_MS);
    evm_mine(fixture, 1);
    assert_non_null(strstr(evm_alarm(fixture, "contracts_unseen", "eth"), "in 3 blocks"));
    assert_false(is_blind(fixture));
    evm_restart_watcher(fixture);
    pass(fixture, MINUTE_MS);
    evm_mine(fixture, 1);
    assert_non_null(strstr(evm_alarm(fixture, "contracts_unseen", "eth"), "in 3 blocks"));
    fake_chain_drop(&fixture->chain, 3);
    evm_mine(fixture, 4);
    assert_non_null(
        strstr(evm_alarm(fixture, "contracts_unseen", "eth"), "in 2 blocks, from 2 to 3"));
    evm_fixture_free(fixture);
}

static void test_a_stop_is_no_nodes_fault(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    (void)evm_invoice(fixture, "ETH", "25");
    ops.balances = stopped_balances;
    balance_questions = 0;
    evm_mine(fixture, 1);
    assert_int_equal(balance_questions, 1);
    ops.tip = stopped_tip;
    evm_follow(fixture);
    assert_false(is_blind(fixture));
    assert_null(evm_alarm(fixture, "network_blind", "eth"));
    assert_null(evm_alarm(fixture, "native_unwatched", "eth"));
    evm_fixture_free(fixture);
}

static void test_a_sighting_waits_for_a_busy_store(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    const struct invoice_create *invoice = evm_invoice(fixture, "ETH", "25");
    ops.mempool = mempool;
    mempool_is_new = true;
    mempool_output = (struct chain_output){
        .txid = {{7}}, .program = invoice->issue.row.program, .amount = invoice->issue.row.due};
    struct full_queue full = {.queue = {submit},
                              .behind = fixture->till->app.queue,
                              .refused = "sighting_record",
                              .times = 22};
    fixture->till->app.queue = &full.queue;
    evm_follow(fixture);
    assert_int_equal(full.times, 2); /* it gave up for now */
    assert_false(is_blind(fixture));
    evm_follow(fixture);
    evm_follow(fixture);
    assert_int_equal(full.times, 0);
    evm_follow(fixture);
    size_t count;
    const struct payment_row *payments = evm_payments(fixture, invoice->invoice.id, &count);
    assert_int_equal(count, 1);
    assert_int_equal(payments[0].state, PAYMENT_SEEN);
    fixture->till->app.queue = full.behind;
    evm_fixture_free(fixture);
}

static int64_t make_litecoin_invoice(struct evm_fixture *fixture) {
    static const struct shop_row wanted_shop = {.name = {"Other", 5}};
    struct fixture_shop shop = fixture_add_shop(fixture->till, &wanted_shop);
    struct shop_row row = fixture_shop_row(fixture->till, &shop);
    struct invoice_wanted wanted = {
        .amount = STR("5"), .fiat = fiat_usd(), .asset = asset_by_code(STR("LTC"))};
    struct invoice_create *create = ARENA_NEW(fixture->till->arena, struct invoice_create);
    assert_true(result_is_ok(invoice_prepare(&fixture->till->app, fixture->reader,
                                             fixture->till->arena, &row, &wanted, create)));
    fixture_run(fixture->till, &invoice_create_use_case, create);
    return create->invoice.id;
}

static void test_those_that_cannot_end_let_others_have_their_turn(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    for (int i = 0; i < MANY; i++) {
        (void)evm_invoice(fixture, "ETH", "25");
    }
    pass(fixture, 1000);
    int64_t id = make_litecoin_invoice(fixture);
    pass(fixture, DAY_MS + MINUTE_MS);
    fixture_mine(fixture->till, NULL, 0); /* Ethereum has proved nothing */
    struct expiry_worker *expiry = expiry_worker_new(&fixture->till->app, fixture->reader);
    expiry_worker_limit(expiry, 1);
    assert_int_equal(expiry_worker_step(expiry), 0);
    assert_int_equal(expiry_worker_step(expiry), 1);
    assert_int_equal(evm_invoice_row(fixture, id).status, INVOICE_CANCELED);
    /* And over again from the oldest. */
    evm_mine(fixture, 1);
    assert_int_equal(expiry_worker_step(expiry) + expiry_worker_step(expiry), MANY);
    expiry_worker_free(expiry);
    evm_fixture_free(fixture);
}

static void test_all_that_a_block_ended_is_open_again_without_it(void **state) {
    (void)state;
    struct evm_fixture *fixture = open_fixture();
    int64_t ids[MANY];
    for (int i = 0; i < MANY; i++) {
        ids[i] = evm_invoice(fixture, "ETH", "25")->invoice.id;
    }
    int64_t early_ms = atomic_load(&fixture->till->now_ms) + 1000;
    pass(fixture, DAY_MS + MINUTE_MS);
    evm_mine(fixture, 1);
    struct expiry_worker *expiry = expiry_worker_new(&fixture->till->app, fixture->reader);
    assert_int_equal(expiry_worker_step(expiry), MANY);
    fake_chain_drop(&fixture->chain, 1);
    fake_chain_mine(&fixture->chain, early_ms);
    fake_chain_mine(&fixture->chain, early_ms);
    evm_follow(fixture);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(evm_invoice_row(fixture, ids[i]).status, INVOICE_CREATED);
    }
    assert_int_equal(expiry_worker_step(expiry), 0);
    expiry_worker_free(expiry);
    evm_fixture_free(fixture);
}

/* A balancer's nodes differ by a block or two: whoever is asked next may be the slower one. */
static void test_a_node_that_falls_back_a_little_blinds_us_if_that_lasts(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "1");
    evm_mine(fixture, 3);
    for (int times = 0; times < 3; times++) {
        fixture->chain.height--;
        pass(fixture, MINUTE_MS / 4);
        evm_follow(fixture);
        assert_false(is_blind(fixture));
        fixture->chain.height++;
        evm_follow(fixture);
        assert_false(is_blind(fixture));
    }
    fixture->chain.height--;
    pass(fixture, MINUTE_MS / 2);
    evm_follow(fixture);
    assert_true(is_blind(fixture));
    assert_non_null(evm_alarm(fixture, "network_blind", "eth"));
    fixture->chain.height++;
    evm_follow(fixture);
    assert_false(is_blind(fixture));
    evm_fixture_free(fixture);
}

/* As ids of transactions once did, and as no chain should. */
static void test_an_output_that_a_later_block_repeats_is_money_once(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "1");
    const struct invoice_create *invoice = evm_invoice(fixture, "USDT_ERC20", "25");
    fake_chain_pay(&fixture->chain, &invoice->issue.row.program, invoice->issue.row.due);
    evm_mine(fixture, 1);
    assert_int_equal(evm_invoice_row(fixture, invoice->invoice.id).status, INVOICE_PAID);
    int64_t paid_at = fixture->chain.height;
    struct fake_block *next = &fixture->chain.blocks[paid_at + 1];
    next->outputs[next->output_count++] = fixture->chain.blocks[paid_at].outputs[0];
    evm_mine(fixture, 2);
    size_t count;
    const struct payment_row *payments = evm_payments(fixture, invoice->invoice.id, &count);
    assert_int_equal(count, 1);
    assert_int_equal(payments[0].height, paid_at);
    assert_int_equal(evm_invoice_row(fixture, invoice->invoice.id).status, INVOICE_PAID);
    assert_non_null(evm_alarm(fixture, "payment_repeated", "eth"));
    evm_fixture_free(fixture);
}

/* The chain's name and all of its blocks but the first are what they were. */
static void test_a_chain_that_begins_otherwise_than_before_is_not_followed(void **state) {
    (void)state;
    struct evm_fixture *fixture = evm_fixture_new("regtest", "1");
    evm_mine(fixture, 3);
    int64_t height = fixture->chain.height;
    fixture->chain.blocks[0].header.hash.bytes[3] ^= 1;
    evm_restart_watcher(fixture);
    evm_mine(fixture, 2);
    struct network_health health = network_health_get(&fixture->eth);
    assert_true(health.blind);
    assert_non_null(strstr(health.reason, "this store follows"));
    assert_int_equal(health.height, height);
    evm_fixture_free(fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_watcher_that_gets_nowhere_is_seen),
        cmocka_unit_test(test_a_chain_that_nobody_can_tell_the_rest_of_is_blind_and_unmoved),
        cmocka_unit_test(test_what_is_wrong_with_blocks_that_count_is_counted),
        cmocka_unit_test(test_each_matter_that_a_chain_warns_of_is_an_alarm_of_its_own),
        cmocka_unit_test(test_what_is_taken_on_trust_is_an_alarm_until_the_next_start),
        cmocka_unit_test(test_what_contracts_paid_unseen_is_an_alarm_that_survives_a_start),
        cmocka_unit_test(test_a_stop_is_no_nodes_fault),
        cmocka_unit_test(test_a_sighting_waits_for_a_busy_store),
        cmocka_unit_test(test_those_that_cannot_end_let_others_have_their_turn),
        cmocka_unit_test(test_all_that_a_block_ended_is_open_again_without_it),
        cmocka_unit_test(test_a_node_that_falls_back_a_little_blinds_us_if_that_lasts),
        cmocka_unit_test(test_an_output_that_a_later_block_repeats_is_money_once),
        cmocka_unit_test(test_a_chain_that_begins_otherwise_than_before_is_not_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
