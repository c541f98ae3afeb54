/* SPDX-License-Identifier: MIT */
/* What is believed of a node's block: recorded ones from real nodes, and the same with lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"
#include "core/hash.h"
#include "node_answers.h"

#define LTC_PAYMENTS "1701dbe2e8a6286f7922df92a9df170f769d306f74af2fc5bc654c3cb241211b"

static struct arena *arena;

static int setup(void **state) {
    (void)state;
    arena = arena_new(256 << 20);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static struct chain_block good_block(const char *name, const char *hash) {
    char network[4] = {name[0], name[1], name[2], '\0'};
    struct chain_block block;
    struct result done =
        decode_block(arena, network, node_recording(arena, name), 0, hash_from_hex(hash), &block);
    if (!result_is_ok(done)) {
        fail_msg("%s: %s", name, result_text(done));
    }
    return block;
}

static void assert_outputs(const struct chain_block *block, const char *wanted) {
    assert_string_equal(
        str_to_c(arena, outputs_as_text(arena, block->outputs, block->output_count)), wanted);
}

static void test_outputs_are_read_exactly_from_a_litecoin_block(void **state) {
    (void)state;
    struct chain_block block = good_block("ltc_block_payments", LTC_PAYMENTS);
    assert_int_equal(block.header.height, 102);
    assert_int_equal(block.output_count, 15);
    block.output_count = 5;
    assert_outputs(&block, "50.0002296 to 00141e23059e4150dff2a0176e244f48773ae3ac92d6 at 0, new\n"
                           "0.1 to 76a914c02a2d49096ff6ed329a220b9f3b53edbf69b8f488ac at 0\n"
                           "0.29 to a9146577910761fcd1fa885f140fb921e8dee0f0d59e87 at 1\n"
                           "49.60983515 to 0014c2f831f0c4e91b45f6b4e9bec33e3e7aaaf3cbec at 2\n"
                           "0.00012345 to 0014e977c37c5cfa5320619edf5d090d312683a59ea2 at 3\n");
    struct str txid = hex_encode(arena, BYTES_OF(block.outputs[2].txid.bytes));
    assert_true(str_starts_with(txid, STR("d924fd40db106c41")));
}

static void test_outputs_are_read_exactly_from_a_bitcoin_block(void **state) {
    (void)state;
    struct chain_block block = good_block(
        "btc_block_payments", "57de00c71f8794ca9e829f92082fc241d5d2a838df419ed98ad118cf244c3077");
    assert_outputs(
        &block,
        "50.0000662 to 76a9146d1d1c397cbc98bc5caff3088353f89df05c8c9b88ac at 0, new\n"
        "0.1 to 76a914b5b398cd43e1bc72aed59c1dc21b2cab08736d8788ac at 0\n"
        "20.00000001 to 51205a5afb773d41b9ba3be8331eade29017a9c1362935d350df9cf7f0c6d2436759 at 1\n"
        "29.60981034 to 76a914c9a441ae96821eeee0ea1ad15f66d116ac32f62c88ac at 2\n"
        "0.00012345 to 0014ddc5f2e47ce78de88e2a1c6e8877ce12f84a3f25 at 3\n"
        "0.29 to a914b240c5902da4c74c6e89df80abe03090c5847dd287 at 4\n");
    assert_int_equal(block.header.time_ms, 1795183443000);
    assert_int_equal(block.header.proven_ms, 1795183442000);
    struct block_hash parent =
        hash_from_hex("5b9efcae0ca9d005a047000d422361839b48c5de09d4ff5f1a15776f16b912b9");
    assert_true(block_hash_eq(block.header.parent, parent));
}

static void test_neither_a_peg_in_nor_the_hogex_coin_is_money(void **state) {
    (void)state;
    struct chain_block block =
        good_block("ltc_block_mweb_activation",
                   "448b361e554703a2fa6c36ac0b0c7e076b2ae1ccbfc6cd376470c3c141beb752");
    assert_outputs(&block,
                   "12.5000716 to 00148a45b668573df212d673533c636bdbcf84bb131a at 0, new\n");
}

static void test_a_peg_out_in_the_hogex_is_a_payment(void **state) {
    (void)state;
    struct chain_block block = good_block(
        "ltc_block_pegout", "6e9db5790df86b3008f9f4ac5545bb64026fd90a84d9a82c5afc8858a8f0943c");
    assert_outputs(&block, "12.5000672 to 0014c15e920c7fcb60da5d2812ec37d1643f799698ce at 0, new\n"
                           "1.25 to 0014b90796102345e5bc895a67a26c1c4c139e0762a8 at 1\n");
}

static void test_the_genesis_block_has_no_parent(void **state) {
    (void)state;
    struct chain_block block = good_block(
        "ltc_block_genesis", "530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9");
    assert_int_equal(block.header.height, 0);
    assert_int_equal(block.output_count, 0);
}

static void test_a_block_reads_the_same_however_it_arrives(void **state) {
    (void)state;
    struct chain_block whole = good_block("ltc_block_payments", LTC_PAYMENTS);
    struct str wanted = outputs_as_text(arena, whole.outputs, whole.output_count);
    for (size_t piece = 1; piece < 40; piece++) {
        struct chain_block block;
        struct result done = decode_block(arena, "ltc", node_recording(arena, "ltc_block_payments"),
                                          piece, hash_from_hex(LTC_PAYMENTS), &block);
        assert_true(result_is_ok(done));
        assert_true(str_eq(outputs_as_text(arena, block.outputs, block.output_count), wanted));
        arena_reset(arena);
        whole = good_block("ltc_block_payments", LTC_PAYMENTS);
        wanted = outputs_as_text(arena, whole.outputs, whole.output_count);
    }
}

static struct result lie(const char *from, const char *to) {
    struct str json = node_recording(arena, "ltc_block_payments");
    struct chain_block block;
    return decode_block(arena, "ltc", text_with(arena, json, from, to), 0,
                        hash_from_hex(LTC_PAYMENTS), &block);
}

static void assert_distrusted(const char *from, const char *to, const char *reason) {
    struct result done = lie(from, to);
    if (done.code != &ERR_NODE_ANSWER) {
        fail_msg("%s for %s: %s", to, from, result_is_ok(done) ? "believed" : done.code->name);
    }
    if (strstr(done.detail, reason) == NULL) {
        fail_msg("%s for %s: %s", to, from, done.detail);
    }
    arena_reset(arena);
}

static void test_a_header_that_does_not_hash_to_the_block_is_distrusted(void **state) {
    (void)state;
    static const char *const changed[][2] = {
        {"\"version\": 536870912", "\"version\": 536870913"},
        {"\"merkleroot\": \"", "\"merkleroot\": \"00"},
        {"\"merkleroot\": \"", "\"merkleroot\": \"0000000000000000000000000000000000000000000000000"
                               "000000000000000\", \"other\": \""},
        {"\"bits\": \"207fffff\"", "\"bits\": \"207ffffe\""},
        {"\"nonce\": ", "\"nonce\": 7"},
        {"\"previousblockhash\": \"", "\"previousblockhash\": \"00000000000000000000000000000000000"
                                      "00000000000000000000000000000\", \"other\": \""},
        {"\"time\": 1", "\"time\": 2"},
    };
    for (size_t i = 0; i < sizeof(changed) / sizeof(changed[0]); i++) {
        assert_distrusted(changed[i][0], changed[i][1], "");
    }
    assert_distrusted("\"hash\": \"1701", "\"hash\": \"1702", "another block");
}

static void test_a_header_with_a_missing_or_odd_field_is_distrusted(void **state) {
    (void)state;
    static const char *const keys[] = {"hash", "confirmations",    "height",     "version",
                                       "time", "merkleroot",       "mediantime", "nonce",
                                       "bits", "previousblockhash"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const char *from = arena_printf(arena, "\"%s\": ", keys[i]);
        assert_distrusted(str_to_c(arena, str_from_c(from)),
                          arena_printf(arena, "\"no_%s\": ", keys[i]), "the block's header lacks");
    }
    assert_distrusted("\"height\": 102", "\"height\": -102", "");
    assert_distrusted("\"height\": 102", "\"height\": 0", "genesis");
    assert_distrusted("\"height\": 102", "\"height\": 1e2", "");
    assert_distrusted("\"time\": 1", "\"time\": 41", "32 bits");
    assert_distrusted("\"version\": 5", "\"version\": 55555555555", "32 bits");
}

static void test_a_block_off_the_best_chain_is_unknown(void **state) {
    (void)state;
    struct result done = lie("\"confirmations\": 1", "\"confirmations\": -1");
    assert_ptr_equal(done.code, &ERR_BLOCK_UNKNOWN);
}

static void test_transactions_left_out_added_or_changed_are_noticed(void **state) {
    (void)state;
    static const char reason[] = "header commits to";
    /* 0.29 LTC becomes 0.30, and one byte of a program changes. */
    assert_distrusted("4081ba0100000000", "80c3c90100000000", reason);
    assert_distrusted("17a9146577910761", "17a9146577910762", reason);
    assert_distrusted("\"tx\": [", "\"tx\": [], \"other\": [", reason);
    assert_distrusted("\"tx\": [", "\"other\": [", reason);
    assert_distrusted("\"tx\": [", "\"tx\": [{\"txid\": \"" LTC_PAYMENTS "\", \"vout\": []},",
                      "no hex");
    assert_distrusted("\"hex\": \"02000000", "\"hex\": \"0200000", "not a transaction");
    assert_distrusted("\"hex\": \"02000000", "\"hex\": \"0200000z", "not a transaction");
    assert_distrusted("\"hex\": \"02000000", "\"hex\": \"", "not a transaction");
}

static void test_what_a_node_says_beside_the_bytes_changes_nothing(void **state) {
    (void)state;
    static const char *const changed[][2] = {
        {"\"value\": 0.29000000", "\"value\": 29"},
        {"\"hex\": \"a9146577910761", "\"hex\": \"a9146577910762"},
        {"\"txid\": \"d924fd40", "\"txid\": \"d924fd41"},
        {"\"n\": 1,", "\"n\": 7,"},
    };
    struct chain_block good = good_block("ltc_block_payments", LTC_PAYMENTS);
    struct str wanted = outputs_as_text(arena, good.outputs, good.output_count);
    for (size_t i = 0; i < sizeof(changed) / sizeof(changed[0]); i++) {
        struct str json = node_recording(arena, "ltc_block_payments");
        struct chain_block block;
        struct result done =
            decode_block(arena, "ltc", text_with(arena, json, changed[i][0], changed[i][1]), 0,
                         hash_from_hex(LTC_PAYMENTS), &block);
        assert_true(result_is_ok(done));
        assert_true(str_eq(outputs_as_text(arena, block.outputs, block.output_count), wanted));
    }
}

static void test_a_list_with_its_tail_doubled_is_not_the_same_list(void **state) {
    (void)state;
    /* Of six leaves, the last two stand twice in the tree: eight give the same root. */
    struct merkle six;
    struct merkle eight;
    merkle_init(&six);
    merkle_init(&eight);
    for (uint8_t i = 0; i < 8; i++) {
        struct txid txid = {{i < 6 ? i : (uint8_t)(i - 2)}};
        if (i < 6) {
            merkle_add(&six, &txid);
        }
        merkle_add(&eight, &txid);
    }
    uint8_t root[HASH_BYTES];
    assert_true(merkle_root(&six, root));
    assert_false(merkle_root(&eight, root));
}

/* Level by level, as everybody draws it. */
static void plain_root(uint8_t (*level)[HASH_BYTES], size_t count, uint8_t *ret_root) {
    for (; count > 1; count = (count + 1) / 2) {
        for (size_t i = 0; i < count; i += 2) {
            uint8_t pair[2 * HASH_BYTES];
            memcpy(pair, level[i], HASH_BYTES);
            memcpy(pair + HASH_BYTES, level[i + 1 < count ? i + 1 : i], HASH_BYTES);
            hash_sha256_twice(BYTES_OF(pair), level[i / 2]);
        }
    }
    for (size_t i = 0; i < HASH_BYTES; i++) {
        ret_root[i] = level[0][HASH_BYTES - 1 - i];
    }
}

static void test_the_merkle_root_is_right_for_any_number_of_leaves(void **state) {
    (void)state;
    for (size_t count = 1; count <= 70; count++) {
        uint8_t level[70][HASH_BYTES];
        struct merkle merkle;
        merkle_init(&merkle);
        for (size_t i = 0; i < count; i++) {
            struct txid txid = {{(uint8_t)i, 1, 2, 3}};
            merkle_add(&merkle, &txid);
            for (size_t k = 0; k < HASH_BYTES; k++) {
                level[i][k] = txid.bytes[HASH_BYTES - 1 - k];
            }
        }
        uint8_t found[HASH_BYTES];
        uint8_t wanted[HASH_BYTES];
        assert_true(merkle_root(&merkle, found));
        plain_root(level, count, wanted);
        assert_memory_equal(found, wanted, HASH_BYTES);
    }
    struct merkle empty;
    uint8_t root[HASH_BYTES];
    merkle_init(&empty);
    assert_false(merkle_root(&empty, root));
}

static void test_fields_in_another_order_and_unknown_ones_do_no_harm(void **state) {
    (void)state;
    struct str json = node_recording(arena, "ltc_block_payments");
    json = text_with(arena, json, "\"nonce\": ", "\"future\": {\"a\": [1, 2]}, \"nonce\": ");
    struct chain_block block;
    assert_true(
        result_is_ok(decode_block(arena, "ltc", json, 0, hash_from_hex(LTC_PAYMENTS), &block)));
}

static void test_a_block_cut_at_any_byte_is_no_block(void **state) {
    (void)state;
    struct str json = node_recording(arena, "btc_block_payments");
    struct block_hash asked =
        hash_from_hex("57de00c71f8794ca9e829f92082fc241d5d2a838df419ed98ad118cf244c3077");
    CLEANUP(arena_cleanup) struct arena *each = arena_new(16 << 20);
    for (size_t len = 0; len < json.len - 1; len++) {
        struct chain_block block;
        struct result done = decode_block(each, "btc", str_slice(json, 0, len), 0, asked, &block);
        assert_ptr_equal(done.code, &ERR_NODE_ANSWER);
        arena_reset(each);
    }
}

static void test_a_block_too_large_for_its_memory_is_an_error_and_no_crash(void **state) {
    (void)state;
    struct buf json = buf_in(arena);
    buf_puts(&json, "{\"tx\":[{\"hex\":\"0200000001");
    for (int i = 0; i < 36; i++) {
        buf_puts(&json, "00");
    }
    buf_puts(&json, "0000000000fd1027"); /* no script, sequence, 10000 outputs */
    for (int i = 0; i < 10000; i++) {
        buf_puts(&json, "01000000000000000151");
    }
    buf_puts(&json, "00000000\"}]}");
    CLEANUP(arena_cleanup) struct arena *small = arena_new(1300 << 10);
    struct chain_block block;
    struct result done =
        decode_block(small, "ltc", buf_str(&json), 0, hash_from_hex(LTC_PAYMENTS), &block);
    assert_ptr_equal(done.code, &ERR_NODE_ANSWER);
    assert_non_null(strstr(done.detail, "too many outputs"));
}

static void test_a_header_alone_proves_itself(void **state) {
    (void)state;
    struct block_hash asked =
        hash_from_hex("6e9db5790df86b3008f9f4ac5545bb64026fd90a84d9a82c5afc8858a8f0943c");
    struct json_reader reader;
    json_reader_init(&reader, arena, bytes_from_str(node_recording(arena, "ltc_header")));
    struct node_header read = {0};
    header_decode(&reader, &read);
    assert_true(json_reader_finish(&reader));
    struct block_header header;
    assert_true(result_is_ok(header_check(&read, asked, &header)));
    assert_int_equal(header.height, 444);
    assert_true(header.proven_ms < header.time_ms);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_outputs_are_read_exactly_from_a_litecoin_block),
        TEST(test_outputs_are_read_exactly_from_a_bitcoin_block),
        TEST(test_neither_a_peg_in_nor_the_hogex_coin_is_money),
        TEST(test_a_peg_out_in_the_hogex_is_a_payment),
        TEST(test_the_genesis_block_has_no_parent),
        TEST(test_a_block_reads_the_same_however_it_arrives),
        TEST(test_a_header_that_does_not_hash_to_the_block_is_distrusted),
        TEST(test_a_header_with_a_missing_or_odd_field_is_distrusted),
        TEST(test_a_block_off_the_best_chain_is_unknown),
        TEST(test_transactions_left_out_added_or_changed_are_noticed),
        TEST(test_what_a_node_says_beside_the_bytes_changes_nothing),
        TEST(test_a_list_with_its_tail_doubled_is_not_the_same_list),
        TEST(test_the_merkle_root_is_right_for_any_number_of_leaves),
        TEST(test_fields_in_another_order_and_unknown_ones_do_no_harm),
        TEST(test_a_block_cut_at_any_byte_is_no_block),
        TEST(test_a_block_too_large_for_its_memory_is_an_error_and_no_crash),
        TEST(test_a_header_alone_proves_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
