/* SPDX-License-Identifier: MIT */
#include "app/sandbox_pay.h"
#include "app/app.h"
#include "app/invoice_confirm.h"
#include "app/sandbox_hurry.h"
#include "base/arena.h"
#include "core/error.h"
#include "http/checkout_load.h"
#include "http/fields.h"
#include "http/handlers/handlers.h"
#include "http/job_reply.h"
#include "http/page_reply.h"
#include "http/pages/words.h"
#include "http/request.h"
#include "http/service.h"

enum { ACT_BYTES_MAX = 16, TIMES_MAX = 2 };

struct sandbox_input {
    struct str act;
};

static const struct field sandbox_fields[] = {
    {"act", FIELD_TEXT, FIELD_REQUIRED, ACT_BYTES_MAX, offsetof(struct sandbox_input, act)},
};

struct sandbox_act {
    const char *name; /* the button's value */
    enum sandbox_sum sum;
    int times;
};

static const struct sandbox_act acts[] = {
    {"exact", SANDBOX_SUM_EXACT, 1},
    {"short", SANDBOX_SUM_SHORT, 1},
    {"over", SANDBOX_SUM_OVER, 1},
    {"twice", SANDBOX_SUM_EXACT, TIMES_MAX},
};

static struct result pay(const struct app *app, const struct invoice_view *invoice,
                         const struct sandbox_act *act) {
    struct sandbox_payment payment = {.sum = act->sum};
    for (int i = 0; i < act->times; i++) {
        struct txid txid;
        TRY(sandbox_pay_invoice(app, invoice, &payment, &txid));
    }
    return RESULT_OK;
}

static struct result perform(const struct app *app, const struct invoice_view *invoice,
                             struct str act) {
    if (str_eq(act, STR("undo"))) {
        return sandbox_undo_payment(app, invoice);
    }
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (str_eq(act, str_from_c(acts[i].name))) {
            return pay(app, invoice, &acts[i]);
        }
    }
    return result_fail(&ERR_FIELD_INVALID);
}

static struct reply back_to_page(struct request *request) {
    return page_redirect(request, request->path_parameter, page_language(request));
}

static struct reply render_decided(struct request *request, struct result outcome, void *input) {
    (void)input;
    return result_is_ok(outcome) ? back_to_page(request)
                                 : page_refuse_result(request, page_language(request), outcome);
}

static struct reply hurry(struct request *request, const struct app *app, int64_t invoice_id) {
    struct sandbox_hurry *input = ARENA_NEW(request->arena, struct sandbox_hurry);
    input->invoice_id = invoice_id;
    return reply_after_job(request, app, &sandbox_hurry_use_case, input, render_decided);
}

static struct reply confirm(struct request *request, const struct app *app, int64_t invoice_id) {
    struct invoice_confirm *input = ARENA_NEW(request->arena, struct invoice_confirm);
    *input = (struct invoice_confirm){.invoice_id = invoice_id,
                                      .without_payment = true,
                                      .reason_json = STR("{\"reason\":\"without payment\"}")};
    return reply_after_job(request, app, &invoice_confirm_use_case, input, render_decided);
}

/* POST /{id}/sandbox: a test invoice's buttons. */
struct reply handle_sandbox_pay(struct request *request) {
    const struct language *language = page_language(request);
    struct sandbox_input input = {0};
    struct fields_report report = fields_read_body(request, sandbox_fields, 1, &input);
    if (report.outcome != FIELDS_OK || page_form_is_from_elsewhere(request)) {
        return reply_error(request, report.outcome != FIELDS_OK ? 400 : 403, NULL);
    }
    const struct http_service *service = service_of(request->context);
    struct checkout checkout;
    struct checkout_wanted wanted = {.public_id = request->path_parameter, .language = language};
    struct result done = checkout_load(service, request->arena, &wanted, &checkout);
    if (!result_is_ok(done)) {
        return page_refuse_result(request, language, done);
    }
    if (str_eq(input.act, STR("hurry"))) {
        return hurry(request, service->app, checkout.invoice_id);
    }
    if (str_eq(input.act, STR("confirm"))) {
        return confirm(request, service->app, checkout.invoice_id);
    }
    done = perform(service->app, &checkout.invoice, input.act);
    return result_is_ok(done) ? back_to_page(request) : page_refuse_result(request, language, done);
}
