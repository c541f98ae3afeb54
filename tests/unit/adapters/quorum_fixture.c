/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "core/error.h"
#include "quorum_fixture.h"

enum { ARENA_BYTES = 64 << 20, TIP = 10, HEARD_TRIES_MAX = 5000 };

void must_work(struct result result) {
    if (!result_is_ok(result)) {
        fail_msg("refused with %s: %s", result.code->name, result_text(result));
    }
}

void must_fail(struct result result, const struct error_code *code) {
    if (result.code != code) {
        fail_msg("should be %s and is %s: %s", code->name,
                 result_is_ok(result) ? "well" : result.code->name, result_text(result));
    }
}

static struct quorum_fixture make(size_t quorum, size_t count, uint32_t timeout_ms,
                                  uint32_t missing_ms) {
    struct quorum_fixture fixture = {.count = count, .arena = arena_new(ARENA_BYTES)};
    struct chain_quorum_node nodes[CHAIN_QUORUM_NODES_MAX];
    for (size_t i = 0; i < count; i++) {
        fixture.nodes[i] = fake_node_new(i + 1);
        fake_node_branch(fixture.nodes[i], 0, TIP, 1);
        nodes[i] = (struct chain_quorum_node){&fixture.nodes[i]->chain, fixture.nodes[i]->label};
    }
    const struct chain_quorum_options options = {.nodes = nodes,
                                                 .node_count = count,
                                                 .quorum = quorum,
                                                 .timeout_ms = timeout_ms,
                                                 .missing_ms = missing_ms};
    fixture.chain = chain_quorum_new(&options);
    return fixture;
}

struct quorum_fixture quorum_fixture_of(size_t quorum, size_t count) {
    return make(quorum, count, 0, 0);
}

struct quorum_fixture quorum_fixture_impatient(size_t quorum, size_t count) {
    return make(quorum, count, QUORUM_TEST_TIMEOUT_MS, 0);
}

struct quorum_fixture quorum_fixture_alert(size_t quorum, size_t count) {
    return make(quorum, count, 0, 1);
}

void quorum_fixture_end(struct quorum_fixture *fixture) {
    for (size_t i = 0; i < fixture->count; i++) {
        fake_node_set(fixture->nodes[i], FAKE_DEAD);
    }
    fixture->chain->ops->close(fixture->chain);
    for (size_t i = 0; i < fixture->count; i++) {
        assert_false(fake_node_was_shared(fixture->nodes[i]));
        assert_true(fixture->nodes[i]->is_closed);
        fake_node_free(fixture->nodes[i]);
    }
    arena_free(fixture->arena);
}

void quorum_mine(struct quorum_fixture *fixture, int64_t from, int64_t tip, uint8_t branch) {
    for (size_t i = 0; i < fixture->count; i++) {
        fake_node_branch(fixture->nodes[i], from, tip, branch);
    }
}

struct block_header quorum_tip_of(struct quorum_fixture *fixture) {
    struct block_header tip;
    must_work(fixture->chain->ops->tip(fixture->chain, fixture->arena, &tip));
    return tip;
}

struct block_hash quorum_hash_of(struct quorum_fixture *fixture, int64_t height) {
    struct block_hash hash;
    must_work(fixture->chain->ops->hash_at(fixture->chain, fixture->arena, height, &hash));
    return hash;
}

struct result quorum_block_of(struct quorum_fixture *fixture, int64_t height,
                              struct chain_block *ret_block) {
    return fixture->chain->ops->block(fixture->chain, fixture->arena, fake_hash(height, 1),
                                      ret_block);
}

/* A node is asked anew only when its last answer has been heard; a question that it has taken in
 * hand before does not count. */
static bool all_asked_twice_since(struct quorum_fixture *fixture, const unsigned *calls) {
    for (size_t i = 0; i < fixture->count; i++) {
        if (fake_node_calls(fixture->nodes[i]) < calls[i] + 2) {
            return false;
        }
    }
    return true;
}

void quorum_let_all_be_heard(struct quorum_fixture *fixture) {
    unsigned calls[CHAIN_QUORUM_NODES_MAX];
    for (size_t i = 0; i < fixture->count; i++) {
        calls[i] = fake_node_calls(fixture->nodes[i]);
    }
    for (int tries = 0; !all_asked_twice_since(fixture, calls); tries++) {
        assert_true(tries < HEARD_TRIES_MAX);
        (void)quorum_tip_of(fixture);
        (void)usleep(1000);
    }
}

const char *quorum_warning_of(struct quorum_fixture *fixture) {
    const char *warning = fixture->chain->ops->warning(fixture->chain, fixture->arena);
    return warning == NULL ? "" : warning;
}

const char *quorum_missing_of(struct quorum_fixture *fixture) {
    const char *missing = fixture->chain->ops->missing(fixture->chain, fixture->arena);
    return missing == NULL ? "" : missing;
}

static bool is_same_output(const struct chain_output *a, const struct chain_output *b) {
    return txid_eq(a->txid, b->txid) && a->ordinal == b->ordinal &&
           script_eq(&a->program, &b->program) && a->amount.asset == b->amount.asset &&
           amount_eq(a->amount, b->amount) && a->coinbase == b->coinbase;
}

void must_be_honest(struct quorum_fixture *fixture, const struct chain_block *block,
                    int64_t height) {
    struct chain_output outputs[FAKE_OUTPUTS + 1];
    fake_outputs(height, 1, outputs);
    assert_int_equal(block->output_count, FAKE_OUTPUTS);
    assert_int_equal(block->flaws.unread_count, 1);
    for (size_t i = 0; i < FAKE_OUTPUTS; i++) {
        size_t found = 0;
        for (size_t j = 0; j < FAKE_OUTPUTS; j++) {
            found += is_same_output(&block->outputs[j], &outputs[i]);
        }
        assert_int_equal(found, 1);
    }
    struct block_header header = fake_header(fixture->nodes[0], height);
    assert_true(block_hash_eq(block->header.hash, header.hash));
    assert_true(block_hash_eq(block->header.parent, header.parent));
    assert_int_equal(block->header.height, height);
    assert_int_equal(block->header.time_ms, header.time_ms);
    assert_int_equal(block->header.proven_ms, header.proven_ms);
}

int64_t test_monotonic_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
