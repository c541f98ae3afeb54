/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "http/checkout_load.h"
#include "http/handlers/handlers.h"
#include "http/page_reply.h"
#include "http/pages/checkout_page.h"
#include "http/pages/words.h"
#include "http/request.h"
#include "http/service.h"
#include "http/stream.h"

static struct result load(struct request *request, struct checkout *ret_checkout) {
    struct checkout_wanted wanted = {.public_id = request->path_parameter,
                                     .language = language_at(0)};
    return checkout_load(service_of(request->context), request->arena, &wanted, ret_checkout);
}

/* Subscribed by now: a change after this reading has an event of its own. The page compares the
 * version with its own and asks for the fragment only if they differ. */
static void send_version(struct http_stream *stream, void *context) {
    struct request *request = context;
    struct checkout checkout;
    struct result loaded = load(request, &checkout);
    if (!result_is_ok(loaded)) {
        http_stream_end(stream);
        return;
    }
    const char *version = arena_printf(request->arena, "%016llx",
                                       (unsigned long long)checkout_version(&checkout.page));
    http_stream_send(stream, STR("changed"), str_from_c(version));
}

/* GET /{id}/events: says that there is something new, not what. Whoever commits a change publishes
 * an empty "changed" event, which costs next to nothing when nobody looks. */
struct reply handle_checkout_events(struct request *request) {
    struct checkout checkout;
    struct result loaded = load(request, &checkout);
    if (!result_is_ok(loaded)) {
        return page_refuse_result(request, page_language(request), loaded);
    }
    return reply_stream(request, (uint64_t)checkout.invoice_id, send_version, request);
}
