/* SPDX-License-Identifier: MIT */
#include "failover_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/asset.h"
#include "support/node_pair.h"

enum { ARENA_BYTES = 16 << 20 };

struct pair pair;

static int64_t monotonic_ms(void *context) {
    (void)context;
    return pair.now_ms;
}

int pair_start(void **state) {
    (void)state;
    pair.arena = arena_new(ARENA_BYTES);
    struct chain *nodes[2];
    for (size_t i = 0; i < 2; i++) {
        struct fake_node *node = fake_node_new(i + 1);
        fake_node_branch(node, 0, TIP, 1);
        node->balance = i;
        node->safe = (int64_t)i;
        node->has_tx = i == 1;
        pair.nodes[i] = node;
        nodes[i] = &node->chain;
    }
    fake_node_branch(pair.nodes[1], SHARED_TIP + 1, TIP + 1, 2);
    fake_node_lie(pair.nodes[1], FAKE_CHANGES_TIME);
    pair.nodes[1]->token.asset = asset_by_code(STR("LTC"));
    pair.now_ms = 1000;
    pair.clock = (struct clock){.monotonic_ms = monotonic_ms};
    pair.chain = node_pair_new(nodes, &pair.clock);
    return 0;
}

int pair_stop(void **state) {
    (void)state;
    pair.chain->ops->close(pair.chain);
    for (size_t i = 0; i < 2; i++) {
        assert_true(pair.nodes[i]->is_closed);
        fake_node_free(pair.nodes[i]);
    }
    arena_free(pair.arena);
    return 0;
}

unsigned calls(size_t node) {
    return fake_node_calls(pair.nodes[node]);
}

void must(struct result result) {
    if (!result_is_ok(result)) {
        fail_msg("%s: %s", result.code->name, result_text(result));
    }
}

void refused(struct result result, const struct error_code *code) {
    if (result.code != code) {
        fail_msg("%s, not %s", result_is_ok(result) ? "ok" : result.code->name, code->name);
    }
}
