/* SPDX-License-Identifier: MIT */
#include "adapters/chain_quorum/question.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"

/* ---- digests */

/* Facts of a bounded size, one after another, each at its own width. */
struct record {
    uint8_t bytes[512];
    size_t len;
};

static void put(struct record *record, const void *from, size_t size) {
    BUG_IF(size > sizeof record->bytes - record->len);
    memcpy(record->bytes + record->len, from, size);
    record->len += size;
}

static void put_u64(struct record *record, uint64_t value) {
    uint8_t bytes[8];
    u64_store_be(bytes, value);
    put(record, bytes, sizeof bytes);
}

static void put_amount(struct record *record, struct amount amount) {
    uint8_t blob[AMOUNT_BLOB_BYTES];
    amount_to_blob(amount, blob);
    put(record, blob, sizeof blob);
    put(record, amount.asset->code, strlen(amount.asset->code) + 1);
}

/* The digest of what was said so far and this record. */
static void absorb(struct digest *digest, const struct record *record) {
    struct record with_past = {.len = 0};
    put(&with_past, digest->bytes, sizeof digest->bytes);
    put(&with_past, record->bytes, record->len);
    hash_sha256((struct bytes){with_past.bytes, with_past.len}, digest->bytes);
}

struct digest digest_of_header(const struct block_header *header) {
    struct record record = {.len = 0};
    put_u64(&record, (uint64_t)header->height);
    put(&record, header->hash.bytes, HASH_BYTES);
    put(&record, header->parent.bytes, HASH_BYTES);
    put_u64(&record, (uint64_t)header->time_ms);
    put_u64(&record, (uint64_t)header->proven_ms);
    struct digest digest = {{0}};
    absorb(&digest, &record);
    return digest;
}

static void absorb_output(struct digest *digest, const struct chain_output *output) {
    struct record record = {.len = 0};
    put(&record, output->txid.bytes, HASH_BYTES);
    put_u64(&record, output->ordinal);
    put_u64(&record, output->program.len);
    put(&record, output->program.bytes, output->program.len);
    put_amount(&record, output->amount);
    put(&record, &(uint8_t){output->coinbase}, 1);
    absorb(digest, &record);
}

bool digest_eq(const struct digest *a, const struct digest *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* ---- one order of outputs */

static int compare_numbers(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

static int compare_amounts(struct amount a, struct amount b) {
    int by_asset = strcmp(a.asset->code, b.asset->code);
    return by_asset != 0 ? by_asset : amount_compare(a, b);
}

static int compare_outputs(const void *left, const void *right) {
    const struct chain_output *a = left;
    const struct chain_output *b = right;
    int by = memcmp(a->txid.bytes, b->txid.bytes, HASH_BYTES);
    by = by != 0 ? by : compare_numbers(a->ordinal, b->ordinal);
    by = by != 0 ? by : compare_numbers(a->program.len, b->program.len);
    by = by != 0 ? by : memcmp(a->program.bytes, b->program.bytes, a->program.len);
    by = by != 0 ? by : compare_amounts(a->amount, b->amount);
    return by != 0 ? by : compare_numbers(a->coinbase, b->coinbase);
}

void chain_outputs_sort(struct chain_output *outputs, size_t count) {
    if (count > 1) {
        qsort(outputs, count, sizeof *outputs, compare_outputs);
    }
}

/* ---- asking */

static struct result ask_tip(struct chain *chain, struct arena *arena, struct answer *answer) {
    TRY(chain->ops->tip(chain, arena, &answer->header));
    answer->hash = answer->header.hash;
    answer->digest = digest_of_header(&answer->header);
    return RESULT_OK;
}

static struct result ask_hash(const struct question *question, struct chain *chain,
                              struct arena *arena, struct answer *answer) {
    TRY(chain->ops->hash_at(chain, arena, question->height, &answer->hash));
    memcpy(answer->digest.bytes, answer->hash.bytes, HASH_BYTES);
    return RESULT_OK;
}

static struct result ask_block(const struct question *question, struct chain *chain,
                               struct arena *arena, struct answer *answer) {
    struct chain_block block;
    TRY(chain->ops->block(chain, arena, question->hash, &block));
    struct chain_output *outputs =
        arena_try_alloc(arena, sizeof *outputs * (block.output_count + 1));
    ENSURE(outputs != NULL && block_hash_eq(block.header.hash, question->hash), ERR_NODE_ANSWER);
    if (block.output_count > 0) {
        memcpy(outputs, block.outputs, sizeof *outputs * block.output_count);
    }
    chain_outputs_sort(outputs, block.output_count);
    answer->header = block.header;
    answer->hash = block.header.hash;
    answer->outputs = outputs;
    answer->output_count = block.output_count;
    answer->flaws = block.flaws;
    answer->digest = digest_of_header(&block.header);
    for (size_t i = 0; i < block.output_count; i++) {
        absorb_output(&answer->digest, &outputs[i]);
    }
    return RESULT_OK;
}

static struct result ask_balances(const struct question *question, struct chain *chain,
                                  struct arena *arena, struct answer *answer) {
    size_t count = question->program_count;
    answer->balances = ARENA_ARRAY(arena, struct amount, count + 1);
    TRY(chain->ops->balances(chain, arena, question->hash, question->programs, count,
                             answer->balances));
    for (size_t i = 0; i < count; i++) {
        struct record record = {.len = 0};
        put_amount(&record, answer->balances[i]);
        absorb(&answer->digest, &record);
    }
    return RESULT_OK;
}

static struct result ask_coin(const struct question *question, struct chain *chain,
                              struct arena *arena, struct answer *answer) {
    struct outpoint outpoint = {question->txid, question->vout};
    TRY(chain->ops->coins->find(chain, arena, outpoint, &answer->coin));
    const struct chain_coin *coin = &answer->coin;
    struct record record = {.len = 0};
    put_u64(&record, coin->state);
    if (coin->state == COIN_UNSPENT) {
        put_amount(&record, coin->amount);
        put_u64(&record, coin->program.len);
        put(&record, coin->program.bytes, coin->program.len);
        put(&record, &(uint8_t){coin->coinbase}, 1); /* its depth is as high as each node's tip */
    }
    absorb(&answer->digest, &record);
    return RESULT_OK;
}

static struct result ask_transaction(const struct question *question, struct chain *chain,
                                     struct arena *arena, struct answer *answer) {
    TRY(chain->ops->coins->transaction(chain, arena, question->txid, question->hash,
                                       &answer->bytes));
    hash_sha256(answer->bytes, answer->digest.bytes);
    return RESULT_OK;
}

static struct result ask(const struct question *question, struct chain *chain, struct arena *arena,
                         struct answer *answer) {
    switch (question->kind) {
    case QUESTION_IDENTITY:
        return chain->ops->identify(chain, arena, &answer->identity);
    case QUESTION_TIP:
        return ask_tip(chain, arena, answer);
    case QUESTION_HASH:
        return ask_hash(question, chain, arena, answer);
    case QUESTION_BLOCK:
        return ask_block(question, chain, arena, answer);
    case QUESTION_MEMPOOL:
        return chain->ops->mempool(chain, arena, &answer->outputs, &answer->output_count);
    case QUESTION_MEMPOOL_HAS:
        return chain->ops->mempool_has(chain, arena, question->txid, &answer->has);
    case QUESTION_FINALITY:
        return chain->ops->finality(chain, arena, &answer->finality);
    case QUESTION_BALANCES:
        return ask_balances(question, chain, arena, answer);
    case QUESTION_COIN:
        return ask_coin(question, chain, arena, answer);
    case QUESTION_TRANSACTION:
        return ask_transaction(question, chain, arena, answer);
    case QUESTION_FEE_RATE:
        return chain->ops->coins->fee_rate(chain, arena, question->blocks, &answer->fee_rate);
    case QUESTION_WAIT:
        chain->ops->wait(chain, question->hash, question->timeout_ms);
        return RESULT_OK;
    }
    return RESULT_OK;
}

void question_ask(const struct question *question, struct chain *chain, struct arena *arena,
                  struct answer *ret_answer) {
    struct answer answer = {.result = RESULT_OK};
    answer.result = ask(question, chain, arena, &answer);
    *ret_answer = answer;
}

bool question_is_same_block(const struct question *a, const struct question *b) {
    return a->kind == QUESTION_BLOCK && b->kind == QUESTION_BLOCK &&
           block_hash_eq(a->hash, b->hash);
}

const char *question_subject(enum question_kind kind) {
    switch (kind) {
    case QUESTION_IDENTITY:
        return "which chain this is";
    case QUESTION_TIP:
        return "the newest blocks";
    case QUESTION_HASH:
        return "which blocks are on the best chain";
    case QUESTION_BLOCK:
        return "what is in a block";
    case QUESTION_MEMPOOL:
    case QUESTION_MEMPOOL_HAS:
        return "the mempool";
    case QUESTION_FINALITY:
        return "which blocks are final";
    case QUESTION_BALANCES:
        return "what addresses hold";
    case QUESTION_COIN:
        return "which coins are unspent";
    case QUESTION_TRANSACTION:
        return "what is in a transaction";
    case QUESTION_FEE_RATE:
        return "fees";
    case QUESTION_WAIT:
        break;
    }
    return "";
}
