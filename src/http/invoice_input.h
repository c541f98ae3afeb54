/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_INVOICE_INPUT_H
#define TILL_HTTP_INVOICE_INPUT_H

/* What every API takes of a new invoice, and what it does with it: one list of fields, one way to
 * the use case. The words of the answer are the API's own. */

#include "app/invoice_create.h"
#include "http/fields.h"
#include "http/reply.h"

struct create_words;
struct merchant_call;
struct request;

struct invoice_input {
    struct str shop_id;
    struct str amount;
    struct str currency;
    struct str order_id;
    struct str email;
};

/* Rows for a list of fields; `member` is the struct invoice_input in `type`. */
#define INVOICE_FIELDS(type, member)                                                               \
    {"amount", FIELD_DECIMAL, FIELD_REQUIRED, 0, offsetof(type, member.amount)},                   \
        {"shop_id", FIELD_ID, FIELD_REQUIRED, 0, offsetof(type, member.shop_id)},                  \
        {"currency", FIELD_ID, 0, 0, offsetof(type, member.currency)},                             \
        {"order_id", FIELD_ID, 0, ORDER_ID_BYTES_MAX, offsetof(type, member.order_id)}, {          \
        "email", FIELD_ID, 0, EMAIL_BYTES_MAX, offsetof(type, member.email)                        \
    }

/* False if the currency is none that we know. */
bool invoice_input_read(struct arena *arena, const struct invoice_input *input,
                        struct invoice_wanted *ret_wanted);

/* Makes it and answers; `words` is static and shows a struct invoice_create. */
struct reply invoice_input_create(struct request *request, const struct merchant_call *call,
                                  const struct invoice_wanted *wanted,
                                  const struct idempotency_key_row *key,
                                  const struct create_words *words);

#endif
