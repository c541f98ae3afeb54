/* SPDX-License-Identifier: MIT */
#include "adapters/chain_quorum/panel.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"

enum {
    TIMEOUT_MS_DEFAULT = 20000,
    ANSWER_ARENA_BYTES = 512 << 20, /* as large as the unit of work that takes it */
    LABELS_ARENA_BYTES = 1 << 16,
    THREAD_NAME_BYTES = 16, /* as many as the kernel keeps */
    STRAGGLER_MS = 50,
    WAIT_MS_MIN = 20,      /* a chain whose wait returns at once makes nobody run in circles */
    WAIT_BACK_MS = 50,     /* for the woken to come back */
    WAIT_LONGER_MS = 1000, /* a chain sleeps longer than we do, so its return is news */
};

enum seat_state { SEAT_FREE, SEAT_BUSY, SEAT_ANSWERED };

struct seat {
    struct panel *panel;
    struct chain *chain;
    const char *label;
    pthread_t thread;
    bool has_thread;
    pthread_cond_t asked;
    /* guarded by the panel's lock */
    enum seat_state state;
    uint64_t round; /* whose question it has */
    /* the thread's while busy, else the panel's */
    struct arena *arena;
    struct question question;
    struct answer answer;
    struct block_hash last_tip; /* that it told of */
    /* the panel's */
    bool is_given_up; /* still at an earlier question when others had been waited for long enough */
    bool is_in;       /* the answer to the round asked last was there when it was last looked at */
    bool has_agreed;
    struct digest agreed; /* of the round whose answer is still out */
};

struct panel {
    struct seat seats[CHAIN_QUORUM_NODES_MAX];
    size_t count;
    size_t quorum;
    uint32_t timeout_ms;
    panel_hear hear;
    void *context;
    uint64_t round;
    struct arena *memory; /* lives as long as the panel */
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool woken;    /* guarded */
    bool stopping; /* guarded */
};

/* ---- a node's thread */

static void name_thread(const struct seat *seat) {
    char name[THREAD_NAME_BYTES];
    (void)snprintf(name, sizeof name, "till-%.6s-%zu", seat->chain->network->key,
                   (size_t)(seat - seat->panel->seats) + 1);
    (void)pthread_setname_np(pthread_self(), name);
}

static void answer_one(struct seat *seat) {
    struct question question = seat->question;
    if (question.kind == QUESTION_WAIT) {
        question.hash = seat->last_tip; /* a node that lags is no news */
    }
    question_ask(&question, seat->chain, seat->arena, &seat->answer);
    if (question.kind == QUESTION_TIP && result_is_ok(seat->answer.result)) {
        seat->last_tip = seat->answer.hash;
    }
}

static void *run(void *context) {
    struct seat *seat = context;
    struct panel *panel = seat->panel;
    name_thread(seat);
    pthread_mutex_lock(&panel->lock);
    while (!panel->stopping) {
        if (seat->state != SEAT_BUSY) {
            pthread_cond_wait(&seat->asked, &panel->lock);
            continue;
        }
        pthread_mutex_unlock(&panel->lock);
        answer_one(seat);
        pthread_mutex_lock(&panel->lock);
        seat->state = SEAT_ANSWERED;
        pthread_cond_broadcast(&panel->answered);
    }
    pthread_mutex_unlock(&panel->lock);
    return NULL;
}

/* ---- a round, under the lock */

static void let_hear(struct seat *seat, const struct digest *agreed) {
    struct panel *panel = seat->panel;
    seat->state = SEAT_FREE;
    seat->has_agreed = false;
    panel->hear(panel->context, (size_t)(seat - panel->seats), &seat->question, &seat->answer,
                agreed);
}

static void give(struct seat *seat, const struct question *question) {
    arena_reset(seat->arena);
    seat->question = *question;
    /* The asker may be gone before the answer is there. */
    if (question->program_count > 0) {
        seat->question.programs = (const struct script *)(const void *)arena_copy(
            seat->arena, question->programs, sizeof *question->programs * question->program_count);
    }
    seat->round = seat->panel->round;
    seat->state = SEAT_BUSY;
    seat->is_in = false;
    seat->is_given_up = false;
    seat->has_agreed = false;
    if (!seat->has_thread) {
        BUG_IF(pthread_create(&seat->thread, NULL, run, seat) != 0);
        seat->has_thread = true;
    }
    pthread_cond_signal(&seat->asked);
}

/* A node that has not answered an earlier round keeps at it, or is asked now that it has. */
static void bring_in(struct seat *seat, const struct question *question) {
    struct panel *panel = seat->panel;
    if (seat->round == panel->round) {
        return;
    }
    if (seat->state == SEAT_BUSY) {
        bool is_same = question_is_same_block(&seat->question, question);
        seat->round = is_same ? panel->round : seat->round;
        return;
    }
    if (seat->state == SEAT_ANSWERED) {
        let_hear(seat, seat->has_agreed ? &seat->agreed : NULL);
    }
    give(seat, question);
}

enum pending {
    PENDING_NOBODY,
    PENDING_STRAGGLERS, /* about to finish an earlier question, by all we know, and not needed */
    PENDING_NEEDED,
};

static enum pending who_is_pending(const struct panel *panel) {
    size_t working = 0;
    size_t late = 0;
    size_t stragglers = 0;
    for (size_t i = 0; i < panel->count; i++) {
        const struct seat *seat = &panel->seats[i];
        bool is_busy = seat->state == SEAT_BUSY;
        bool is_late = seat->round != panel->round;
        working += is_busy && !is_late;
        late += is_busy && is_late;
        stragglers += is_busy && is_late && !seat->is_given_up;
    }
    size_t told = panel_good_count(panel) + panel_unknown_count(panel);
    if (working > 0 || (late > 0 && told < panel->quorum)) {
        return PENDING_NEEDED;
    }
    return stragglers > 0 ? PENDING_STRAGGLERS : PENDING_NOBODY;
}

/* A node that hangs costs one short wait, not one in each round. */
static void give_up_the_late(struct panel *panel) {
    for (size_t i = 0; i < panel->count; i++) {
        struct seat *seat = &panel->seats[i];
        seat->is_given_up = seat->state == SEAT_BUSY && seat->round != panel->round;
    }
}

static void look(struct panel *panel) {
    for (size_t i = 0; i < panel->count; i++) {
        struct seat *seat = &panel->seats[i];
        seat->is_in = seat->state == SEAT_ANSWERED && seat->round == panel->round;
    }
}

static struct timespec time_after(uint32_t ms) {
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

static struct timespec earlier_of(struct timespec a, struct timespec b) {
    bool is_a = a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
    return is_a ? a : b;
}

void panel_ask(struct panel *panel, const struct panel_round *round) {
    struct timespec until = time_after(round->timeout_ms ? round->timeout_ms : panel->timeout_ms);
    bool hurries = false;
    pthread_mutex_lock(&panel->lock);
    panel->round++;
    for (bool over = panel->stopping;;) {
        for (size_t i = 0; i < panel->count && !panel->stopping; i++) {
            bring_in(&panel->seats[i], &round->question);
        }
        look(panel);
        bool enough = round->is_enough != NULL && round->is_enough(panel, round->context);
        enum pending pending = who_is_pending(panel);
        if (over || pending == PENDING_NOBODY || (enough && round->grace_ms == 0)) {
            break;
        }
        if (!hurries && (enough || pending == PENDING_STRAGGLERS)) {
            hurries = true;
            until = earlier_of(until, time_after(enough ? round->grace_ms : STRAGGLER_MS));
        }
        over = pthread_cond_timedwait(&panel->answered, &panel->lock, &until) == ETIMEDOUT ||
               panel->stopping;
        if (over) {
            give_up_the_late(panel);
        }
    }
    pthread_mutex_unlock(&panel->lock);
}

void panel_settle(struct panel *panel, const struct digest *agreed) {
    struct digest kept = {{0}};
    if (agreed != NULL) {
        kept = *agreed; /* it may lie in an answer */
    }
    pthread_mutex_lock(&panel->lock);
    for (size_t i = 0; i < panel->count; i++) {
        struct seat *seat = &panel->seats[i];
        if (seat->round != panel->round) {
            continue;
        }
        if (seat->state == SEAT_ANSWERED) {
            let_hear(seat, agreed == NULL ? NULL : &kept);
        }
        seat->has_agreed = agreed != NULL;
        seat->agreed = kept;
    }
    pthread_mutex_unlock(&panel->lock);
}

/* ---- counting */

size_t panel_count(const struct panel *panel) {
    return panel->count;
}

size_t panel_quorum(const struct panel *panel) {
    return panel->quorum;
}

struct chain *panel_chain(const struct panel *panel, size_t node) {
    return panel->seats[node].chain;
}

const char *panel_label(const struct panel *panel, size_t node) {
    return panel->seats[node].label;
}

const struct answer *panel_answer(const struct panel *panel, size_t node) {
    const struct seat *seat = &panel->seats[node];
    return seat->is_in ? &seat->answer : NULL;
}

static size_t count_of(const struct panel *panel, const struct error_code *code) {
    size_t count = 0;
    for (size_t i = 0; i < panel->count; i++) {
        const struct answer *answer = panel_answer(panel, i);
        count += answer != NULL && answer->result.code == code;
    }
    return count;
}

size_t panel_good_count(const struct panel *panel) {
    return count_of(panel, NULL);
}

size_t panel_unknown_count(const struct panel *panel) {
    return count_of(panel, &ERR_BLOCK_UNKNOWN);
}

const struct answer *panel_agreed(const struct panel *panel) {
    for (size_t i = 0; i < panel->count; i++) {
        const struct answer *one = panel_answer(panel, i);
        size_t alike = 0;
        for (size_t j = 0; j < panel->count && one != NULL && result_is_ok(one->result); j++) {
            const struct answer *other = panel_answer(panel, j);
            alike += other != NULL && result_is_ok(other->result) &&
                     digest_eq(&one->digest, &other->digest);
        }
        if (alike >= panel->quorum) {
            return one;
        }
    }
    return NULL;
}

bool panel_has_quorum(const struct panel *panel, const void *context) {
    return panel_good_count(panel) >= panel->quorum;
}

bool panel_is_decided(const struct panel *panel, const void *context) {
    return panel_agreed(panel) != NULL || panel_unknown_count(panel) >= panel->quorum;
}

/* ---- waiting */

static bool has_news(const struct panel *panel, const void *context) {
    return panel->woken || panel_good_count(panel) > 0;
}

static void wake_the_waiting(struct panel *panel) {
    for (size_t i = 0; i < panel->count; i++) {
        struct seat *seat = &panel->seats[i];
        if (seat->state == SEAT_BUSY && seat->question.kind == QUESTION_WAIT) {
            seat->chain->ops->wake(seat->chain);
        }
    }
}

void panel_wait(struct panel *panel, uint32_t timeout_ms) {
    struct panel_round round = {
        .question = {.kind = QUESTION_WAIT, .timeout_ms = timeout_ms + WAIT_LONGER_MS},
        .is_enough = has_news,
        .timeout_ms = timeout_ms == 0 ? 1 : timeout_ms,
    };
    struct timespec earliest = time_after(timeout_ms < WAIT_MS_MIN ? timeout_ms : WAIT_MS_MIN);
    panel_ask(panel, &round);
    pthread_mutex_lock(&panel->lock);
    while (!panel->woken &&
           pthread_cond_timedwait(&panel->answered, &panel->lock, &earliest) != ETIMEDOUT) {
    }
    wake_the_waiting(panel);
    struct timespec back = time_after(WAIT_BACK_MS);
    for (bool over = false; !over && who_is_pending(panel) != PENDING_NOBODY;) {
        over = pthread_cond_timedwait(&panel->answered, &panel->lock, &back) == ETIMEDOUT;
        look(panel);
    }
    panel->woken = false;
    pthread_mutex_unlock(&panel->lock);
    panel_settle(panel, NULL);
}

void panel_wake(struct panel *panel) {
    pthread_mutex_lock(&panel->lock);
    panel->woken = true;
    pthread_cond_broadcast(&panel->answered);
    pthread_mutex_unlock(&panel->lock);
}

/* ---- life cycle */

static void seat_init(struct seat *seat, struct panel *panel,
                      const struct chain_quorum_node *node) {
    seat->panel = panel;
    seat->chain = node->chain;
    seat->label = arena_copy(panel->memory, node->label, strlen(node->label));
    seat->arena = arena_new(ANSWER_ARENA_BYTES);
    BUG_IF(pthread_cond_init(&seat->asked, NULL) != 0);
}

struct panel *panel_new(const struct chain_quorum_options *options, panel_hear hear,
                        void *context) {
    BUG_IF(options->node_count > CHAIN_QUORUM_NODES_MAX);
    BUG_IF(options->quorum < 1 || options->quorum > options->node_count);
    struct panel *panel = calloc(1, sizeof *panel);
    BUG_IF(panel == NULL);
    panel->memory = arena_new(LABELS_ARENA_BYTES);
    panel->quorum = options->quorum;
    panel->timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_MS_DEFAULT;
    panel->hear = hear;
    panel->context = context;
    pthread_condattr_t attributes;
    BUG_IF(pthread_condattr_init(&attributes) != 0);
    BUG_IF(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) != 0);
    BUG_IF(pthread_mutex_init(&panel->lock, NULL) != 0);
    BUG_IF(pthread_cond_init(&panel->answered, &attributes) != 0);
    (void)pthread_condattr_destroy(&attributes);
    for (size_t i = 0; i < options->node_count; i++) {
        seat_init(&panel->seats[panel->count++], panel, &options->nodes[i]);
    }
    return panel;
}

void panel_stop(struct panel *panel) {
    pthread_mutex_lock(&panel->lock);
    panel->stopping = true;
    panel->woken = true;
    for (size_t i = 0; i < panel->count; i++) {
        panel->seats[i].chain->ops->stop(panel->seats[i].chain);
        pthread_cond_signal(&panel->seats[i].asked);
    }
    pthread_cond_broadcast(&panel->answered);
    pthread_mutex_unlock(&panel->lock);
}

bool panel_is_stopped(struct panel *panel) {
    pthread_mutex_lock(&panel->lock);
    bool is_stopped = panel->stopping;
    pthread_mutex_unlock(&panel->lock);
    return is_stopped;
}

void panel_free(struct panel *panel) {
    if (panel == NULL) {
        return;
    }
    panel_stop(panel);
    for (size_t i = 0; i < panel->count; i++) {
        if (panel->seats[i].has_thread) {
            (void)pthread_join(panel->seats[i].thread, NULL);
        }
    }
    for (size_t i = 0; i < panel->count; i++) {
        struct seat *seat = &panel->seats[i];
        seat->chain->ops->close(seat->chain);
        arena_free(seat->arena);
        (void)pthread_cond_destroy(&seat->asked);
    }
    (void)pthread_cond_destroy(&panel->answered);
    (void)pthread_mutex_destroy(&panel->lock);
    arena_free(panel->memory);
    free(panel);
}
