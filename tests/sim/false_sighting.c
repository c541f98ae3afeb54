/* SPDX-License-Identifier: MIT */
#include "sim/false_sighting.h"

#include "app/sighting_record.h"
#include "sim/world.h"
#include "workers/block_match.h"

void false_sighting_tell(struct world *world, struct arena *arena,
                         const struct chain_output *output) {
    struct block_match match;
    struct result matched =
        block_match(world_reader(world), arena, network_sandbox(), output, 1, &match);
    BUG_IF(!result_is_ok(matched));
    struct sighting_record sighting = {
        .network = network_sandbox(), .hits = match.hits, .hit_count = match.hit_count};
    struct result told =
        job_run(world_app(world)->queue, &sighting_record_use_case, &sighting, arena);
    BUG_IF(!result_is_ok(told));
}
