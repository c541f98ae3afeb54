/* SPDX-License-Identifier: MIT */
/* Blocks that a real node (anvil) made, proved; and each lie about them found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapters/chain_evm/evm_decode.h"
#include "adapters/chain_evm/evm_proof.h"
#include "adapters/chain_evm/evm_tx_read.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"
#include "core/evm_header.h"
#include "core/evm_signer.h"
#include "node_answers.h"

#define WORD_ZERO ZEROS "000000"
#define ZEROS     "0000000000000000000000000000000000000000000000000000000000"

enum { ARENA_BYTES_MAX = 32 << 20 };

static struct str load(struct arena *arena, const char *name) {
    return node_recording(arena, arena_printf(arena, "../evm/block_%s", name));
}

static void decode(struct arena *arena, struct str text, struct evm_block *ret_block) {
    struct evm_block_decoder block = {.arena = arena, .takes_txs = true};
    struct evm_receipts_decoder receipts = {.arena = arena};
    struct json_reader reader;
    struct str key;
    json_reader_init(&reader, arena, bytes_from_str(text));
    json_object_begin(&reader);
    while (json_object_next(&reader, &key)) {
        if (str_eq(key, STR("block"))) {
            evm_block_decode(&reader, &block);
        } else if (str_eq(key, STR("receipts"))) {
            evm_receipts_decode(&reader, &receipts);
        }
    }
    if (!json_reader_finish(&reader)) {
        fail_msg("%s", json_reader_error(&reader));
    }
    *ret_block = (struct evm_block){
        .header = block.header,
        .txs = block.txs,
        .tx_count = block.tx_count,
        .tx_commitment = block.tx_commitment,
        .receipts = receipts.receipts,
        .receipt_count = receipts.count,
    };
}

static struct result check(struct str text, enum evm_trust trust, struct evm_proof *ret_proof) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct evm_block block;
    decode(arena, text, &block);
    return evm_proof_check(&block, block.header.hash, trust, ret_proof);
}

static void assert_refused(struct str text, const char *why) {
    struct evm_proof proof;
    struct result result = check(text, EVM_TRUST_NOTHING, &proof);
    assert_ptr_equal(result.code, &ERR_NODE_ANSWER);
    if (strstr(result_text(result), why) == NULL) {
        fail_msg("\"%s\" instead of \"%s\"", result_text(result), why);
    }
}

static void test_real_blocks_of_every_fork_are_proved(void **state) {
    (void)state;
    static const char *const names[] = {"empty",    "berlin", "london",
                                        "payments", "types",  "authorizations"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES_MAX);
        struct evm_proof proof = {.gap = "nothing was said"};
        struct result result = check(load(arena, names[i]), EVM_TRUST_NOTHING, &proof);
        if (!result_is_ok(result)) {
            fail_msg("%s: %s", names[i], result_text(result));
        }
        assert_null(proof.gap);
    }
}

/* Ethereum, Optimism and Arbitrum themselves, whose nodes also tell fields that are none. */
static void test_headers_of_public_chains_hash_to_their_blocks(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct json_reader reader;
    size_t count = 0;
    json_reader_init(&reader, arena, bytes_from_str(node_recording(arena, "../evm/headers")));
    json_array_begin(&reader);
    while (json_array_next(&reader)) {
        struct evm_block_decoder decoder = {.arena = arena};
        struct buf scratch = buf_in(arena);
        struct block_hash hash;
        evm_block_decode(&reader, &decoder);
        assert_true(evm_header_hash(&decoder.header, &scratch, &hash));
        assert_true(block_hash_eq(hash, decoder.header.hash));
        count++;
    }
    assert_true(json_reader_finish(&reader));
    assert_int_equal(count, 3);
}

/* What Optimism's bridge and Arbitrum itself put into blocks, signed by nobody. */
static void test_transactions_of_other_networks_hash_as_they_do_there(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct evm_tx_reader tx_reader;
    struct evm_tx_commitment commitment;
    struct json_reader reader;
    size_t count = 0;
    evm_tx_reader_init(&tx_reader, arena);
    json_reader_init(&reader, arena, bytes_from_str(node_recording(arena, "../evm/transactions")));
    json_array_begin(&reader);
    while (json_array_next(&reader)) {
        struct evm_tx tx;
        evm_tx_read(&tx_reader, &reader, &tx);
        count++;
    }
    assert_true(json_reader_finish(&reader));
    assert_int_equal(count, 3);
    assert_true(evm_tx_reader_finish(&tx_reader, &commitment));
    assert_true(commitment.is_whole && commitment.hashes_fit);
}

/* Arbitrum's own transaction at the beginning of a block, in whose bytes is neither a receiver nor
 * a sum: whatever a node says of them, the hash fits. */
static void test_what_no_hash_covers_pays_nobody(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    static const char text[] =
        "{\"chainId\":\"0xa4b1\",\"from\":\"0x00000000000000000000000000000000000a4b05\","
        "\"hash\":\"0x7144169eeaff9b4b9d0a1948fa6149784710e3f55da837f93201fcfb0a6c2450\","
        "\"input\":\"0x6bf6a42d" WORD_ZERO "000000000000000000000000000000000000000000000000000000"
        "00010924a40000000000000000000000000000000000000000000000000000000005bc407a" ZEROS
        "000001\",\"to\":\"0x00000000000000000000000000000000000007e5\","
        "\"transactionIndex\":\"0x0\",\"type\":\"0x6a\",\"value\":\"0xde0b6b3a7640000\"}";
    struct evm_tx_reader tx_reader;
    struct evm_tx_commitment commitment;
    struct json_reader reader;
    struct evm_tx tx;
    evm_tx_reader_init(&tx_reader, arena);
    json_reader_init(&reader, arena, bytes_from_str(str_from_c(text)));
    evm_tx_read(&tx_reader, &reader, &tx);
    assert_true(json_reader_finish(&reader));
    assert_true(evm_tx_reader_finish(&tx_reader, &commitment));
    assert_true(commitment.is_whole && commitment.hashes_fit);
    assert_false(tx.has_to);
}

/* Fields of the header, of a transaction, of a receipt and of a log, one changed at a time. */
static void test_each_lie_is_found(void **state) {
    (void)state;
    static const char header[] = "not that of its header";
    static const char txs[] = "the transactions are not those";
    static const char receipts[] = "the receipts are not those";
    static const struct {
        const char *from;
        const char *to;
        const char *why;
    } lies[] = {
        {"\"gasUsed\":\"0x", "\"gasUsed\":\"0x1", header},
        {"\"parentHash\":\"0x", "\"parentHash\":\"0x00000000", header},
        {"\"timestamp\":\"0x6", "\"timestamp\":\"0x7", header},
        {"\"requestsHash\":", "\"other\":", header},
        {"\"baseFeePerGas\":", "\"baseFee\":", header},
        {"\"receiptsRoot\":\"0x", "\"receiptsRoot\":\"0xff", header},
        {"\"value\":\"0xab54a98ceb1f0ad2\"", "\"value\":\"0xab54a98ceb1f0ad3\"", txs},
        {"\"to\":\"0x000000000000000000000000000000000000aa01\"",
         "\"to\":\"0x000000000000000000000000000000000000aa02\"", txs},
        {"\"accessList\":[{", "\"accessList\":[],\"other\":[{", txs},
        {"\"status\":\"0x0\"", "\"status\":\"0x1\"", receipts},
        {"\"cumulativeGasUsed\":\"0x5208\"", "\"cumulativeGasUsed\":\"0x5209\"", receipts},
        {"\"data\":\"0x" ZEROS "4c4b40\"", "\"data\":\"0x" ZEROS "4c4b41\"", receipts},
        {"\"logs\":[{", "\"logs\":[],\"other\":[{", "logs that the node left out"},
        {"0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
         "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ee",
         "logs that the header's bloom does not know"},
    };
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES_MAX);
        struct str text = load(arena, "payments");
        bool is_hash = strstr(lies[i].from, "Hash\":\"0x") || strstr(lies[i].from, "Root\":\"0x");
        if (is_hash) { /* as long as before */
            const char *at = memmem(text.ptr, text.len, lies[i].from, strlen(lies[i].from));
            assert_non_null(at);
            size_t more = strlen(lies[i].to) - strlen(lies[i].from);
            const char *from = arena_printf(arena, "%.*s", (int)(strlen(lies[i].from) + more), at);
            text = text_with(arena, text, from, lies[i].to);
        } else {
            text = text_with(arena, text, lies[i].from, lies[i].to);
        }
        assert_refused(text, lies[i].why);
    }
}

static void test_another_block_than_asked_for_is_refused(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct evm_block block;
    struct evm_proof proof;
    decode(arena, load(arena, "payments"), &block);
    struct block_hash asked = block.header.hash;
    asked.bytes[0] ^= 1;
    struct result result = evm_proof_check(&block, asked, EVM_TRUST_NODE, &proof);
    assert_ptr_equal(result.code, &ERR_NODE_ANSWER);
    /* A header that says it is the one asked for, and is not. */
    block.header.hash = asked;
    result = evm_proof_check(&block, asked, EVM_TRUST_NOTHING, &proof);
    assert_ptr_equal(result.code, &ERR_NODE_ANSWER);
}

static void test_transactions_and_receipts_cannot_be_left_out_or_moved(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct evm_block block;
    struct evm_proof proof;
    decode(arena, load(arena, "payments"), &block);
    struct evm_receipt *moved = ARENA_ARRAY(arena, struct evm_receipt, block.receipt_count);
    memcpy(moved, block.receipts, block.receipt_count * sizeof(*moved));
    moved[4] = block.receipts[5];
    moved[5] = block.receipts[4];
    block.receipts = moved;
    struct result result = evm_proof_check(&block, block.header.hash, EVM_TRUST_NODE, &proof);
    assert_ptr_equal(result.code, &ERR_NODE_ANSWER);
    block.receipt_count--;
    result = evm_proof_check(&block, block.header.hash, EVM_TRUST_NODE, &proof);
    assert_ptr_equal(result.code, &ERR_NODE_ANSWER);
}

static void test_a_transactions_hash_is_that_of_its_bytes(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct str text = load(arena, "types");
    struct evm_block block;
    decode(arena, text, &block);
    struct str hash = hex_encode(arena, BYTES_OF(block.txs[1].hash.bytes));
    const char *from = arena_printf(arena, "\"hash\":\"0x%.*s\"", STR_ARG(hash));
    const char *to = arena_printf(arena, "\"hash\":\"0x%064d\"", 7);
    assert_refused(text_with(arena, text, from, to), "a transaction's hash is not that");
}

/* What somebody sends to himself pays nobody, so a liar might say so of a payment. */
static void test_who_seems_to_send_to_himself_must_have_signed(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    static const char to[] = "\"0x000000000000000000000000000000000000aa01\"";
    struct str text = load(arena, "payments");
    struct evm_block block;
    decode(arena, text, &block);
    for (size_t i = 0; i < 3; i++) { /* of types 0, 1 and 2 */
        struct str from = hex_encode(arena, BYTES_OF(block.txs[i].from.bytes));
        struct str hash = hex_encode(arena, BYTES_OF(block.txs[i].hash.bytes));
        const char *own = arena_printf(arena, "\"hash\":\"0x%.*s\"", STR_ARG(hash));
        const char *at = memmem(text.ptr, text.len, own, strlen(own));
        assert_non_null(at);
        struct str before = str_slice(text, 0, (size_t)(at - text.ptr));
        struct str after = str_slice(text, before.len, text.len);
        const char *sender = arena_printf(arena, "\"from\":\"0x%.*s\"", STR_ARG(from));
        after = text_with(arena, after, sender, arena_printf(arena, "\"from\":%s", to));
        struct buf lie = buf_in(arena);
        buf_put_str(&lie, before);
        buf_put_str(&lie, after);
        assert_refused(buf_str(&lie), "not signed by who seems to send it");
    }
}

static size_t assert_signers(const char *name) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct evm_tx_reader tx_reader;
    struct json_reader reader;
    struct str text = load(arena, name);
    const char *at = memmem(text.ptr, text.len, "\"transactions\":", 15);
    assert_non_null(at);
    text = str_slice(text, (size_t)(at - text.ptr) + 15, text.len);
    evm_tx_reader_init(&tx_reader, arena);
    json_reader_init(&reader, arena, bytes_from_str(text));
    json_array_begin(&reader);
    size_t count = 0;
    while (json_array_next(&reader)) {
        struct evm_tx tx;
        struct evm_address signer;
        evm_tx_read(&tx_reader, &reader, &tx);
        assert_true(evm_tx_signer(&tx_reader, &tx, &signer));
        assert_true(evm_address_eq(&signer, &tx.from));
        count++;
    }
    return count;
}

static void test_transactions_of_every_type_tell_who_signed_them(void **state) {
    (void)state;
    assert_int_equal(assert_signers("payments"), 12);
    assert_int_equal(assert_signers("types"), 2);
    assert_int_equal(assert_signers("berlin"), 11);
}

/* What may be a lie or something that this version has not heard of: the operator decides. */
static void test_the_unknown_is_refused_unless_the_operator_trusts_the_node(void **state) {
    (void)state;
    static const struct {
        const char *from;
        const char *to;
        const char *gap;
    } strange[] = {
        {"\"type\":\"0x4\",\"chainId\"", "\"type\":\"0x5\",\"chainId\"",
         "a transaction is of a type that this version does not know"},
        {"\"type\":\"0x4\",\"status\"", "\"type\":\"0x9\",\"status\"",
         "a receipt is of a type that this version does not know"},
        {"\"type\":\"0x4\",\"status\"", "\"type\":\"0x80\",\"status\"",
         "a receipt is of a type that this version does not know"},
        {"\"gasUsed\":\"0x", "\"newField\":\"0x1\",\"gasUsed\":\"0x1",
         "the block's hash is not that of its header as this version knows headers"},
    };
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES_MAX);
        struct str text = text_with(arena, load(arena, "types"), strange[i].from, strange[i].to);
        assert_refused(text, strange[i].gap);
        struct evm_proof proof = {0};
        assert_true(result_is_ok(check(text, EVM_TRUST_NODE, &proof)));
        assert_string_equal(proof.gap, strange[i].gap);
    }
}

static void test_trust_is_not_for_what_can_be_known(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct evm_proof proof;
    struct str text =
        text_with(arena, load(arena, "payments"), "\"status\":\"0x0\"", "\"status\":\"0x1\"");
    assert_ptr_equal(check(text, EVM_TRUST_NODE, &proof).code, &ERR_NODE_ANSWER);
    text = text_with(arena, load(arena, "payments"), "\"value\":\"0xab54a98ceb1f0ad2\"",
                     "\"value\":\"0xab54a98ceb1f0ad3\"");
    assert_ptr_equal(check(text, EVM_TRUST_NODE, &proof).code, &ERR_NODE_ANSWER);
}

/* Nodes write signatures with leading zeros or without, and the parity as `v` or `yParity`. */
static void test_dialects_of_nodes_are_one_transaction(void **state) {
    (void)state;
    static const struct {
        const char *from;
        const char *to;
    } dialects[] = {
        {"\"yParity\":", "\"other\":"},
        {"\"v\":", "\"other\":"},
        {"\"accessList\":[],", "\"accessList\":null,"},
        {"\"r\":\"0x", "\"r\":\"0x0"},
        {"\"s\":\"0x", "\"s\":\"0x0000"},
    };
    for (size_t i = 0; i < sizeof dialects / sizeof dialects[0]; i++) {
        CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES_MAX);
        struct evm_proof proof = {0};
        struct str text = text_with(arena, load(arena, "types"), dialects[i].from, dialects[i].to);
        struct result result = check(text, EVM_TRUST_NOTHING, &proof);
        if (!result_is_ok(result)) {
            fail_msg("%s: %s", dialects[i].to, result_text(result));
        }
    }
}

/* The library knows four, and stops the program at any other. */
static void test_a_signature_has_one_of_two_parities(void **state) {
    (void)state;
    struct evm_word digest = {{1}};
    struct evm_signature signature = {.r = {{[EVM_WORD_BYTES - 1] = 1}},
                                      .s = {{[EVM_WORD_BYTES - 1] = 1}}};
    struct evm_address signer;
    assert_true(evm_signer(&digest, &signature, &signer));
    static const uint64_t others[] = {2, 4, UINT64_C(1) << 32, UINT64_MAX};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        signature.y_parity = others[i];
        assert_false(evm_signer(&digest, &signature, &signer));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_blocks_of_every_fork_are_proved),
        cmocka_unit_test(test_headers_of_public_chains_hash_to_their_blocks),
        cmocka_unit_test(test_transactions_of_other_networks_hash_as_they_do_there),
        cmocka_unit_test(test_what_no_hash_covers_pays_nobody),
        cmocka_unit_test(test_each_lie_is_found),
        cmocka_unit_test(test_another_block_than_asked_for_is_refused),
        cmocka_unit_test(test_transactions_and_receipts_cannot_be_left_out_or_moved),
        cmocka_unit_test(test_a_transactions_hash_is_that_of_its_bytes),
        cmocka_unit_test(test_who_seems_to_send_to_himself_must_have_signed),
        cmocka_unit_test(test_transactions_of_every_type_tell_who_signed_them),
        cmocka_unit_test(test_the_unknown_is_refused_unless_the_operator_trusts_the_node),
        cmocka_unit_test(test_trust_is_not_for_what_can_be_known),
        cmocka_unit_test(test_dialects_of_nodes_are_one_transaction),
        cmocka_unit_test(test_a_signature_has_one_of_two_parities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
