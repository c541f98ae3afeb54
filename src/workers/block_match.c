/* SPDX-License-Identifier: MIT */
#include "workers/block_match.h"

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
    struct block_hit *hits = ARENA_ARRAY(arena, struct block_hit, output_count + 1);
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
