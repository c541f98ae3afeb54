/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_MERCHANT_CALL_H
#define TILL_HTTP_MERCHANT_CALL_H

/* A call of the merchant API: who calls, and a view of the store to answer from. The shop can be
 * had from here only, so a handler that needs it cannot forget to ask for the key. */

#include "app/invoice_view.h"
#include "http/reply.h"

struct app;
struct request;
struct reader_pool;
struct store_conn;

struct merchant_call {
    const struct app *app;
    struct reader_pool *readers;
    struct store_conn *reader;
    struct shop_row shop; /* whose key it is */
    int64_t key_id;
};

/* Is there an API key at all, right or wrong? False: `*ret_refusal` is the answer. */
bool merchant_key_is_given(struct request *request, struct reply *ret_refusal);

/* False: `*ret_refusal` is the answer. Ends with merchant_call_end either way. */
bool merchant_call_begin(struct request *request, struct merchant_call *ret_call,
                         struct reply *ret_refusal);
void merchant_call_end(struct merchant_call *call);

#endif
