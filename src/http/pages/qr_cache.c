/* SPDX-License-Identifier: MIT */
#include "http/pages/qr_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/result.h"

/* Four to a set: with one, two pages whose codes meet would push each other out for ever. */
enum { SETS = 256, WAYS = 4 };

struct qr_entry {
    int modules;
    size_t text_len;
    size_t path_len;
    char bytes[]; /* text, then path */
};

struct qr_set {
    struct qr_entry *entries[WAYS]; /* the newest first */
};

struct qr_cache {
    pthread_mutex_t lock;
    struct qr_set sets[SETS]; /* by the hash of the text */
};

struct qr_cache *qr_cache_new(void) {
    struct qr_cache *cache = calloc(1, sizeof *cache);
    BUG_IF(cache == NULL || pthread_mutex_init(&cache->lock, NULL) != 0);
    return cache;
}

static void qr_entry_free(struct qr_entry *entry) {
    free(entry);
}

void qr_cache_free(struct qr_cache *cache) {
    if (cache == NULL) {
        return;
    }
    for (size_t i = 0; i < SETS * WAYS; i++) {
        qr_entry_free(cache->sets[i / WAYS].entries[i % WAYS]);
    }
    (void)pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static struct qr_entry *qr_entry_new(struct str text, struct str path, int modules) {
    struct qr_entry *entry = malloc(sizeof *entry + text.len + path.len);
    BUG_IF(entry == NULL);
    *entry = (struct qr_entry){.modules = modules, .text_len = text.len, .path_len = path.len};
    memcpy(entry->bytes, text.ptr, text.len);
    memcpy(entry->bytes + text.len, path.ptr, path.len);
    return entry;
}

/* FNV-1a; who wants two texts to meet costs us a drawing, no more. */
static struct qr_set *set_of(struct qr_cache *cache, struct str text) {
    uint64_t hash = 0xCBF29CE484222325ULL;
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (uint8_t)text.ptr[i]) * 0x100000001B3ULL;
    }
    return &cache->sets[(hash ^ hash >> 32) % SETS];
}

static const struct qr_entry *find(const struct qr_set *set, struct str text) {
    for (size_t i = 0; i < WAYS && set->entries[i] != NULL; i++) {
        const struct qr_entry *entry = set->entries[i];
        if (str_eq(text, (struct str){.ptr = entry->bytes, .len = entry->text_len})) {
            return entry;
        }
    }
    return NULL;
}

bool qr_cache_get(struct qr_cache *cache, struct str text, struct buf *out, int *ret_modules) {
    (void)pthread_mutex_lock(&cache->lock);
    const struct qr_entry *entry = find(set_of(cache, text), text);
    if (entry != NULL) {
        buf_put(out, entry->bytes + entry->text_len, entry->path_len);
        *ret_modules = entry->modules;
    }
    (void)pthread_mutex_unlock(&cache->lock);
    return entry != NULL;
}

void qr_cache_put(struct qr_cache *cache, struct str text, struct str path, int modules) {
    struct qr_entry *entry = qr_entry_new(text, path, modules);
    (void)pthread_mutex_lock(&cache->lock);
    struct qr_set *set = set_of(cache, text);
    struct qr_entry *oldest = set->entries[WAYS - 1];
    for (size_t i = WAYS - 1; i > 0; i--) {
        set->entries[i] = set->entries[i - 1];
    }
    set->entries[0] = entry;
    (void)pthread_mutex_unlock(&cache->lock);
    qr_entry_free(oldest);
}
