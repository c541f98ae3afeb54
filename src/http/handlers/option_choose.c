/* SPDX-License-Identifier: MIT */
#include "app/option_choose.h"

#include "app/app.h"
#include "base/arena.h"
#include "core/error.h"
#include "http/fields.h"
#include "http/handlers/handlers.h"
#include "http/job_reply.h"
#include "http/page_reply.h"
#include "http/pages/words.h"
#include "http/request.h"
#include "http/service.h"

enum { ASSET_CODE_BYTES_MAX = 32 };

struct choose_input {
    struct str asset;
};

static const struct field choose_fields[] = {
    {"asset", FIELD_TEXT, FIELD_REQUIRED, ASSET_CODE_BYTES_MAX,
     offsetof(struct choose_input, asset)},
};

/* Too late to choose: the page says how things stand. */
static struct reply answer(struct request *request, struct result outcome, void *input) {
    const struct option_choose *choose = input;
    const struct language *language = page_language(request);
    if (!result_is_ok(outcome) && outcome.code != &ERR_CHOICE_OVER) {
        return page_refuse_result(request, language, outcome);
    }
    const struct app *app = service_of(request->context)->app;
    return page_redirect(request, app_invoice_public_id(request->arena, app, choose->invoice_id),
                         language);
}

static struct result prepare(struct request *request, struct str code,
                             struct option_choose *ret_choose) {
    const struct http_service *service = service_of(request->context);
    int64_t invoice_id;
    struct store_conn *reader;
    TRY(app_invoice_id_parse(service->app, request->path_parameter, &invoice_id));
    const struct asset *asset = asset_by_code(code);
    ENSURE(asset != NULL, ERR_FIELD_INVALID);
    TRY(reader_take(service->readers, &reader));
    struct result prepared =
        option_choose_prepare(service->app, reader, request->arena, invoice_id, asset, ret_choose);
    reader_give(service->readers, reader);
    return prepared;
}

/* POST /{id}/choose: a coin's button on the payer's page. */
struct reply handle_option_choose(struct request *request) {
    struct choose_input input = {0};
    struct fields_report report = fields_read_body(request, choose_fields, 1, &input);
    if (report.outcome != FIELDS_OK || page_form_is_from_elsewhere(request)) {
        return reply_error(request, report.outcome != FIELDS_OK ? 400 : 403, NULL);
    }
    struct option_choose *choose = ARENA_NEW(request->arena, struct option_choose);
    struct result prepared = prepare(request, input.asset, choose);
    if (!result_is_ok(prepared)) {
        return answer(request, prepared, choose);
    }
    return reply_after_job(request, service_of(request->context)->app, &option_choose_use_case,
                           choose, answer);
}
