/* SPDX-License-Identifier: MIT */
/* Roots and blooms as an independent implementation computed them; see tests/vectors/README.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/evm_receipt.h"
#include "core/trie_root.h"

enum { ARENA_BYTES = 1 << 20, LOGS_MAX = 3, DATA_BYTES_MAX = 97, ELEMENT_BYTES_MAX = 100000 };

struct row {
    char kind[16];
    unsigned count;
    char root[65];
    char bloom[65];
};

static FILE *open_vectors(void) {
    const char *folder = getenv("TILL_TEST_VECTORS");
    assert_non_null(folder);
    char path[1024];
    assert_true((size_t)snprintf(path, sizeof path, "%s/evm/roots.txt", folder) < sizeof path);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    return file;
}

static bool read_row(struct str line, struct row *ret_row) {
    struct str field[4] = {0};
    for (size_t i = 0; i < 4 && str_split_next(&line, ' ', &field[i]); i++) {
    }
    uint64_t count;
    if (!str_to_u64(field[1], &count) || field[2].len != 64) {
        return false;
    }
    *ret_row = (struct row){.count = (unsigned)count};
    assert_true(field[0].len < sizeof ret_row->kind && field[3].len < sizeof ret_row->bloom);
    memcpy(ret_row->kind, field[0].ptr, field[0].len);
    memcpy(ret_row->root, field[2].ptr, field[2].len);
    if (field[3].len > 0) {
        memcpy(ret_row->bloom, field[3].ptr, field[3].len);
    }
    return true;
}

static bool next_row(FILE *file, const char *kind, struct row *ret_row) {
    char line[256];
    while (fgets(line, sizeof line, file) != NULL) {
        if (read_row(str_trim(str_from_c(line)), ret_row) && strcmp(ret_row->kind, kind) == 0) {
            return true;
        }
    }
    return false;
}

static void assert_hash(struct arena *arena, const uint8_t *hash, const struct row *row,
                        const char *expected) {
    const char *text = hex_encode(arena, (struct bytes){.ptr = hash, .len = HASH_256_BYTES}).ptr;
    if (strcmp(text, expected) != 0) {
        fail_msg("%s %u: %s instead of %s", row->kind, row->count, text, expected);
    }
}

/* ---- the elements that README.md describes */

static size_t element_at(uint32_t i, uint8_t *ret_bytes) {
    size_t size = 1 + i * 7 % 40;
    for (size_t k = 0; k < size; k++) {
        ret_bytes[k] = (uint8_t)(i * 31 + k);
    }
    return size;
}

struct sample {
    struct evm_receipt receipt;
    struct bloom bloom;
    struct evm_log logs[LOGS_MAX];
    uint8_t data[LOGS_MAX][DATA_BYTES_MAX];
};

static void fill_log(uint32_t i, uint32_t j, struct evm_log *log, uint8_t *data) {
    for (uint32_t k = 0; k < EVM_ADDRESS_BYTES; k++) {
        log->address.bytes[k] = (uint8_t)(i * 16 + j + k);
    }
    log->topic_count = (uint8_t)(j % 5);
    for (uint32_t t = 0; t < log->topic_count; t++) {
        for (uint32_t k = 0; k < HASH_256_BYTES; k++) {
            log->topics[t].bytes[k] = (uint8_t)(i + j * 3 + t * 5 + k);
        }
    }
    log->data = (struct bytes){.ptr = data, .len = i * j * 13 % DATA_BYTES_MAX};
    for (uint32_t k = 0; k < log->data.len; k++) {
        data[k] = (uint8_t)(i ^ j ^ k);
    }
}

static void fill_sample(uint32_t i, struct sample *sample) {
    size_t count = i % 4;
    for (uint32_t j = 0; j < count; j++) {
        fill_log(i, j, &sample->logs[j], sample->data[j]);
    }
    sample->receipt = (struct evm_receipt){
        .type = i % 5,
        .status = i % 3 == 1 ? EVM_STATUS_FAILED : EVM_STATUS_SUCCESS,
        .cumulative_gas_used = UINT64_C(21000) * (i + 1) + (uint64_t)i * i,
        .logs = sample->logs,
        .log_count = count,
    };
    evm_logs_bloom(sample->logs, count, &sample->bloom);
}

/* ---- */

static void test_roots_of_lists_of_every_shape_are_those_of_other_programs(void **state) {
    (void)state;
    FILE *file = open_vectors();
    struct row row;
    size_t rows = 0;
    while (next_row(file, "elements", &row)) {
        CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
        struct trie_root root;
        uint8_t hash[HASH_256_BYTES];
        uint8_t element[64];
        trie_root_init(&root, arena);
        for (uint32_t i = 0; i < row.count; i++) {
            size_t size = element_at(i, element);
            trie_root_add(&root, (struct bytes){.ptr = element, .len = size});
        }
        assert_true(trie_root_finish(&root, hash));
        assert_hash(arena, hash, &row, row.root);
        rows++;
    }
    (void)fclose(file);
    assert_true(rows >= 28);
}

static void test_roots_and_blooms_of_receipts_are_those_of_other_programs(void **state) {
    (void)state;
    FILE *file = open_vectors();
    struct row row;
    size_t rows = 0;
    while (next_row(file, "receipts", &row)) {
        CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
        struct trie_root root;
        struct bloom united = {0};
        uint8_t hash[HASH_256_BYTES];
        struct buf buf = buf_in(arena);
        trie_root_init(&root, arena);
        for (uint32_t i = 0; i < row.count; i++) {
            struct sample sample;
            fill_sample(i, &sample);
            buf.len = 0;
            evm_receipt_put(&buf, &sample.receipt, &sample.bloom);
            trie_root_add(&root, buf_bytes(&buf));
            bloom_unite(&united, &sample.bloom);
        }
        assert_true(trie_root_finish(&root, hash));
        assert_hash(arena, hash, &row, row.root);
        hash_keccak256(BYTES_OF(united.bytes), hash);
        assert_hash(arena, hash, &row, row.bloom);
        rows++;
    }
    (void)fclose(file);
    assert_int_equal(rows, 8);
}

static void test_one_element_may_be_long(void **state) {
    (void)state;
    FILE *file = open_vectors();
    struct row row;
    assert_true(next_row(file, "long", &row));
    (void)fclose(file);
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
    struct trie_root root;
    uint8_t hash[HASH_256_BYTES];
    static uint8_t element[ELEMENT_BYTES_MAX];
    for (size_t k = 0; k < sizeof element; k++) {
        element[k] = (uint8_t)k;
    }
    trie_root_init(&root, arena);
    trie_root_add(&root, BYTES_OF(element));
    assert_true(trie_root_finish(&root, hash));
    assert_hash(arena, hash, &row, row.root);
}

static void test_a_full_arena_gives_no_root(void **state) {
    (void)state;
    static const uint8_t element[3000];
    uint8_t hash[HASH_256_BYTES];
    for (size_t bytes_max = 1024; bytes_max <= 8192; bytes_max += 512) {
        CLEANUP(arena_cleanup) struct arena *arena = arena_new(bytes_max);
        struct trie_root root;
        trie_root_init(&root, arena);
        for (size_t i = 0; i < 300; i++) {
            trie_root_add(&root, BYTES_OF(element));
        }
        assert_false(trie_root_finish(&root, hash));
    }
}

static void test_every_byte_of_a_receipt_counts(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
    struct sample sample;
    fill_sample(11, &sample);
    struct buf before = buf_in(arena);
    evm_receipt_put(&before, &sample.receipt, &sample.bloom);
    for (size_t change = 0; change < 6; change++) {
        fill_sample(11, &sample);
        sample.receipt.type ^= change == 0;
        sample.receipt.status = change == 1 ? EVM_STATUS_FAILED : EVM_STATUS_SUCCESS;
        sample.receipt.cumulative_gas_used += change == 2;
        sample.logs[2].address.bytes[19] ^= change == 3;
        sample.logs[2].topics[1].bytes[31] ^= change == 4;
        sample.data[2][0] ^= change == 5;
        struct buf after = buf_in(arena);
        evm_receipt_put(&after, &sample.receipt, &sample.bloom);
        assert_false(bytes_eq(buf_bytes(&before), buf_bytes(&after)));
    }
}

/* OP stack, Canyon: the nonce and the version stand behind the logs; before it neither did. */
static void test_what_a_bridge_made_commits_to_its_nonce_once_it_has_a_version(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
    static const struct bloom bloom;
    struct evm_receipt receipt = {.type = EVM_TYPE_BRIDGE,
                                  .status = EVM_STATUS_SUCCESS,
                                  .cumulative_gas_used = 0xb3b0,
                                  .has = EVM_RECEIPT_BRIDGE_NONCE,
                                  .bridge_nonce = 0x10203,
                                  .bridge_version = 1};
    struct buf old = buf_in(arena);
    evm_receipt_put(&old, &receipt, &bloom);
    receipt.has |= EVM_RECEIPT_BRIDGE_VERSION;
    struct buf canyon = buf_in(arena);
    evm_receipt_put(&canyon, &receipt, &bloom);
    assert_memory_equal(old.ptr, "\x7e\xf9\x01\x08\x01\x82\xb3\xb0", 8);
    assert_memory_equal(canyon.ptr, "\x7e\xf9\x01\x0d\x01\x82\xb3\xb0", 8);
    assert_int_equal(canyon.len, old.len + 5);
    assert_memory_equal(canyon.ptr + old.len, "\x83\x01\x02\x03\x01", 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roots_of_lists_of_every_shape_are_those_of_other_programs),
        cmocka_unit_test(test_roots_and_blooms_of_receipts_are_those_of_other_programs),
        cmocka_unit_test(test_one_element_may_be_long),
        cmocka_unit_test(test_a_full_arena_gives_no_root),
        cmocka_unit_test(test_every_byte_of_a_receipt_counts),
        cmocka_unit_test(test_what_a_bridge_made_commits_to_its_nonce_once_it_has_a_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
