/* SPDX-License-Identifier: MIT */
#include "http/job_reply.h"

#include "app/app.h"
#include "app/job.h"
#include "base/arena.h"
#include "http/request.h"

struct job_reply {
    struct job job;
    struct http_completion completion;
    job_render_fn *render;
};

/* On the committer's thread. */
static void job_done(struct job *job) {
    struct job_reply *reply = job->context;
    http_complete_quietly(&reply->completion);
}

static struct reply render_outcome(struct request *request, void *context) {
    struct job_reply *reply = context;
    return reply->render(request, reply->job.outcome, reply->job.input);
}

struct reply reply_after_job(struct request *request, const struct app *app,
                             const struct use_case *use_case, void *input, job_render_fn *render) {
    struct job_reply *reply = ARENA_NEW(request->arena, struct job_reply);
    reply->job =
        (struct job){.use_case = use_case, .input = input, .done = job_done, .context = reply};
    reply->render = render;
    http_completion_arm(&reply->completion, request, render_outcome, reply);
    struct result submitted = app->queue->submit(app->queue, &reply->job);
    if (!result_is_ok(submitted)) {
        http_completion_disarm(&reply->completion);
        return render(request, submitted, input);
    }
    return reply_later(request);
}
