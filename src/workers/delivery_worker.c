/* SPDX-License-Identifier: MIT */
#include "workers/delivery_worker.h"

#include <event2/event.h>
#include <event2/thread.h>
#include <pthread.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/delivery_claims.h"
#include "base/arena.h"
#include "base/log.h"
#include "core/delivery_plan.h"
#include "core/endpoint_url.h"
#include "core/error.h"
#include "ports/clock.h"
#include "ports/store_delivery.h"
#include "ports/store_shop.h"
#include "workers/delivery_lanes.h"
#include "workers/delivery_send.h"

enum {
    LOAD_ARENA_BYTES = 4 << 20,
    LOAD_PAGE = 500,
    WAIT_MS_MAX = 5000, /* the loop looks around at least this often */
    OVERFLOW_RESCAN_MS = 10000,
};

/* What other threads leave for the loop. */
struct inbox_item {
    struct inbox_item *next;
    int64_t delivery_id;
    struct delivery_send *ended; /* an attempt that was recorded, or NULL: look at the row */
};

struct delivery_worker {
    struct delivery_worker_options options;
    struct delivery_lanes *lanes;
    struct delivery_send_list under_way;
    struct arena *arena; /* of one look-up */
    struct event *timer;
    struct event *inbox_event;
    int64_t rescan_at_mono_ms; /* 0: everything due is in the lanes */

    pthread_mutex_t lock; /* guards the inbox */
    struct inbox_item *inbox;
    bool stopping;
    bool has_thread;
    pthread_t thread;
};

static int64_t mono_ms(const struct delivery_worker *worker) {
    return clock_monotonic_ms(worker->options.app->clock);
}

/* ---- into the lanes */

/* A shop without a usable endpoint has a lane too, where the attempt fails at once and the row is
 * parked. */
static struct str endpoint_of(struct delivery_worker *worker, const struct shop_row *shop) {
    struct endpoint_url url;
    struct result parsed =
        endpoint_url_parse(worker->arena, shop->notify_url, ENDPOINT_HTTP_TOO, &url);
    return result_is_ok(parsed) ? url.origin : STR("none");
}

static struct result add_row(struct delivery_worker *worker, const struct delivery_row *row) {
    if (row->state != DELIVERY_QUEUED && row->state != DELIVERY_DEFERRED) {
        return RESULT_OK;
    }
    struct shop_row shop;
    TRY(store_shop_by_id(worker->options.reader, worker->arena, row->shop_id, &shop));
    int64_t now_ms = clock_wall_ms(worker->options.app->clock);
    struct delivery_to_send to_send = {
        .id = row->id,
        .invoice_id = row->invoice_id,
        .due_at_ms = mono_ms(worker) + delivery_wait_left_ms(row->next_attempt_at_ms, now_ms),
        .endpoint = endpoint_of(worker, &shop),
    };
    if (!delivery_lanes_add(worker->lanes, &to_send) && worker->rescan_at_mono_ms == 0) {
        worker->rescan_at_mono_ms = mono_ms(worker) + OVERFLOW_RESCAN_MS;
    }
    return RESULT_OK;
}

static struct result load_page(struct delivery_worker *worker, int64_t *after_id, bool *ret_more) {
    arena_reset(worker->arena);
    const struct delivery_row *rows;
    size_t count;
    TRY(store_delivery_undelivered(worker->options.reader, worker->arena, *after_id, LOAD_PAGE,
                                   &rows, &count));
    for (size_t i = 0; i < count; i++) {
        *after_id = rows[i].id;
        if (!delivery_lanes_has(worker->lanes, rows[i].id)) {
            TRY(add_row(worker, &rows[i]));
        }
    }
    *ret_more = count == LOAD_PAGE && worker->rescan_at_mono_ms == 0;
    return RESULT_OK;
}

/* Everything undelivered, as far as the lanes have room. */
static void load_undelivered(struct delivery_worker *worker) {
    int64_t after_id = 0;
    bool more = true;
    worker->rescan_at_mono_ms = 0;
    while (more) {
        struct result loaded = load_page(worker, &after_id, &more);
        if (!result_is_ok(loaded)) {
            log_event(LOG_WARN, "deliveries_not_loaded", LOG_RESULT(loaded));
            worker->rescan_at_mono_ms = mono_ms(worker) + OVERFLOW_RESCAN_MS;
            return;
        }
    }
}

static void look_at_row(struct delivery_worker *worker, int64_t delivery_id) {
    arena_reset(worker->arena);
    struct delivery_row row;
    struct result found = store_delivery_by_id(worker->options.reader, delivery_id, &row);
    if (result_is_ok(found)) {
        found = add_row(worker, &row);
    }
    if (!result_is_ok(found)) {
        log_event(LOG_WARN, "delivery_not_loaded", LOG_I64("delivery", delivery_id),
                  LOG_RESULT(found));
        worker->rescan_at_mono_ms = mono_ms(worker) + OVERFLOW_RESCAN_MS;
        return;
    }
    if (row.next_attempt_at_ms <= clock_wall_ms(worker->options.app->clock)) {
        (void)delivery_lanes_hurry(worker->lanes, delivery_id, mono_ms(worker));
    }
}

/* ---- sending */

static void put_inbox_new(struct delivery_worker *worker, int64_t delivery_id,
                          struct delivery_send *ended) {
    struct inbox_item *item = malloc(sizeof *item);
    BUG_IF(item == NULL);
    *item = (struct inbox_item){.delivery_id = delivery_id, .ended = ended};
    (void)pthread_mutex_lock(&worker->lock);
    item->next = worker->inbox;
    worker->inbox = item;
    (void)pthread_mutex_unlock(&worker->lock);
    event_active(worker->inbox_event, 0, 0);
}

/* On the committer's thread, or on the loop's when nothing was recorded. */
static void attempt_ended(struct delivery_send *send, void *context) {
    struct delivery_worker *worker = context;
    put_inbox_new(worker, delivery_send_id(send), send);
}

static enum lane_health health_of(const struct delivery_sent *sent) {
    if (sent->delivered) {
        return LANE_SERVED;
    }
    return sent->endpoint_answered ? LANE_REFUSED : LANE_FAILED;
}

static void finish_attempt(struct delivery_worker *worker, struct delivery_send *send) {
    struct delivery_sent sent = delivery_send_result(send);
    int64_t id = delivery_send_id(send);
    delivery_unclaim(worker->options.app->claims, id);
    if (sent.finished) {
        delivery_lanes_finish(worker->lanes, id, health_of(&sent), mono_ms(worker));
        /* An operator may have asked for it once more while it was under way. */
        look_at_row(worker, id);
    } else {
        delivery_lanes_finish_later(worker->lanes, id, health_of(&sent), mono_ms(worker),
                                    mono_ms(worker) + sent.wait_ms);
    }
    delivery_send_free(send);
}

static void send_due(struct delivery_worker *worker) {
    int64_t id;
    while (delivery_lanes_take(worker->lanes, mono_ms(worker), &id)) {
        if (!delivery_claim(worker->options.app->claims, id)) {
            delivery_lanes_finish(worker->lanes, id, LANE_REFUSED, mono_ms(worker));
            continue;
        }
        struct delivery_send_options options = {
            .under_way = &worker->under_way,
            .app = worker->options.app,
            .client = worker->options.client,
            .reader = worker->options.reader,
            .body = worker->options.body,
            .ended = attempt_ended,
            .context = worker,
        };
        delivery_send_start_new(&options, id);
    }
}

/* ---- the loop */

static struct inbox_item *take_inbox(struct delivery_worker *worker) {
    (void)pthread_mutex_lock(&worker->lock);
    struct inbox_item *items = worker->inbox;
    worker->inbox = NULL;
    (void)pthread_mutex_unlock(&worker->lock);
    return items;
}

static void drain_inbox(struct delivery_worker *worker) {
    struct inbox_item *item = take_inbox(worker);
    while (item != NULL) {
        struct inbox_item *next = item->next;
        if (item->ended != NULL) {
            finish_attempt(worker, item->ended);
        } else {
            look_at_row(worker, item->delivery_id);
        }
        free(item);
        item = next;
    }
}

static void arm_timer(struct delivery_worker *worker) {
    int64_t now_ms = mono_ms(worker);
    int64_t due_ms = delivery_lanes_next_due_ms(worker->lanes, now_ms);
    int64_t wait_ms = due_ms - now_ms > WAIT_MS_MAX ? WAIT_MS_MAX : due_ms - now_ms;
    if (wait_ms < 1) {
        wait_ms = 1;
    }
    struct timeval wait = {.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
    (void)event_add(worker->timer, &wait);
}

static void turn(evutil_socket_t fd, short what, void *context) {
    struct delivery_worker *worker = context;
    (void)fd;
    (void)what;
    drain_inbox(worker);
    if (worker->rescan_at_mono_ms != 0 && mono_ms(worker) >= worker->rescan_at_mono_ms) {
        load_undelivered(worker);
    }
    send_due(worker);
    arm_timer(worker);
}

struct delivery_worker *delivery_worker_new(const struct delivery_worker_options *options) {
    struct delivery_worker *worker = calloc(1, sizeof *worker);
    BUG_IF(worker == NULL);
    worker->options = *options;
    LIST_INIT(&worker->under_way);
    worker->lanes = delivery_lanes_new(&DELIVERY_LANES_LIMITS_DEFAULT);
    worker->arena = arena_new(LOAD_ARENA_BYTES);
    BUG_IF(pthread_mutex_init(&worker->lock, NULL) != 0);
    worker->timer = event_new(options->base, -1, 0, turn, worker);
    worker->inbox_event = event_new(options->base, -1, 0, turn, worker);
    BUG_IF(worker->timer == NULL || worker->inbox_event == NULL);
    return worker;
}

void delivery_worker_free(struct delivery_worker *worker) {
    if (worker == NULL) {
        return;
    }
    BUG_IF(worker->has_thread);
    for (struct inbox_item *item = take_inbox(worker); item != NULL;) {
        struct inbox_item *next = item->next;
        free(item);
        item = next;
    }
    /* Recorded ones whose end nobody took any more, and those that hung when the client went. */
    while (!LIST_EMPTY(&worker->under_way)) {
        delivery_send_free(LIST_FIRST(&worker->under_way));
    }
    event_free(worker->timer);
    event_free(worker->inbox_event);
    delivery_lanes_free(worker->lanes);
    arena_free(worker->arena);
    (void)pthread_mutex_destroy(&worker->lock);
    free(worker);
}

static void *run(void *context) {
    struct delivery_worker *worker = context;
    (void)pthread_setname_np(pthread_self(), "till-deliver");
    load_undelivered(worker);
    turn(-1, 0, worker);
    (void)event_base_loop(worker->options.base, EVLOOP_NO_EXIT_ON_EMPTY);
    return NULL;
}

void delivery_worker_start(struct delivery_worker *worker) {
    BUG_IF(worker->has_thread);
    BUG_IF(pthread_create(&worker->thread, NULL, run, worker) != 0);
    worker->has_thread = true;
}

void delivery_worker_stop(struct delivery_worker *worker) {
    if (!worker->has_thread) {
        return;
    }
    /* Not loopbreak: a loop that has not begun yet would forget it. */
    (void)event_base_loopexit(worker->options.base, NULL);
    (void)pthread_join(worker->thread, NULL);
    worker->has_thread = false;
}

void delivery_worker_notice(struct delivery_worker *worker, const struct delivery_row *delivery) {
    put_inbox_new(worker, delivery->id, NULL);
}
