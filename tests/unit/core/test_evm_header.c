/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "core/evm_header.h"

static void fill(uint8_t *bytes, size_t size, unsigned seed) {
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(seed + i);
    }
}

static void from_hex(const char *hex, struct evm_word *ret_word) {
    assert_true(hex_decode(str_from_c(hex), ret_word->bytes, EVM_WORD_BYTES));
}

static struct evm_word word_of(uint64_t value) {
    struct evm_word word = {0};
    u64_store_be(word.bytes + EVM_WORD_BYTES - sizeof value, value);
    return word;
}

static void assert_header_hash(const struct evm_header *header, const char *expected) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
    struct buf scratch = buf_in(arena);
    struct block_hash hash;
    assert_true(evm_header_hash(header, &scratch, &hash));
    assert_string_equal(hex_encode(arena, BYTES_OF(hash.bytes)).ptr, expected);
}

static const char no_ommers[] = "1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";
static const char empty_root[] = "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

static void test_the_first_block_of_ethereum_has_its_well_known_hash(void **state) {
    (void)state;
    struct evm_word extra;
    struct evm_header header = {
        .difficulty = word_of(0x400000000),
        .gas_limit = 5000,
        .extra = BYTES_OF(extra.bytes),
        .nonce = {0, 0, 0, 0, 0, 0, 0, 0x42},
    };
    from_hex("11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa", &extra);
    from_hex(no_ommers, &header.uncles_hash);
    from_hex("d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
             &header.state_root);
    from_hex(empty_root, &header.transactions_root);
    from_hex(empty_root, &header.receipts_root);
    assert_header_hash(&header, "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3");
}

/* The fields of every fork, each filled with bytes of its own. */
static struct evm_header sample(struct bytes extra) {
    struct evm_header header = {
        .difficulty = word_of(UINT64_C(131072) * 3),
        .number = 24000000,
        .gas_limit = 36000000,
        .gas_used = 1234567,
        .timestamp_s = 1790000000,
        .extra = extra,
        .base_fee = word_of(255),
        .blob_gas_used = 131072,
    };
    fill(header.parent.bytes, sizeof header.parent.bytes, 1);
    from_hex(no_ommers, &header.uncles_hash);
    fill(header.miner.bytes, sizeof header.miner.bytes, 2);
    fill(header.state_root.bytes, sizeof header.state_root.bytes, 3);
    fill(header.transactions_root.bytes, sizeof header.transactions_root.bytes, 4);
    fill(header.receipts_root.bytes, sizeof header.receipts_root.bytes, 5);
    fill(header.bloom.bytes, sizeof header.bloom.bytes, 6);
    fill(header.mix_hash.bytes, sizeof header.mix_hash.bytes, 9);
    fill(header.nonce, sizeof header.nonce, 13);
    fill(header.withdrawals_root.bytes, sizeof header.withdrawals_root.bytes, 10);
    fill(header.parent_beacon_root.bytes, sizeof header.parent_beacon_root.bytes, 11);
    fill(header.requests_hash.bytes, sizeof header.requests_hash.bytes, 12);
    return header;
}

static const struct {
    const char *fork;
    uint32_t has;
    const char *hash;
} forks[] = {
    {"Berlin", 0, "15962ad8aaa486d09f6e0aee352731a587ee79d80dbb4867344a95cf08decd63"},
    {"London", 0x01, "1abb26959f9eed62842614342a0088c365a40a202d42c3ef8211885d3662ffb1"},
    {"Shanghai", 0x03, "36698b0cecce7e31a98bd768278d666feddb161ca875fe5c6c1cc23968f6765e"},
    {"Cancun", 0x1f, "ce43be66759c85c78c1ce1a08c93c35e4ce0bcbbef9007380000c510e62e11ea"},
    {"Prague", 0x3f, "dc47c6f0d6794c18dfaceb14709b8f95027987fd38d047e59b79e8aff1c6b5a8"},
};

static void test_headers_of_every_fork_hash_as_other_programs_hash_them(void **state) {
    (void)state;
    uint8_t extra[7];
    fill(extra, sizeof extra, 8);
    for (size_t i = 0; i < sizeof forks / sizeof forks[0]; i++) {
        struct evm_header header = sample(BYTES_OF(extra));
        header.has = forks[i].has;
        if (header.has > EVM_HEADER_BASE_FEE) { /* proof of stake */
            header.difficulty = word_of(0);
            memset(header.nonce, 0, sizeof header.nonce);
        }
        assert_header_hash(&header, forks[i].hash);
    }
}

static void test_a_field_more_or_less_is_another_hash(void **state) {
    (void)state;
    struct evm_header header = sample((struct bytes){0});
    header.excess_blob_gas = 1; /* zero is written as a missing field is */
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
    struct buf scratch = buf_in(arena);
    struct block_hash hashes[64];
    for (uint32_t has = 0; has < 64; has++) {
        header.has = has;
        assert_true(evm_header_hash(&header, &scratch, &hashes[has]));
        for (uint32_t other = 0; other < has; other++) {
            assert_false(block_hash_eq(hashes[has], hashes[other]));
        }
    }
}

static void test_a_header_that_does_not_fit_has_no_hash(void **state) {
    (void)state;
    char memory[500];
    struct buf scratch = buf_over(memory, sizeof memory);
    struct evm_header header = sample((struct bytes){0});
    struct block_hash hash;
    assert_false(evm_header_hash(&header, &scratch, &hash));
}

/* "missing fields are left empty": one byte for each, or the later ones would take its place. */
static void test_a_field_that_a_network_left_out_keeps_its_place(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
    struct evm_header header = sample((struct bytes){0});
    struct buf with = buf_in(arena);
    struct buf without = buf_in(arena);
    struct block_hash hash;
    header.has = EVM_HEADER_BASE_FEE | EVM_HEADER_WITHDRAWALS_ROOT | EVM_HEADER_BLOB_GAS_USED;
    assert_true(evm_header_hash(&header, &with, &hash));
    header.has = EVM_HEADER_BASE_FEE | EVM_HEADER_BLOB_GAS_USED;
    assert_true(evm_header_hash(&header, &without, &hash));
    assert_int_equal(with.len - without.len, EVM_WORD_BYTES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_block_of_ethereum_has_its_well_known_hash),
        cmocka_unit_test(test_headers_of_every_fork_hash_as_other_programs_hash_them),
        cmocka_unit_test(test_a_field_more_or_less_is_another_hash),
        cmocka_unit_test(test_a_header_that_does_not_fit_has_no_hash),
        cmocka_unit_test(test_a_field_that_a_network_left_out_keeps_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
