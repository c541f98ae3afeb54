/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_REPLY_H
#define TILL_HTTP_REPLY_H

/* What a handler answers. A reply is built by these functions only, and an unbuilt one stops the
 * process, so no path forgets to answer. Bodies and headers are borrowed: static, or in
 * `request->arena`. Content-Length, Date, Connection, CORS and X-Content-Type-Options are added
 * when the reply is written; HEAD is answered without the body.
 *
 * Answering later, from the committer:
 *
 *     struct job *job = ARENA_NEW(request->arena, struct job);
 *     http_completion_arm(&job->completion, request, render_job, job);
 *     if (!committer_submit(committer, job)) {
 *         http_completion_disarm(&job->completion);
 *         return reply_error(request, 503);
 *     }
 *     return reply_later(request);
 *
 * The committer's thread calls http_complete(&job->completion) once; then `render_job` runs on the
 * loop's thread and builds the reply. If the client has gone it does not run. Between submit and
 * http_complete only the committer's side touches the job; request->arena stays the loop's. */

#include "base/bytes.h"
#include "base/str.h"

struct http_completion;
struct http_stream;
struct request;

enum reply_kind { REPLY_UNBUILT, REPLY_WHOLE, REPLY_LATER, REPLY_STREAM };

struct reply_header {
    struct reply_header *next;
    struct str name;
    struct str value;
};

/* Opaque to handlers. */
struct [[nodiscard]] reply {
    enum reply_kind kind;
    int status;
    struct str content_type; /* empty: no body */
    struct bytes body;
    struct reply_header *headers;
    uint64_t topic;
    void (*on_open)(struct http_stream *stream, void *context);
    void *on_open_context;
    bool close;
};

#define CONTENT_JSON STR("application/json")
#define CONTENT_HTML STR("text/html; charset=utf-8")
#define CONTENT_TEXT STR("text/plain; charset=utf-8")

struct reply reply_ok(struct request *request, struct str content_type, struct str body);
struct reply reply_json(struct request *request, struct str body); /* 200 */
struct reply reply_status(struct request *request, int status, struct str content_type,
                          struct str body);
struct reply reply_empty(struct request *request, int status); /* 204, 304 */
struct reply reply_redirect(struct request *request, int status, struct str location);
/* The body comes from the listener's `error_body`; `sentence` NULL: the status's own. */
struct reply reply_error(struct request *request, int status, const char *sentence);
/* A completion must have been armed. */
struct reply reply_later(struct request *request);
/* Server-sent events, see http/stream.h. `on_open` runs once the stream is subscribed: it reads the
 * present state and sends it, so nothing is missed between. 503 over the caps. */
struct reply reply_stream(struct request *request, uint64_t topic,
                          void (*on_open)(struct http_stream *stream, void *context),
                          void *context);

/* Adds a header. A value with control bytes turns the reply into a 500. */
struct reply reply_with_header(struct request *request, struct reply reply, struct str name,
                               struct str value);
struct reply reply_and_close(struct reply reply);

/* "Not Found"; "Unknown" for a status we never send. */
const char *http_status_text(int status);

/* Lives in the job. Fields are private. */
struct http_completion {
    struct http_completion *next;
    struct request *request;
    struct reply (*render)(struct request *request, void *context);
    void *context;
};

void http_completion_arm(struct http_completion *completion, struct request *request,
                         struct reply (*render)(struct request *request, void *context),
                         void *context);
/* The job was not submitted after all. */
void http_completion_disarm(struct http_completion *completion);

/* From any thread, exactly once for each armed completion; the job may be gone right after.
 * http_complete wakes the loop; http_complete_quietly leaves that to one http_server_wake
 * for the whole batch (http/server.h). */
void http_complete(struct http_completion *completion);
void http_complete_quietly(struct http_completion *completion);

#endif
