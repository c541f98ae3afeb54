/* SPDX-License-Identifier: MIT */
#include "sandbox_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "adapters/chain_sandbox/chain_sandbox.h"
#include "base/arena.h"
#include "core/asset.h"
#include "ports/clock.h"

int64_t test_now_ms = 1700000000000;

static int64_t read_now(void *context) {
    (void)context;
    return test_now_ms;
}

static const struct clock test_clock = {.wall_ms = read_now, .monotonic_ms = read_now};

struct result sandbox_open_at(struct arena *arena, const char *path, uint64_t compact_bytes,
                              struct sandbox **ret_sandbox) {
    struct chain_sandbox_options options = {
        .network = network_sandbox(),
        .path = path,
        .clock = &test_clock,
        .seed = 7,
        .compact_bytes = compact_bytes,
    };
    return chain_sandbox_open(&options, arena, ret_sandbox);
}

void must_work(struct result result) {
    if (!result_is_ok(result)) {
        fail_msg("%s: %s", result.code->name, result_text(result));
    }
}

void must_refuse(struct result result, const struct error_code *code) {
    assert_ptr_equal(result.code, code);
}

int sandbox_setup(void **state) {
    static struct fixture fixture;
    test_now_ms = 1700000000000;
    fixture.arena = arena_new(64 << 20);
    snprintf(fixture.path, sizeof(fixture.path), "/dev/shm/till-sandbox-%d", (int)getpid());
    unlink(fixture.path);
    must_work(sandbox_open_at(fixture.arena, fixture.path, 0, &fixture.sandbox));
    fixture.chain = chain_sandbox_chain(fixture.sandbox);
    *state = &fixture;
    return 0;
}

int sandbox_teardown(void **state) {
    struct fixture *fixture = *state;
    chain_sandbox_close(fixture->sandbox);
    arena_free(fixture->arena);
    unlink(fixture->path);
    return 0;
}

void sandbox_reopen(struct fixture *fixture, uint64_t compact_bytes) {
    chain_sandbox_close(fixture->sandbox);
    fixture->sandbox = NULL;
    must_work(sandbox_open_at(fixture->arena, fixture->path, compact_bytes, &fixture->sandbox));
    fixture->chain = chain_sandbox_chain(fixture->sandbox);
}

struct digest sandbox_digest_of(struct sandbox *sandbox) {
    struct digest digest;
    must_work(chain_sandbox_digest(sandbox, digest.bytes));
    return digest;
}

void assert_same(struct digest a, struct digest b) {
    assert_memory_equal(&a, &b, sizeof(a));
}

struct sandbox_output sandbox_output_to(uint8_t owner, uint64_t units) {
    struct sandbox_output output = {
        .program = {.len = 22, .bytes = {0, 20, owner}},
        .amount = amount_from_u64(asset_by_code(STR("BTC")), units),
    };
    return output;
}

struct txid sandbox_pay_one(struct sandbox *sandbox, uint8_t owner, uint64_t units) {
    struct sandbox_output output = sandbox_output_to(owner, units);
    struct txid txid;
    must_work(sandbox_pay(sandbox, &output, 1, &txid));
    return txid;
}

struct block_header tip_of(struct fixture *fixture) {
    struct block_header tip;
    must_work(fixture->chain->ops->tip(fixture->chain, fixture->arena, &tip));
    return tip;
}

struct chain_block block_at(struct fixture *fixture, int64_t height) {
    struct block_hash hash;
    must_work(fixture->chain->ops->hash_at(fixture->chain, fixture->arena, height, &hash));
    struct chain_block block;
    must_work(fixture->chain->ops->block(fixture->chain, fixture->arena, hash, &block));
    assert_int_equal(block.header.height, height);
    return block;
}

size_t mempool_count(struct fixture *fixture) {
    const struct chain_output *outputs;
    size_t count;
    must_work(fixture->chain->ops->mempool(fixture->chain, fixture->arena, &outputs, &count));
    return count;
}
