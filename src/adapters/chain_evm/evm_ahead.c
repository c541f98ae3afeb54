/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_ahead.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"

enum {
    FIRST_COUNT = 4,
    FAR_BLOCKS = 32,  /* nearer to the tip, blocks are fetched one by one */
    FRESH_MS = 30000, /* what was read counts that long */
    TIP_FRESH_MS = 2000,
    FAST_MS = 3000,            /* a run that took less may be longer the next time */
    SLOW_MS = 10000,           /* one that took more is cut in half */
    REST_MS = 30000,           /* after even one block at a time has failed */
    RUN_BYTES_MAX = 320 << 20, /* outputs; not more than what they were decoded from */
};

struct evm_ahead {
    struct arena *arena; /* of the run */
    struct chain_block blocks[EVM_FETCH_MAX];
    size_t count;
    int64_t read_at_ms;
    struct block_header tip;
    int64_t tip_at_ms;     /* 0: none */
    int64_t asked_height;  /* by the latest hash_at */
    int64_t handed_height; /* the highest of the run that was handed out */
    size_t next_count;
    int64_t rest_until_ms;
};

static int64_t monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct evm_ahead *evm_ahead_new(void) {
    struct evm_ahead *ahead = calloc(1, sizeof(*ahead));
    BUG_IF(ahead == NULL);
    ahead->arena = arena_new(RUN_BYTES_MAX);
    ahead->next_count = FIRST_COUNT;
    ahead->asked_height = -1;
    return ahead;
}

void evm_ahead_free(struct evm_ahead *ahead) {
    arena_free(ahead->arena);
    free(ahead);
}

void evm_ahead_forget(struct evm_ahead *ahead) {
    arena_reset(ahead->arena);
    ahead->count = 0;
    ahead->tip_at_ms = 0;
}

static bool is_fresh(const struct evm_ahead *ahead) {
    return ahead->count > 0 && monotonic_ms() - ahead->read_at_ms < FRESH_MS;
}

static int64_t last_height(const struct evm_ahead *ahead) {
    return ahead->blocks[ahead->count - 1].header.height;
}

static bool is_far(const struct evm_ahead *ahead) {
    return ahead->tip.height - last_height(ahead) >= FAR_BLOCKS;
}

void evm_ahead_set_tip(struct evm_ahead *ahead, const struct block_header *tip) {
    ahead->tip = *tip;
    ahead->tip_at_ms = monotonic_ms();
}

bool evm_ahead_tip(const struct evm_ahead *ahead, struct block_header *ret_tip) {
    if (ahead->tip_at_ms == 0 || monotonic_ms() - ahead->tip_at_ms > TIP_FRESH_MS ||
        !is_fresh(ahead) || ahead->asked_height >= last_height(ahead) || !is_far(ahead)) {
        return false;
    }
    *ret_tip = ahead->tip;
    return true;
}

/* A run that came fast makes the next one longer, one that failed or crept shorter. */
static void adapt(struct evm_ahead *ahead, bool is_read, int64_t took_ms) {
    if (!is_read && ahead->next_count == 1) {
        ahead->rest_until_ms = monotonic_ms() + REST_MS;
    }
    if (!is_read || took_ms > SLOW_MS) {
        ahead->next_count = ahead->next_count > 1 ? ahead->next_count / 2 : 1;
    } else if (took_ms < FAST_MS) {
        ahead->next_count =
            ahead->next_count * 2 < EVM_FETCH_MAX ? ahead->next_count * 2 : EVM_FETCH_MAX;
    }
}

/* How many blocks are worth one request. Those at the very tip are left to questions by hash: they
 * may not be everywhere behind a provider's balancer yet, or not stay. */
static size_t run_length(const struct evm_ahead *ahead, int64_t height) {
    int64_t below_tip = ahead->tip.height - height - 1;
    if (below_tip < 2) {
        return 0;
    }
    return below_tip < (int64_t)ahead->next_count ? (size_t)below_tip : ahead->next_count;
}

static bool read_run(struct evm_ahead *ahead, struct evm_node *node, int64_t height) {
    int64_t start_ms = monotonic_ms();
    size_t count = run_length(ahead, height);
    arena_reset(ahead->arena);
    ahead->count = 0;
    struct result read = evm_fetch_run(node, ahead->arena, height, count, ahead->blocks);
    bool is_read = result_is_ok(read);
    ahead->read_at_ms = start_ms;
    ahead->count = is_read ? count : 0;
    ahead->handed_height = height - 1;
    adapt(ahead, is_read, monotonic_ms() - start_ms);
    return is_read;
}

/* Near the tip each hash is handed out once: who asks again wants to know whether it still holds.
 */
static bool has_hash_at(const struct evm_ahead *ahead, int64_t height) {
    return is_fresh(ahead) && height >= ahead->blocks[0].header.height &&
           height <= last_height(ahead) && (height > ahead->handed_height || is_far(ahead));
}

bool evm_ahead_hash_at(struct evm_ahead *ahead, struct evm_node *node, int64_t height,
                       struct block_hash *ret_hash) {
    bool goes_up = height > 0 && height == ahead->asked_height + 1;
    bool may_read = goes_up && ahead->tip_at_ms != 0 && run_length(ahead, height) > 0 &&
                    monotonic_ms() >= ahead->rest_until_ms;
    ahead->asked_height = height;
    if (!has_hash_at(ahead, height) && !(may_read && read_run(ahead, node, height))) {
        return false;
    }
    if (height > ahead->handed_height) {
        ahead->handed_height = height;
    }
    *ret_hash = ahead->blocks[height - ahead->blocks[0].header.height].header.hash;
    return true;
}

bool evm_ahead_block(const struct evm_ahead *ahead, struct arena *arena, struct block_hash hash,
                     struct chain_block *ret_block) {
    for (size_t i = 0; i < ahead->count && is_fresh(ahead); i++) {
        const struct chain_block *block = &ahead->blocks[i];
        if (!block_hash_eq(block->header.hash, hash)) {
            continue;
        }
        struct chain_output *outputs =
            ARENA_ARRAY(arena, struct chain_output, block->output_count + 1);
        if (block->output_count > 0) {
            memcpy(outputs, block->outputs, block->output_count * sizeof(outputs[0]));
        }
        *ret_block = *block;
        ret_block->outputs = outputs;
        return true;
    }
    return false;
}
