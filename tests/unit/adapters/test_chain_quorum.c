/* SPDX-License-Identifier: MIT */
/* What counts when several nodes are asked, and who is told of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/asset.h"
#include "core/error.h"
#include "ports/chain_coins.h"
#include "quorum_fixture.h"

enum { TRIES_MAX = 200 };

static void assert_names(struct quorum_fixture *fixture, const char *label) {
    const char *warning = quorum_warning_of(fixture);
    if (strstr(warning, label) == NULL) {
        fail_msg("\"%s\" does not name %s", warning, label);
    }
}

static void assert_silent(struct quorum_fixture *fixture) {
    assert_string_equal(quorum_warning_of(fixture), "");
}

/* Until none of the nodes is still at a question asked before: whoever is not is asked the next. */
static void gather(struct quorum_fixture *fixture) {
    struct chain_identity identity = {.version = ""};
    for (int tries = 0; tries < TRIES_MAX && identity.version[0] != '0' + (int)fixture->count;
         tries++) {
        must_work(fixture->chain->ops->identify(fixture->chain, fixture->arena, &identity));
    }
    assert_int_equal(identity.version[0], '0' + (int)fixture->count);
}

static struct block_header gathered_tip_of(struct quorum_fixture *fixture) {
    gather(fixture);
    return quorum_tip_of(fixture);
}

static void assert_warning_becomes(struct quorum_fixture *fixture, const char *text) {
    for (int tries = 0; tries < TRIES_MAX && strcmp(quorum_warning_of(fixture), text) != 0;
         tries++) {
        (void)gathered_tip_of(fixture);
        gather(fixture);
    }
    assert_string_equal(quorum_warning_of(fixture), text);
}

static void test_what_two_of_two_tell_alike_counts(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 2);
    struct block_header tip = quorum_tip_of(&fixture);
    assert_int_equal(tip.height, 10);
    assert_true(block_hash_eq(tip.hash, fake_hash(10, 1)));
    assert_true(block_hash_eq(quorum_hash_of(&fixture, 4), fake_hash(4, 1)));
    struct chain_block block;
    must_work(quorum_block_of(&fixture, 4, &block));
    must_be_honest(&fixture, &block, 4);
    assert_silent(&fixture);
    quorum_fixture_end(&fixture);
}

static void test_the_order_in_which_a_node_lists_outputs_is_its_own(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 2);
    struct chain_block blocks[2];
    must_work(quorum_block_of(&fixture, 3, &blocks[0]));
    fixture.nodes[1]->shuffles = true;
    fixture.nodes[0]->shuffles = true;
    must_work(quorum_block_of(&fixture, 3, &blocks[1]));
    fixture.nodes[1]->shuffles = false;
    must_work(quorum_block_of(&fixture, 3, &blocks[1]));
    must_be_honest(&fixture, &blocks[1], 3);
    for (size_t i = 0; i < FAKE_OUTPUTS; i++) {
        assert_true(txid_eq(blocks[0].outputs[i].txid, blocks[1].outputs[i].txid));
        assert_int_equal(blocks[0].outputs[i].ordinal, blocks[1].outputs[i].ordinal);
    }
    quorum_fixture_end(&fixture);
}

static bool is_about_content(enum fake_lie lie) {
    return lie != FAKE_TRUTH && lie != FAKE_DENIES && lie != FAKE_BABBLES;
}

static void test_no_lie_about_a_block_counts_when_two_of_two_must_agree(void **state) {
    for (enum fake_lie lie = FAKE_TRUTH; lie < FAKE_LIES; lie++) {
        struct quorum_fixture fixture = quorum_fixture_of(2, 2);
        struct chain_block block;
        fake_node_lie(fixture.nodes[1], lie);
        if (is_about_content(lie)) {
            must_refuse(quorum_block_of(&fixture, 9, &block), ERR_NODES_DISAGREE);
            assert_names(&fixture, "http://node1/ | http://node2/");
        } else if (lie == FAKE_DENIES) {
            must_refuse(quorum_block_of(&fixture, 9, &block), ERR_BLOCK_UNKNOWN);
        } else if (lie == FAKE_BABBLES) {
            struct result asked = quorum_block_of(&fixture, 9, &block);
            must_fail(asked, &ERR_NODE_ANSWER);
            assert_non_null(strstr(asked.detail, "http://node2/"));
        }
        fake_node_lie(fixture.nodes[1], FAKE_TRUTH);
        must_work(quorum_block_of(&fixture, 9, &block));
        must_be_honest(&fixture, &block, 9);
        assert_silent(&fixture);
        quorum_fixture_end(&fixture);
    }
}

static void outvote(enum fake_lie lie, size_t liar) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    struct chain_block block;
    fake_node_lie(fixture.nodes[liar], lie);
    for (int64_t height = 5; height < 8; height++) {
        must_work(quorum_block_of(&fixture, height, &block));
        must_be_honest(&fixture, &block, height);
    }
    quorum_let_all_be_heard(&fixture);
    if (lie == FAKE_DENIES) {
        assert_silent(&fixture); /* it may not have the block */
    } else {
        assert_names(&fixture, fixture.nodes[liar]->label);
    }
    assert_null(strstr(quorum_warning_of(&fixture), fixture.nodes[(liar + 1) % 3]->label));
    fake_node_lie(fixture.nodes[liar], FAKE_TRUTH);
    gather(&fixture);
    must_work(quorum_block_of(&fixture, 8, &block));
    gather(&fixture);
    assert_silent(&fixture);
    quorum_fixture_end(&fixture);
}

static void test_two_of_three_outvote_a_liar_and_name_him(void **state) {
    for (enum fake_lie lie = FAKE_TRUTH + 1; lie < FAKE_LIES; lie++) {
        for (size_t liar = 0; liar < 3; liar++) {
            outvote(lie, liar);
        }
    }
}

static void test_a_lie_that_lasts_is_told_in_the_same_words(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    struct chain_block block;
    fake_node_lie(fixture.nodes[2], FAKE_INVENTS);
    char first[400] = "";
    for (int64_t height = 1; height < 9; height++) {
        must_work(quorum_block_of(&fixture, height, &block));
        quorum_let_all_be_heard(&fixture);
        if (height == 3) {
            memcpy(first, quorum_warning_of(&fixture), strlen(quorum_warning_of(&fixture)) + 1);
        }
    }
    assert_string_equal(first, "http://node3/ contradicts the others about what is in a block");
    assert_string_equal(quorum_warning_of(&fixture), first);
    quorum_fixture_end(&fixture);
}

static void test_a_node_that_never_has_the_block_it_told_of_is_at_odds(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 2);
    struct chain_block block;
    fake_node_lie(fixture.nodes[1], FAKE_DENIES);
    struct result asked = quorum_block_of(&fixture, 10, &block);
    must_fail(asked, &ERR_BLOCK_UNKNOWN);
    for (int i = 0; i < 100 && asked.code == &ERR_BLOCK_UNKNOWN; i++) {
        asked = quorum_block_of(&fixture, 10, &block);
    }
    must_fail(asked, &ERR_NODES_DISAGREE);
    assert_names(&fixture, "too few nodes tell what is in block");
    fake_node_lie(fixture.nodes[1], FAKE_TRUTH);
    must_work(quorum_block_of(&fixture, 10, &block));
    assert_silent(&fixture);
    quorum_fixture_end(&fixture);
}

static void test_two_liars_who_say_different_things_never_count(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    struct chain_block block;
    fake_node_lie(fixture.nodes[0], FAKE_INVENTS);
    fake_node_lie(fixture.nodes[1], FAKE_CHANGES_AMOUNT);
    must_refuse(quorum_block_of(&fixture, 6, &block), ERR_NODES_DISAGREE);
    assert_names(&fixture, "http://node1/ | http://node2/ | http://node3/");
    fake_node_lie(fixture.nodes[0], FAKE_TRUTH);
    must_work(quorum_block_of(&fixture, 6, &block));
    must_be_honest(&fixture, &block, 6);
    quorum_fixture_end(&fixture);
}

static void test_three_of_three_are_stopped_by_one(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(3, 3);
    struct chain_block block;
    fake_node_lie(fixture.nodes[2], FAKE_OMITS);
    must_refuse(quorum_block_of(&fixture, 6, &block), ERR_NODES_DISAGREE);
    assert_names(&fixture, "http://node1/, http://node2/ | http://node3/");
    quorum_fixture_end(&fixture);
}

/* The times decide about deadlines and about pauses. */
static void test_a_false_time_of_the_tip_does_not_count(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 2);
    fixture.nodes[1]->tip_lie = FAKE_CHANGES_TIME;
    struct block_header tip = quorum_tip_of(&fixture);
    assert_int_equal(tip.height, 10);
    assert_int_equal(tip.time_ms, fake_header(fixture.nodes[0], 10).time_ms);
    quorum_let_all_be_heard(&fixture);
    assert_names(&fixture, "http://node2/");
    fake_node_lie(fixture.nodes[1], FAKE_CHANGES_TIME);
    quorum_mine(&fixture, 11, 11, 1);
    must_refuse(fixture.chain->ops->tip(fixture.chain, fixture.arena, &tip), ERR_NODES_DISAGREE);
    quorum_fixture_end(&fixture);
}

static void test_a_fork_at_the_tip_holds_it_back_until_it_is_over(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 2);
    fake_node_branch(fixture.nodes[0], 11, 11, 2);
    fake_node_branch(fixture.nodes[1], 11, 11, 3);
    assert_int_equal(quorum_tip_of(&fixture).height, 10);
    assert_silent(&fixture);
    struct block_hash hash;
    must_refuse(fixture.chain->ops->hash_at(fixture.chain, fixture.arena, 11, &hash),
                ERR_BLOCK_UNKNOWN);
    fake_node_branch(fixture.nodes[0], 12, 14, 2);
    fake_node_branch(fixture.nodes[1], 12, 14, 3);
    assert_null(fixture.chain->ops->stuck(fixture.chain, fixture.arena));
    assert_int_equal(quorum_tip_of(&fixture).height, 10);
    assert_string_equal(quorum_warning_of(&fixture),
                        "the nodes disagree about what follows block 10");
    assert_string_equal(fixture.chain->ops->stuck(fixture.chain, fixture.arena),
                        "the nodes disagree about what follows block 10");
    quorum_mine(&fixture, 11, 15, 3);
    assert_true(block_hash_eq(quorum_tip_of(&fixture).hash, fake_hash(15, 3)));
    assert_null(fixture.chain->ops->stuck(fixture.chain, fixture.arena));
    assert_silent(&fixture);
    quorum_fixture_end(&fixture);
}

static void test_a_deep_fork_freezes(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 2);
    fake_node_branch(fixture.nodes[0], 5, 11, 2);
    fake_node_branch(fixture.nodes[1], 5, 11, 3);
    struct block_header tip;
    must_refuse(fixture.chain->ops->tip(fixture.chain, fixture.arena, &tip), ERR_NODES_DISAGREE);
    assert_string_equal(quorum_warning_of(&fixture),
                        "the nodes disagree about all of the last 6 blocks");
    quorum_mine(&fixture, 5, 12, 2);
    assert_int_equal(quorum_tip_of(&fixture).height, 12);
    assert_silent(&fixture);
    quorum_fixture_end(&fixture);
}

/* What is applied is undone when a quorum tells another block there, and not before. */
static void test_a_reorg_is_one_only_when_a_quorum_tells_it(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    (void)quorum_tip_of(&fixture);
    fake_node_branch(fixture.nodes[0], 9, 11, 2);
    assert_true(block_hash_eq(gathered_tip_of(&fixture).hash, fake_hash(10, 1)));
    assert_true(block_hash_eq(quorum_hash_of(&fixture, 10), fake_hash(10, 1)));
    fake_node_branch(fixture.nodes[1], 9, 11, 2);
    assert_true(block_hash_eq(gathered_tip_of(&fixture).hash, fake_hash(11, 2)));
    assert_true(block_hash_eq(quorum_hash_of(&fixture, 10), fake_hash(10, 2)));
    quorum_fixture_end(&fixture);
}

static void test_one_of_three_on_another_chain_is_named_until_it_returns(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    fake_node_branch(fixture.nodes[1], 6, 12, 7);
    for (int i = 0; i < 3; i++) {
        assert_true(block_hash_eq(gathered_tip_of(&fixture).hash, fake_hash(10, 1)));
    }
    assert_warning_becomes(
        &fixture, "http://node2/ contradicts the others about which blocks are on the best chain");
    fake_node_branch(fixture.nodes[1], 6, 10, 1);
    assert_warning_becomes(&fixture, "");
    quorum_fixture_end(&fixture);
}

/* Two blocks deep a fork is every day's business; one deeper it is somebody's. */
static void test_a_fork_is_held_against_a_node_from_the_third_block_on(void **state) {
    (void)state;
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    fake_node_branch(fixture.nodes[1], 9, 10, 7);
    (void)quorum_tip_of(&fixture);
    assert_true(block_hash_eq(quorum_hash_of(&fixture, 9), fake_hash(9, 1)));
    assert_true(block_hash_eq(quorum_hash_of(&fixture, 10), fake_hash(10, 1)));
    quorum_let_all_be_heard(&fixture);
    assert_silent(&fixture);
    fake_node_branch(fixture.nodes[1], 8, 10, 8);
    for (int tries = 0; quorum_warning_of(&fixture)[0] == '\0'; tries++) {
        assert_true(tries < 100);
        quorum_let_all_be_heard(&fixture);
    }
    assert_names(&fixture, "http://node2/ contradicts the others about which blocks");
    quorum_fixture_end(&fixture);
}

static void test_nodes_that_deny_a_deep_block_freeze(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 2);
    (void)quorum_tip_of(&fixture);
    fake_node_branch(fixture.nodes[1], 2, 10, 4);
    struct block_hash hash;
    must_refuse(fixture.chain->ops->hash_at(fixture.chain, fixture.arena, 3, &hash),
                ERR_NODES_DISAGREE);
    quorum_fixture_end(&fixture);
}

static void test_balances_count_when_a_quorum_tells_the_same(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    const struct script programs[] = {{.len = 1, .bytes = {1}}, {.len = 1, .bytes = {2}}};
    struct amount amounts[2];
    fixture.nodes[0]->balance = 500;
    must_work(fixture.chain->ops->balances(fixture.chain, fixture.arena, fake_hash(10, 1), programs,
                                           2, amounts));
    assert_true(amount_eq(amounts[1], amount_from_u64(amounts[1].asset, 2)));
    quorum_let_all_be_heard(&fixture);
    assert_names(&fixture, "http://node1/");
    fixture.nodes[1]->balance = 7;
    must_refuse(fixture.chain->ops->balances(fixture.chain, fixture.arena, fake_hash(10, 1),
                                             programs, 2, amounts),
                ERR_NODES_DISAGREE);
    quorum_fixture_end(&fixture);
}

static void test_coins_and_transactions_count_when_a_quorum_tells_the_same(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    const struct chain_coin_ops *coins = fixture.chain->ops->coins;
    struct outpoint outpoint = {.txid = {{9}}, .vout = 3};
    struct chain_coin coin;
    struct bytes bytes;
    fixture.nodes[2]->balance = 50;
    must_work(coins->find(fixture.chain, fixture.arena, outpoint, &coin));
    assert_true(amount_eq(coin.amount, amount_from_u64(coin.amount.asset, 3)));
    must_work(
        coins->transaction(fixture.chain, fixture.arena, outpoint.txid, fake_hash(1, 1), &bytes));
    assert_int_equal(bytes.len, HASH_BYTES);
    assert_int_equal(bytes.ptr[0], 9);
    fixture.nodes[0]->has_tx = true;
    must_refuse(coins->find(fixture.chain, fixture.arena, outpoint, &coin), ERR_NODES_DISAGREE);
    quorum_fixture_end(&fixture);
}

static void test_one_node_cannot_drive_the_fee_up(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 2);
    uint64_t fee_rate;
    fixture.nodes[0]->balance = 7;
    must_work(fixture.chain->ops->coins->fee_rate(fixture.chain, fixture.arena, 6, &fee_rate));
    assert_int_equal(fee_rate, 6000);
    quorum_fixture_end(&fixture);
    fixture = quorum_fixture_of(2, 3);
    fixture.nodes[2]->balance = 1000000;
    must_work(fixture.chain->ops->coins->fee_rate(fixture.chain, fixture.arena, 6, &fee_rate));
    assert_int_equal(fee_rate, 6000);
    quorum_fixture_end(&fixture);
}

/* Once it is told so: a node that is slow to answer is not waited for any longer. */
static struct chain_finality finality_once(struct quorum_fixture *fixture, int64_t safe,
                                           int64_t finalized) {
    struct chain_finality told = {.safe = {.height = -1}};
    for (int tries = 0;
         tries < TRIES_MAX && (told.safe.height != safe || told.finalized.height != finalized);
         tries++) {
        gather(fixture);
        (void)result_is_ok(fixture->chain->ops->finality(fixture->chain, fixture->arena, &told));
    }
    assert_int_equal(told.safe.height, safe);
    assert_int_equal(told.finalized.height, finalized);
    return told;
}

static void test_final_is_what_a_quorum_holds_for_final(void **state) {
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    const int64_t safe[] = {9, 8, 5};
    for (size_t i = 0; i < 3; i++) {
        fixture.nodes[i]->safe = safe[i];
        fixture.nodes[i]->finalized = safe[i] - 4;
    }
    struct chain_finality finality = finality_once(&fixture, 8, 4);
    assert_true(block_hash_eq(finality.safe.hash, fake_hash(8, 1)));
    fake_node_branch(fixture.nodes[0], 3, 10, 6); /* its 9 is of another chain */
    (void)finality_once(&fixture, 5, 1);
    quorum_fixture_end(&fixture);
}

static void test_a_token_is_used_while_all_find_it_well_and_alike(void **state) {
    (void)state;
    struct quorum_fixture fixture = quorum_fixture_of(2, 3);
    for (size_t i = 0; i < fixture.count; i++) {
        fixture.nodes[i]->token =
            (struct chain_token){.asset = asset_by_code(STR("USDT_ERC20")), .code_hash = {1}};
    }
    struct chain_identity told;
    must_work(fixture.chain->ops->identify(fixture.chain, fixture.arena, &told));
    assert_int_equal(told.token_count, 1);
    assert_int_equal(told.tokens[0].fault, CHAIN_TOKEN_FINE);
    assert_null(told.tokens[0].node);
    fixture.nodes[2]->token.fault = CHAIN_TOKEN_MISSING;
    must_work(fixture.chain->ops->identify(fixture.chain, fixture.arena, &told));
    assert_int_equal(told.tokens[0].fault, CHAIN_TOKEN_MISSING);
    assert_string_equal(told.tokens[0].node, "http://node3/");
    fixture.nodes[0]->token.fault = CHAIN_TOKEN_MISCOUNTS;
    must_work(fixture.chain->ops->identify(fixture.chain, fixture.arena, &told));
    assert_int_equal(told.tokens[0].fault, CHAIN_TOKEN_MISCOUNTS);
    assert_string_equal(told.tokens[0].node, "http://node1/");
    fixture.nodes[0]->token.fault = CHAIN_TOKEN_FINE;
    fixture.nodes[2]->token = fixture.nodes[0]->token;
    /* What stands behind a proxy, as far as nodes tell it. */
    fixture.nodes[1]->token.has_implementation = fixture.nodes[2]->token.has_implementation = true;
    fixture.nodes[1]->token.implementation[0] = fixture.nodes[2]->token.implementation[0] = 7;
    must_work(fixture.chain->ops->identify(fixture.chain, fixture.arena, &told));
    assert_true(told.tokens[0].has_implementation);
    assert_int_equal(told.tokens[0].implementation[0], 7);
    fixture.nodes[0]->token.has_implementation = true;
    must_refuse(fixture.chain->ops->identify(fixture.chain, fixture.arena, &told),
                ERR_NODES_DISAGREE);
    fixture.nodes[0]->token.implementation[0] = 7;
    must_work(fixture.chain->ops->identify(fixture.chain, fixture.arena, &told));
    fixture.nodes[2]->token.code_hash[0] = 2;
    must_refuse(fixture.chain->ops->identify(fixture.chain, fixture.arena, &told),
                ERR_NODES_DISAGREE);
    quorum_fixture_end(&fixture);
}

static void test_what_one_node_was_believed_is_told(void **state) {
    (void)state;
    struct quorum_fixture fixture = quorum_fixture_of(2, 2);
    assert_null(fixture.chain->ops->believed(fixture.chain));
    fixture.nodes[1]->believed = "a header is of a new form";
    assert_string_equal(fixture.chain->ops->believed(fixture.chain), "a header is of a new form");
    quorum_fixture_end(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_two_of_two_tell_alike_counts),
        cmocka_unit_test(test_the_order_in_which_a_node_lists_outputs_is_its_own),
        cmocka_unit_test(test_no_lie_about_a_block_counts_when_two_of_two_must_agree),
        cmocka_unit_test(test_two_of_three_outvote_a_liar_and_name_him),
        cmocka_unit_test(test_a_lie_that_lasts_is_told_in_the_same_words),
        cmocka_unit_test(test_a_node_that_never_has_the_block_it_told_of_is_at_odds),
        cmocka_unit_test(test_two_liars_who_say_different_things_never_count),
        cmocka_unit_test(test_three_of_three_are_stopped_by_one),
        cmocka_unit_test(test_a_false_time_of_the_tip_does_not_count),
        cmocka_unit_test(test_a_fork_at_the_tip_holds_it_back_until_it_is_over),
        cmocka_unit_test(test_a_token_is_used_while_all_find_it_well_and_alike),
        cmocka_unit_test(test_what_one_node_was_believed_is_told),
        cmocka_unit_test(test_a_deep_fork_freezes),
        cmocka_unit_test(test_a_reorg_is_one_only_when_a_quorum_tells_it),
        cmocka_unit_test(test_one_of_three_on_another_chain_is_named_until_it_returns),
        cmocka_unit_test(test_a_fork_is_held_against_a_node_from_the_third_block_on),
        cmocka_unit_test(test_nodes_that_deny_a_deep_block_freeze),
        cmocka_unit_test(test_balances_count_when_a_quorum_tells_the_same),
        cmocka_unit_test(test_coins_and_transactions_count_when_a_quorum_tells_the_same),
        cmocka_unit_test(test_one_node_cannot_drive_the_fee_up),
        cmocka_unit_test(test_final_is_what_a_quorum_holds_for_final),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
