/* SPDX-License-Identifier: MIT */
#include "http/checkout_load.h"
#include "http/fields.h"
#include "http/handlers/handlers.h"
#include "http/page_reply.h"
#include "http/pages/checkout_page.h"
#include "http/request.h"
#include "http/service.h"

typedef void render_fn(struct buf *out, const struct checkout_view *view);

struct page_input {
    struct str choose;
};

/* ?choose=1: the payer wants another coin. */
static bool wants_choice(struct request *request) {
    static const struct field fields[] = {
        {"choose", FIELD_TEXT, 0, 0, offsetof(struct page_input, choose)},
    };
    struct page_input input = {0};
    struct fields_report report = fields_read_query(request, fields, 1, &input);
    return report.outcome == FIELDS_OK && !str_is_empty(input.choose);
}

static struct reply render(struct request *request, render_fn *put) {
    const struct language *language = page_language(request);
    struct checkout checkout;
    struct checkout_wanted wanted = {.public_id = request->path_parameter,
                                     .language = language,
                                     .choose = wants_choice(request)};
    struct result loaded =
        checkout_load(service_of(request->context), request->arena, &wanted, &checkout);
    if (!result_is_ok(loaded)) {
        return page_refuse_result(request, language, loaded);
    }
    struct buf page = buf_in(request->arena);
    put(&page, &checkout.page);
    return page_reply(request, 200, &page,
                      checkout_framers(request->arena, &checkout.invoice.shop));
}

/* GET /{id}: the payer's page. */
struct reply handle_checkout(struct request *request) {
    return render(request, checkout_page);
}

/* GET /{id}/fragment: what its script puts in place of what it shows. */
struct reply handle_checkout_fragment(struct request *request) {
    return render(request, checkout_fragment);
}
