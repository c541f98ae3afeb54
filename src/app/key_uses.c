/* SPDX-License-Identifier: MIT */
#include "app/key_uses.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/ledger.h"
#include "ports/store_shop.h"

/* A cell for each remainder of a key's id: of two keys that share one, the first is kept until it
 * is written. */
struct key_uses {
    pthread_mutex_t lock;
    struct key_use cells[KEY_USES_MAX]; /* key_id 0: free */
};

struct key_uses *key_uses_new(void) {
    struct key_uses *uses = calloc(1, sizeof *uses);
    BUG_IF(uses == NULL || pthread_mutex_init(&uses->lock, NULL) != 0);
    return uses;
}

void key_uses_free(struct key_uses *uses) {
    if (uses != NULL) {
        (void)pthread_mutex_destroy(&uses->lock);
        free(uses);
    }
}

void key_uses_note(struct key_uses *uses, const struct api_key_row *key, int64_t now_ms) {
    if (now_ms - key->last_used_at_ms < KEY_USE_STEP_MS) {
        return;
    }
    (void)pthread_mutex_lock(&uses->lock);
    struct key_use *cell = &uses->cells[(uint64_t)key->id % KEY_USES_MAX];
    if (cell->key_id == 0 || cell->key_id == key->id) {
        *cell = (struct key_use){.key_id = key->id, .used_at_ms = now_ms};
    }
    (void)pthread_mutex_unlock(&uses->lock);
}

void key_uses_take(struct key_uses *uses, struct key_uses_write *ret_write) {
    ret_write->count = 0;
    (void)pthread_mutex_lock(&uses->lock);
    for (size_t i = 0; i < KEY_USES_MAX; i++) {
        if (uses->cells[i].key_id != 0) {
            ret_write->uses[ret_write->count++] = uses->cells[i];
        }
    }
    memset(uses->cells, 0, sizeof uses->cells);
    (void)pthread_mutex_unlock(&uses->lock);
}

static struct result key_uses_apply(void *input, struct ledger *ledger) {
    const struct key_uses_write *write = input;
    for (size_t i = 0; i < write->count; i++) {
        TRY(store_api_key_used(ledger_conn(ledger), write->uses[i].key_id,
                               write->uses[i].used_at_ms));
    }
    return RESULT_OK;
}

const struct use_case key_uses_use_case = {
    .name = "key_uses", .job_class = JOB_OPERATOR, .apply = key_uses_apply};
