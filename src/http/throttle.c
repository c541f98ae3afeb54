/* SPDX-License-Identifier: MIT */
#include "http/throttle.h"

#include "app/app.h"
#include "base/arena.h"
#include "http/pace_table.h"
#include "http/request.h"
#include "http/service.h"

/* On top of the call itself: at 50/s, five ids a second. */
enum { MISS_CALLS = 9, STATUS_THROTTLED = 429 };

static struct reply refuse(struct request *request, int64_t wait_ms) {
    atomic_fetch_add(&service_of(request->context)->counters->calls_throttled, 1);
    const char *seconds = arena_printf(request->arena, "%lld", (long long)((wait_ms + 999) / 1000));
    return reply_with_header(request, reply_error(request, STATUS_THROTTLED, NULL),
                             STR("Retry-After"), str_from_c(seconds));
}

static bool take(struct request *request, struct pace_table *table,
                 const struct pace_caller *caller, struct reply *ret_refusal) {
    int64_t wait_ms;
    int64_t now_ms = app_tick_ms(service_of(request->context)->app);
    if (pace_take(table, caller, now_ms, &wait_ms)) {
        return true;
    }
    *ret_refusal = refuse(request, wait_ms);
    return false;
}

bool throttle_stranger(struct request *request, struct reply *ret_refusal) {
    if (!request->remote.known) {
        return true;
    }
    struct pace_caller caller = pace_caller_of_ip(&request->remote);
    return take(request, service_of(request->context)->pace_by_ip, &caller, ret_refusal);
}

void throttle_miss(struct request *request) {
    const struct http_service *service = service_of(request->context);
    if (request->remote.known) {
        struct pace_caller caller = pace_caller_of_ip(&request->remote);
        pace_charge(service->pace_by_ip, &caller, MISS_CALLS, app_tick_ms(service->app));
    }
}

bool throttle_key(struct request *request, int64_t key_id, struct reply *ret_refusal) {
    struct pace_caller caller = pace_caller_of_id(key_id);
    return take(request, service_of(request->context)->pace_by_key, &caller, ret_refusal);
}
