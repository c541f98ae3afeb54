/* SPDX-License-Identifier: MIT */
#include "http/invoice_input.h"

#include "base/arena.h"
#include "http/create_reply.h"
#include "http/job_reply.h"
#include "http/merchant_call.h"
#include "http/request.h"
#include "http/service.h"
#include "http/wire/currency.h"

struct making {
    struct invoice_create create;
    const struct create_words *words;
};

/* The committer's view of it starts with the use case's own input. */
static_assert(offsetof(struct making, create) == 0);

bool invoice_input_read(struct arena *arena, const struct invoice_input *input,
                        struct invoice_wanted *ret_wanted) {
    *ret_wanted = (struct invoice_wanted){
        .amount = input->amount,
        .fiat = fiat_usd(),
        .order_id = input->order_id,
        .email = input->email,
    };
    if (input->currency.ptr != NULL) {
        ret_wanted->fiat = wire_fiat_by_text(arena, input->currency);
    }
    return ret_wanted->fiat != NULL;
}

static struct reply render_made(struct request *request, struct result outcome, void *input) {
    const struct making *making = input;
    if (result_is_ok(outcome)) {
        atomic_fetch_add(&service_of(request->context)->counters->invoices_created, 1);
    }
    return create_reply(request, outcome, making->words, &making->create, &making->create.once);
}

struct reply invoice_input_create(struct request *request, const struct merchant_call *call,
                                  const struct invoice_wanted *wanted,
                                  const struct idempotency_key_row *key,
                                  const struct create_words *words) {
    struct making *making = ARENA_NEW(request->arena, struct making);
    struct result prepared = invoice_prepare(call->app, call->reader, request->arena, &call->shop,
                                             wanted, &making->create);
    if (!result_is_ok(prepared)) {
        return words->refuse(request, prepared);
    }
    making->words = words;
    struct reply answered;
    if (!create_keep_reply(request, words, &making->create, key, &making->create.once, &answered)) {
        return answered;
    }
    return reply_after_job(request, call->app, &invoice_create_use_case, &making->create,
                           render_made);
}
