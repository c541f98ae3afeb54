/* SPDX-License-Identifier: MIT */
#include "support/fake_node.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "core/asset.h"
#include "core/error.h"
#include "ports/chain_accounts.h"
#include "ports/chain_coins.h"

enum { HANG_MS_MAX = 60000 };

static struct fake_node *fake_of(struct chain *chain) {
    return (struct fake_node *)((char *)chain - offsetof(struct fake_node, chain));
}

/* ---- what it knows */

struct block_hash fake_hash(int64_t height, uint8_t branch) {
    struct block_hash hash = {{0}};
    hash.bytes[0] = height == 0 ? 0 : branch;
    u64_store_be(hash.bytes + 8, (uint64_t)height);
    return hash;
}

struct block_header fake_header(const struct fake_node *node, int64_t height) {
    int64_t block_ms = node->block_ms == 0 ? 1000 : node->block_ms;
    struct block_header header = {
        .height = height,
        .hash = fake_hash(height, node->branches[height]),
        .time_ms = 1000000 + height * block_ms,
        .proven_ms = 900000 + height * 1000,
    };
    if (height > 0) {
        header.parent = fake_hash(height - 1, node->branches[height - 1]);
    }
    return header;
}

void fake_outputs(int64_t height, uint8_t branch,
                  struct chain_output ret_outputs[FAKE_OUTPUTS + 1]) {
    for (size_t i = 0; i < FAKE_OUTPUTS + 1; i++) {
        struct chain_output output = {
            .ordinal = (uint32_t)i % 2,
            .program = {.len = 20, .bytes = {(uint8_t)i}},
            .amount = amount_from_u64(asset_by_code(STR("LTC")), 100 + i),
            .coinbase = i == 0,
        };
        output.txid.bytes[0] = branch;
        output.txid.bytes[1] = (uint8_t)(i / 2);
        u64_store_be(output.txid.bytes + 8, (uint64_t)height);
        ret_outputs[i] = output;
    }
}

static void lie_in_header(enum fake_lie lie, struct block_header *header) {
    header->time_ms += lie == FAKE_CHANGES_TIME ? 1 : 0;
    header->proven_ms += lie == FAKE_CHANGES_PROVEN_TIME ? 1 : 0;
    header->parent.bytes[31] ^= lie == FAKE_CHANGES_PARENT ? 1 : 0;
}

static void lie_in_output(enum fake_lie lie, struct chain_output *output) {
    if (lie == FAKE_CHANGES_AMOUNT) {
        output->amount = amount_from_u64(output->amount.asset, 1000000);
    } else if (lie == FAKE_CHANGES_ASSET) {
        output->amount = amount_from_u64(asset_by_code(STR("BTC")), 101); /* as many units */
    }
    output->program.bytes[19] ^= lie == FAKE_CHANGES_PROGRAM ? 1 : 0;
    output->ordinal += lie == FAKE_CHANGES_ORDINAL ? 2 : 0;
    output->txid.bytes[31] ^= lie == FAKE_CHANGES_TXID ? 1 : 0;
    output->coinbase = output->coinbase != (lie == FAKE_CHANGES_COINBASE);
}

/* ---- being asked */

static void unlock(pthread_mutex_t **lock) {
    pthread_mutex_unlock(*lock);
}

#define LOCKED(node)                                                                               \
    CLEANUP(unlock) pthread_mutex_t *lock_ = &(node)->lock;                                        \
    pthread_mutex_lock(lock_)

static struct timespec time_after(uint32_t ms) {
    struct timespec at;
    (void)clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

static void note_caller(struct fake_node *node) {
    node->calls++;
    node->was_shared =
        node->was_shared || (node->has_caller && !pthread_equal(node->caller, pthread_self()));
    node->caller = pthread_self();
    node->has_caller = true;
}

/* Under the lock: takes its time, then says whether it answers at all. */
static struct result enter(struct fake_node *node, uint32_t delay_ms) {
    note_caller(node);
    struct timespec until = time_after(delay_ms);
    while (delay_ms > 0 && !node->is_stopped &&
           pthread_cond_timedwait(&node->changed, &node->lock, &until) != ETIMEDOUT) {
    }
    until = time_after(HANG_MS_MAX);
    while (node->state == FAKE_HANGING && !node->is_stopped &&
           pthread_cond_timedwait(&node->changed, &node->lock, &until) != ETIMEDOUT) {
    }
    ENSURE(!node->is_stopped, ERR_NODE_STOPPED);
    bool is_last = node->state == FAKE_ALIVE && node->lives > 0 && --node->lives == 0;
    if (is_last) {
        node->state = FAKE_DEAD;
        return RESULT_OK;
    }
    switch (node->state) {
    case FAKE_ALIVE:
        return RESULT_OK;
    case FAKE_DEAD:
    case FAKE_HANGING:
        return result_fail(&ERR_NODE_UNREACHABLE);
    case FAKE_FOREIGN:
        return result_fail(&ERR_NODE_WRONG_NETWORK);
    case FAKE_REFUSING:
        return result_fail(&ERR_NODE_REFUSED);
    case FAKE_SYNCING:
        return result_fail(&ERR_NODE_NOT_READY);
    case FAKE_CONFUSED:
        return result_fail(&ERR_NODE_ANSWER);
    }
    return RESULT_OK;
}

static struct result identify(struct chain *chain, struct arena *arena,
                              struct chain_identity *ret_identity) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    struct result entered = enter(node, node->delay_ms);
    bool is_foreign = entered.code == &ERR_NODE_WRONG_NETWORK;
    if (!result_is_ok(entered) && !is_foreign) {
        return entered;
    }
    *ret_identity = (struct chain_identity){
        .genesis = fake_hash(is_foreign ? 99 : 0, 0),
        .network = arena_printf(arena, "regtest"),
        .version = arena_printf(arena, "fake"),
    };
    if (node->token.asset != NULL) {
        struct chain_token *token = ARENA_NEW(arena, struct chain_token);
        *token = node->token;
        ret_identity->tokens = token;
        ret_identity->token_count = 1;
    }
    return RESULT_OK;
}

static struct result tip(struct chain *chain, struct arena *arena, struct block_header *ret_tip) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    TRY(enter(node, node->delay_ms));
    struct block_header header = fake_header(node, node->tip);
    lie_in_header(node->tip_lie, &header);
    *ret_tip = header;
    return RESULT_OK;
}

static struct result hash_at(struct chain *chain, struct arena *arena, int64_t height,
                             struct block_hash *ret_hash) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    TRY(enter(node, node->delay_ms));
    ENSURE(height >= 0 && height <= node->tip, ERR_BLOCK_UNKNOWN);
    *ret_hash = fake_hash(height, node->branches[height]);
    return RESULT_OK;
}

static int64_t height_of(const struct fake_node *node, struct block_hash hash) {
    for (int64_t height = 0; height <= node->tip; height++) {
        if (block_hash_eq(fake_hash(height, node->branches[height]), hash)) {
            return height;
        }
    }
    return -1;
}

static struct result block(struct chain *chain, struct arena *arena, struct block_hash hash,
                           struct chain_block *ret_block) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    TRY(enter(node, node->delay_ms + node->block_delay_ms));
    ENSURE(!node->has_no_blocks, ERR_NODE_UNREACHABLE);
    int64_t height = height_of(node, hash);
    ENSURE(height >= 0 && node->lie != FAKE_DENIES, ERR_BLOCK_UNKNOWN);
    ENSURE(node->lie != FAKE_BABBLES, ERR_NODE_ANSWER);
    struct chain_output *outputs = ARENA_ARRAY(arena, struct chain_output, FAKE_OUTPUTS + 1);
    fake_outputs(height, node->branches[height], outputs);
    struct block_header header = fake_header(node, height);
    lie_in_header(node->lie, &header);
    lie_in_output(node->lie, &outputs[1]);
    size_t count = FAKE_OUTPUTS;
    count += node->lie == FAKE_INVENTS ? 1 : 0;
    count -= node->lie == FAKE_OMITS ? 1 : 0;
    if (node->shuffles) {
        struct chain_output first = outputs[0];
        outputs[0] = outputs[count - 1];
        outputs[count - 1] = first;
    }
    *ret_block = (struct chain_block){header, outputs, count, {.unread_count = 1}};
    return RESULT_OK;
}

static struct result mempool(struct chain *chain, struct arena *arena,
                             const struct chain_output **ret_outputs, size_t *ret_count) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    TRY(enter(node, node->delay_ms));
    struct chain_output *outputs = ARENA_ARRAY(arena, struct chain_output, FAKE_HINTS_MAX);
    memcpy(outputs, node->hints, sizeof node->hints);
    *ret_outputs = outputs;
    *ret_count = node->hint_count;
    node->hint_count = 0;
    return RESULT_OK;
}

static struct result mempool_has(struct chain *chain, struct arena *arena, struct txid txid,
                                 bool *ret_has) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    TRY(enter(node, node->delay_ms));
    *ret_has = node->has_tx;
    return RESULT_OK;
}

static struct result finality(struct chain *chain, struct arena *arena,
                              struct chain_finality *ret_finality) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    TRY(enter(node, node->delay_ms));
    ENSURE(!node->lacks_finality, ERR_NODE_ANSWER);
    *ret_finality = (struct chain_finality){
        .safe = {node->safe, fake_hash(node->safe, node->branches[node->safe])},
        .finalized = {node->finalized, fake_hash(node->finalized, node->branches[node->finalized])},
    };
    return RESULT_OK;
}

static struct result balances(struct chain *chain, struct arena *arena, struct block_hash at,
                              const struct script *programs, size_t count,
                              struct amount *ret_balances) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    TRY(enter(node, node->delay_ms));
    for (size_t i = 0; i < count; i++) {
        ret_balances[i] =
            amount_from_u64(asset_by_code(STR("LTC")), node->balance + programs[i].bytes[0]);
    }
    return RESULT_OK;
}

static struct result find_coin(struct chain *chain, struct arena *arena, struct outpoint outpoint,
                               struct chain_coin *ret_coin) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    TRY(enter(node, node->delay_ms));
    *ret_coin = (struct chain_coin){
        .state = node->has_tx ? COIN_CLAIMED : COIN_UNSPENT,
        .amount = amount_from_u64(asset_by_code(STR("LTC")), node->balance + outpoint.vout),
        .confirmations = node->tip,
    };
    return RESULT_OK;
}

static struct result transaction(struct chain *chain, struct arena *arena, struct txid txid,
                                 struct block_hash at, struct bytes *ret_bytes) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    TRY(enter(node, node->delay_ms));
    uint8_t *bytes = ARENA_ARRAY(arena, uint8_t, HASH_BYTES);
    memcpy(bytes, txid.bytes, HASH_BYTES);
    bytes[0] = (uint8_t)(bytes[0] + node->balance);
    *ret_bytes = (struct bytes){bytes, HASH_BYTES};
    return RESULT_OK;
}

static struct result fee_rate(struct chain *chain, struct arena *arena, uint32_t blocks,
                              uint64_t *ret_fee_rate) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    TRY(enter(node, node->delay_ms));
    *ret_fee_rate = 1000 * blocks + node->balance;
    return RESULT_OK;
}

static const struct chain_coin_ops coin_ops = {
    .find = find_coin,
    .transaction = transaction,
    .fee_rate = fee_rate,
};

static struct result fees(struct chain *chain, struct arena *arena, struct chain_fees *ret_fees) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    TRY(enter(node, node->delay_ms));
    *ret_fees = (struct chain_fees){.energy_price = node->balance};
    return RESULT_OK;
}

static struct result holdings(struct chain *chain, struct arena *arena,
                              const struct chain_holdings_wanted *wanted,
                              struct chain_holding *ret_holdings) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    TRY(enter(node, node->delay_ms));
    for (size_t i = 0; i < wanted->count; i++) {
        ret_holdings[i] = (struct chain_holding){.nonce = node->balance};
    }
    return RESULT_OK;
}

static struct result effort(struct chain *chain, struct arena *arena, const struct chain_move *move,
                            uint64_t *ret_effort) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    TRY(enter(node, node->delay_ms));
    *ret_effort = node->balance + move->to.len;
    return RESULT_OK;
}

static const struct chain_account_ops account_ops = {
    .fees = fees, .holdings = holdings, .effort = effort};

static void wait(struct chain *chain, struct block_hash known_tip, uint32_t timeout_ms) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    note_caller(node);
    node->waits++;
    struct timespec until = time_after(timeout_ms);
    while (!node->woken && !node->is_stopped &&
           block_hash_eq(known_tip, fake_hash(node->tip, node->branches[node->tip])) &&
           pthread_cond_timedwait(&node->changed, &node->lock, &until) != ETIMEDOUT) {
    }
    node->woken = false;
}

static void wake(struct chain *chain) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    node->woken = true;
    pthread_cond_broadcast(&node->changed);
}

static void stop(struct chain *chain) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    node->is_stopped = true;
    pthread_cond_broadcast(&node->changed);
}

static void close_chain(struct chain *chain) {
    struct fake_node *node = fake_of(chain);
    LOCKED(node);
    BUG_IF(node->is_closed);
    node->is_closed = true;
}

static const char *believed(struct chain *chain) {
    return fake_of(chain)->believed;
}

static const char *warning(struct chain *chain, struct arena *arena) {
    return fake_of(chain)->warning;
}

static const char *stuck(struct chain *chain, struct arena *arena) {
    return fake_of(chain)->stuck;
}

static const struct chain_ops ops = {
    .identify = identify,
    .tip = tip,
    .hash_at = hash_at,
    .block = block,
    .mempool = mempool,
    .mempool_has = mempool_has,
    .finality = finality,
    .balances = balances,
    .coins = &coin_ops,
    .accounts = &account_ops,
    .warning = warning,
    .stuck = stuck,
    .believed = believed,
    .wait = wait,
    .wake = wake,
    .stop = stop,
    .close = close_chain,
};

/* ---- being told */

struct fake_node *fake_node_new(size_t number) {
    struct fake_node *node = calloc(1, sizeof *node);
    BUG_IF(node == NULL);
    node->chain = (struct chain){.ops = &ops, .network = network_by_key(STR("ltc"))};
    (void)snprintf(node->label, sizeof node->label, "http://node%zu/", number);
    BUG_IF(pthread_mutex_init(&node->lock, NULL) != 0);
    BUG_IF(pthread_cond_init(&node->changed, NULL) != 0);
    return node;
}

void fake_node_free(struct fake_node *node) {
    (void)pthread_cond_destroy(&node->changed);
    (void)pthread_mutex_destroy(&node->lock);
    free(node);
}

void fake_node_set(struct fake_node *node, enum fake_state state) {
    LOCKED(node);
    node->state = state;
    pthread_cond_broadcast(&node->changed);
}

void fake_node_lie(struct fake_node *node, enum fake_lie lie) {
    LOCKED(node);
    node->lie = lie;
}

void fake_node_lose_blocks(struct fake_node *node, bool has_no_blocks) {
    LOCKED(node);
    node->has_no_blocks = has_no_blocks;
}

void fake_node_slow(struct fake_node *node, uint32_t delay_ms) {
    LOCKED(node);
    node->delay_ms = delay_ms;
}

void fake_node_branch(struct fake_node *node, int64_t from, int64_t tip_height, uint8_t branch) {
    LOCKED(node);
    BUG_IF(tip_height >= FAKE_BLOCKS_MAX);
    for (int64_t height = from; height <= tip_height; height++) {
        node->branches[height] = height == 0 ? 0 : branch;
    }
    node->tip = tip_height;
    pthread_cond_broadcast(&node->changed);
}

void fake_node_hint(struct fake_node *node, uint8_t txid, uint64_t units) {
    LOCKED(node);
    BUG_IF(node->hint_count == FAKE_HINTS_MAX);
    struct chain_output output = {
        .program = {.len = 20},
        .amount = amount_from_u64(asset_by_code(STR("LTC")), units),
    };
    output.txid.bytes[0] = txid;
    node->hints[node->hint_count++] = output;
}

unsigned fake_node_calls(struct fake_node *node) {
    LOCKED(node);
    return node->calls;
}

bool fake_node_was_shared(struct fake_node *node) {
    LOCKED(node);
    return node->was_shared;
}
