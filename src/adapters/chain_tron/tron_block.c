/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/tron_block.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/checked.h"

enum {
    BLOCK_BYTES_MAX = 16 << 20, /* four times what 2 MB of the smallest transactions need */
    FIRST_CAP = 64,
    TOPIC_EVENT = 0,
    TOPIC_FROM = 1,
    TOPIC_TO = 2,
    TRANSFER_TOPICS = 3,
    AMOUNT_HALF = 16, /* bytes of a word that 128 bits fill */
};

/* keccak256("Transfer(address,address,uint256)") */
static const uint8_t transfer_event[HASH_256_BYTES] = {
    0xdd, 0xf2, 0x52, 0xad, 0x1b, 0xe2, 0xc8, 0x9b, 0x69, 0xc2, 0xb0, 0x68, 0xfc, 0x37, 0x8d, 0xaa,
    0x95, 0x2b, 0xa7, 0xf1, 0x63, 0xc4, 0xa1, 0x16, 0x28, 0xf5, 0x5a, 0x4d, 0xf5, 0x23, 0xb3, 0xef,
};

struct tron_block *tron_block_new(void) {
    struct tron_block *block = calloc(1, sizeof *block);
    BUG_IF(block == NULL);
    block->arena = arena_new(BLOCK_BYTES_MAX);
    return block;
}

void tron_block_free(struct tron_block *block) {
    if (block != NULL) {
        arena_free(block->arena);
        free(block);
    }
}

/* Arrays that grow leave their former selves behind: twice the last one at most. */
size_t tron_block_bytes(const struct tron_block *block) {
    return sizeof *block +
           2 * (block->tx_cap * sizeof *block->txs + block->output_cap * sizeof *block->outputs);
}

static void *grown(struct tron_block *block, const void *items, size_t item_bytes, size_t count,
                   size_t *cap) {
    size_t larger = *cap == 0 ? FIRST_CAP : *cap * 2;
    void *memory = arena_try_alloc(block->arena, larger * item_bytes);
    if (memory == NULL) {
        return NULL;
    }
    if (count > 0) {
        memcpy(memory, items, count * item_bytes);
    }
    *cap = larger;
    return memory;
}

bool tron_block_add_tx(struct tron_block *block, const struct tron_tx *tx) {
    if (block->tx_count == block->tx_cap) {
        struct tron_tx *txs =
            grown(block, block->txs, sizeof *txs, block->tx_count, &block->tx_cap);
        if (txs == NULL) {
            return false;
        }
        block->txs = txs;
    }
    block->txs[block->tx_count] = *tx;
    block->txs[block->tx_count++].last_log_index = -1;
    return true;
}

static bool add_output(struct tron_block *block, const struct chain_output *output) {
    if (block->output_count == block->output_cap) {
        struct chain_output *outputs =
            grown(block, block->outputs, sizeof *outputs, block->output_count, &block->output_cap);
        if (outputs == NULL) {
            return false;
        }
        block->outputs = outputs;
    }
    block->outputs[block->output_count++] = *output;
    return true;
}

bool tron_block_add_native(struct tron_block *block, const struct tron_rules *rules,
                           const struct txid *txid, uint32_t frame, const struct tron_address *to,
                           int64_t amount_sun) {
    if (amount_sun <= 0 || tron_address_is_zero(to)) {
        return true;
    }
    struct chain_output output = {
        .txid = *txid,
        .ordinal = CHAIN_ORDINAL_NATIVE + frame,
        .program = tron_address_program(to),
        .amount = amount_from_u64(rules->coin, (uint64_t)amount_sun),
    };
    if (frame == 0) { /* the transactions come before all logs */
        block->native_count++;
    }
    return add_output(block, &output);
}

/* ---- logs */

struct tron_tx *tron_block_find_tx(struct tron_block *block, const struct txid *txid, size_t hint) {
    if (hint < block->tx_count && txid_eq(block->txs[hint].txid, *txid)) {
        return &block->txs[hint];
    }
    for (size_t i = 0; i < block->tx_count; i++) {
        size_t at = (block->tx_cursor + i) % block->tx_count;
        if (txid_eq(block->txs[at].txid, *txid)) {
            block->tx_cursor = at;
            return &block->txs[at];
        }
    }
    return NULL;
}

static bool is_transfer_event(const struct tron_log *log) {
    return log->topic_count > 0 &&
           memcmp(log->topics[TOPIC_EVENT], transfer_event, sizeof transfer_event) == 0;
}

static bool is_zero(const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

static void note_unread(struct tron_block *block, const struct tron_log *log) {
    if (block->unread_count++ == 0) {
        block->unread_txid = log->txid;
    }
}

/* From nobody is a mint and pays; to nobody is a burn. From somebody to himself moves nothing. */
static bool add_transfer(struct tron_block *block, const struct token *token,
                         const struct tron_log *log, uint32_t position) {
    struct tron_address from;
    struct tron_address to;
    if (log->topic_count != TRANSFER_TOPICS || log->data_bytes != HASH_256_BYTES ||
        !tron_address_from_word(log->topics[TOPIC_FROM], &from) ||
        !tron_address_from_word(log->topics[TOPIC_TO], &to) || !is_zero(log->data, AMOUNT_HALF)) {
        note_unread(block, log);
        return true;
    }
    u128 units = (u128)u64_load_be(log->data + AMOUNT_HALF) << 64 |
                 u64_load_be(log->data + AMOUNT_HALF + sizeof(uint64_t));
    if (units == 0 || tron_address_is_zero(&to) || tron_address_eq(&from, &to)) {
        return true;
    }
    struct chain_output output = {
        .txid = log->txid,
        .ordinal = position,
        .program = tron_address_program(&to),
        .amount = amount_from_units(token->asset, units),
    };
    return add_output(block, &output);
}

static const char *misfit(const struct tron_block *block, const struct tron_log *log) {
    if (log->is_removed) {
        return "a log of the block is said to be removed";
    }
    if (log->height != block->header.height || !block_hash_eq(log->block, block->header.hash)) {
        return "a log is of another block";
    }
    return NULL;
}

const char *tron_block_add_log(struct tron_block *block, const struct tron_rules *rules,
                               const struct tron_log *log) {
    const char *why = misfit(block, log);
    if (why != NULL) {
        return why;
    }
    struct tron_tx *tx = tron_block_find_tx(block, &log->txid, log->tx_index);
    if (tx == NULL) {
        return "a log is of a transaction that the block does not have";
    }
    if (log->log_index >= 0 && log->log_index <= tx->last_log_index) {
        return "the logs of a transaction come twice or in disorder";
    }
    tx->last_log_index = log->log_index >= 0 ? log->log_index : tx->last_log_index;
    uint32_t position = tx->log_count++;
    block->log_count++;
    const struct token *token = token_by_contract(&rules->tokens, BYTES_OF(log->address.bytes));
    if (token == NULL || !tx->is_paying || !is_transfer_event(log)) {
        return NULL;
    }
    return add_transfer(block, token, log, position) ? NULL : "there are too many transfers";
}

void tron_block_clear_logs(struct tron_block *block) {
    for (size_t i = 0; i < block->tx_count; i++) {
        block->txs[i].has_info = false;
        block->txs[i].log_count = 0;
        block->txs[i].last_log_index = -1;
    }
    block->output_count = block->native_count;
    block->log_count = 0;
    block->tx_cursor = 0;
    block->unread_count = 0;
    block->is_whole = false;
}

bool tron_block_has_no_logs(const struct tron_block *block) {
    for (size_t i = 0; i < block->tx_count; i++) {
        if (block->txs[i].is_paying && block->txs[i].may_log) {
            return false;
        }
    }
    return true;
}

bool tron_block_lacks_logs(const struct tron_block *block) {
    for (size_t i = 0; i < block->tx_count; i++) {
        const struct tron_tx *tx = &block->txs[i];
        if (tx->is_paying && tx->must_log && tx->log_count == 0) {
            return true;
        }
    }
    return block->log_count == 0 && !tron_block_has_no_logs(block);
}
