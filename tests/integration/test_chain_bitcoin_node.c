/* SPDX-License-Identifier: MIT */
/* The chain port on a real node in regtest: "ltc", "ltc-mweb" or "btc", the only argument. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "adapters/chain_bitcoin/chain_bitcoin.h"
#include "core/asset.h"
#include "core/chain_params.h"
#include "core/error.h"
#include "node_fixture.h"
#include "ports/chain.h"
#include "ports/chain_coins.h"
#include "support/node_pair.h"

/* Wallets date a transaction up to 99 blocks back, now and then, and Knots takes none dated 21. */
enum { FUNDED_BLOCKS = 130, PATIENCE_MS = 20000 };

static struct node_fixture node;
static struct chain *chain;
static struct arena *arena;
static const char *miner;
static const char *network; /* "ltc" or "btc" */

static struct result open_chain(const char *network_key, const char *chain_name, struct str url,
                                uint32_t poll_ms, struct chain **ret_chain) {
    struct chain_bitcoin_options options = {
        .network = network_by_key(str_from_c(network_key)),
        .chain = chain_name,
        .url = url,
        .cookie_file = node.cookie,
        .poll_ms = poll_ms,
        .timeout_ms = 60000,
    };
    return chain_bitcoin_new(&options, arena, ret_chain);
}

static void must(struct result result) {
    if (!result_is_ok(result)) {
        fail_msg("%s: %s", result.code->name, result_text(result));
    }
}

static void refused(struct result result, const struct error_code *code) {
    if (result.code != code) {
        fail_msg("%s, not %s: %s", result.code ? result.code->name : "ok", code->name,
                 result_text(result));
    }
}

static void mine(int count, const char *address) {
    node_ask(&node, "generatetoaddress", "[%d,\"%s\"]", count, address);
}

static const char *new_address(const char *type) {
    return str_to_c(node.arena, node_ask(&node, "getnewaddress", "[\"\",\"%s\"]", type));
}

/* Answers the txid. A wallet keeps to itself that the mempool did not take what it sends, so it is
 * handed over once more: then the node says why, or has it twice, which changes nothing. */
static struct str hand_over(struct str txid) {
    struct str told = node_ask(&node, "gettransaction", "[\"%.*s\"]", STR_ARG(txid));
    const char *hex = strstr(str_to_c(node.arena, told), "\"hex\":\"") + strlen("\"hex\":\"");
    node_ask(&node, "sendrawtransaction", "[\"%.*s\"]", (int)strcspn(hex, "\""), hex);
    return txid;
}

static struct str send_to(const char *address, const char *amount) {
    return hand_over(node_ask(&node, "sendtoaddress", "[\"%s\",%s]", address, amount));
}

static int start(enum node_kind kind) {
    network = kind == NODE_BITCOIN ? "btc" : "ltc";
    node_fixture_init(&node, kind);
    node_fixture_start(&node);
    arena = arena_new(256 << 20);
    must(open_chain(network, "regtest", str_from_c(node.url), 30000, &chain));
    node_ask(&node, "createwallet", "[\"payer\"]");
    miner = new_address("bech32");
    mine(kind == NODE_LITECOIN_MWEB ? 431 : FUNDED_BLOCKS, miner);
    return 0;
}

static int start_ltc(void **state) {
    (void)state;
    return start(NODE_LITECOIN);
}

static int start_ltc_mweb(void **state) {
    (void)state;
    return start(NODE_LITECOIN_MWEB);
}

static int start_btc(void **state) {
    (void)state;
    return start(NODE_BITCOIN);
}

static int stop(void **state) {
    (void)state;
    if (chain != NULL) {
        chain->ops->close(chain);
    }
    arena_free(arena);
    node_fixture_release(&node);
    return 0;
}

static struct block_header tip_of(void) {
    struct block_header tip;
    must(chain->ops->tip(chain, arena, &tip));
    return tip;
}

static struct chain_block block_at(int64_t height) {
    struct block_hash hash;
    must(chain->ops->hash_at(chain, arena, height, &hash));
    struct chain_block block;
    must(chain->ops->block(chain, arena, hash, &block));
    return block;
}

static struct script script_of(const char *address) {
    struct script script;
    must(address_decode(chain_params_by_name(str_from_c(network), STR("regtest")),
                        str_from_c(address), &script));
    return script;
}

/* The `position`th output to an address, or NULL. */
static const struct chain_output *output_to(const struct chain_output *outputs, size_t count,
                                            const char *address, size_t position) {
    struct script script = script_of(address);
    for (size_t i = 0; i < count; i++) {
        if (script_eq(&outputs[i].program, &script) && position-- == 0) {
            return &outputs[i];
        }
    }
    return NULL;
}

static const char *amount_of(const struct chain_output *output) {
    assert_non_null(output);
    return str_to_c(arena, amount_to_text(arena, output->amount));
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void look_at_mempool(const struct chain_output **ret_outputs, size_t *ret_count) {
    must(chain->ops->mempool(chain, arena, ret_outputs, ret_count));
}

/* After a slow look the mempool rests for ten times as long and answers nothing: look again. */
static void look_until_something_is_new(const struct chain_output **ret_outputs,
                                        size_t *ret_count) {
    int64_t give_up_ms = now_ms() + PATIENCE_MS;
    do {
        look_at_mempool(ret_outputs, ret_count);
    } while (*ret_count == 0 && now_ms() < give_up_ms && usleep(10000) == 0);
}

static bool waits_in_mempool(struct txid txid) {
    bool has;
    must(chain->ops->mempool_has(chain, arena, txid, &has));
    return has;
}

/* ---- tests */

static void test_the_node_says_who_it_is(void **state) {
    (void)state;
    struct chain_identity identity;
    must(chain->ops->identify(chain, arena, &identity));
    assert_string_equal(identity.network, "regtest");
    bool is_litecoin = strstr(identity.version, "Litecoin") != NULL;
    assert_int_equal(is_litecoin, strcmp(network, "ltc") == 0);
    struct block_header tip = tip_of();
    assert_int_equal(tip.height, FUNDED_BLOCKS);
    assert_true(tip.proven_ms <= tip.time_ms);
    assert_true(block_hash_eq(block_at(0).header.hash, identity.genesis));
    assert_true(block_hash_eq(block_at(FUNDED_BLOCKS).header.parent,
                              block_at(FUNDED_BLOCKS - 1).header.hash));
    assert_true(block_at(100).outputs[0].coinbase);
}

static void test_another_network_is_refused(void **state) {
    (void)state;
    const char *other_network = strcmp(network, "ltc") == 0 ? "btc" : "ltc";
    const char *const wrong[][2] = {{network, "main"},
                                    {network, "testnet"},
                                    {other_network, "regtest"},
                                    {other_network, "main"}};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct chain *other;
        struct block_header tip;
        must(open_chain(wrong[i][0], wrong[i][1], str_from_c(node.url), 1000, &other));
        refused(other->ops->tip(other, arena, &tip), &ERR_NODE_WRONG_NETWORK);
        other->ops->close(other);
    }
    refused(open_chain(network, "mars", str_from_c(node.url), 1000, &(struct chain *){NULL}),
            &ERR_NODE_WRONG_NETWORK);
}

static void test_a_payment_is_seen_then_mined(void **state) {
    (void)state;
    const char *first = new_address("bech32");
    const char *second = new_address("p2sh-segwit");
    const struct chain_output *outputs;
    size_t count;
    look_at_mempool(&outputs, &count);
    struct str txid = hand_over(
        node_ask(&node, "sendmany", "[\"\",{\"%s\":0.29,\"%s\":0.00012345}]", first, second));
    look_until_something_is_new(&outputs, &count);
    assert_string_equal(amount_of(output_to(outputs, count, first, 0)), "0.29");
    assert_string_equal(amount_of(output_to(outputs, count, second, 0)), "0.00012345");
    look_at_mempool(&outputs, &count);
    assert_int_equal(count, 0);
    struct txid seen;
    assert_true(hex_decode(txid, seen.bytes, sizeof seen.bytes));
    assert_true(waits_in_mempool(seen));

    mine(1, miner);
    assert_false(waits_in_mempool(seen));
    struct chain_block block = block_at(tip_of().height);
    const struct chain_output *paid = output_to(block.outputs, block.output_count, second, 0);
    assert_string_equal(amount_of(paid), "0.00012345");
    assert_false(paid->coinbase);
    struct str found = hex_encode(arena, BYTES_OF(paid->txid.bytes));
    assert_true(str_eq(found, txid));
    struct str place = node_ask(&node, "gettxout", "[\"%.*s\",%u]", STR_ARG(txid), paid->ordinal);
    assert_non_null(strstr(str_to_c(arena, place), second));
}

static struct chain_coin coin_at(const struct chain_output *output) {
    struct chain_coin coin;
    struct outpoint outpoint = {output->txid, output->ordinal};
    must(chain->ops->coins->find(chain, arena, outpoint, &coin));
    return coin;
}

/* What the transaction without witnesses hashes to is its txid. */
static void assert_kept(const struct chain_output *output, struct block_hash block) {
    struct bytes bytes;
    must(chain->ops->coins->transaction(chain, arena, output->txid, block, &bytes));
    uint8_t hash[HASH_256_BYTES];
    hash_sha256_twice(bytes, hash);
    for (size_t i = 0; i < HASH_BYTES; i++) {
        assert_int_equal(hash[i], output->txid.bytes[HASH_BYTES - 1 - i]);
    }
    struct block_hash elsewhere;
    must(chain->ops->hash_at(chain, arena, 1, &elsewhere));
    refused(chain->ops->coins->transaction(chain, arena, output->txid, elsewhere, &bytes),
            &ERR_BLOCK_UNKNOWN);
}

static void test_a_coin_is_there_until_it_is_spent(void **state) {
    (void)state;
    const char *address = new_address("bech32");
    send_to(address, "1.5");
    mine(2, miner);
    struct chain_block block = block_at(tip_of().height - 1);
    const struct chain_output *paid = output_to(block.outputs, block.output_count, address, 0);
    struct chain_coin coin = coin_at(paid);
    assert_int_equal(coin.state, COIN_UNSPENT);
    assert_true(amount_eq(coin.amount, paid->amount));
    assert_true(script_eq(&coin.program, &paid->program));
    assert_int_equal(coin.confirmations, 2);
    assert_false(coin.coinbase);
    assert_true(coin_at(&block.outputs[0]).coinbase);
    assert_kept(paid, block.header.hash);

    struct str txid = hex_encode(arena, BYTES_OF(paid->txid.bytes));
    struct str raw = node_ask(&node, "createrawtransaction",
                              "[[{\"txid\":\"%.*s\",\"vout\":%u}],{\"%s\":1.499}]", STR_ARG(txid),
                              paid->ordinal, miner);
    struct str signed_answer =
        node_ask(&node, "signrawtransactionwithwallet", "[\"%.*s\"]", STR_ARG(raw));
    const char *hex = strstr(str_to_c(arena, signed_answer), "\"hex\":\"") + 7;
    node_ask(&node, "sendrawtransaction", "[\"%.*s\"]", (int)strcspn(hex, "\""), hex);
    assert_int_equal(coin_at(paid).state, COIN_CLAIMED);
    mine(1, miner);
    assert_int_equal(coin_at(paid).state, COIN_SPENT);
    struct chain_output nowhere = {.ordinal = 7};
    assert_int_equal(coin_at(&nowhere).state, COIN_SPENT);
    uint64_t fee_rate;
    refused(chain->ops->coins->fee_rate(chain, arena, 6, &fee_rate), &ERR_FEE_RATE_NEEDED);
}

static void test_two_payments_to_one_address_are_two(void **state) {
    (void)state;
    const char *address = new_address("bech32");
    send_to(address, "1");
    send_to(address, "2");
    mine(1, miner);
    struct chain_block block = block_at(tip_of().height);
    assert_non_null(output_to(block.outputs, block.output_count, address, 1));
    assert_null(output_to(block.outputs, block.output_count, address, 2));
}

static void test_a_reorg_leaves_old_blocks_unknown(void **state) {
    (void)state;
    mine(3, miner);
    int64_t height = tip_of().height;
    struct block_hash old[3];
    for (int i = 0; i < 3; i++) {
        must(chain->ops->hash_at(chain, arena, height - i, &old[i]));
    }
    struct str text = hex_encode(arena, BYTES_OF(old[2].bytes));
    node_tell(&node, "invalidateblock", "[\"%.*s\"]", STR_ARG(text));
    assert_int_equal(tip_of().height, height - 3);
    struct block_hash hash;
    refused(chain->ops->hash_at(chain, arena, height, &hash), &ERR_BLOCK_UNKNOWN);
    struct chain_block block;
    refused(chain->ops->block(chain, arena, old[0], &block), &ERR_BLOCK_UNKNOWN);

    mine(4, new_address("legacy"));
    for (int i = 0; i < 3; i++) {
        must(chain->ops->hash_at(chain, arena, height - i, &hash));
        assert_false(block_hash_eq(hash, old[i]));
        refused(chain->ops->block(chain, arena, old[i], &block), &ERR_BLOCK_UNKNOWN);
    }
    struct block_hash nowhere = {{1}};
    refused(chain->ops->block(chain, arena, nowhere, &block), &ERR_BLOCK_UNKNOWN);
    assert_int_equal(tip_of().height, height + 1);
}

static void *mine_soon(void *context) {
    (void)context;
    usleep(100000);
    mine(1, miner);
    return NULL;
}

static void *wake_soon(void *context) {
    (void)context;
    usleep(100000);
    chain->ops->wake(chain);
    return NULL;
}

static void test_waiting_ends_with_a_block_a_wake_or_its_time(void **state) {
    (void)state;
    struct block_hash tip = tip_of().hash;
    pthread_t thread;
    int64_t start_ms = now_ms();
    pthread_create(&thread, NULL, mine_soon, NULL);
    chain->ops->wait(chain, tip, 60000);
    pthread_join(thread, NULL);
    assert_in_range(now_ms() - start_ms, 90, 25000);
    assert_false(block_hash_eq(tip, tip_of().hash));

    tip = tip_of().hash;
    start_ms = now_ms();
    pthread_create(&thread, NULL, wake_soon, NULL);
    chain->ops->wait(chain, tip, 60000);
    pthread_join(thread, NULL);
    assert_in_range(now_ms() - start_ms, 90, 25000);

    start_ms = now_ms();
    chain->ops->wait(chain, tip, 150);
    assert_in_range(now_ms() - start_ms, 140, 50000);
}

static void test_a_restarted_node_with_a_new_cookie_is_found_again(void **state) {
    (void)state;
    struct block_header before = tip_of();
    node_fixture_stop(&node);
    struct block_header tip;
    refused(chain->ops->tip(chain, arena, &tip), &ERR_NODE_UNREACHABLE);
    node_fixture_start(&node);
    assert_true(block_hash_eq(tip_of().hash, before.hash));
}

/* Knots is whatever says so of itself; another Bitcoin node is only not ready there. */
static void assert_main_is_judged(void) {
    struct chain *main_chain;
    must(open_chain(network, "main", str_from_c(node.url), 1000, &main_chain));
    struct block_header tip;
    struct result done = main_chain->ops->tip(main_chain, arena, &tip);
    struct str about = node_ask(&node, "getnetworkinfo", "[]");
    bool is_knots = memmem(about.ptr, about.len, "Knots", 5) != NULL;
    refused(done, is_knots ? &ERR_NODE_REFUSED : &ERR_NODE_NOT_READY);
    main_chain->ops->close(main_chain);
}

static void test_a_node_exchanged_behind_our_back_is_noticed(void **state) {
    (void)state;
    tip_of();
    node_fixture_stop(&node);
    node.chain_option = "-chain=main";
    node_fixture_start(&node);
    struct block_header tip;
    refused(chain->ops->tip(chain, arena, &tip), &ERR_NODE_WRONG_NETWORK);
    struct block_hash hash;
    refused(chain->ops->hash_at(chain, arena, 0, &hash), &ERR_NODE_WRONG_NETWORK);
    assert_main_is_judged();
    node_fixture_stop(&node);
    node.chain_option = "-regtest";
    node_fixture_start(&node);
    tip_of();
}

static void test_the_next_node_answers_when_one_is_gone(void **state) {
    (void)state;
    struct chain *nodes[2];
    must(open_chain(network, "regtest", STR("http://127.0.0.1:1"), 1000, &nodes[0]));
    must(open_chain(network, "regtest", str_from_c(node.url), 1000, &nodes[1]));
    struct chain *pair = node_pair_new(nodes, NULL);
    struct block_header tip;
    must(pair->ops->tip(pair, arena, &tip));
    pair->ops->close(pair);
}

static void test_coins_out_of_the_mweb_are_seen_in_the_block(void **state) {
    (void)state;
    const char *inside = new_address("mweb");
    node_ask(&node, "sendtoaddress", "[\"%s\",10]", inside);
    const struct chain_output *outputs;
    size_t count;
    look_at_mempool(&outputs, &count);
    mine(1, miner);
    struct chain_block activation = block_at(432);
    assert_int_equal(tip_of().height, 432);
    assert_int_equal(activation.output_count, 1); /* the coinbase's own; neither peg-in nor HogEx */

    /* A wallet with nothing but MWEB coins can only pay out of them. */
    node_ask(&node, "createwallet", "[\"inside\"]");
    node_tell(&node, "unloadwallet", "[\"payer\"]");
    const char *deep = new_address("mweb");
    node_tell(&node, "unloadwallet", "[\"inside\"]");
    node_ask(&node, "loadwallet", "[\"payer\"]");
    const char *shop = new_address("bech32");
    node_ask(&node, "sendtoaddress", "[\"%s\",5]", deep);
    mine(1, miner);
    node_tell(&node, "unloadwallet", "[\"payer\"]");
    node_ask(&node, "loadwallet", "[\"inside\"]");
    look_at_mempool(&outputs, &count);
    struct str txid = node_ask(&node, "sendtoaddress", "[\"%s\",1.25]", shop);
    look_at_mempool(&outputs, &count);
    assert_int_equal(count, 0);
    mine(1, miner);

    struct chain_block block = block_at(tip_of().height);
    const struct chain_output *paid = output_to(block.outputs, block.output_count, shop, 0);
    assert_string_equal(amount_of(paid), "1.25");
    assert_false(paid->coinbase);
    assert_true(paid->ordinal >= 1);
    assert_false(str_eq(txid, hex_encode(arena, BYTES_OF(paid->txid.bytes))));
    assert_null(output_to(block.outputs, block.output_count, shop, 1));
    assert_int_equal(coin_at(paid).state, COIN_UNSPENT);
    assert_kept(paid, block.header.hash);
}

int main(int argc, char **argv) {
    const struct CMUnitTest plain[] = {
        cmocka_unit_test(test_the_node_says_who_it_is),
        cmocka_unit_test(test_another_network_is_refused),
        cmocka_unit_test(test_a_payment_is_seen_then_mined),
        cmocka_unit_test(test_a_coin_is_there_until_it_is_spent),
        cmocka_unit_test(test_two_payments_to_one_address_are_two),
        cmocka_unit_test(test_a_reorg_leaves_old_blocks_unknown),
        cmocka_unit_test(test_waiting_ends_with_a_block_a_wake_or_its_time),
        cmocka_unit_test(test_a_restarted_node_with_a_new_cookie_is_found_again),
        cmocka_unit_test(test_the_next_node_answers_when_one_is_gone),
        cmocka_unit_test(test_a_node_exchanged_behind_our_back_is_noticed),
    };
    const struct CMUnitTest mweb[] = {
        cmocka_unit_test(test_coins_out_of_the_mweb_are_seen_in_the_block),
    };
    const char *kind = argc > 1 ? argv[1] : "ltc";
    bool is_btc = strcmp(kind, "btc") == 0;
    const char *missing = node_fixture_missing(is_btc ? NODE_BITCOIN : NODE_LITECOIN);
    if (missing != NULL) {
        printf("1..0 # SKIP %s\n", missing);
        return 0;
    }
    if (strcmp(kind, "ltc-mweb") == 0) {
        return cmocka_run_group_tests(mweb, start_ltc_mweb, stop);
    }
    return cmocka_run_group_tests(plain, is_btc ? start_btc : start_ltc, stop);
}
