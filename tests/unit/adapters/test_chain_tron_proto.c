/* SPDX-License-Identifier: MIT */
/* Tron's hashes, put together from what a node tells, and what transactions say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapters/chain_tron/proto.h"
#include "base/arena.h"
#include "base/buf.h"
#include "tron_answers.h"

#define NO_ROOT "0000000000000000000000000000000000000000000000000000000000000000"

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

/* Headers as public documentation prints them, of the main chain and of test chains, from the
 * first month of Tron on. */
static const struct {
    int64_t number;
    int64_t timestamp;
    int32_t version;
    const char *root;
    const char *parent;
    const char *witness;
    const char *id;
} recorded[] = {
    {84940008, 1785490773000, 36,
     "5360b488069bf1f3643c8d0504052aea2e5f7a71a51901cf69ebe57e950336fa",
     "00000000051014e793a715af1fa52f8e4dfd1bed8aea07f41e11c9e831ef5022",
     "4114f2c09d3de3fe82a71960da65d4935a30b24e1f",
     "00000000051014e80dbf5923643f955ca7b09253e84c13b59f19e347fb9ea95e"},
    {30864544, 1623055923000, 21,
     "cc12586dc14ca32175ff230931dfad4e2f57b71850948edae7ef1c7a7de08881",
     "0000000001d6f49f615231bdeeddd8b563c746188d5e270a58afc87b059f29de",
     "41c81107148e5fa4b4a2edf3d5354db6c6be5b5549",
     "0000000001d6f4a09f60c27befccff6fe3cc593b2d6c46cdc79d3fd4f55db859"},
    {33801077, 1684509309000, 27,
     "30fe6502e11e110fa389d5c17e1cf53fa8df93f26297d9f27cd8c07d3558d722",
     "000000000203c3741f9a08f594934bd26df95cc6c49b475d118e3a87aed5a4a4",
     "41e71c365c9dbf284ca8c1eed2d7877638941b9011",
     "000000000203c375c7521ef953106e9a112e1902664a91becc5f40371a7397d7"},
    {2657, 1529899509000, 0, NO_ROOT,
     "0000000000000a6023d563b1a2e1e0eb49cb40226eb553e6dc006e723395d588",
     "411661f25387370c9cd3a9a5d97e60ca90f4844e7e",
     "0000000000000a611841e6cd79f99249d7e974e41c0f5b016eb3c64e43fcb01c"},
};

static void test_ids_of_recorded_headers_are_their_hashes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof recorded / sizeof recorded[0]; i++) {
        struct tron_header header = {
            .number = recorded[i].number,
            .timestamp = recorded[i].timestamp,
            .version = recorded[i].version,
            .witness_len = strlen(recorded[i].witness) / 2,
        };
        assert_true(hex_decode(str_from_c(recorded[i].root), header.tx_root, HASH_BYTES));
        assert_true(hex_decode(str_from_c(recorded[i].parent), header.parent.bytes, HASH_BYTES));
        assert_true(
            hex_decode(str_from_c(recorded[i].witness), header.witness, header.witness_len));
        struct block_hash id = tron_header_id(&header);
        assert_string_equal(str_to_c(arena, hex_encode(arena, BYTES_OF(id.bytes))), recorded[i].id);
        assert_int_equal(tron_height_of(id), recorded[i].number);
        header.version++;
        id = tron_header_id(&header);
        assert_string_not_equal(str_to_c(arena, hex_encode(arena, BYTES_OF(id.bytes))),
                                recorded[i].id);
    }
}

/* Block 33801077 of the list above has one transaction. */
static const char raw_hex[] =
    "0a02c36222084ddf60f936a910d940f0add4a483315a8e01081f1289010a31747970652e676f6f676c65617069732e"
    "636f6d2f70726f746f636f6c2e54726967676572536d617274436f6e747261637412540a1541fcf7ab2a2fb29362ba"
    "bd41647a22b223f7fbedec121541c3c5115bd3f5cfe5559c634eeb250f339ae3e29c222437383d0e00000000000000"
    "000000000000000000000000000000000000000188349354c970b8e0d0a48331900180a3c347";
static const char signature_hex[] =
    "95874b4774ba56125dfd7bf2a99a0652d4abda98c6977e3f417852b7ea6f2b81ff2f260df473d186be9586b6bbeb74"
    "b5382d7f058593fd72fb60da5d0f77f77100";

static struct bytes from_hex(const char *hex) {
    size_t len = strlen(hex) / 2;
    uint8_t *bytes = arena_alloc(arena, len + 1);
    assert_true(hex_decode(str_from_c(hex), bytes, len));
    return (struct bytes){.ptr = bytes, .len = len};
}

static void test_a_recorded_transaction_is_the_root_of_its_block(void **state) {
    (void)state;
    struct buf whole = buf_in(arena);
    tron_put_raw(&whole, from_hex(raw_hex));
    tron_put_signature(&whole, from_hex(signature_hex));
    tron_put_result(&whole, 0, TRON_RESULT_SUCCESS);
    struct tron_tree tree = {0};
    tron_tree_add(&tree, buf_bytes(&whole));
    uint8_t root[HASH_BYTES];
    tron_tree_root(&tree, root);
    assert_string_equal(str_to_c(arena, hex_encode(arena, BYTES_OF(root))), recorded[2].root);
}

static void test_a_recorded_call_is_read(void **state) {
    (void)state;
    struct tron_contract contract = tron_contract_read(from_hex(raw_hex));
    assert_int_equal(contract.kind, TRON_CALL);
    assert_string_equal(str_to_c(arena, hex_encode(arena, BYTES_OF(contract.owner.bytes))),
                        "fcf7ab2a2fb29362babd41647a22b223f7fbedec");
    assert_string_equal(str_to_c(arena, hex_encode(arena, BYTES_OF(contract.to.bytes))),
                        "c3c5115bd3f5cfe5559c634eeb250f339ae3e29c");
    assert_int_equal(contract.input.len, 36);
}

/* As java-tron's MerkleTree does it: level by level, the odd one moves up. */
static void slow_root(uint8_t (*hashes)[HASH_BYTES], size_t count, uint8_t ret_root[HASH_BYTES]) {
    memset(ret_root, 0, HASH_BYTES);
    while (count > 1) {
        size_t next = 0;
        for (size_t i = 0; i < count; i += 2, next++) {
            uint8_t pair[2 * HASH_BYTES];
            memcpy(pair, hashes[i], HASH_BYTES);
            memcpy(hashes[next], hashes[i], HASH_BYTES);
            if (i + 1 < count) {
                memcpy(pair + HASH_BYTES, hashes[i + 1], HASH_BYTES);
                hash_sha256(BYTES_OF(pair), hashes[next]);
            }
        }
        count = next;
    }
    if (count == 1) {
        memcpy(ret_root, hashes[0], HASH_BYTES);
    }
}

static void test_the_tree_lets_odd_ones_move_up(void **state) {
    (void)state;
    for (size_t count = 0; count <= 33; count++) {
        uint8_t hashes[33][HASH_BYTES];
        struct tron_tree tree = {0};
        for (size_t i = 0; i < count; i++) {
            uint8_t leaf[1] = {(uint8_t)i};
            hash_sha256(BYTES_OF(leaf), hashes[i]);
            tron_tree_add(&tree, BYTES_OF(leaf));
        }
        uint8_t wanted[HASH_BYTES];
        uint8_t root[HASH_BYTES];
        slow_root(hashes, count, wanted);
        tron_tree_root(&tree, root);
        assert_memory_equal(root, wanted, HASH_BYTES);
    }
}

/* ---- transactions that somebody made strange */

static const char *kind_of(const char *hex) {
    static const char *const names[] = {"other", "transfer", "call", "creation", "unreadable"};
    return names[tron_contract_read(from_hex(hex)).kind];
}

/* TransferContract { owner, to, amount 5 } as Any's value. */
#define OWNER_TO "0a1541" TRON_CUSTOMER "121541" TRON_SHOP
#define VALUE    OWNER_TO "1805" /* 48 bytes */
#define ANY      "1230" VALUE    /* 50 bytes */
#define CONTRACT                                                                                   \
    "0801"                                                                                         \
    "1232" ANY /* 54 bytes */
#define RAW "5a36" CONTRACT

static void test_a_transfer_is_read_from_its_raw_data(void **state) {
    (void)state;
    struct tron_contract contract = tron_contract_read(from_hex(RAW));
    assert_int_equal(contract.kind, TRON_TRANSFER);
    assert_int_equal(contract.amount, 5);
    assert_string_equal(str_to_c(arena, hex_encode(arena, BYTES_OF(contract.to.bytes))), TRON_SHOP);
}

static void test_strange_transactions_pay_nobody(void **state) {
    (void)state;
    assert_string_equal(kind_of(""), "unreadable");
    assert_string_equal(kind_of(RAW RAW), "unreadable");         /* two contracts */
    assert_string_equal(kind_of("5a37" CONTRACT), "unreadable"); /* cut off */
    assert_string_equal(kind_of(RAW "0b0c"), "unreadable");      /* a group */
    assert_string_equal(kind_of(RAW "ffffffffffffffffffffff"), "unreadable");
    assert_string_equal(kind_of(RAW "7005"), "transfer");     /* a timestamp */
    assert_string_equal(kind_of(RAW "a2060100"), "transfer"); /* an unknown field */
    assert_string_equal(kind_of("5a02"
                                "0802"),
                        "other"); /* TRC-10 */
    assert_string_equal(kind_of("5a02"
                                "081e"),
                        "creation");
    assert_string_equal(kind_of("5a04"
                                "081f"
                                "1200"),
                        "unreadable"); /* a call of nobody */
    /* Another prefix than 41. */
    assert_string_equal(kind_of("5a36"
                                "0801"
                                "1232"
                                "1230"
                                "0a1541" TRON_CUSTOMER "1215a0" TRON_SHOP "1805"),
                        "unreadable");
}

/* Protocol buffers: of a field that comes twice the last one counts. */
static void test_the_last_of_two_receivers_is_paid(void **state) {
    (void)state;
    struct tron_contract contract =
        tron_contract_read(from_hex("5a4d"
                                    "0801"
                                    "1249"
                                    "1247" OWNER_TO "121541" TRON_OTHER "1805"));
    assert_int_equal(contract.kind, TRON_TRANSFER);
    assert_string_equal(str_to_c(arena, hex_encode(arena, BYTES_OF(contract.to.bytes))),
                        TRON_OTHER);
}

/* ---- addresses */

static void test_addresses_have_many_texts_and_one_meaning(void **state) {
    (void)state;
    static const char *const texts[] = {
        TRON_USDT,
        "0x" TRON_USDT,
        "41" TRON_USDT,
        "0x41" TRON_USDT,
        "41A614F803B6FD780986A42C78EC9C7F77E6DED13C",
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
    };
    struct tron_address first;
    assert_true(tron_address_read(str_from_c(texts[0]), &first));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct tron_address address;
        assert_true(tron_address_read(str_from_c(texts[i]), &address));
        assert_true(tron_address_eq(&address, &first));
    }
}

static void test_what_is_no_address_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "T",
        "41",
        "a0" TRON_USDT,
        "00" TRON_USDT,
        TRON_USDT "00",
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u",
        "tr7nhqjekqxgtci8q8zy4pl8otszgjlj6t",
        " TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct tron_address address;
        assert_false(tron_address_read(str_from_c(texts[i]), &address));
    }
}

static void test_words_of_logs_hold_addresses_with_and_without_the_prefix(void **state) {
    (void)state;
    uint8_t word[HASH_256_BYTES] = {[31] = 5};
    struct tron_address address;
    assert_true(tron_address_from_word(word, &address));
    word[11] = 0x41;
    assert_true(tron_address_from_word(word, &address));
    assert_int_equal(address.bytes[19], 5);
    word[11] = 0x42;
    assert_false(tron_address_from_word(word, &address));
    word[11] = 0x41;
    word[0] = 1;
    assert_false(tron_address_from_word(word, &address));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_of_recorded_headers_are_their_hashes),
        cmocka_unit_test(test_a_recorded_transaction_is_the_root_of_its_block),
        cmocka_unit_test(test_a_recorded_call_is_read),
        cmocka_unit_test(test_the_tree_lets_odd_ones_move_up),
        cmocka_unit_test(test_a_transfer_is_read_from_its_raw_data),
        cmocka_unit_test(test_strange_transactions_pay_nobody),
        cmocka_unit_test(test_the_last_of_two_receivers_is_paid),
        cmocka_unit_test(test_addresses_have_many_texts_and_one_meaning),
        cmocka_unit_test(test_what_is_no_address_is_refused),
        cmocka_unit_test(test_words_of_logs_hold_addresses_with_and_without_the_prefix),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
