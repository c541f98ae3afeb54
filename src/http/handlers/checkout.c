/* SPDX-License-Identifier: MIT */
#include "http/checkout_load.h"
#include "http/handlers/handlers.h"
#include "http/page_reply.h"
#include "http/pages/checkout_page.h"
#include "http/request.h"
#include "http/service.h"

typedef void render_fn(struct buf *out, const struct checkout_view *view);

static struct reply render(struct request *request, render_fn *put) {
    const struct language *language = page_language(request);
    struct checkout checkout;
    struct result loaded = checkout_load(service_of(request->context), request->arena,
                                         request->path_parameter, language, &checkout);
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
