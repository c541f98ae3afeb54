/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_ADAPTERS_FAILOVER_FIXTURE_H
#define TILL_TESTS_UNIT_ADAPTERS_FAILOVER_FIXTURE_H

/* Two fake nodes that stand in for each other. What the second tells differs from what the first
 * tells, so that answers show who gave them: from SHARED_TIP on it is on branch 2, one block
 * longer.
 */

#include "ports/clock.h"
#include "support/fake_node.h"

enum { TIP = 10, SHARED_TIP = 6 };

struct pair {
    struct fake_node *nodes[2];
    struct chain *chain;
    struct arena *arena;
    struct clock clock;
    int64_t now_ms; /* stands still unless a test moves it */
};
extern struct pair pair;

/* Setup and teardown of a test, which ends with both nodes closed. */
int pair_start(void **state);
int pair_stop(void **state);
#define PAIR_TEST(function) cmocka_unit_test_setup_teardown(function, pair_start, pair_stop)

/* How often a node was asked anything. */
unsigned calls(size_t node);

void must(struct result result);
void refused(struct result result, const struct error_code *code);

#endif
