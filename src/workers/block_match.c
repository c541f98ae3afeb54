/* SPDX-License-Identifier: MIT */
#include "workers/block_match.h"

#include "app/networks.h"
#include "base/arena.h"
#include "ports/store.h"
#include "ports/store_invoice.h"

static struct result match(struct store_conn *reader, struct arena *arena,
                           const struct network *network, const struct chain_output *outputs,
                           size_t output_count, struct block_match *ret_match) {
    const struct script **programs = ARENA_ARRAY(arena, const struct script *, output_count + 1);
    for (size_t i = 0; i < output_count; i++) {
        programs[i] = &outputs[i].program;
    }
    TRY(store_address_highest_id(reader, &ret_match->snapshot_address_id));
    const struct address_row *const *rows;
    TRY(store_address_match(reader, arena, network, programs, output_count, &rows));
    /* Nearly all outputs are strangers', and blocks are as large as others make them. */
    size_t count = 0;
    for (size_t i = 0; i < output_count; i++) {
        count += rows[i] != NULL;
    }
    struct block_hit *hits = ARENA_ARRAY(arena, struct block_hit, count + 1);
    for (size_t i = 0; i < output_count; i++) {
        if (rows[i] != NULL) {
            hits[ret_match->hit_count++] =
                (struct block_hit){.output = &outputs[i], .address = *rows[i]};
        }
    }
    ret_match->hits = hits;
    return RESULT_OK;
}

struct result block_match(struct store_conn *reader, struct arena *arena,
                          const struct network *network, const struct chain_output *outputs,
                          size_t output_count, struct block_match *ret_match) {
    *ret_match = (struct block_match){0};
    TRY(store_read_begin(reader));
    struct result matched = match(reader, arena, network, outputs, output_count, ret_match);
    store_read_end(reader);
    return matched;
}

static bool is_hit(const struct block_match *match, const struct chain_output *output) {
    for (size_t i = 0; i < match->hit_count; i++) {
        if (match->hits[i].output == output) {
            return true;
        }
    }
    return false;
}

static void add_hits(struct arena *arena, const struct block_match *other,
                     struct block_match *match) {
    struct block_hit *hits =
        ARENA_ARRAY(arena, struct block_hit, match->hit_count + other->hit_count + 1);
    for (size_t i = 0; i < match->hit_count; i++) {
        hits[i] = match->hits[i];
    }
    size_t count = match->hit_count;
    for (size_t i = 0; i < other->hit_count; i++) {
        if (!is_hit(match, other->hits[i].output)) {
            hits[count++] = other->hits[i];
        }
    }
    match->hits = hits;
    match->hit_count = count;
}

static struct result match_elsewhere(struct store_conn *reader, struct arena *arena,
                                     const struct networks *networks, const struct network *network,
                                     const struct chain_block *block, struct block_match *match) {
    for (size_t i = 0; network->kind == CHAIN_EVM && i < networks->count; i++) {
        const struct network *other = networks->followed[i]->network;
        if (other == network || other->kind != CHAIN_EVM) {
            continue;
        }
        struct block_match elsewhere;
        TRY(block_match(reader, arena, other, block->outputs, block->output_count, &elsewhere));
        if (elsewhere.hit_count > 0) {
            add_hits(arena, &elsewhere, match);
        }
    }
    return RESULT_OK;
}

struct result block_match_all(struct store_conn *reader, struct arena *arena,
                              const struct networks *networks, const struct network *network,
                              const struct chain_block *block, struct block_match *ret_match) {
    TRY(block_match(reader, arena, network, block->outputs, block->output_count, ret_match));
    return match_elsewhere(reader, arena, networks, network, block, ret_match);
}
