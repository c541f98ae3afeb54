/* SPDX-License-Identifier: MIT */
#include "app/app.h"
#include "base/json_write.h"
#include "http/handlers/handlers.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/service.h"

/* GET /healthz: the process answers. */
struct reply handle_healthz(struct request *request) {
    return reply_json(request, STR("{\"status\":\"ok\"}"));
}

struct readiness {
    bool is_ready;
    struct json_writer *json;
};

static void put_reason(struct readiness *readiness, const char *subject, const char *reason) {
    readiness->is_ready = false;
    json_write_object_begin(readiness->json);
    json_write_key(readiness->json, STR("subject"));
    json_write_str(readiness->json, str_from_c(subject));
    json_write_key(readiness->json, STR("reason"));
    json_write_str(readiness->json, str_from_c(reason));
    json_write_object_end(readiness->json);
}

static void check_store(struct readiness *readiness, const struct http_service *service) {
    struct store_conn *reader;
    struct result taken = reader_take(service->readers, &reader);
    if (!result_is_ok(taken)) {
        put_reason(readiness, "store", taken.code->sentence);
        return;
    }
    reader_give(service->readers, reader);
}

static void check_networks(struct readiness *readiness, const struct networks *networks) {
    for (size_t i = 0; i < networks->count; i++) {
        if (!network_health_get(networks->followed[i]).ready) {
            put_reason(readiness, networks->followed[i]->network->key,
                       "no block has been applied yet");
        }
    }
}

static void put_blind(struct json_writer *json, const struct networks *networks) {
    for (size_t i = 0; i < networks->count; i++) {
        if (network_health_get(networks->followed[i]).blind) {
            json_write_str(json, str_from_c(networks->followed[i]->network->key));
        }
    }
}

/* GET /readyz: may requests come? Not before the store opens and each network was seen once. A
 * network that is blind now is named but takes nothing away from the others, and turning a
 * balancer away would not heal it. Why it is blind stays inside: reasons may name nodes. */
struct reply handle_readyz(struct request *request) {
    const struct http_service *service = service_of(request->context);
    struct buf text = buf_in(request->arena);
    struct json_writer json;
    struct readiness readiness = {.is_ready = true, .json = &json};
    json_writer_init(&json, &text);
    json_write_object_begin(&json);
    json_write_key(&json, STR("reasons"));
    json_write_array_begin(&json);
    check_store(&readiness, service);
    check_networks(&readiness, &service->app->networks);
    json_write_array_end(&json);
    json_write_key(&json, STR("blind"));
    json_write_array_begin(&json);
    put_blind(&json, &service->app->networks);
    json_write_array_end(&json);
    json_write_key(&json, STR("ready"));
    json_write_bool(&json, readiness.is_ready);
    json_write_object_end(&json);
    return reply_status(request, readiness.is_ready ? 200 : 503, CONTENT_JSON, buf_str(&text));
}
