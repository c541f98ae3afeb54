/* SPDX-License-Identifier: MIT */
#include "adapters/chain_bitcoin/mempool.h"

#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"

enum {
    REMEMBERED_MAX = 1 << 18,
    SET_FIRST = 1024,
    SET_ARENA_BYTES = 16 << 20,
    FETCH_MAX = 256,       /* transactions at one look */
    OUTPUTS_ENOUGH = 8192, /* no further transaction is fetched past this */
    REST_FACTOR = 10,      /* after a look, rest this many times as long as it took */
};

/* A set of txids' first eight bytes. Somebody may make two alike: that hides a hint, no more. */
struct txid_set {
    struct arena *arena;
    uint64_t *slots; /* 0 is free */
    size_t slot_count;
    size_t count;
};

struct mempool {
    struct txid_set known; /* as of the last look */
    struct txid_set next;  /* being made */
    int64_t next_look_ms;
};

static uint64_t key_of(const struct txid *txid) {
    uint64_t key = u64_load_be(txid->bytes);
    return key == 0 ? 1 : key;
}

static uint64_t *slot_of(const struct txid_set *set, uint64_t key) {
    size_t i = (size_t)(key * 0x9e3779b97f4a7c15u) & (set->slot_count - 1);
    while (set->slots[i] != 0 && set->slots[i] != key) {
        i = (i + 1) & (set->slot_count - 1);
    }
    return &set->slots[i];
}

static void set_clear(struct txid_set *set) {
    arena_reset(set->arena);
    set->count = 0;
    set->slot_count = SET_FIRST;
    set->slots = ARENA_ARRAY(set->arena, uint64_t, SET_FIRST);
}

static bool set_has(const struct txid_set *set, uint64_t key) {
    return *slot_of(set, key) == key;
}

static void set_grow(struct txid_set *set) {
    struct txid_set larger = {.arena = set->arena, .slot_count = set->slot_count * 2};
    larger.slots = ARENA_ARRAY(set->arena, uint64_t, larger.slot_count);
    for (size_t i = 0; i < set->slot_count; i++) {
        if (set->slots[i] != 0) {
            *slot_of(&larger, set->slots[i]) = set->slots[i];
        }
    }
    larger.count = set->count;
    *set = larger;
}

static void set_add(struct txid_set *set, uint64_t key) {
    if (set->count == REMEMBERED_MAX || set_has(set, key)) {
        return;
    }
    if (set->count * 2 >= set->slot_count) {
        set_grow(set);
    }
    *slot_of(set, key) = key;
    set->count++;
}

struct mempool *mempool_new(void) {
    /* All tables of one set, doubling up to twice the remembered number, come to less. */
    static_assert(SET_ARENA_BYTES >= 4 * REMEMBERED_MAX * sizeof(uint64_t), "tables fit");
    struct mempool *mempool = calloc(1, sizeof(*mempool));
    BUG_IF(mempool == NULL);
    mempool->known.arena = arena_new(SET_ARENA_BYTES);
    mempool->next.arena = arena_new(SET_ARENA_BYTES);
    set_clear(&mempool->known);
    set_clear(&mempool->next);
    return mempool;
}

void mempool_free(struct mempool *mempool) {
    if (mempool != NULL) {
        arena_free(mempool->known.arena);
        arena_free(mempool->next.arena);
        free(mempool);
    }
}

/* One look: what is new, as far as it will be fetched. */
struct look {
    struct mempool *mempool;
    struct txid *fresh;
    size_t fresh_count;
};

static void see_txid(void *context, const struct txid *txid) {
    struct look *look = context;
    if (set_has(&look->mempool->known, key_of(txid))) {
        set_add(&look->mempool->next, key_of(txid));
    } else if (look->fresh_count < FETCH_MAX && look->mempool->next.count < REMEMBERED_MAX) {
        look->fresh[look->fresh_count++] = *txid;
    }
}

/* What cannot be read now will not be read better later. */
static bool is_final(struct result result) {
    return result_is_ok(result) || result.code == &ERR_BLOCK_UNKNOWN ||
           result.code == &ERR_NODE_ANSWER;
}

static struct result fetch(struct look *look, struct node *node, struct arena *arena,
                           struct output_list *outputs) {
    for (size_t i = 0; i < look->fresh_count && outputs->count < OUTPUTS_ENOUGH; i++) {
        struct result done = node_tx(node, arena, &look->fresh[i], outputs);
        if (!is_final(done)) {
            return done;
        }
        set_add(&look->mempool->next, key_of(&look->fresh[i]));
    }
    return RESULT_OK;
}

static int64_t monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct result mempool_look(struct mempool *mempool, struct node *node, struct arena *arena,
                           const struct chain_output **ret_outputs, size_t *ret_count) {
    int64_t start_ms = monotonic_ms();
    struct output_list outputs = {.arena = arena, .coin = network_coin(node->demand->network)};
    if (start_ms >= mempool->next_look_ms) {
        struct look look = {.mempool = mempool,
                            .fresh = ARENA_ARRAY(arena, struct txid, FETCH_MAX)};
        set_clear(&mempool->next);
        TRY(node_mempool(node, arena, see_txid, &look));
        mempool->next_look_ms = start_ms + (monotonic_ms() - start_ms) * REST_FACTOR;
        TRY(fetch(&look, node, arena, &outputs));
        struct txid_set done = mempool->known;
        mempool->known = mempool->next;
        mempool->next = done;
    }
    *ret_outputs = outputs.items;
    *ret_count = outputs.count;
    return RESULT_OK;
}
