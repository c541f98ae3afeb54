/* SPDX-License-Identifier: MIT */
/* A transaction's bytes, and what a node says of one in its mempool. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapters/chain_bitcoin/mempool_tx.h"
#include "adapters/chain_bitcoin/raw_tx.h"
#include "base/arena.h"
#include "core/asset.h"
#include "node_answers.h"

static struct arena *arena;

static int setup(void **state) {
    (void)state;
    arena = arena_new(64 << 20);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

/* ---- bytes */

/* BIP 143's example of P2SH-P2WPKH, signed: one input with a witness, two outputs. */
#define BIP_143_TX                                                                                 \
    "01000000000101db6b1b20aa0fd7b23880be2ecbd4a98130974cf4748fb66092ac4d3ceb1a547701000000171600" \
    "1479091972186c449eb1ded22b78e40d009bdf0089feffffff02b8b4eb0b000000001976a914a457b684d7f0d539" \
    "a46a45bbc043f35b59d0d96388ac0008af2f000000001976a914fd270b1ee6abcaea97fea7ad0402e8bd8ad6d77c" \
    "88ac02473044022047ac8e878352d3ebbde1c94ce3a10d057c24175747116f8288e5d794d12d482f0220217f36a4" \
    "85cae903c713331d877c1f64677e3622ad4010726870540656fe9dcb012103ad1d8e89212f0b92c74d23bb710c00" \
    "662ad1470198ac48c43f7d6f93a2a2687392040000"

static struct bytes bytes_of(const char *hex) {
    size_t size = strlen(hex) / 2;
    uint8_t *bytes = arena_alloc(arena, size + 1);
    assert_true(hex_decode(str_from_c(hex), bytes, size));
    return (struct bytes){.ptr = bytes, .len = size};
}

static void test_a_witness_is_no_part_of_the_txid(void **state) {
    (void)state;
    struct raw_tx tx;
    assert_true(raw_tx_read(bytes_of(BIP_143_TX), &tx));
    struct str txid = hex_encode(arena, BYTES_OF(tx.txid.bytes));
    assert_true(
        str_eq(txid, STR("ef48d9d0f595052e0f8cdcf825f7a5e50b6a388a81f206f3f4846e5ecd7a0c23")));
    assert_int_equal(tx.output_count, 2);
    struct raw_output output;
    raw_tx_output_next(&tx.outputs, &output);
    assert_int_equal(output.value, 199996600);
    raw_tx_output_next(&tx.outputs, &output);
    assert_int_equal(output.value, 800000000);
    assert_int_equal(output.program.len, 25);
    assert_int_equal(tx.outputs.len, 0);
}

static void test_bytes_cut_or_lengthened_are_no_transaction(void **state) {
    (void)state;
    struct bytes whole = bytes_of(BIP_143_TX "00");
    for (size_t len = 0; len <= whole.len; len++) {
        uint8_t *copy = arena_alloc(arena, len + 1); /* so that the sanitizer sees the end */
        memcpy(copy, whole.ptr, len);
        struct raw_tx tx;
        assert_int_equal(raw_tx_read((struct bytes){copy, len}, &tx), len == whole.len - 1);
    }
}

static void test_unknown_flags_and_absurd_counts_are_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "0200000000000000000000",                     /* flag 0 */
        "02000000000200000000000000",                 /* flag 2 */
        "020000000008000001000000",                   /* an MWEB part inside a block */
        "02000000ffffffffffffffffff00000000",         /* inputs */
        "0200000000010000ffffffffffffffffff00000000", /* outputs */
        "02000000fe00000001",
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct raw_tx tx;
        assert_false(raw_tx_read(bytes_of(wrong[i]), &tx));
    }
    struct raw_tx hogex; /* no inputs, no outputs, and a zero in the MWEB's place */
    assert_true(raw_tx_read(bytes_of("0200000000080000"
                                     "00"
                                     "00000000"),
                            &hogex));
}

/* ---- the mempool */

#define MEMPOOL_TX                                                                                 \
    "{\"txid\":\"d924fd40db106c4155ec933388c962e504ecd26b928da0e007fa80061913a126\",\"vin\":[],"   \
    "\"vout\":[{\"value\":0.10000000,\"n\":0,\"scriptPubKey\":{\"hex\":\"51\"}},"                  \
    "{\"ismweb\":false,\"value\":0.29000000,\"n\":1,\"scriptPubKey\":{\"asm\":\"\",\"hex\":"       \
    "\"a9146577910761fcd1fa885f140fb921e8dee0f0d59e87\",\"type\":\"scripthash\"}}]}"

static const char *decode(struct str json, struct output_list *ret_outputs) {
    struct json_reader *reader = ARENA_NEW(arena, struct json_reader);
    json_reader_init(reader, arena, bytes_from_str(json));
    *ret_outputs = (struct output_list){.arena = arena, .coin = asset_by_code(STR("LTC"))};
    struct txid txid;
    mempool_tx_decode(reader, ret_outputs, &txid);
    return json_reader_finish(reader) ? NULL : json_reader_error(reader);
}

static void test_outputs_are_read_exactly(void **state) {
    (void)state;
    struct output_list outputs;
    assert_null(decode(STR(MEMPOOL_TX), &outputs));
    assert_string_equal(str_to_c(arena, outputs_as_text(arena, outputs.items, outputs.count)),
                        "0.1 to 51 at 0\n"
                        "0.29 to a9146577910761fcd1fa885f140fb921e8dee0f0d59e87 at 1\n");
    struct str txid = hex_encode(arena, BYTES_OF(outputs.items[1].txid.bytes));
    assert_true(str_starts_with(txid, STR("d924fd40")));
}

static void assert_refused(const char *from, const char *to, const char *reason) {
    struct output_list outputs;
    const char *error = decode(text_with(arena, STR(MEMPOOL_TX), from, to), &outputs);
    if (error == NULL || strstr(error, reason) == NULL) {
        fail_msg("%s for %s: %s", to, from, error ? error : "believed");
    }
}

static void test_an_output_is_read_strictly(void **state) {
    (void)state;
    assert_refused("\"value\":0.29000000", "\"value\":-0.29000000", "not an amount");
    assert_refused("\"value\":0.29000000", "\"value\":0.290000001", "not an amount");
    assert_refused("\"value\":0.29000000", "\"value\":1e999", "not an amount");
    assert_refused("\"value\":0.29000000", "\"value\":\"0.29\"", "a number was expected");
    assert_refused("\"value\":0.29000000", "\"value\":null", "a number was expected");
    assert_refused("\"value\":0.29000000,", "", "no value");
    assert_refused("\"n\":1,", "", "no value");
    assert_refused("\"n\":1,", "\"n\":0,", "not in order");
    assert_refused("\"n\":1,", "\"n\":4294967296,", "too large");
    assert_refused("\"a914", "\"a91", "not hex");
    assert_refused("\"a914", "\"zz14", "not hex");
    assert_refused("\"hex\":\"a914", "\"hex\":\"00\",\"hex\":\"", "twice");
    assert_refused("\"txid\"", "\"id\"", "no txid");
    assert_refused("\"vout\"", "\"out\"", "no txid or no outputs");
}

static void test_what_nobody_of_ours_owns_is_passed_over(void **state) {
    (void)state;
    static const char *const not_ours[][2] = {
        {"\"value\":0.29000000", "\"value\":0.00000000"},
        {"\"value\":0.29000000", "\"value\":0"},
        {"\"a914", "\"6a14"},
        {"\"a914", "\"a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a914"},
        {"\"a9146577910761fcd1fa885f140fb921e8dee0f0d59e87\"", "\"\""},
        {"\"a9146577910761fcd1fa885f140fb921e8dee0f0d59e87\"",
         "\"59202df5848c5044ce523393dc1d35416644c13b1541451ffc977acf10876ab2baca\""},
    };
    for (size_t i = 0; i < sizeof(not_ours) / sizeof(not_ours[0]); i++) {
        struct output_list outputs;
        assert_null(
            decode(text_with(arena, STR(MEMPOOL_TX), not_ours[i][0], not_ours[i][1]), &outputs));
        assert_int_equal(outputs.count, 1);
    }
}

static void test_what_is_inside_the_mweb_is_passed_over(void **state) {
    (void)state;
    struct output_list outputs;
    assert_null(decode(node_recording(arena, "ltc_mempool_mweb"), &outputs));
    assert_int_equal(outputs.count, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_witness_is_no_part_of_the_txid),
        TEST(test_bytes_cut_or_lengthened_are_no_transaction),
        TEST(test_unknown_flags_and_absurd_counts_are_refused),
        TEST(test_outputs_are_read_exactly),
        TEST(test_an_output_is_read_strictly),
        TEST(test_what_nobody_of_ours_owns_is_passed_over),
        TEST(test_what_is_inside_the_mweb_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
