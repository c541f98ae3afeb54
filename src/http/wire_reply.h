/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_WIRE_REPLY_H
#define TILL_HTTP_WIRE_REPLY_H

/* How the merchant API answers: success around a result, and two shapes of error that clients know.
 * A: {"status":"error","result":{"<key>":"<sentence>"}}, always with 400. B:
 * {"detail":"<sentence>"} with any other status, which carries A's members too, because a client
 * breaks without them. */

#include "base/json_write.h"
#include "base/result.h"
#include "http/reply.h"

struct arena;
struct fields_report;
struct http_error;
struct http_error_body;
struct request;

/* {"status":"success","result":<whatever is written in between>} */
struct wire_success {
    struct buf text;
    struct json_writer json;
};
void wire_success_begin(struct request *request, struct wire_success *success);
struct reply wire_success_reply(struct request *request, struct wire_success *success);

/* Shape A. */
struct reply wire_refuse(struct request *request, const char *key, const char *sentence);
/* Shape A with an entry for each field: "amount not passed.", "Invalid value amount."; shape B if
 * the body could not be read at all. A nested field answers under its option's name. */
struct reply wire_refuse_fields(struct request *request, const struct fields_report *report);
/* Whatever a use case answered; what an operator must know is logged. */
struct reply wire_refuse_result(struct request *request, struct result result);
/* Shape B for a bad API key. */
struct reply wire_refuse_key(struct request *request);

/* Errors that no handler made: shape B, and what everything else gets, {"detail":"<sentence>"}. */
struct http_error_body wire_error_body(struct arena *arena, const struct http_error *error);
struct http_error_body wire_plain_error_body(struct arena *arena, const struct http_error *error);

#endif
