/* SPDX-License-Identifier: MIT */
#include "app/app.h"
#include "app/errand.h"
#include "app/sweep_end.h"
#include "app/sweep_list.h"
#include "app/sweep_plan.h"
#include "app/sweep_record.h"
#include "base/arena.h"
#include "core/account.h"
#include "core/error.h"
#include "http/admin/admin.h"
#include "http/admin/handlers.h"
#include "http/admin/sweep_json.h"
#include "http/service.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    CALL_ARENA_BYTES = 64 << 20,
    ANSWER_BYTES_MAX = 2 << 20,
    DETAIL_BYTES = 400,
    ADDRESS_TEXT_BYTES_MAX = 128,
    ASSET_CODE_BYTES_MAX = 32,
    LIST_LIMIT_DEFAULT = 50,
};

/* Lives in the request's arena; the errand's until it is done. */
struct sweep_call {
    struct errand errand;
    struct http_completion completion;
    const struct app *app;
    struct sweep_plan_wanted wanted;
    struct result outcome; /* its detail points into `detail` */
    char detail[DETAIL_BYTES];
    char *answer; /* ANSWER_BYTES_MAX */
    size_t answer_len;
};

/* ---- what is asked */

struct sweep_input {
    struct str asset;
    struct str to;
    struct field_integer start;
};

static const struct field sweep_fields[] = {
    {"asset", FIELD_TEXT, 0, ASSET_CODE_BYTES_MAX, offsetof(struct sweep_input, asset)},
    {"to", FIELD_TEXT, 0, ADDRESS_TEXT_BYTES_MAX, offsetof(struct sweep_input, to)},
    {"start", FIELD_INTEGER, 0, 0, offsetof(struct sweep_input, start)},
};

static struct result read_wanted(const struct admin_call *call,
                                 struct sweep_plan_wanted *ret_wanted) {
    struct sweep_input input = {0};
    TRY(admin_body(call, sweep_fields, COUNT_OF(sweep_fields), &input));
    *ret_wanted = (struct sweep_plan_wanted){.to = input.to};
    ENSURE(str_to_i64(call->request->path_parameter, &ret_wanted->wallet_id), ERR_NOT_FOUND);
    TRY(admin_number(call, "start", input.start, 0, INT64_MAX, &ret_wanted->start));
    if (input.asset.len > 0) {
        ret_wanted->asset = asset_by_code(input.asset);
        if (ret_wanted->asset == NULL) {
            return result_failf(call->arena, &ERR_FIELD_INVALID, "there is no asset \"%.*s\"",
                                STR_ARG(input.asset));
        }
    }
    return RESULT_OK;
}

/* ---- on the errand's thread */

static struct result write_plan(struct sweep_call *sweep, struct arena *arena,
                                const struct sweep_plan *plan) {
    struct buf out = buf_over(sweep->answer, ANSWER_BYTES_MAX);
    struct json_writer json;
    json_writer_init(&json, &out);
    sweep_json(&json, arena, plan, app_now_ms(sweep->app));
    ENSURE(!out.failed, ERR_SWEEP_TOO_LARGE);
    sweep->answer_len = out.len;
    return RESULT_OK;
}

/* Kept only if there is room to tell of it, and before anybody sees it. */
static struct result make_plan(struct sweep_call *sweep, struct arena *arena) {
    struct sweep_plan plan;
    TRY(sweep_plan_make(sweep->app, arena, &sweep->wanted, &plan));
    plan.id = INT64_MAX; /* no id is longer */
    TRY(write_plan(sweep, arena, &plan));
    TRY(sweep_plan_record(sweep->app, arena, &plan));
    return write_plan(sweep, arena, &plan);
}

static struct sweep_call *of(struct errand *errand) {
    return (struct sweep_call *)((char *)errand - offsetof(struct sweep_call, errand));
}

static void run_plan(struct errand *errand) {
    struct sweep_call *sweep = of(errand);
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(CALL_ARENA_BYTES);
    sweep->outcome = make_plan(sweep, arena);
    if (sweep->outcome.detail != NULL) {
        struct buf detail = buf_over(sweep->detail, sizeof sweep->detail - 1);
        struct str text = str_from_c(sweep->outcome.detail);
        buf_put_str(&detail,
                    str_slice(text, 0, text.len < DETAIL_BYTES - 1 ? text.len : DETAIL_BYTES - 1));
        sweep->outcome.detail = sweep->detail;
    }
}

static void plan_done(struct errand *errand) {
    http_complete(&of(errand)->completion);
}

/* ---- on the loop's */

static struct reply render_plan(struct request *request, void *context) {
    const struct sweep_call *sweep = context;
    if (!result_is_ok(sweep->outcome)) {
        return admin_failure(request, sweep->outcome);
    }
    return reply_json(request, (struct str){.ptr = sweep->answer, .len = sweep->answer_len});
}

struct reply admin_sweep_plan(struct request *request) {
    const struct app *app = service_of(request->context)->app;
    const struct admin_call call = {.request = request, .arena = request->arena, .app = app};
    struct sweep_call *sweep = ARENA_NEW(request->arena, struct sweep_call);
    struct result read = read_wanted(&call, &sweep->wanted);
    if (!result_is_ok(read)) {
        return admin_failure(request, read);
    }
    sweep->app = app;
    sweep->errand = (struct errand){.run = run_plan, .done = plan_done};
    sweep->answer = arena_alloc(request->arena, ANSWER_BYTES_MAX);
    http_completion_arm(&sweep->completion, request, render_plan, sweep);
    struct result started = errand_start(app->errands, &sweep->errand, &ERR_SWEEP_PLANNING);
    if (!result_is_ok(started)) {
        http_completion_disarm(&sweep->completion);
        return admin_failure(request, started);
    }
    return reply_later(request);
}

/* ---- list, end */

struct list_input {
    struct field_integer limit;
};

static const struct field list_fields[] = {
    {"limit", FIELD_INTEGER, 0, 0, offsetof(struct list_input, limit)},
};

static void write_row(const struct admin_call *call, struct json_writer *json,
                      const struct sweep_plan_row *plan) {
    int64_t now_ms = app_now_ms(call->app);
    json_write_object_begin(json);
    admin_i64(json, "plan_id", plan->id);
    admin_i64(json, "wallet_id", plan->wallet_id);
    admin_i64(json, "addresses", plan->address_count);
    admin_bool(json, "holds", plan->ended_at_ms == 0 && now_ms < plan->holds_until_ms);
    admin_time(json, "made_at", plan->made_at_ms);
    admin_time(json, "holds_until", plan->holds_until_ms);
    admin_time(json, "ended_at", plan->ended_at_ms);
    json_write_object_end(json);
}

static struct result read_list(const struct admin_call *call, struct json_writer *json) {
    struct list_input input = {0};
    int64_t limit;
    const struct sweep_plan_row *plans;
    size_t count;
    TRY(admin_query(call, list_fields, COUNT_OF(list_fields), &input));
    TRY(admin_number(call, "limit", input.limit, LIST_LIMIT_DEFAULT, SWEEP_LIST_MAX, &limit));
    TRY(sweep_list_load(call->reader, call->arena, (uint32_t)limit, &plans, &count));
    json_write_object_begin(json);
    json_write_key(json, STR("plans"));
    json_write_array_begin(json);
    for (size_t i = 0; i < count; i++) {
        write_row(call, json, &plans[i]);
    }
    json_write_array_end(json);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_sweep_list(struct request *request) {
    return admin_read(request, read_list);
}

static struct result show_ended(const struct admin_call *call, void *context,
                                struct json_writer *json) {
    const struct sweep_end *end = context;
    struct sweep_plan_row plan;
    TRY(sweep_list_one(call->reader, end->plan_id, &plan));
    write_row(call, json, &plan);
    return RESULT_OK;
}

static struct reply render_ended(struct request *request, struct result outcome, void *input) {
    return admin_committed(request, outcome, input, show_ended);
}

static struct result prepare_end(const struct admin_call *call, struct admin_write *ret_write) {
    struct sweep_end *end = ARENA_NEW(call->arena, struct sweep_end);
    TRY(admin_path_id(call, &end->plan_id));
    *ret_write = (struct admin_write){&sweep_end_use_case, end, render_ended};
    return RESULT_OK;
}

struct reply admin_sweep_end(struct request *request) {
    return admin_write(request, prepare_end);
}
