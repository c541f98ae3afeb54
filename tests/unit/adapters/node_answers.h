/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_ADAPTERS_NODE_ANSWERS_H
#define TILL_TESTS_UNIT_ADAPTERS_NODE_ANSWERS_H

/* Recorded answers of nodes, changed as a liar would, and decoded as if a node had just sent them.
 */

#include "adapters/chain_bitcoin/block.h"
#include "base/str.h"

struct arena;

/* A file of tests/vectors/nodes. */
struct str node_recording(struct arena *arena, const char *name);
/* With the first `from` replaced; the test fails if there is none. */
struct str text_with(struct arena *arena, struct str text, const char *from, const char *to);

/* The whole way: envelope, block, proof. `piece` bytes arrive at a time; 0: all. */
struct result decode_block(struct arena *arena, const char *network, struct str json, size_t piece,
                           struct block_hash asked, struct chain_block *ret_block);
/* The envelope {"result":..., "error":null, "id":1} alone, whatever it holds. */
struct result decode_answer(struct arena *arena, struct str answer, size_t piece,
                            size_t answer_bytes_max);

struct block_hash hash_from_hex(const char *hex);
/* "<amount> to <program in hex> at <ordinal>", one line each. */
struct str outputs_as_text(struct arena *arena, const struct chain_output *outputs, size_t count);

#endif
