/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_ADAPTERS_EVM_STAGE_H
#define TILL_TESTS_UNIT_ADAPTERS_EVM_STAGE_H

/* The chain port on two doubles of EVM nodes that stand in for each other, both of which know the
 * recorded block. */

#include "base/result.h"
#include "core/chain_types.h"
#include "evm_double.h"

struct arena;
struct chain;

#define NO_SUCH  "{\"code\":-32601,\"message\":\"the method does not exist\"}"
#define PAID     6 /* outputs of the recorded block */
#define WORD_6   "\"0x0000000000000000000000000000000000000000000000000000000000000006\""
#define HASH_ONE "0000000000000000000000000000000000000000000000000000000000000001"

struct evm_stage {
    struct arena *arena;
    struct evm_double nodes[2];
    struct chain *chain;
    const char *block_json;
    struct block_hash block_hash;
};
extern struct evm_stage stage;

/* Setup and teardown of a test. */
int stage_start(void **state);
int stage_stop(void **state);
void stage_open_chain(bool trusts_node);

const char *stage_recording(const char *name);
/* As text_with. */
const char *stage_text_with(const char *json, const char *from, const char *to);

void must(struct result result);
/* The test fails unless that is what is wrong. */
struct result fails(struct result result, const struct error_code *code, const char *why);

/* Both nodes say so. */
void stage_both(const char *method, const char *json);
/* In place of the recorded block, asked for by its hash. */
void stage_block_of(size_t node, const char *json);

#endif
