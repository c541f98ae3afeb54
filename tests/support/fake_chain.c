/* SPDX-License-Identifier: MIT */
#include "support/fake_chain.h"

#include "base/bytes.h"
#include "core/asset.h"
#include "core/error.h"

static const struct fake_chain *of_port(struct chain *port) {
    return (const struct fake_chain *)port;
}

static struct result identify(struct chain *port, struct arena *arena,
                              struct chain_identity *ret_identity) {
    (void)arena;
    const struct fake_chain *chain = of_port(port);
    *ret_identity = (struct chain_identity){.genesis = chain->blocks[0].header.hash,
                                            .network = chain->name,
                                            .version = "fake",
                                            .tokens = chain->tokens,
                                            .token_count = chain->token_count};
    return RESULT_OK;
}

static struct result tip(struct chain *port, struct arena *arena, struct block_header *ret_tip) {
    (void)arena;
    const struct fake_chain *chain = of_port(port);
    *ret_tip = chain->blocks[chain->height].header;
    return RESULT_OK;
}

static struct result hash_at(struct chain *port, struct arena *arena, int64_t height,
                             struct block_hash *ret_hash) {
    (void)arena;
    const struct fake_chain *chain = of_port(port);
    ENSURE(height >= 0 && height <= chain->height, ERR_BLOCK_UNKNOWN);
    *ret_hash = chain->blocks[height].header.hash;
    return RESULT_OK;
}

static struct result block(struct chain *port, struct arena *arena, struct block_hash hash,
                           struct chain_block *ret_block) {
    (void)arena;
    const struct fake_chain *chain = of_port(port);
    for (int64_t height = 0; height <= chain->height; height++) {
        const struct fake_block *found = &chain->blocks[height];
        if (block_hash_eq(found->header.hash, hash)) {
            *ret_block = (struct chain_block){found->header, found->outputs, found->output_count};
            return RESULT_OK;
        }
    }
    return result_fail(&ERR_BLOCK_UNKNOWN);
}

static struct result mempool(struct chain *port, struct arena *arena,
                             const struct chain_output **ret_outputs, size_t *ret_count) {
    (void)port;
    (void)arena;
    *ret_outputs = NULL;
    *ret_count = 0;
    return RESULT_OK;
}

static struct result finality(struct chain *port, struct arena *arena,
                              struct chain_finality *ret_finality) {
    (void)arena;
    ENSURE(of_port(port)->has_finality, ERR_NODE_ANSWER);
    *ret_finality = of_port(port)->finality;
    return RESULT_OK;
}

static void wait(struct chain *port, struct block_hash known_tip, uint32_t timeout_ms) {
    (void)port;
    (void)known_tip;
    (void)timeout_ms;
}

static void wake(struct chain *port) {
    (void)port;
}

static void close_chain(struct chain *port) {
    (void)port;
}

static const struct chain_ops ops = {.identify = identify,
                                     .tip = tip,
                                     .hash_at = hash_at,
                                     .block = block,
                                     .mempool = mempool,
                                     .finality = finality,
                                     .wait = wait,
                                     .wake = wake,
                                     .stop = wake,
                                     .close = close_chain};

void fake_chain_init(struct fake_chain *chain, const char *network, const char *name) {
    *chain = (struct fake_chain){
        .port = {.ops = &ops, .network = network_by_key(str_from_c(network))}, .name = name};
    chain->blocks[0].header.hash.bytes[0] = 0xfa;
}

void fake_chain_pay(struct fake_chain *chain, const struct script *to, struct amount amount) {
    struct fake_block *next = &chain->blocks[chain->height + 1];
    BUG_IF(next->output_count == FAKE_OUTPUTS_MAX);
    struct chain_output *output = &next->outputs[next->output_count++];
    *output = (struct chain_output){.program = *to, .amount = amount};
    u32_store_be(output->txid.bytes, ++chain->txs);
}

void fake_chain_mine(struct fake_chain *chain, int64_t time_ms) {
    struct fake_block *next = &chain->blocks[chain->height + 1];
    BUG_IF(chain->height + 2 == FAKE_BLOCKS_MAX);
    next->header = (struct block_header){.height = chain->height + 1,
                                         .parent = chain->blocks[chain->height].header.hash,
                                         .time_ms = time_ms,
                                         .proven_ms = time_ms};
    next->header.hash.bytes[0] = 0xfa;
    next->header.hash.bytes[1] = chain->branch;
    u64_store_be(next->header.hash.bytes + 24, (uint64_t)(chain->height + 1));
    chain->height++;
    chain->blocks[chain->height + 1].output_count = 0;
}

void fake_chain_drop(struct fake_chain *chain, int64_t blocks) {
    BUG_IF(blocks > chain->height);
    chain->height -= blocks;
    chain->branch++;
    chain->blocks[chain->height + 1].output_count = 0;
}

struct block_ref fake_chain_ref(const struct fake_chain *chain, int64_t height) {
    return (struct block_ref){height, chain->blocks[height].header.hash};
}
