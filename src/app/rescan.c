/* SPDX-License-Identifier: MIT */
#include "app/rescan.h"

#include <stdio.h>

#include "app/networks.h"
#include "core/error.h"

static struct result check_range(const struct rescan *rescan, int64_t tip, struct arena *arena) {
    long long from = rescan->from_height;
    long long to = rescan->to_height;
    if (from < 0 || to < 0) {
        return result_failf(arena, &ERR_RESCAN_RANGE, "a block's height is 0 or more");
    }
    if (from > tip || to > tip) {
        return result_failf(arena, &ERR_RESCAN_RANGE,
                            "block %lld has not been read yet: Till is at block %lld",
                            from > tip ? from : to, (long long)tip);
    }
    if (from > to) {
        return result_failf(arena, &ERR_RESCAN_RANGE, "from block %lld to block %lld is backwards",
                            from, to);
    }
    if (to - from >= RESCAN_BLOCKS_MAX) {
        return result_failf(arena, &ERR_RESCAN_RANGE,
                            "at most %d blocks at a time: from %lld that is up to %lld",
                            RESCAN_BLOCKS_MAX, from, from + RESCAN_BLOCKS_MAX - 1);
    }
    return RESULT_OK;
}

static struct result hand_in_locked(struct followed_network *followed, struct rescan *rescan) {
    ENSURE(followed->takes_rescans, ERR_NODE_STOPPED);
    ENSURE(followed->rescan == NULL, ERR_RESCAN_RUNNING);
    followed->rescan = rescan;
    return RESULT_OK;
}

struct result rescan_hand_in(struct followed_network *followed, struct arena *arena,
                             struct rescan *rescan) {
    struct network_health health = network_health_get(followed);
    ENSURE(health.ready, ERR_NETWORK_NOT_READY);
    if (rescan->to_height == RESCAN_TO_TIP) {
        rescan->to_height = health.height;
    }
    TRY(check_range(rescan, health.height, arena));
    rescan->next_height = rescan->from_height;
    rescan->tally = (struct rescan_tally){0};
    (void)pthread_mutex_lock(&followed->lock);
    struct result handed = hand_in_locked(followed, rescan);
    (void)pthread_mutex_unlock(&followed->lock);
    return handed;
}

void rescan_open(struct followed_network *followed) {
    (void)pthread_mutex_lock(&followed->lock);
    followed->takes_rescans = true;
    (void)pthread_mutex_unlock(&followed->lock);
}

struct rescan *rescan_current(struct followed_network *followed) {
    (void)pthread_mutex_lock(&followed->lock);
    struct rescan *rescan = followed->rescan;
    (void)pthread_mutex_unlock(&followed->lock);
    return rescan;
}

/* The detail lives in the arena of whoever failed, which is gone when it is shown. */
static void keep_outcome(struct rescan *rescan, struct result outcome) {
    rescan->outcome = outcome;
    if (outcome.detail == NULL) {
        return;
    }
    (void)snprintf(rescan->detail, sizeof rescan->detail, "%s", outcome.detail);
    rescan->outcome.detail = rescan->detail;
}

void rescan_finish(struct followed_network *followed, struct result outcome) {
    (void)pthread_mutex_lock(&followed->lock);
    struct rescan *rescan = followed->rescan;
    followed->rescan = NULL;
    (void)pthread_mutex_unlock(&followed->lock);
    BUG_IF(rescan == NULL);
    keep_outcome(rescan, outcome);
    rescan->done(rescan);
}

void rescan_close(struct followed_network *followed) {
    (void)pthread_mutex_lock(&followed->lock);
    followed->takes_rescans = false;
    bool waits = followed->rescan != NULL;
    (void)pthread_mutex_unlock(&followed->lock);
    if (waits) {
        rescan_finish(followed, result_fail(&ERR_NODE_STOPPED));
    }
}
