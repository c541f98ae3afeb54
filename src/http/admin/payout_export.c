/* SPDX-License-Identifier: MIT */
#include "app/payout_export.h"
#include "app/app.h"
#include "app/errand.h"
#include "app/payout_transfers.h"
#include "base/arena.h"
#include "core/error.h"
#include "http/admin/admin.h"
#include "http/admin/handlers.h"
#include "http/admin/payout_json.h"
#include "http/service.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    CALL_ARENA_BYTES = 64 << 20,
    /* The transaction in base64, and what is said about it. */
    ANSWER_BYTES_MAX = PSBT_BYTES_MAX / 3 * 4 + (256 << 10),
    DETAIL_BYTES = 5000, /* ten payouts that cannot be paid, and why */
    FEE_RATE_TEXT_MAX = 16,
    ADDRESS_TEXT_BYTES_MAX = 128,
};

/* Lives in the request's arena; the errand's until it is done. */
struct export_call {
    struct errand errand;
    struct http_completion completion;
    const struct app *app;
    struct payout_export_wanted wanted;
    struct result outcome; /* its detail points into `detail` */
    char detail[DETAIL_BYTES];
    char *answer; /* ANSWER_BYTES_MAX */
    size_t answer_len;
};

/* ---- what is asked */

struct export_input {
    struct field_list payouts;
    struct str fee_rate;
    struct str change_address;
    struct str from_address;
    struct field_integer wallet;
};

static const struct field export_fields[] = {
    {"payouts", FIELD_TEXT_LIST, FIELD_REQUIRED, 32, offsetof(struct export_input, payouts)},
    {"fee_rate", FIELD_DECIMAL, 0, FEE_RATE_TEXT_MAX, offsetof(struct export_input, fee_rate)},
    {"change_address", FIELD_TEXT, 0, ADDRESS_TEXT_BYTES_MAX,
     offsetof(struct export_input, change_address)},
    {"from_address", FIELD_TEXT, 0, ADDRESS_TEXT_BYTES_MAX,
     offsetof(struct export_input, from_address)},
    {"wallet_id", FIELD_INTEGER, 0, 0, offsetof(struct export_input, wallet)},
};

static struct result read_payouts(const struct admin_call *call, const struct field_list *payouts,
                                  struct payout_export_wanted *wanted) {
    if (payouts->count == 0 || payouts->count > PAYOUT_EXPORT_MAX) {
        return result_failf(call->arena, &ERR_FIELD_INVALID, "payouts has 1 to %d items",
                            PAYOUT_EXPORT_MAX);
    }
    int64_t *ids = ARENA_ARRAY(call->arena, int64_t, payouts->count);
    for (size_t i = 0; i < payouts->count; i++) {
        struct result parsed = app_invoice_id_parse(call->app, payouts->items[i], &ids[i]);
        if (!result_is_ok(parsed)) {
            return result_failf(call->arena, parsed.code, "there is no payout \"%.*s\"",
                                STR_ARG(payouts->items[i]));
        }
    }
    wanted->payout_ids = ids;
    wanted->count = payouts->count;
    return RESULT_OK;
}

static struct result read_wanted(const struct admin_call *call,
                                 struct payout_export_wanted *ret_wanted) {
    struct export_input input = {0};
    TRY(admin_body(call, export_fields, COUNT_OF(export_fields), &input));
    *ret_wanted = (struct payout_export_wanted){.change_address = input.change_address,
                                                .from_address = input.from_address};
    TRY(read_payouts(call, &input.payouts, ret_wanted));
    TRY(admin_number(call, "wallet_id", input.wallet, 0, INT64_MAX, &ret_wanted->wallet_id));
    return input.fee_rate.len == 0 ? RESULT_OK
                                   : fee_rate_from_text(input.fee_rate, &ret_wanted->fee_rate);
}

/* ---- what is answered */

static void write_payouts(const struct admin_call *call, struct json_writer *json,
                          const struct payout_export *made) {
    json_write_key(json, STR("payouts"));
    json_write_array_begin(json);
    for (size_t i = 0; i < made->payout_count; i++) {
        const struct payout_row *payout = &made->payouts[i];
        json_write_object_begin(json);
        admin_invoice_id(json, call, "payout_id", payout->id);
        admin_amount(json, call->arena, "amount", payout->amount);
        admin_text(json, "to_address", payout->to_address);
        json_write_object_end(json);
    }
    json_write_array_end(json);
}

static void write_inputs(const struct admin_call *call, struct json_writer *json,
                         const struct payout_export *made) {
    json_write_key(json, STR("inputs"));
    json_write_array_begin(json);
    for (size_t i = 0; i < made->coin_count; i++) {
        const struct coin_row *coin = &made->coins[i].row;
        json_write_object_begin(json);
        admin_text(json, "txid", hex_encode(call->arena, BYTES_OF(coin->txid.bytes)));
        admin_i64(json, "vout", coin->vout);
        admin_amount(json, call->arena, "amount", coin->amount);
        json_write_object_end(json);
    }
    json_write_array_end(json);
}

static void write_change(const struct admin_call *call, struct json_writer *json,
                         const struct payout_export *made) {
    if (made->change_address.len > 0) {
        admin_amount(json, call->arena, "change", made->change);
        admin_text(json, "change_address", made->change_address);
        return;
    }
    json_write_key(json, STR("change"));
    json_write_null(json);
    json_write_key(json, STR("change_address"));
    json_write_null(json);
}

static void write_export(const struct admin_call *call, struct json_writer *json,
                         const struct payout_export *made) {
    json_write_object_begin(json);
    admin_i64(json, "export_id", made->id);
    admin_c_text(json, "network", made->network->key);
    admin_c_text(json, "asset", made->asset->code);
    admin_i64(json, "wallet_id", made->wallet_id);
    admin_amount(json, call->arena, "paid", made->paid);
    admin_amount(json, call->arena, "fee", made->fee);
    admin_text(json, "fee_rate", fee_rate_to_text(call->arena, made->fee_rate));
    admin_i64(json, "vsize", (int64_t)made->vsize);
    write_change(call, json, made);
    write_payouts(call, json, made);
    write_inputs(call, json, made);
    admin_text(json, "psbt", base64_encode(call->arena, made->psbt));
    json_write_object_end(json);
}

/* ---- on the errand's thread */

/* Kept before it is answered: what nobody has seen may come again, what was seen must. */
static struct result make_transfers(struct export_call *export, struct arena *arena) {
    struct payout_transfers made;
    TRY(payout_transfers_make(export->app, arena, &export->wanted, &made));
    struct buf out = buf_over(export->answer, ANSWER_BYTES_MAX);
    if (made.file.len > 0) {
        buf_put_str(&out, made.file);
    } else {
        struct json_writer json;
        json_writer_init(&json, &out);
        const struct admin_call call = {.arena = arena, .app = export->app};
        payout_transfers_json(&json, &call, &made, app_now_ms(export->app));
        BUG_IF(out.failed);
        TRY(payout_transfers_record(export->app, arena, &made, buf_str(&out)));
    }
    BUG_IF(out.failed);
    export->answer_len = out.len;
    return RESULT_OK;
}

static struct result make_psbt(struct export_call *export, struct arena *arena) {
    struct payout_export made;
    TRY(payout_export_make(export->app, arena, &export->wanted, &made));
    struct buf out = buf_over(export->answer, ANSWER_BYTES_MAX);
    struct json_writer json;
    json_writer_init(&json, &out);
    const struct admin_call call = {.arena = arena, .app = export->app};
    write_export(&call, &json, &made);
    BUG_IF(out.failed);
    export->answer_len = out.len;
    return RESULT_OK;
}

static struct result make_export(struct export_call *export, struct arena *arena) {
    bool is_transfer;
    TRY(payout_is_transfer(export->app, arena, export->wanted.payout_ids[0], &is_transfer));
    return is_transfer ? make_transfers(export, arena) : make_psbt(export, arena);
}

static void run_export(struct errand *errand) {
    struct export_call *export =
        (struct export_call *)((char *)errand - offsetof(struct export_call, errand));
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(CALL_ARENA_BYTES);
    export->outcome = make_export(export, arena);
    if (export->outcome.detail != NULL) {
        struct buf detail = buf_over(export->detail, sizeof export->detail - 1);
        struct str text = str_from_c(export->outcome.detail);
        buf_put_str(&detail,
                    str_slice(text, 0, text.len < DETAIL_BYTES - 1 ? text.len : DETAIL_BYTES - 1));
        export->outcome.detail = export->detail;
    }
}

static void export_done(struct errand *errand) {
    struct export_call *export =
        (struct export_call *)((char *)errand - offsetof(struct export_call, errand));
    http_complete(&export->completion);
}

/* ---- on the loop's */

static struct reply render_export(struct request *request, void *context) {
    const struct export_call *export = context;
    if (!result_is_ok(export->outcome)) {
        return admin_failure(request, export->outcome);
    }
    return reply_json(request, (struct str){.ptr = export->answer, .len = export->answer_len});
}

struct reply admin_payout_export(struct request *request) {
    const struct app *app = service_of(request->context)->app;
    const struct admin_call call = {.request = request, .arena = request->arena, .app = app};
    struct export_call *export = ARENA_NEW(request->arena, struct export_call);
    struct result read = read_wanted(&call, &export->wanted);
    if (!result_is_ok(read)) {
        return admin_failure(request, read);
    }
    export->app = app;
    export->errand = (struct errand){.run = run_export, .done = export_done};
    export->answer = arena_alloc(request->arena, ANSWER_BYTES_MAX);
    http_completion_arm(&export->completion, request, render_export, export);
    struct result started = errand_start(app->errands, &export->errand, &ERR_PAYOUT_EXPORTING);
    if (!result_is_ok(started)) {
        http_completion_disarm(&export->completion);
        return admin_failure(request, started);
    }
    return reply_later(request);
}
