/* SPDX-License-Identifier: MIT */
#include "app/rescan.h"

#include "app/app.h"
#include "base/arena.h"
#include "core/error.h"
#include "http/admin/admin.h"
#include "http/admin/handlers.h"
#include "http/service.h"

/* Lives in the request's arena; the watcher's until it is done. */
struct rescan_call {
    struct rescan rescan;
    struct http_completion completion;
    struct followed_network *followed;
};

struct rescan_input {
    struct field_integer from;
    struct field_integer to;
};

static const struct field rescan_fields[] = {
    {"from", FIELD_INTEGER, FIELD_REQUIRED, 0, offsetof(struct rescan_input, from)},
    {"to", FIELD_INTEGER, 0, 0, offsetof(struct rescan_input, to)},
};

static struct result read_wanted(const struct admin_call *call, struct rescan_call *rescan) {
    struct str key = call->request->path_parameter;
    const struct network *network = network_by_key(key);
    rescan->followed = network == NULL ? NULL : networks_find(&call->app->networks, network);
    if (rescan->followed == NULL) {
        return result_failf(call->arena, &ERR_NOT_FOUND, "no network \"%.*s\" is followed here",
                            STR_ARG(key));
    }
    struct rescan_input input = {0};
    TRY(admin_body(call, rescan_fields, sizeof rescan_fields / sizeof rescan_fields[0], &input));
    TRY(admin_number(call, "from", input.from, 0, INT64_MAX, &rescan->rescan.from_height));
    rescan->rescan.to_height = RESCAN_TO_TIP;
    return input.to.present
               ? admin_number(call, "to", input.to, 0, INT64_MAX, &rescan->rescan.to_height)
               : RESULT_OK;
}

static struct rescan_call *of(struct rescan *rescan) {
    return (struct rescan_call *)((char *)rescan - offsetof(struct rescan_call, rescan));
}

static void rescan_done(struct rescan *rescan) {
    http_complete(&of(rescan)->completion);
}

static void write_next(struct json_writer *json, int64_t next_height) {
    json_write_key(json, STR("next"));
    if (next_height == RESCAN_ENDED) {
        json_write_null(json);
    } else {
        json_write_i64(json, next_height);
    }
}

static struct reply render_part(struct request *request, void *context) {
    const struct rescan_call *call = context;
    const struct rescan *rescan = &call->rescan;
    if (!result_is_ok(rescan->outcome)) {
        return admin_failure(request, rescan->outcome);
    }
    struct buf out = buf_in(request->arena);
    struct json_writer json;
    json_writer_init(&json, &out);
    json_write_object_begin(&json);
    admin_c_text(&json, "network", call->followed->network->key);
    admin_i64(&json, "from", rescan->from_height);
    admin_i64(&json, "to", rescan->to_height);
    write_next(&json, rescan->next_height);
    admin_i64(&json, "blocks_read", rescan->tally.blocks_read);
    admin_i64(&json, "blocks_untraced", rescan->tally.blocks_untraced);
    admin_i64(&json, "payments_found", rescan->tally.payments_found);
    admin_i64(&json, "payments_known", rescan->tally.payments_known);
    json_write_object_end(&json);
    return reply_json(request, buf_str(&out));
}

struct reply admin_rescan(struct request *request) {
    const struct admin_call call = {
        .request = request, .arena = request->arena, .app = service_of(request->context)->app};
    struct rescan_call *rescan = ARENA_NEW(request->arena, struct rescan_call);
    struct result read = read_wanted(&call, rescan);
    if (!result_is_ok(read)) {
        return admin_failure(request, read);
    }
    rescan->rescan.done = rescan_done;
    http_completion_arm(&rescan->completion, request, render_part, rescan);
    struct result handed = rescan_hand_in(rescan->followed, request->arena, &rescan->rescan);
    if (!result_is_ok(handed)) {
        http_completion_disarm(&rescan->completion);
        return admin_failure(request, handed);
    }
    return reply_later(request);
}
