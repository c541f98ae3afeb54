/* SPDX-License-Identifier: MIT */
#include "app/app.h"
#include "app/rate_list.h"
#include "base/arena.h"
#include "http/admin/admin.h"
#include "http/admin/handlers.h"

/* ---- networks */

static const char *state_of(const struct network_health *health) {
    if (health->blind) {
        return "blind";
    }
    return health->ready ? "ready" : "starting";
}

static void write_chain(struct json_writer *json, struct followed_network *followed) {
    struct network_health health = network_health_get(followed);
    json_write_object_begin(json);
    admin_c_text(json, "network", followed->network->key);
    admin_c_text(json, "name", followed->network->name);
    admin_c_text(json, "chain", followed->chain_name);
    admin_c_text(json, "state", state_of(&health));
    admin_c_text(json, "reason", health.reason);
    admin_i64(json, "height", health.height);
    json_write_key(json, STR("node_height"));
    if (health.node_height == 0) {
        json_write_null(json);
    } else {
        json_write_i64(json, health.node_height);
    }
    admin_c_text(json, "node_version", health.node_version);
    admin_time(json, "tip_at", health.tip_at_ms);
    admin_time(json, "proven_at", health.proven_ms);
    admin_time(json, "checked_at", health.checked_at_ms);
    json_write_object_end(json);
}

static struct result read_chains(const struct admin_call *call, struct json_writer *json) {
    const struct networks *networks = &call->app->networks;
    json_write_object_begin(json);
    json_write_key(json, STR("chains"));
    json_write_array_begin(json);
    for (size_t i = 0; i < networks->count; i++) {
        write_chain(json, networks->followed[i]);
    }
    json_write_array_end(json);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_chain_list(struct request *request) {
    return admin_read(request, read_chains);
}

/* ---- rates */

static struct result read_rates(const struct admin_call *call, struct json_writer *json) {
    struct listed_rate *rates = ARENA_ARRAY(call->arena, struct listed_rate, RATE_LIST_MAX);
    size_t count = rate_list(call->app, call->arena, rates);
    json_write_object_begin(json);
    json_write_key(json, STR("rates"));
    json_write_array_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_write_object_begin(json);
        admin_c_text(json, "asset", rates[i].base->code);
        admin_c_text(json, "currency", rates[i].quote->code);
        admin_text(json, "rate", rates[i].rate);
        admin_text(json, "source", rates[i].source);
        admin_time(json, "at", rates[i].at_ms);
        json_write_object_end(json);
    }
    json_write_array_end(json);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_rate_list(struct request *request) {
    return admin_read(request, read_rates);
}
