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
    admin_c_text(json, "warning", health.warning);
    admin_i64(json, "height", health.height);
    json_write_key(json, STR("node_height"));
    if (health.node_height == 0) {
        json_write_null(json);
    } else {
        json_write_i64(json, health.node_height);
    }
    admin_c_text(json, "node_version", health.node_version);
    admin_i64(json, "unproven_blocks", (int64_t)health.unproven_blocks);
    admin_i64(json, "unread_transfers", (int64_t)health.unread_transfers);
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
    TRY(admin_write_tokens(call, json));
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_chain_list(struct request *request) {
    return admin_read(request, read_chains);
}

/* ---- rates */

static void text_or_null(struct json_writer *json, const char *key, struct str text) {
    json_write_key(json, str_from_c(key));
    if (str_is_empty(text)) {
        json_write_null(json);
    } else {
        json_write_str(json, text);
    }
}

/* Seconds since then; null for never. */
static void write_age(struct json_writer *json, int64_t at_ms, int64_t now_ms) {
    json_write_key(json, STR("age_s"));
    if (at_ms == 0) {
        json_write_null(json);
    } else {
        json_write_i64(json, (now_ms - at_ms) / 1000);
    }
}

static void write_rate(struct json_writer *json, const struct listed_rate *rate, int64_t now_ms) {
    json_write_object_begin(json);
    admin_c_text(json, "asset", rate->base->code);
    admin_c_text(json, "currency", rate->quote->code);
    text_or_null(json, "rate", rate->rate);
    text_or_null(json, "source", rate->source);
    admin_time(json, "at", rate->at_ms);
    write_age(json, rate->at_ms, now_ms);
    text_or_null(json, "problem", rate->problem);
    json_write_object_end(json);
}

static void write_source(struct json_writer *json, const struct listed_source *source,
                         int64_t now_ms) {
    json_write_object_begin(json);
    admin_text(json, "source", source->name);
    admin_time(json, "at", source->heard_at_ms);
    write_age(json, source->heard_at_ms, now_ms);
    text_or_null(json, "problem", source->problem);
    json_write_object_end(json);
}

static struct result read_rates(const struct admin_call *call, struct json_writer *json) {
    struct rate_listing listing = rate_list(call->app, call->arena);
    int64_t now_ms = app_now_ms(call->app);
    json_write_object_begin(json);
    json_write_key(json, STR("rates"));
    json_write_array_begin(json);
    for (size_t i = 0; i < listing.rate_count; i++) {
        write_rate(json, &listing.rates[i], now_ms);
    }
    json_write_array_end(json);
    json_write_key(json, STR("sources"));
    json_write_array_begin(json);
    for (size_t i = 0; i < listing.source_count; i++) {
        write_source(json, &listing.sources[i], now_ms);
    }
    json_write_array_end(json);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_rate_list(struct request *request) {
    return admin_read(request, read_rates);
}
