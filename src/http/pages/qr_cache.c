/* SPDX-License-Identifier: MIT */
#include "http/pages/qr_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/result.h"

enum { SLOTS = 1024 };

struct qr_entry {
    int modules;
    size_t text_len;
    size_t path_len;
    char bytes[]; /* text, then path */
};

struct qr_cache {
    pthread_mutex_t lock;
    struct qr_entry *slots[SLOTS]; /* by the hash of the text: no chains, the newer one wins */
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
    for (size_t i = 0; i < SLOTS; i++) {
        qr_entry_free(cache->slots[i]);
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
static struct qr_entry **slot_of(struct qr_cache *cache, struct str text) {
    uint64_t hash = 0xCBF29CE484222325ULL;
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (uint8_t)text.ptr[i]) * 0x100000001B3ULL;
    }
    return &cache->slots[(hash ^ hash >> 32) % SLOTS];
}

bool qr_cache_get(struct qr_cache *cache, struct str text, struct buf *out, int *ret_modules) {
    (void)pthread_mutex_lock(&cache->lock);
    const struct qr_entry *entry = *slot_of(cache, text);
    bool found =
        entry != NULL && str_eq(text, (struct str){.ptr = entry->bytes, .len = entry->text_len});
    if (found) {
        buf_put(out, entry->bytes + entry->text_len, entry->path_len);
        *ret_modules = entry->modules;
    }
    (void)pthread_mutex_unlock(&cache->lock);
    return found;
}

void qr_cache_put(struct qr_cache *cache, struct str text, struct str path, int modules) {
    struct qr_entry *entry = qr_entry_new(text, path, modules);
    (void)pthread_mutex_lock(&cache->lock);
    struct qr_entry **slot = slot_of(cache, text);
    struct qr_entry *old = *slot;
    *slot = entry;
    (void)pthread_mutex_unlock(&cache->lock);
    qr_entry_free(old);
}
