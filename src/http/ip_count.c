/* SPDX-License-Identifier: MIT */
#include "http/ip_count.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/result.h"

/* Linear probing; removal shifts back, so there are no tombstones. */
struct ip_slot {
    struct ip ip;
    uint32_t things; /* 0: free */
};

struct ip_count {
    pthread_mutex_t lock;
    size_t mask;
    uint64_t seed; /* clients choose their addresses, so they must not know the hash */
    struct ip_slot *slots;
};

struct ip_count *ip_count_new(size_t things_max) {
    size_t size = 16;
    while (size < things_max * 2) {
        size *= 2;
    }
    struct ip_count *count = calloc(1, sizeof *count);
    BUG_IF(count == NULL);
    count->mask = size - 1;
    count->slots = calloc(size, sizeof *count->slots);
    BUG_IF(count->slots == NULL || pthread_mutex_init(&count->lock, NULL) != 0);
    BUG_IF(getrandom(&count->seed, sizeof count->seed, 0) != (ssize_t)sizeof count->seed);
    return count;
}

void ip_count_free(struct ip_count *count) {
    if (count == NULL) {
        return;
    }
    (void)pthread_mutex_destroy(&count->lock);
    free(count->slots);
    free(count);
}

static size_t home_of(const struct ip_count *count, const struct ip *ip) {
    uint64_t halves[2];
    memcpy(halves, ip->bytes, sizeof halves);
    uint64_t hash = count->seed;
    for (size_t i = 0; i < 2; i++) {
        hash = (hash ^ halves[i]) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    return (size_t)hash & count->mask;
}

static size_t find_slot(const struct ip_count *count, const struct ip *ip) {
    size_t at = home_of(count, ip);
    while (count->slots[at].things > 0 && !ip_eq(&count->slots[at].ip, ip)) {
        at = (at + 1) & count->mask;
    }
    return at;
}

bool ip_count_add(struct ip_count *count, const struct ip *key, size_t per_ip_max) {
    if (!key->known) {
        return true;
    }
    (void)pthread_mutex_lock(&count->lock);
    struct ip_slot *slot = &count->slots[find_slot(count, key)];
    bool fits = slot->things < per_ip_max;
    if (fits) {
        slot->ip = *key;
        slot->things++;
    }
    (void)pthread_mutex_unlock(&count->lock);
    return fits;
}

static void close_gap(struct ip_count *count, size_t gap) {
    for (size_t at = (gap + 1) & count->mask; count->slots[at].things > 0;
         at = (at + 1) & count->mask) {
        size_t home = home_of(count, &count->slots[at].ip);
        bool may_stay = ((at - home) & count->mask) < ((at - gap) & count->mask);
        if (!may_stay) {
            count->slots[gap] = count->slots[at];
            count->slots[at] = (struct ip_slot){0};
            gap = at;
        }
    }
}

void ip_count_remove(struct ip_count *count, const struct ip *key) {
    if (!key->known) {
        return;
    }
    (void)pthread_mutex_lock(&count->lock);
    size_t at = find_slot(count, key);
    BUG_IF(count->slots[at].things == 0);
    if (--count->slots[at].things == 0) {
        count->slots[at] = (struct ip_slot){0};
        close_gap(count, at);
    }
    (void)pthread_mutex_unlock(&count->lock);
}
