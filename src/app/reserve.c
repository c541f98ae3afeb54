/* SPDX-License-Identifier: MIT */
#include "app/reserve.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "core/error.h"
#include "ports/bounds.h"
#include "ports/clock.h"

/* Ranges double while a counter is busy, so that a burst does not wait for the disk at each step,
 * and a quiet shop loses few indexes to a crash. */
enum {
    RANGE_FIRST = 64,
    RANGE_MAX = 8192,
    RANGE_BUSY_MS = 1000, /* a range used up within this makes the next one twice as large */
    COUNTER_NAME_BYTES = 8 + ACCOUNT_ID_BYTES * 2,
};

struct counter {
    struct counter *next_counter;
    int64_t account_key_id; /* 0: invoices */
    char name[COUNTER_NAME_BYTES];
    int64_t next;
    int64_t bound; /* numbers below it may be used */
    int64_t range;
    int64_t raised_at_mono_ms;
};

struct reserve {
    pthread_mutex_t lock; /* guards all below */
    struct bounds *bounds;
    const struct clock *clock;
    struct counter *counters;
};

struct reserve *reserve_new(struct bounds *bounds, const struct clock *clock) {
    struct reserve *reserve = calloc(1, sizeof *reserve);
    BUG_IF(reserve == NULL);
    BUG_IF(pthread_mutex_init(&reserve->lock, NULL) != 0);
    reserve->bounds = bounds;
    reserve->clock = clock;
    return reserve;
}

void reserve_free(struct reserve *reserve) {
    if (reserve == NULL) {
        return;
    }
    while (reserve->counters != NULL) {
        struct counter *counter = reserve->counters;
        reserve->counters = counter->next_counter;
        free(counter);
    }
    (void)pthread_mutex_destroy(&reserve->lock);
    free(reserve);
}

static struct counter *counter_find(struct reserve *reserve, int64_t account_key_id) {
    for (struct counter *counter = reserve->counters; counter != NULL;
         counter = counter->next_counter) {
        if (counter->account_key_id == account_key_id) {
            return counter;
        }
    }
    return NULL;
}

static void counter_add_new(struct reserve *reserve, const struct counter *from, bool jump,
                            int64_t *ret_first) {
    struct counter *counter = malloc(sizeof *counter);
    BUG_IF(counter == NULL);
    *counter = *from;
    int64_t known = bounds_get(reserve->bounds, str_from_c(counter->name));
    if (jump && known > counter->next) {
        counter->next = known;
    }
    counter->bound = known > counter->next ? known : counter->next;
    counter->range = RANGE_FIRST;
    counter->next_counter = reserve->counters;
    reserve->counters = counter;
    *ret_first = counter->next;
}

struct result reserve_add_invoices(struct reserve *reserve, int64_t next, bool jump,
                                   int64_t *ret_first) {
    struct counter counter = {.name = "invoice", .next = next};
    (void)pthread_mutex_lock(&reserve->lock);
    BUG_IF(counter_find(reserve, 0) != NULL);
    counter_add_new(reserve, &counter, jump, ret_first);
    (void)pthread_mutex_unlock(&reserve->lock);
    return RESULT_OK;
}

struct result reserve_add_account_key(struct reserve *reserve, int64_t account_key_id,
                                      const uint8_t account_id[ACCOUNT_ID_BYTES], int64_t next,
                                      bool jump, int64_t *ret_first) {
    struct counter counter = {.account_key_id = account_key_id, .next = next, .name = "key "};
    for (size_t i = 0; i < ACCOUNT_ID_BYTES; i++) {
        (void)snprintf(counter.name + 4 + i * 2, 3, "%02x", account_id[i]);
    }
    (void)pthread_mutex_lock(&reserve->lock);
    struct counter *known = counter_find(reserve, account_key_id);
    if (known != NULL) {
        /* Another wallet of the key may say that more of it was used elsewhere. */
        known->next = next > known->next ? next : known->next;
        known->bound = known->next > known->bound ? known->next : known->bound;
        *ret_first = known->next;
    } else {
        counter_add_new(reserve, &counter, jump, ret_first);
    }
    (void)pthread_mutex_unlock(&reserve->lock);
    return RESULT_OK;
}

static int64_t next_range(const struct counter *counter, int64_t now_mono_ms) {
    bool busy =
        counter->raised_at_mono_ms != 0 && now_mono_ms - counter->raised_at_mono_ms < RANGE_BUSY_MS;
    if (!busy) {
        return RANGE_FIRST;
    }
    return counter->range >= RANGE_MAX ? RANGE_MAX : counter->range * 2;
}

static struct result counter_take(struct reserve *reserve, struct counter *counter,
                                  int64_t *ret_number) {
    if (counter->next >= counter->bound) {
        int64_t now_ms = clock_monotonic_ms(reserve->clock);
        counter->range = next_range(counter, now_ms);
        int64_t bound = counter->next + counter->range;
        TRY(bounds_raise(reserve->bounds, str_from_c(counter->name), bound));
        counter->bound = bound;
        counter->raised_at_mono_ms = now_ms;
    }
    BUG_IF(counter->next >= counter->bound);
    *ret_number = counter->next++;
    return RESULT_OK;
}

static struct result take(struct reserve *reserve, int64_t account_key_id, int64_t *ret_number) {
    (void)pthread_mutex_lock(&reserve->lock);
    struct counter *counter = counter_find(reserve, account_key_id);
    struct result taken =
        counter == NULL ? result_fail(&ERR_NOT_FOUND) : counter_take(reserve, counter, ret_number);
    (void)pthread_mutex_unlock(&reserve->lock);
    return taken;
}

struct result reserve_invoice_id(struct reserve *reserve, int64_t *ret_id) {
    return take(reserve, 0, ret_id);
}

struct result reserve_index(struct reserve *reserve, int64_t account_key_id, uint32_t *ret_index) {
    int64_t index;
    TRY(take(reserve, account_key_id, &index));
    ENSURE(index <= (int64_t)ACCOUNT_INDEX_MAX, ERR_INDEX_EXHAUSTED);
    *ret_index = (uint32_t)index;
    return RESULT_OK;
}
