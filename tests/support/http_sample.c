/* SPDX-License-Identifier: MIT */
#include "support/http_sample.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "http/reply.h"
#include "http/stream.h"

enum { SAMPLE_JOBS_MAX = 100000, BIG_BYTES = 1 << 20, TURN_US = 5000, TURNS_MAX = 4000 };

struct sample_job {
    struct sample_job *next;
    struct http_completion completion;
    struct sample *sample;
    struct str body;
};

struct sample {
    struct arena *arena;
    struct http_server *server;
    pthread_t committer;
    pthread_mutex_t lock;
    pthread_cond_t has_jobs;
    struct sample_job *first;
    struct sample_job **last;
    size_t waiting;
    bool must_stop;
    bool is_held;
    atomic_uint commit_us;
    atomic_ullong rendered;
    atomic_ullong committed;
};

static char big[BIG_BYTES];

/* ---- handlers */

static struct reply get_ok(struct request *request) {
    return reply_ok(request, CONTENT_TEXT, STR("ok"));
}

static struct reply echo(struct request *request) {
    struct buf buf = buf_in(request->arena);
    buf_put_str(&buf, request->method_text);
    buf_put_char(&buf, ' ');
    buf_put_str(&buf, request->path);
    buf_put_char(&buf, ' ');
    buf_put(&buf, request->body.ptr, request->body.len);
    return buf.failed ? reply_error(request, 413, NULL)
                      : reply_ok(request, CONTENT_TEXT, buf_str(&buf));
}

static struct reply get_thing(struct request *request) {
    return reply_ok(request, CONTENT_TEXT, request->path_parameter);
}

static struct reply get_big(struct request *request) {
    return reply_ok(request, CONTENT_TEXT, (struct str){.ptr = big, .len = sizeof big});
}

static struct reply get_page(struct request *request) {
    return reply_ok(request, CONTENT_HTML, STR("<p>hello"));
}

static struct reply get_remote(struct request *request) {
    return reply_ok(request, CONTENT_TEXT, ip_to_text(request->arena, &request->remote));
}

static struct reply get_moved(struct request *request) {
    struct str to = request->query.len > 0 ? request->query : STR("/ok");
    return reply_redirect(request, 303, to);
}

/* A header value with a line end in it must not become two headers. */
static struct reply get_inject(struct request *request) {
    return reply_redirect(request, 303, STR("/ok\r\nSet-Cookie: a=b"));
}

/* More than a request may hold. */
static struct reply get_greedy(struct request *request) {
    for (size_t size = 4096; size > 0; size /= 2) {
        while (arena_try_alloc(request->arena, size) != NULL) {
        }
    }
    return reply_ok(request, CONTENT_TEXT, STR("never"));
}

static void greet(struct http_stream *stream, void *context) {
    const struct str *query = context;
    http_stream_send(stream, STR("hello"), STR("first\nsecond"));
    if (str_eq(*query, STR("end"))) {
        http_stream_end(stream);
    }
}

static struct reply get_events(struct request *request) {
    uint64_t topic;
    if (!str_to_u64(request->path_parameter, &topic)) {
        return reply_error(request, 404, NULL);
    }
    return reply_stream(request, topic, greet, &request->query);
}

static struct reply render_later(struct request *request, void *context) {
    struct sample_job *job = context;
    atomic_fetch_add(&job->sample->rendered, 1);
    return reply_ok(request, CONTENT_TEXT, job->body);
}

static bool submit(struct sample *sample, struct sample_job *job) {
    (void)pthread_mutex_lock(&sample->lock);
    bool fits = sample->waiting < SAMPLE_JOBS_MAX && !sample->must_stop;
    if (fits) {
        sample->waiting++;
        *sample->last = job;
        sample->last = &job->next;
        (void)pthread_cond_signal(&sample->has_jobs);
    }
    (void)pthread_mutex_unlock(&sample->lock);
    return fits;
}

static struct reply post_later(struct request *request) {
    struct sample_job *job = ARENA_NEW(request->arena, struct sample_job);
    job->sample = request->context;
    job->body = (struct str){.ptr = (const char *)request->body.ptr, .len = request->body.len};
    http_completion_arm(&job->completion, request, render_later, job);
    if (!submit(job->sample, job)) {
        http_completion_disarm(&job->completion);
        return reply_error(request, 503, NULL);
    }
    return reply_later(request);
}

static struct reply render_twice(struct request *request, void *context) {
    return post_later(request);
}

/* An answer that takes two jobs, one after the other. */
static struct reply post_twice(struct request *request) {
    struct sample_job *job = ARENA_NEW(request->arena, struct sample_job);
    job->sample = request->context;
    http_completion_arm(&job->completion, request, render_twice, job);
    if (!submit(job->sample, job)) {
        http_completion_disarm(&job->completion);
        return reply_error(request, 503, NULL);
    }
    return reply_later(request);
}

enum { CALLER_ANYONE, CALLER_TOKEN };

static bool admit(struct request *request, struct reply *ret_refusal) {
    if (request->route->caller == CALLER_TOKEN &&
        !str_eq(request_header(request, STR("authorization")), STR("Token good"))) {
        *ret_refusal = reply_error(request, 403, NULL);
        return false;
    }
    return true;
}

/* Operators' routes are not for scripts of other sites. */
static bool is_cors(const struct route *route) {
    return route != NULL && route->caller == CALLER_ANYONE;
}

static struct reply add_page_headers(struct request *request, struct reply reply) {
    return reply_with_header(request, reply, STR("Content-Security-Policy"),
                             STR("default-src 'none'"));
}

static const struct route routes[] = {
    {HTTP_GET, "/ok", CALLER_ANYONE, get_ok},
    {HTTP_GET, "/big", CALLER_ANYONE, get_big},
    {HTTP_GET, "/page", CALLER_ANYONE, get_page},
    {HTTP_GET, "/remote", CALLER_ANYONE, get_remote},
    {HTTP_GET, "/inject", CALLER_ANYONE, get_inject},
    {HTTP_GET, "/greedy", CALLER_ANYONE, get_greedy},
    {HTTP_GET, "/moved", CALLER_ANYONE, get_moved},
    {HTTP_GET, "/echo", CALLER_ANYONE, echo},
    {HTTP_POST, "/echo", CALLER_ANYONE, echo},
    {HTTP_DELETE, "/echo", CALLER_ANYONE, echo},
    {HTTP_POST, "/later", CALLER_ANYONE, post_later},
    {HTTP_POST, "/twice", CALLER_ANYONE, post_twice},
    {HTTP_POST, "/private", CALLER_TOKEN, echo},
    {HTTP_GET, "/thing/{id}", CALLER_ANYONE, get_thing},
    {HTTP_GET, "/{id}/events", CALLER_ANYONE, get_events},
};

/* ---- the committer */

static struct sample_job *take_batch(struct sample *sample) {
    (void)pthread_mutex_lock(&sample->lock);
    while ((sample->first == NULL || sample->is_held) && !sample->must_stop) {
        (void)pthread_cond_wait(&sample->has_jobs, &sample->lock);
    }
    struct sample_job *batch = sample->first;
    sample->first = NULL;
    sample->last = &sample->first;
    sample->waiting = 0;
    (void)pthread_mutex_unlock(&sample->lock);
    return batch;
}

static void *commit(void *context) {
    struct sample *sample = context;
    struct sample_job *job;
    while ((job = take_batch(sample)) != NULL) {
        (void)usleep(atomic_load(&sample->commit_us));
        while (job != NULL) {
            struct sample_job *next = job->next; /* gone once it is completed */
            atomic_fetch_add(&sample->committed, 1);
            http_complete_quietly(&job->completion);
            job = next;
        }
        http_server_wake(sample->server);
    }
    return NULL;
}

/* ---- life */

struct http_limits sample_limits(void) {
    struct http_limits limits = HTTP_LIMITS_DEFAULT;
    limits.head_ms = 30000;
    limits.body_ms = 30000;
    limits.connections_max = 2000;
    limits.connections_per_ip_max = 1000;
    limits.stream_keepalive_ms = 60000;
    return limits;
}

struct sample *sample_start(const struct http_limits *limits, unsigned loops,
                            const char *unix_path) {
    struct sample *sample = calloc(1, sizeof *sample);
    BUG_IF(sample == NULL);
    memset(big, 'b', sizeof big);
    sample->arena = arena_new(1 << 20);
    sample->last = &sample->first;
    (void)pthread_mutex_init(&sample->lock, NULL);
    (void)pthread_cond_init(&sample->has_jobs, NULL);
    const struct http_listener listeners[] = {
        {.address = "127.0.0.1:0",
         .routes = {routes, sizeof routes / sizeof routes[0]},
         .context = sample,
         .is_cors = is_cors,
         .admit = admit,
         .page_headers = add_page_headers},
        {.address = unix_path, .routes = {routes, 1}, .context = sample},
    };
    const struct http_options options = {
        .loops = loops,
        .limits = *limits,
        .trusted_proxies = "127.0.0.77, 10.0.0.0/8",
        .listeners = listeners,
        .listener_count = unix_path == NULL ? 1 : 2,
    };
    struct result result = http_server_new(sample->arena, &options, &sample->server);
    if (!result_is_ok(result)) {
        (void)fprintf(stderr, "sample: %s\n", result_text(result));
    }
    BUG_IF(!result_is_ok(result));
    BUG_IF(pthread_create(&sample->committer, NULL, commit, sample) != 0);
    http_server_start(sample->server);
    return sample;
}

void sample_stop(struct sample *sample) {
    http_server_stop(sample->server);
    (void)pthread_mutex_lock(&sample->lock);
    sample->must_stop = true;
    (void)pthread_cond_signal(&sample->has_jobs);
    (void)pthread_mutex_unlock(&sample->lock);
    (void)pthread_join(sample->committer, NULL);
    http_server_free(sample->server);
    (void)pthread_mutex_destroy(&sample->lock);
    (void)pthread_cond_destroy(&sample->has_jobs);
    arena_free(sample->arena);
    free(sample);
}

uint16_t sample_port(const struct sample *sample) {
    return http_server_port(sample->server, 0);
}

struct http_server *sample_server(const struct sample *sample) {
    return sample->server;
}

void sample_set_commit_us(struct sample *sample, unsigned commit_us) {
    atomic_store(&sample->commit_us, commit_us);
}

void sample_hold(struct sample *sample, bool is_held) {
    (void)pthread_mutex_lock(&sample->lock);
    sample->is_held = is_held;
    (void)pthread_cond_signal(&sample->has_jobs);
    (void)pthread_mutex_unlock(&sample->lock);
}

bool sample_wait_open(const struct sample *sample, uint64_t connections) {
    for (int turn = 0; turn < TURNS_MAX; turn++) {
        if (http_server_counters(sample->server).connections_open == connections) {
            return true;
        }
        (void)usleep(TURN_US);
    }
    return false;
}

uint64_t sample_rendered(const struct sample *sample) {
    return atomic_load(&sample->rendered);
}

uint64_t sample_committed(const struct sample *sample) {
    return atomic_load(&sample->committed);
}
