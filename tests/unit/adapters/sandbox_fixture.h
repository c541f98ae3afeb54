/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_ADAPTERS_SANDBOX_FIXTURE_H
#define TILL_TESTS_UNIT_ADAPTERS_SANDBOX_FIXTURE_H

/* An open sandbox in memory-backed files for each test, and a clock that only goes when told. */

#include <stdint.h>

#include "base/result.h"
#include "core/chain_types.h"
#include "ports/chain.h"
#include "ports/sandbox.h"

struct fixture {
    struct arena *arena;
    char path[64];
    struct sandbox *sandbox;
    struct chain *chain;
};

struct digest {
    uint8_t bytes[HASH_BYTES];
};

extern int64_t test_now_ms;

int sandbox_setup(void **state);
int sandbox_teardown(void **state);

struct result sandbox_open_at(struct arena *arena, const char *path, uint64_t compact_bytes,
                              struct sandbox **ret_sandbox);
void sandbox_reopen(struct fixture *fixture, uint64_t compact_bytes);

/* The test fails unless. */
void must_work(struct result result);
void must_refuse(struct result result, const struct error_code *code);
void assert_same(struct digest a, struct digest b);

struct digest sandbox_digest_of(struct sandbox *sandbox);
struct sandbox_output sandbox_output_to(uint8_t owner, uint64_t units);
struct txid sandbox_pay_one(struct sandbox *sandbox, uint8_t owner, uint64_t units);
struct block_header tip_of(struct fixture *fixture);
struct chain_block block_at(struct fixture *fixture, int64_t height);
size_t mempool_count(struct fixture *fixture);

#endif
