/* SPDX-License-Identifier: MIT */
/* Random nodes behind a quorum, against a twin of each that is asked in the open. Whatever comes
 * out was told by as many nodes as the quorum asks for; what that many tell comes out; and while
 * enough of them are honest, whatever the others do, nothing but the truth does, and no honest node
 * is named a liar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "adapters/chain_quorum/chain_quorum.h"
#include "adapters/chain_quorum/question.h"
#include "base/arena.h"
#include "core/error.h"
#include "support/fake_node.h"

enum {
    HISTORIES = 60,
    STEPS = 120,
    NODES_MAX = 5,
    ARENA_BYTES = 64 << 20,
    TIMEOUT_MS = 5000,
    PATIENCE = 4000
};

struct world {
    struct fake_node *nodes[NODES_MAX];
    struct fake_node *twins[NODES_MAX];
    size_t count;
    size_t quorum;
    size_t honest; /* the first ones, if they are a quorum and the others are not */
    int64_t tip;
    struct chain *chain;
    struct arena *arena;
    uint64_t seed;
};

static uint64_t dice(struct world *world, uint64_t sides) {
    world->seed = world->seed * 6364136223846793005u + 1442695040888963407u;
    return (world->seed >> 33) % sides;
}

/* ---- what the nodes say */

/* What the twins say. */
struct poll {
    struct answer answers[NODES_MAX];
    size_t good;
    size_t unknown;
    size_t most_alike;
};

static size_t alike(const struct world *world, const struct poll *poll,
                    const struct digest *digest) {
    size_t count = 0;
    for (size_t i = 0; i < world->count; i++) {
        count +=
            result_is_ok(poll->answers[i].result) && digest_eq(&poll->answers[i].digest, digest);
    }
    return count;
}

static struct poll poll_twins(struct world *world, const struct question *question) {
    struct poll poll = {.good = 0};
    for (size_t i = 0; i < world->count; i++) {
        question_ask(question, &world->twins[i]->chain, world->arena, &poll.answers[i]);
        poll.good += result_is_ok(poll.answers[i].result);
        poll.unknown += poll.answers[i].result.code == &ERR_BLOCK_UNKNOWN;
    }
    for (size_t i = 0; i < world->count; i++) {
        size_t count =
            result_is_ok(poll.answers[i].result) ? alike(world, &poll, &poll.answers[i].digest) : 0;
        poll.most_alike = count > poll.most_alike ? count : poll.most_alike;
    }
    return poll;
}

/* The quorum's answer, as if it were a node's. */
static struct answer ask(struct world *world, const struct question *question) {
    struct answer answer;
    question_ask(question, world->chain, world->arena, &answer);
    return answer;
}

/* Asked again while a node whose word is needed may still be busy: on a loaded machine a thread can
 * be late. `wanted` NULL: any good answer. */
static struct answer ask_patiently(struct world *world, const struct question *question,
                                   const struct digest *wanted) {
    struct answer answer = ask(world, question);
    for (int tries = 0; tries < PATIENCE; tries++) {
        bool is_good = result_is_ok(answer.result);
        if (is_good && (wanted == NULL || digest_eq(&answer.digest, wanted))) {
            break;
        }
        (void)usleep(5000);
        answer = ask(world, question);
    }
    return answer;
}

/* ---- what must be true */

static void check_fact(struct world *world, const struct question *question) {
    struct poll poll = poll_twins(world, question);
    bool is_told = poll.most_alike >= world->quorum && poll.unknown < world->quorum;
    struct answer answer = is_told ? ask_patiently(world, question, NULL) : ask(world, question);
    /* What honest nodes do not know they may be late to say, too. */
    for (int tries = 0;
         world->honest > 0 && tries < PATIENCE && answer.result.code != poll.answers[0].result.code;
         tries++) {
        (void)usleep(5000);
        answer = ask(world, question);
    }
    if (result_is_ok(answer.result)) {
        assert_true(alike(world, &poll, &answer.digest) >= world->quorum);
    } else {
        assert_false(is_told);
        assert_true(answer.result.code != &ERR_NODES_DISAGREE || poll.good >= world->quorum);
    }
    if (world->honest > 0) {
        const struct answer *truth = &poll.answers[0];
        assert_ptr_equal(answer.result.code, truth->result.code);
        assert_true(answer.result.code != NULL || digest_eq(&answer.digest, &truth->digest));
    }
}

static void check_block(struct world *world) {
    struct question question = {.kind = QUESTION_BLOCK};
    int64_t height = (int64_t)dice(world, (uint64_t)world->tip + 1);
    const struct fake_node *node = world->twins[dice(world, world->count)];
    question.hash = fake_hash(height, node->branches[height]);
    check_fact(world, &question);
}

static void check_hash(struct world *world) {
    int64_t height = (int64_t)dice(world, (uint64_t)world->tip + 3);
    const struct question question = {.kind = QUESTION_HASH, .height = height};
    struct poll poll = poll_twins(world, &question);
    bool is_told = poll.most_alike >= world->quorum && poll.unknown < world->quorum;
    struct answer answer = is_told ? ask_patiently(world, &question, NULL) : ask(world, &question);
    if (result_is_ok(answer.result)) {
        assert_true(alike(world, &poll, &answer.digest) >= world->quorum);
    } else {
        assert_false(is_told);
    }
}

static void check_tip(struct world *world) {
    const struct question question = {.kind = QUESTION_TIP};
    struct block_header truth = fake_header(world->twins[0], world->tip);
    struct digest digest = digest_of_header(&truth);
    bool is_told = poll_twins(world, &question).most_alike >= world->quorum;
    struct answer answer = is_told
                               ? ask_patiently(world, &question, world->honest > 0 ? &digest : NULL)
                               : ask(world, &question);
    assert_true(world->honest == 0 || digest_eq(&digest, &answer.digest));
    if (!result_is_ok(answer.result)) {
        assert_false(is_told);
        return;
    }
    const struct question at = {.kind = QUESTION_HASH, .height = answer.header.height};
    struct poll poll = poll_twins(world, &at);
    struct digest wanted;
    memcpy(wanted.bytes, answer.header.hash.bytes, HASH_BYTES);
    assert_true(alike(world, &poll, &wanted) >= world->quorum);
}

static void check_warning(struct world *world) {
    const char *warning = world->chain->ops->warning(world->chain, world->arena);
    for (size_t i = 0; i < world->honest; i++) {
        assert_true(warning == NULL || strstr(warning, world->nodes[i]->label) == NULL);
    }
}

/* ---- what may happen */

static void misbehave(struct world *world) {
    size_t at = world->honest + (size_t)dice(world, world->count - world->honest);
    static const enum fake_state states[] = {FAKE_ALIVE, FAKE_ALIVE, FAKE_ALIVE, FAKE_DEAD,
                                             FAKE_FOREIGN};
    enum fake_state node_state = states[dice(world, sizeof states / sizeof states[0])];
    enum fake_lie lie = (enum fake_lie)dice(world, FAKE_LIES);
    lie = dice(world, 2) == 0 ? FAKE_TRUTH : lie;
    int64_t from = world->tip - (int64_t)dice(world, 9);
    int64_t tip = from + (int64_t)dice(world, 12);
    uint8_t branch = (uint8_t)(1 + dice(world, 3));
    struct fake_node *both[] = {world->nodes[at], world->twins[at]};
    for (size_t i = 0; i < 2; i++) {
        fake_node_set(both[i], node_state);
        fake_node_lie(both[i], lie);
        fake_node_branch(both[i], 0, world->tip, 1);
        if (from > 0 && branch != 1) {
            fake_node_branch(both[i], from, tip, branch);
        }
    }
}

static void mine(struct world *world) {
    world->tip++;
    for (size_t i = 0; i < world->count; i++) {
        fake_node_branch(world->nodes[i], world->tip, world->tip, 1);
        fake_node_branch(world->twins[i], world->tip, world->tip, 1);
    }
}

static void step(struct world *world) {
    arena_reset(world->arena);
    switch (dice(world, 6)) {
    case 0:
        if (world->tip < FAKE_BLOCKS_MAX - 20) {
            mine(world);
        }
        break;
    case 1:
    case 2:
        if (world->count > world->honest) {
            misbehave(world);
        }
        break;
    case 3:
        check_block(world);
        break;
    case 4:
        check_hash(world);
        break;
    default:
        check_tip(world);
        break;
    }
    check_warning(world);
}

/* ---- histories */

static void run_history(uint64_t seed) {
    struct world world = {.seed = seed, .tip = 10, .arena = arena_new(ARENA_BYTES)};
    world.count = 2 + (size_t)dice(&world, NODES_MAX - 1);
    world.quorum = 1 + (size_t)dice(&world, world.count);
    bool can_be_honest = world.count - world.quorum < world.quorum;
    world.honest = can_be_honest && dice(&world, 2) == 0 ? world.quorum : 0;
    struct chain_quorum_node nodes[NODES_MAX];
    for (size_t i = 0; i < world.count; i++) {
        world.nodes[i] = fake_node_new(i + 1);
        world.twins[i] = fake_node_new(i + 1);
        fake_node_branch(world.nodes[i], 0, world.tip, 1);
        fake_node_branch(world.twins[i], 0, world.tip, 1);
        nodes[i] = (struct chain_quorum_node){&world.nodes[i]->chain, world.nodes[i]->label};
    }
    const struct chain_quorum_options options = {.nodes = nodes,
                                                 .node_count = world.count,
                                                 .quorum = world.quorum,
                                                 .timeout_ms = TIMEOUT_MS};
    world.chain = chain_quorum_new(&options);
    for (int i = 0; i < STEPS; i++) {
        step(&world);
    }
    world.chain->ops->close(world.chain);
    for (size_t i = 0; i < world.count; i++) {
        assert_false(fake_node_was_shared(world.nodes[i]));
        fake_node_free(world.nodes[i]);
        fake_node_free(world.twins[i]);
    }
    arena_free(world.arena);
}

static void test_only_what_enough_nodes_tell_comes_out(void **state) {
    for (uint64_t seed = 1; seed <= HISTORIES; seed++) {
        (void)fprintf(stderr, "# seed %llu\n", (unsigned long long)seed);
        run_history(seed);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_what_enough_nodes_tell_comes_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
