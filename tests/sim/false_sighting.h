/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SIM_FALSE_SIGHTING_H
#define TILL_TESTS_SIM_FALSE_SIGHTING_H

/* What a node that lies about its mempool makes the app believe, until a block decides. */

struct arena;
struct chain_output;
struct world;

void false_sighting_tell(struct world *world, struct arena *arena,
                         const struct chain_output *output);

#endif
