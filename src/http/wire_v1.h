/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_WIRE_V1_H
#define TILL_HTTP_WIRE_V1_H

/* How the old API answers: flat objects without `result`, and one shape of error that carries every
 * name old clients look for. */

#include "base/result.h"
#include "base/str.h"
#include "http/reply.h"

struct arena;
struct http_error;
struct http_error_body;
struct invoice_view;
struct request;

/* {"status":"error","error":"<sentence>","message":"<sentence>"} */
struct reply wire_v1_refuse(struct request *request, int status, const char *sentence);
/* 401, as old clients know it. */
struct reply wire_v1_refuse_key(struct request *request);
/* What a use case answered: 400, 401, or 406 while the service cannot. */
struct reply wire_v1_refuse_result(struct request *request, struct result result);

/* {"status":"success","pay_url":...,"currency":...,"invoice_id":...,"amount":...,"amount_usd":...}
 */
struct reply wire_v1_created(struct request *request, const struct invoice_view *view);
/* {"status":"success","status_invoice":"paid"} */
struct reply wire_v1_status(struct request *request, const struct invoice_view *view);

struct http_error_body wire_v1_error_body(struct arena *arena, const struct http_error *error);

#endif
