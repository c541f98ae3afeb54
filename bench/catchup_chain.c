/* SPDX-License-Identifier: MIT */
#include "catchup_chain.h"

#include "adapters/clock_os/clock_os.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/hash.h"
#include "ports/clock.h"
#include "rows.h"

enum { BLOCK_MS = 3000, PER_MILLION = 1000000, ARENA_BYTES = 64 << 20 };

struct script catchup_program(uint64_t number) {
    uint8_t text[8];
    u64_store_be(text, number);
    uint8_t digest[HASH_256_BYTES];
    hash_sha256(BYTES_OF(text), digest);
    struct script script = {.len = SCRIPT_EVM_BYTES};
    memcpy(script.bytes, digest, SCRIPT_EVM_BYTES);
    return script;
}

static uint64_t mix(uint64_t number) {
    uint64_t mixed = number + UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

static int64_t time_of(const struct catchup_plan *plan, int64_t height) {
    int64_t left = plan->first.height + (int64_t)plan->blocks - height;
    return plan->last_at_ms - left * BLOCK_MS;
}

static uint64_t count_at(const struct catchup_plan *plan, int64_t height) {
    if (height <= plan->first.height) {
        return 0;
    }
    uint64_t at = (uint64_t)(height - plan->first.height);
    return at * plan->outputs / plan->blocks - (at - 1) * plan->outputs / plan->blocks;
}

/* The transfer at a place in its block; `*ours` counts those to us. */
static struct chain_output output_at(const struct catchup_plan *plan, int64_t height, uint64_t at,
                                     uint64_t *ours) {
    uint64_t dice = mix((uint64_t)height << 20 | at);
    bool is_ours = dice % PER_MILLION < plan->ours_per_million;
    struct chain_output output = {
        .ordinal = 0,
        .program = {.len = SCRIPT_EVM_BYTES},
        .amount = amount_from_u64(asset_by_code(STR("USDT_TRC20")), CATCHUP_DUE_UNITS),
    };
    uint64_t far = mix(dice);
    if (is_ours) {
        *ours += 1;
        output.program = catchup_program(far % plan->addresses + 1);
    } else {
        u64_store_be(output.program.bytes, far);
        u64_store_be(output.program.bytes + 8, dice);
    }
    u64_store_be(output.txid.bytes, far);
    u64_store_be(output.txid.bytes + 8, (uint64_t)height);
    u64_store_be(output.txid.bytes + 16, at);
    u64_store_be(output.txid.bytes + 24, dice);
    return output;
}

static struct catchup_chain *of(struct chain *chain) {
    return (struct catchup_chain *)chain;
}

/* Blocks are asked for one after the other: each is the parent of the next. */
static void make(struct catchup_chain *self, int64_t height) {
    double start = now_s();
    bool is_first = self->made.height == 0;
    BUG_IF(!is_first && height != self->made.height + 1);
    struct block_header header = {.height = height, .time_ms = time_of(self->plan, height)};
    header.proven_ms = header.time_ms;
    header.parent = self->made.hash;
    if (is_first) {
        u64_store_be(header.parent.bytes, (uint64_t)height - 1);
    }
    arena_reset(self->making);
    size_t count = count_at(self->plan, height);
    struct chain_output *outputs = ARENA_ARRAY(self->making, struct chain_output, count + 1);
    for (size_t i = 0; i < count; i++) {
        outputs[i] = output_at(self->plan, height, i, &self->ours);
    }
    catchup_text_make(&self->text, &header, outputs, count);
    self->text_bytes += self->text.block.len + self->text.logs.len;
    self->made = header;
    self->making_s += now_s() - start;
}

static struct result identify(struct chain *chain, struct arena *arena,
                              struct chain_identity *ret_identity) {
    (void)chain;
    (void)arena;
    *ret_identity = (struct chain_identity){.network = "main", .version = "bench"};
    return RESULT_OK;
}

static struct result tip(struct chain *chain, struct arena *arena, struct block_header *ret_tip) {
    (void)arena;
    struct catchup_chain *self = of(chain);
    /* The id of a block that is not made yet is nobody's business so far. The node's own blocks go
     * on coming, or nothing would be believed confirmed after a while. */
    *ret_tip = (struct block_header){.height = self->tip_height};
    if (self->made.height == self->tip_height) {
        *ret_tip = self->made;
    }
    struct clock clock = clock_os();
    ret_tip->time_ms = clock_wall_ms(&clock);
    return RESULT_OK;
}

static struct result hash_at(struct chain *chain, struct arena *arena, int64_t height,
                             struct block_hash *ret_hash) {
    (void)arena;
    struct catchup_chain *self = of(chain);
    ENSURE(height <= self->tip_height, ERR_BLOCK_UNKNOWN);
    bool was_applied_in_vain = self->made.height != 0 && height == self->made.height - 1;
    if (was_applied_in_vain) { /* a watcher that tries again looks where it stands first */
        *ret_hash = self->made.parent;
        return RESULT_OK;
    }
    if (height != self->made.height) {
        make(self, height);
    }
    *ret_hash = self->made.hash;
    return RESULT_OK;
}

static struct result block(struct chain *chain, struct arena *arena, struct block_hash hash,
                           struct chain_block *ret_block) {
    struct catchup_chain *self = of(chain);
    double start = now_s();
    catchup_text_decode(&self->text, &self->rules, arena, ret_block);
    BUG_IF(!block_hash_eq(ret_block->header.hash, hash));
    self->decoding_s += now_s() - start;
    return RESULT_OK;
}

static struct result mempool(struct chain *chain, struct arena *arena,
                             const struct chain_output **ret_outputs, size_t *ret_count) {
    (void)chain;
    (void)arena;
    *ret_outputs = NULL;
    *ret_count = 0;
    return RESULT_OK;
}

void catchup_chain_init(struct catchup_chain *chain, const struct network *network,
                        const struct catchup_plan *plan) {
    static const struct chain_ops ops = {
        .identify = identify, .tip = tip, .hash_at = hash_at, .block = block, .mempool = mempool};
    *chain = (struct catchup_chain){.chain = {.ops = &ops, .network = network},
                                    .plan = plan,
                                    .tip_height = plan->first.height,
                                    .rules = {.coin = asset_by_code(STR("TRX"))},
                                    .text = catchup_text_new(),
                                    .making = arena_new(ARENA_BYTES)};
    token_list_init(&chain->rules.tokens, network, network->chain_id);
    /* What the store has already is there already. */
    chain->made = (struct block_header){.height = plan->first.height, .hash = plan->first.hash};
    chain->made.time_ms = time_of(plan, plan->first.height);
    if (plan->is_fresh) {
        chain->made.height = 0;
    }
}

void catchup_chain_release(struct catchup_chain *chain) {
    arena_free(chain->making);
    catchup_text_free(&chain->text);
}
