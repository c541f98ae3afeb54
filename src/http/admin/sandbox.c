/* SPDX-License-Identifier: MIT */
#include "app/app.h"
#include "app/invoice_view.h"
#include "app/sandbox_drive.h"
#include "app/sandbox_pay.h"
#include "base/bytes.h"
#include "core/error.h"
#include "core/public_text.h"
#include "http/admin/admin.h"
#include "http/admin/handlers.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { BLOCKS_MAX = 1000 };

/* ---- pay */

struct pay_input {
    struct str invoice_id;
    struct str amount;
    struct field_boolean is_short;
    struct field_boolean is_over;
};

static const struct field pay_fields[] = {
    {"invoice_id", FIELD_TEXT, FIELD_REQUIRED, 32, offsetof(struct pay_input, invoice_id)},
    {"amount", FIELD_DECIMAL, 0, 64, offsetof(struct pay_input, amount)},
    {"short", FIELD_BOOLEAN, 0, 0, offsetof(struct pay_input, is_short)},
    {"over", FIELD_BOOLEAN, 0, 0, offsetof(struct pay_input, is_over)},
};

static struct result read_payment(const struct admin_call *call, const struct pay_input *input,
                                  struct sandbox_payment *ret_payment) {
    *ret_payment = (struct sandbox_payment){.sum = SANDBOX_SUM_EXACT, .text = input->amount};
    if ((input->amount.len > 0) + input->is_short.value + input->is_over.value > 1) {
        return result_failf(call->arena, &ERR_FIELD_INVALID,
                            "give only one of --amount, --short and --over");
    }
    if (input->amount.len > 0) {
        ret_payment->sum = SANDBOX_SUM_GIVEN;
    } else if (input->is_short.value) {
        ret_payment->sum = SANDBOX_SUM_SHORT;
    } else if (input->is_over.value) {
        ret_payment->sum = SANDBOX_SUM_OVER;
    }
    return RESULT_OK;
}

/* A static wallet's id is longer than an invoice's. */
static struct result pay_static(const struct admin_call *call, const struct pay_input *input,
                                struct json_writer *json) {
    if (input->amount.len == 0) {
        return result_failf(call->arena, &ERR_FIELD_INVALID, "a static wallet needs --amount");
    }
    struct sandbox_paid paid;
    TRY(sandbox_pay_static(call->app, call->reader, call->arena, input->invoice_id, input->amount,
                           &paid));
    json_write_object_begin(json);
    admin_text(json, "amount", input->amount);
    admin_text(json, "txid", hex_encode(call->arena, BYTES_OF(paid.txid.bytes)));
    admin_c_text(json, "asset", paid.asset->code);
    admin_text(json, "address", address_str(&paid.address));
    json_write_object_end(json);
    return RESULT_OK;
}

static struct result refuse_invoice(const struct admin_call *call, struct str id,
                                    struct result failure) {
    return failure.code == &ERR_NOT_FOUND
               ? result_failf(call->arena, &ERR_NOT_FOUND, "there is no invoice \"%.*s\"",
                              STR_ARG(id))
               : failure;
}

static struct result run_pay(const struct admin_call *call, struct json_writer *json) {
    struct pay_input input = {0};
    struct sandbox_payment payment;
    int64_t invoice_id;
    struct invoice_view view;
    struct txid txid;
    TRY(admin_body(call, pay_fields, COUNT_OF(pay_fields), &input));
    TRY(read_payment(call, &input, &payment));
    if (input.invoice_id.len == STATIC_ID_CHARS) {
        return pay_static(call, &input, json);
    }
    struct result loaded = app_invoice_id_parse(call->app, input.invoice_id, &invoice_id);
    if (result_is_ok(loaded)) {
        loaded = invoice_view_load(call->app, call->reader, call->arena, 0, invoice_id, &view);
    }
    if (!result_is_ok(loaded)) {
        return refuse_invoice(call, input.invoice_id, loaded);
    }
    TRY(sandbox_pay_invoice(call->app, &view, &payment, &txid));
    json_write_object_begin(json);
    admin_invoice_id(json, call, "invoice_id", invoice_id);
    admin_text(json, "txid", hex_encode(call->arena, BYTES_OF(txid.bytes)));
    admin_c_text(json, "asset", view.shown->row.asset->code);
    admin_text(json, "address", address_str(&view.shown->address));
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_sandbox_pay(struct request *request) {
    return admin_read(request, run_pay);
}

/* ---- mine, reorg */

struct drive_input {
    struct field_integer blocks;
    struct field_integer depth;
    struct field_boolean hold;
    struct field_boolean drop;
};

static const struct field drive_fields[] = {
    {"blocks", FIELD_INTEGER, 0, 0, offsetof(struct drive_input, blocks)},
    {"depth", FIELD_INTEGER, 0, 0, offsetof(struct drive_input, depth)},
    {"hold", FIELD_BOOLEAN, 0, 0, offsetof(struct drive_input, hold)},
    {"drop", FIELD_BOOLEAN, 0, 0, offsetof(struct drive_input, drop)},
};

static struct result read_count(const struct admin_call *call, const char *name,
                                struct field_integer given, int64_t *ret_count) {
    TRY(admin_number(call, name, given, 1, BLOCKS_MAX, ret_count));
    return *ret_count > 0
               ? RESULT_OK
               : result_failf(call->arena, &ERR_FIELD_INVALID, "%s must be at least 1", name);
}

static struct result run_mine(const struct admin_call *call, struct json_writer *json) {
    struct drive_input input = {0};
    int64_t blocks;
    TRY(admin_body(call, drive_fields, COUNT_OF(drive_fields), &input));
    TRY(read_count(call, "blocks", input.blocks, &blocks));
    TRY(sandbox_mine_blocks(call->app, (uint32_t)blocks));
    json_write_object_begin(json);
    admin_i64(json, "blocks", blocks);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_sandbox_mine(struct request *request) {
    return admin_read(request, run_mine);
}

static struct result run_reorg(const struct admin_call *call, struct json_writer *json) {
    struct drive_input input = {0};
    int64_t depth;
    TRY(admin_body(call, drive_fields, COUNT_OF(drive_fields), &input));
    TRY(read_count(call, "depth", input.depth, &depth));
    if (input.hold.value && input.drop.value) {
        return result_failf(call->arena, &ERR_FIELD_INVALID, "give only one of --hold and --drop");
    }
    enum sandbox_fate fate = input.hold.value   ? SANDBOX_FATE_HOLD
                             : input.drop.value ? SANDBOX_FATE_DROP
                                                : SANDBOX_FATE_RETURN;
    TRY(sandbox_replace_blocks(call->app, (uint32_t)depth, fate));
    json_write_object_begin(json);
    admin_i64(json, "depth", depth);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_sandbox_reorg(struct request *request) {
    return admin_read(request, run_reorg);
}
