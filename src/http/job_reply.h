/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_JOB_REPLY_H
#define TILL_HTTP_JOB_REPLY_H

/* Answers a request with what became of a use case, after its commit. */

#include "base/result.h"
#include "http/reply.h"

struct app;
struct request;
struct use_case;

/* On the loop's thread; `outcome` is the use case's, or ERR_QUEUE_FULL if it never ran. */
typedef struct reply job_render_fn(struct request *request, struct result outcome, void *input);

/* `input` lives in request->arena and belongs to the committer until `render` runs. The committer
 * must wake the server after each batch (http_server_wake). */
struct reply reply_after_job(struct request *request, const struct app *app,
                             const struct use_case *use_case, void *input, job_render_fn *render);

#endif
