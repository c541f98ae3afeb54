/* SPDX-License-Identifier: MIT */
#include "http/pace_table.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/bytes.h"
#include "base/result.h"
#include "http/ip.h"

/* The generic cell rate algorithm (ITU-T I.371): for each caller only the time at which all its
 * calls would have been due, had they come evenly. A call may come up to one period before its
 * time, so `calls` of them may come at once. */

enum {
    SETS = 4096, /* a power of two */
    WAYS = 8,
    LOCKS = 64,
};

static_assert((SETS & (SETS - 1)) == 0 && SETS % LOCKS == 0);

struct pace_slot {
    struct pace_caller caller;
    int64_t due_us; /* not after now: as good as free */
};

struct pace_table {
    int64_t step_us; /* between two calls */
    int64_t period_us;
    uint64_t seed; /* callers choose their addresses, so they must not know the hash */
    pthread_mutex_t locks[LOCKS];
    struct pace_slot slots[SETS][WAYS];
};

struct pace_caller pace_caller_of_ip(const struct ip *ip) {
    struct pace_caller caller;
    struct ip key = ip_client_key(ip);
    static_assert(sizeof caller.bytes == sizeof key.bytes);
    memcpy(caller.bytes, key.bytes, sizeof caller.bytes);
    return caller;
}

struct pace_caller pace_caller_of_id(int64_t id) {
    struct pace_caller caller = {{0}};
    u64_store_be(caller.bytes, (uint64_t)id);
    return caller;
}

struct pace_table *pace_table_new(struct pace pace) {
    if (pace.calls == 0) {
        return NULL;
    }
    struct pace_table *table = calloc(1, sizeof *table);
    BUG_IF(table == NULL || pace.period_ms == 0);
    table->period_us = (int64_t)pace.period_ms * 1000;
    table->step_us = (table->period_us + pace.calls - 1) / pace.calls;
    BUG_IF(getrandom(&table->seed, sizeof table->seed, 0) != (ssize_t)sizeof table->seed);
    for (size_t i = 0; i < LOCKS; i++) {
        BUG_IF(pthread_mutex_init(&table->locks[i], NULL) != 0);
    }
    return table;
}

void pace_table_free(struct pace_table *table) {
    if (table == NULL) {
        return;
    }
    for (size_t i = 0; i < LOCKS; i++) {
        (void)pthread_mutex_destroy(&table->locks[i]);
    }
    free(table);
}

static size_t set_of(const struct pace_table *table, const struct pace_caller *caller) {
    uint64_t halves[2];
    memcpy(halves, caller->bytes, sizeof halves);
    uint64_t hash = table->seed;
    for (size_t i = 0; i < 2; i++) {
        hash = (hash ^ halves[i]) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    return (size_t)hash & (SETS - 1);
}

/* The caller's slot, or in its place the one that has been still for longest. */
static struct pace_slot *slot_of(struct pace_slot *set, const struct pace_caller *caller) {
    struct pace_slot *stillest = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (memcmp(set[i].caller.bytes, caller->bytes, sizeof caller->bytes) == 0) {
            return &set[i];
        }
        if (set[i].due_us < stillest->due_us) {
            stillest = &set[i];
        }
    }
    *stillest = (struct pace_slot){.caller = *caller};
    return stillest;
}

static int64_t later(int64_t a, int64_t b) {
    return a > b ? a : b;
}

bool pace_take(struct pace_table *table, const struct pace_caller *caller, int64_t now_ms,
               int64_t *ret_wait_ms) {
    if (table == NULL) {
        return true;
    }
    size_t set = set_of(table, caller);
    pthread_mutex_t *lock = &table->locks[set % LOCKS];
    int64_t now_us = now_ms * 1000;
    (void)pthread_mutex_lock(lock);
    struct pace_slot *slot = slot_of(table->slots[set], caller);
    int64_t due_us = later(slot->due_us, now_us) + table->step_us;
    int64_t early_us = due_us - now_us - table->period_us;
    if (early_us <= 0) {
        slot->due_us = due_us;
    }
    (void)pthread_mutex_unlock(lock);
    if (early_us > 0) {
        *ret_wait_ms = (early_us + 999) / 1000;
    }
    return early_us <= 0;
}

/* Nobody falls further behind than a second period, however many calls were on their way at once.
 */
void pace_charge(struct pace_table *table, const struct pace_caller *caller, uint32_t calls,
                 int64_t now_ms) {
    if (table == NULL) {
        return;
    }
    size_t set = set_of(table, caller);
    pthread_mutex_t *lock = &table->locks[set % LOCKS];
    int64_t now_us = now_ms * 1000;
    (void)pthread_mutex_lock(lock);
    struct pace_slot *slot = slot_of(table->slots[set], caller);
    int64_t due_us = later(slot->due_us, now_us) + table->step_us * calls;
    int64_t latest_us = now_us + 2 * table->period_us;
    slot->due_us = due_us < latest_us ? due_us : latest_us;
    (void)pthread_mutex_unlock(lock);
}
