/* SPDX-License-Identifier: MIT */
/* Nodes that stand in for each other: who is asked, and who is passed over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <unistd.h>

#include "core/error.h"
#include "failover_fixture.h"
#include "ports/chain_accounts.h"
#include "ports/chain_coins.h"
#include "support/node_pair.h"

enum { WAIT_MS = 60000, PATIENCE_MS = 20000 };

/* ---- the questions of the port, each of which says who answered */

static struct result ask_identity(uint64_t *ret_who) {
    struct chain_identity identity = {.token_count = 9};
    TRY(pair.chain->ops->identify(pair.chain, pair.arena, &identity));
    *ret_who = identity.token_count;
    return RESULT_OK;
}

static struct result ask_tip(uint64_t *ret_who) {
    struct block_header tip;
    TRY(pair.chain->ops->tip(pair.chain, pair.arena, &tip));
    *ret_who = (uint64_t)tip.height - TIP;
    return RESULT_OK;
}

static struct result ask_hash(uint64_t *ret_who) {
    struct block_hash hash;
    TRY(pair.chain->ops->hash_at(pair.chain, pair.arena, TIP, &hash));
    *ret_who = block_hash_eq(hash, fake_hash(TIP, 2)) ? 1 : 0;
    return RESULT_OK;
}

static struct result ask_block(uint64_t *ret_who) {
    struct chain_block block;
    TRY(pair.chain->ops->block(pair.chain, pair.arena, fake_hash(SHARED_TIP, 1), &block));
    assert_int_equal(block.output_count, FAKE_OUTPUTS);
    *ret_who = (uint64_t)(block.header.time_ms % 1000);
    return RESULT_OK;
}

static struct result ask_mempool(uint64_t *ret_who) {
    const struct chain_output *outputs;
    size_t count;
    fake_node_hint(pair.nodes[0], 1, 100);
    fake_node_hint(pair.nodes[1], 1, 101);
    struct result asked = pair.chain->ops->mempool(pair.chain, pair.arena, &outputs, &count);
    pair.nodes[0]->hint_count = 0;
    pair.nodes[1]->hint_count = 0;
    TRY(asked);
    assert_int_equal(count, 1);
    *ret_who = (uint64_t)outputs[0].amount.units - 100;
    return RESULT_OK;
}

static struct result ask_mempool_has(uint64_t *ret_who) {
    bool has;
    TRY(pair.chain->ops->mempool_has(pair.chain, pair.arena, (struct txid){{1}}, &has));
    *ret_who = has ? 1 : 0;
    return RESULT_OK;
}

static struct result ask_finality(uint64_t *ret_who) {
    struct chain_finality finality;
    TRY(pair.chain->ops->finality(pair.chain, pair.arena, &finality));
    *ret_who = (uint64_t)finality.safe.height;
    return RESULT_OK;
}

static struct result ask_balances(uint64_t *ret_who) {
    struct script programs[2] = {{.len = 20, .bytes = {7}}, {.len = 20, .bytes = {9}}};
    struct amount told[2];
    TRY(pair.chain->ops->balances(pair.chain, pair.arena, fake_hash(1, 1), programs, 2, told));
    assert_true(told[1].units == told[0].units + 2);
    *ret_who = (uint64_t)told[0].units - 7;
    return RESULT_OK;
}

static struct result ask_coin(uint64_t *ret_who) {
    struct chain_coin coin;
    struct outpoint outpoint = {.vout = 5};
    TRY(pair.chain->ops->coins->find(pair.chain, pair.arena, outpoint, &coin));
    *ret_who = (uint64_t)coin.amount.units - 5;
    return RESULT_OK;
}

static struct result ask_transaction(uint64_t *ret_who) {
    struct bytes bytes;
    struct txid txid = {{3}};
    TRY(pair.chain->ops->coins->transaction(pair.chain, pair.arena, txid, fake_hash(1, 1), &bytes));
    *ret_who = bytes.ptr[0] - 3U;
    return RESULT_OK;
}

static struct result ask_fee_rate(uint64_t *ret_who) {
    uint64_t rate;
    TRY(pair.chain->ops->coins->fee_rate(pair.chain, pair.arena, 6, &rate));
    *ret_who = rate - 6000;
    return RESULT_OK;
}

static struct result ask_fees(uint64_t *ret_who) {
    struct chain_fees fees;
    TRY(pair.chain->ops->accounts->fees(pair.chain, pair.arena, &fees));
    *ret_who = fees.energy_price;
    return RESULT_OK;
}

static struct result ask_holdings(uint64_t *ret_who) {
    struct chain_holding holdings[2] = {{.nonce = 9}, {.nonce = 9}};
    struct chain_holdings_wanted wanted = {.count = 2};
    TRY(pair.chain->ops->accounts->holdings(pair.chain, pair.arena, &wanted, holdings));
    *ret_who = holdings[1].nonce;
    return RESULT_OK;
}

static struct result ask_effort(uint64_t *ret_who) {
    uint64_t effort;
    struct chain_move move = {.to = {.len = 20}};
    TRY(pair.chain->ops->accounts->effort(pair.chain, pair.arena, &move, &effort));
    *ret_who = effort - 20;
    return RESULT_OK;
}

typedef struct result (*question)(uint64_t *ret_who);
static const question questions[] = {
    ask_identity,    ask_tip,      ask_hash,     ask_block,  ask_mempool,
    ask_mempool_has, ask_finality, ask_balances, ask_coin,   ask_transaction,
    ask_fee_rate,    ask_fees,     ask_holdings, ask_effort,
};
enum { QUESTIONS = sizeof questions / sizeof questions[0] };

static void assert_answers(question ask, uint64_t node) {
    uint64_t who = 9;
    must(ask(&who));
    assert_int_equal(who, node);
}

/* ---- who is asked */

static void test_the_first_node_is_asked_while_it_answers(void **state) {
    (void)state;
    for (size_t i = 0; i < QUESTIONS; i++) {
        assert_answers(questions[i], 0);
    }
    assert_int_equal(calls(0), QUESTIONS);
    assert_int_equal(calls(1), 0);
}

static void test_the_next_node_answers_whatever_is_asked_and_goes_on_with_it(void **state) {
    (void)state;
    static const enum fake_state failures[] = {FAKE_DEAD, FAKE_SYNCING, FAKE_CONFUSED};
    for (size_t i = 0; i < QUESTIONS * 3; i++) {
        question ask = questions[i / 3];
        assert_answers(ask, 0);
        fake_node_set(pair.nodes[0], failures[i % 3]);
        assert_answers(ask, 1);
        fake_node_set(pair.nodes[0], FAKE_ALIVE);
        unsigned before = calls(0);
        assert_answers(ask, 1); /* who came back waits for his turn */
        assert_int_equal(calls(0), before);
        fake_node_set(pair.nodes[1], failures[i % 3]);
        assert_answers(ask, 0);
        fake_node_set(pair.nodes[1], FAKE_ALIVE);
    }
}

static void test_a_node_that_must_not_be_used_is_not_passed_over(void **state) {
    (void)state;
    uint64_t who;
    for (size_t i = 0; i < QUESTIONS; i++) {
        fake_node_set(pair.nodes[0], FAKE_REFUSING);
        refused(questions[i](&who), &ERR_NODE_REFUSED);
        fake_node_set(pair.nodes[0], FAKE_FOREIGN);
        if (questions[i] != ask_identity) { /* where it says which chain it is on */
            refused(questions[i](&who), &ERR_NODE_WRONG_NETWORK);
        }
    }
    assert_int_equal(calls(1), 0);
}

static void test_what_is_not_there_is_not_looked_for_elsewhere(void **state) {
    (void)state;
    struct block_hash hash;
    struct chain_block block;
    refused(pair.chain->ops->hash_at(pair.chain, pair.arena, TIP + 1, &hash), &ERR_BLOCK_UNKNOWN);
    hash = fake_hash(TIP, 2);
    refused(pair.chain->ops->block(pair.chain, pair.arena, hash, &block), &ERR_BLOCK_UNKNOWN);
    assert_int_equal(calls(1), 0);
}

static void test_if_nobody_answers_the_last_one_is_heard_and_the_first_asked_again(void **state) {
    (void)state;
    uint64_t who;
    fake_node_set(pair.nodes[0], FAKE_DEAD);
    fake_node_set(pair.nodes[1], FAKE_SYNCING);
    refused(ask_tip(&who), &ERR_NODE_NOT_READY);
    assert_int_equal(calls(0) + calls(1), 2);
    fake_node_set(pair.nodes[0], FAKE_ALIVE);
    assert_answers(ask_tip, 0);
    assert_int_equal(calls(1), 1);
}

static void test_what_one_node_cannot_tell_another_may(void **state) {
    (void)state;
    uint64_t who;
    pair.nodes[1]->lacks_finality = true;
    assert_answers(ask_finality, 0);
    pair.nodes[0]->lacks_finality = true;
    refused(ask_finality(&who), &ERR_NODE_ANSWER);
    assert_answers(ask_tip, 0); /* that nobody knows it is no reason to change */
    pair.nodes[1]->lacks_finality = false;
    assert_answers(ask_finality, 1);
    assert_answers(ask_tip, 1); /* all is asked of one node, so that it fits together */
}

static void test_what_one_node_has_not_all_have_not(void **state) {
    (void)state;
    assert_ptr_equal(pair.chain->network, pair.nodes[0]->chain.network);
    struct fake_node *plain = fake_node_new(3);
    struct chain whole = plain->chain;
    struct chain_ops ops = {.tip = whole.ops->tip, .close = whole.ops->close};
    plain->chain.ops = &ops;
    struct chain *both[] = {&pair.nodes[0]->chain, &plain->chain};
    struct chain *chain = node_pair_new(both, NULL);
    assert_null(chain->ops->mempool_has);
    assert_null(chain->ops->finality);
    assert_null(chain->ops->balances);
    assert_true(chain->ops->coins == NULL && chain->ops->accounts == NULL);
    assert_true(chain->ops->warning == NULL && chain->ops->stuck == NULL);
    assert_null(chain->ops->believed);
    fake_node_set(pair.nodes[0], FAKE_DEAD);
    struct block_header tip;
    must(chain->ops->tip(chain, pair.arena, &tip));
    chain->ops->close(chain);
    assert_true(plain->is_closed);
    pair.nodes[0]->is_closed = false;
    plain->chain = whole;
    fake_node_free(plain);
}

/* ---- what nobody is asked for */

static void test_warnings_are_those_of_the_node_that_is_asked(void **state) {
    (void)state;
    struct chain *chain = pair.chain;
    assert_null(chain->ops->warning(chain, pair.arena));
    pair.nodes[0]->warning = "first";
    pair.nodes[1]->stuck = "second";
    assert_string_equal(chain->ops->warning(chain, pair.arena), "first");
    assert_null(chain->ops->stuck(chain, pair.arena));
    fake_node_set(pair.nodes[0], FAKE_DEAD);
    assert_answers(ask_tip, 1);
    assert_null(chain->ops->warning(chain, pair.arena));
    assert_string_equal(chain->ops->stuck(chain, pair.arena), "second");
}

static void test_what_any_node_was_believed_is_told(void **state) {
    (void)state;
    assert_null(pair.chain->ops->believed(pair.chain));
    pair.nodes[1]->believed = "something";
    assert_string_equal(pair.chain->ops->believed(pair.chain), "something");
}

static atomic_bool is_over;

static void *wait_long(void *tip) {
    pair.chain->ops->wait(pair.chain, *(const struct block_hash *)tip, WAIT_MS);
    atomic_store(&is_over, true);
    return NULL;
}

static unsigned waits(size_t node) {
    pthread_mutex_lock(&pair.nodes[node]->lock);
    unsigned count = pair.nodes[node]->waits;
    pthread_mutex_unlock(&pair.nodes[node]->lock);
    return count;
}

static void test_a_wake_ends_the_wait_whoever_is_waited_for(void **state) {
    (void)state;
    struct block_hash tips[] = {fake_hash(TIP, 1), fake_hash(TIP + 1, 2)};
    for (size_t node = 0; node < 2; node++) {
        pthread_t thread;
        pair.nodes[node]->woken = false; /* when nobody waited there */
        atomic_store(&is_over, false);
        assert_int_equal(pthread_create(&thread, NULL, wait_long, &tips[node]), 0);
        while (waits(node) == 0) {
            usleep(1000);
        }
        pair.chain->ops->wake(pair.chain);
        for (int ms = 0; ms < PATIENCE_MS && !atomic_load(&is_over); ms++) {
            usleep(1000);
        }
        bool was_woken = atomic_load(&is_over);
        pair.nodes[node]->chain.ops->wake(&pair.nodes[node]->chain); /* the test ends in any case */
        pthread_join(thread, NULL);
        assert_true(was_woken);
        assert_int_equal(waits(0), 1);
        assert_int_equal(waits(1), node);
        fake_node_set(pair.nodes[0], FAKE_DEAD);
        assert_answers(ask_tip, 1);
    }
}

static void test_a_stop_is_nobodys_failure_and_stops_all(void **state) {
    (void)state;
    uint64_t who;
    pair.chain->ops->stop(pair.chain);
    refused(ask_tip(&who), &ERR_NODE_STOPPED);
    assert_int_equal(calls(1), 0);
    assert_true(pair.nodes[1]->is_stopped);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        PAIR_TEST(test_the_first_node_is_asked_while_it_answers),
        PAIR_TEST(test_the_next_node_answers_whatever_is_asked_and_goes_on_with_it),
        PAIR_TEST(test_a_node_that_must_not_be_used_is_not_passed_over),
        PAIR_TEST(test_what_is_not_there_is_not_looked_for_elsewhere),
        PAIR_TEST(test_if_nobody_answers_the_last_one_is_heard_and_the_first_asked_again),
        PAIR_TEST(test_what_one_node_cannot_tell_another_may),
        PAIR_TEST(test_what_one_node_has_not_all_have_not),
        PAIR_TEST(test_warnings_are_those_of_the_node_that_is_asked),
        PAIR_TEST(test_what_any_node_was_believed_is_told),
        PAIR_TEST(test_a_wake_ends_the_wait_whoever_is_waited_for),
        PAIR_TEST(test_a_stop_is_nobodys_failure_and_stops_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
