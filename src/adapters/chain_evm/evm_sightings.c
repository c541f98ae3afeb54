/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_sightings.h"

#include <stdlib.h>

#include "adapters/chain_evm/evm_outputs.h"
#include "base/arena.h"
#include "base/result.h"
#include "ports/chain.h"

enum { SEEN_MAX = 16384 }; /* of one pending block; what is above it is told again each time */

/* Eight bytes of a hash are enough to tell it apart: a mistake only costs a sighting. */
struct evm_sightings {
    uint64_t seen[SEEN_MAX]; /* sorted */
    size_t count;
};

struct evm_sightings *evm_sightings_new(void) {
    struct evm_sightings *sightings = calloc(1, sizeof(*sightings));
    BUG_IF(sightings == NULL);
    return sightings;
}

void evm_sightings_free(struct evm_sightings *sightings) {
    free(sightings);
}

static int compare(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static bool was_seen(const struct evm_sightings *sightings, uint64_t mark) {
    return bsearch(&mark, sightings->seen, sightings->count, sizeof(mark), compare) != NULL;
}

void evm_sightings_look(struct evm_sightings *sightings, struct arena *arena,
                        const struct asset *coin, const struct evm_tx *txs, size_t count,
                        const struct chain_output **ret_outputs, size_t *ret_count) {
    struct chain_output *outputs = ARENA_ARRAY(arena, struct chain_output, count + 1);
    size_t output_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!was_seen(sightings, u64_load_be(txs[i].hash.bytes)) &&
            evm_tx_output(&txs[i], coin, &outputs[output_count])) {
            output_count++;
        }
    }
    sightings->count = count < SEEN_MAX ? count : SEEN_MAX;
    for (size_t i = 0; i < sightings->count; i++) {
        sightings->seen[i] = u64_load_be(txs[i].hash.bytes);
    }
    qsort(sightings->seen, sightings->count, sizeof(sightings->seen[0]), compare);
    *ret_outputs = outputs;
    *ret_count = output_count;
}
