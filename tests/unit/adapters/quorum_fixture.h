/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_ADAPTERS_QUORUM_FIXTURE_H
#define TILL_TESTS_UNIT_ADAPTERS_QUORUM_FIXTURE_H

/* A quorum over fake nodes that all start honest, with ten blocks of branch 1, and the questions a
 * watcher asks of it. */

#include "adapters/chain_quorum/chain_quorum.h"
#include "support/fake_node.h"

enum { QUORUM_TEST_TIMEOUT_MS = 2000 };

struct quorum_fixture {
    struct fake_node *nodes[CHAIN_QUORUM_NODES_MAX];
    size_t count;
    struct chain *chain;
    struct arena *arena;
};

struct quorum_fixture quorum_fixture_of(size_t quorum, size_t count);
/* The same, but it waits for an answer no longer than QUORUM_TEST_TIMEOUT_MS. */
struct quorum_fixture quorum_fixture_impatient(size_t quorum, size_t count);
/* The same, but it misses a node as soon as it may. */
struct quorum_fixture quorum_fixture_alert(size_t quorum, size_t count);
/* Lets go of what hangs; checks that every node was asked by one thread and closed. */
void quorum_fixture_end(struct quorum_fixture *fixture);

/* The same for all nodes. */
void quorum_mine(struct quorum_fixture *fixture, int64_t from, int64_t tip, uint8_t branch);

struct block_header quorum_tip_of(struct quorum_fixture *fixture);
struct block_hash quorum_hash_of(struct quorum_fixture *fixture, int64_t height);
/* Asks for the block of branch 1. */
struct result quorum_block_of(struct quorum_fixture *fixture, int64_t height,
                              struct chain_block *ret_block);
/* Asks for the tip until every node's earlier answers have been heard, those of slow ones too. */
void quorum_let_all_be_heard(struct quorum_fixture *fixture);
/* "" if there is none. */
const char *quorum_warning_of(struct quorum_fixture *fixture);
const char *quorum_missing_of(struct quorum_fixture *fixture);

void must_work(struct result result);
#define must_refuse(call, code_) must_fail((call), &(code_))
void must_fail(struct result result, const struct error_code *code);
/* What an honest node says of the block of branch 1. */
void must_be_honest(struct quorum_fixture *fixture, const struct chain_block *block,
                    int64_t height);
int64_t test_monotonic_ms(void);

#endif
