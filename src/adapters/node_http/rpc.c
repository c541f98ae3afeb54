/* SPDX-License-Identifier: MIT */
#include "adapters/node_http/rpc.h"

#include <stdlib.h>

#include "adapters/node_http/rpc_answer.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"

enum {
    SCRATCH_BYTES_MAX = 64 << 20, /* a transaction of 4 MB in hex, in a buffer that doubles */
    SINGLE_CALLS = 1000,          /* to a node that is bad at batches, before it may try again */
};

struct rpc {
    struct node_http *http;
    const char *path;
    const struct rpc_dialect *dialect;
    struct arena *scratch;
    uint64_t last_id;
    size_t single_calls_left;
};

/* ---- one call */

static void put_call(struct rpc *rpc, struct buf *body, const struct rpc_call *call) {
    rpc->last_id++;
    buf_putf(body,
             "{\"jsonrpc\":\"%s\",\"id\":%llu,\"method\":\"%s\",\"params\":", rpc->dialect->version,
             (unsigned long long)rpc->last_id, call->method);
    buf_put_str(body, call->params);
    buf_put_char(body, '}');
}

struct answer_reader {
    struct rpc_question question;
    struct result *results; /* NULL: not a batch */
    struct rpc_flaws flaws;
};

static struct answer_reader reader_of(struct rpc *rpc, const struct rpc_call *calls, size_t count) {
    return (struct answer_reader){.question = {.calls = calls,
                                               .count = count,
                                               .id = rpc->last_id - (count - 1),
                                               .dialect = rpc->dialect,
                                               .label = node_http_label(rpc->http),
                                               .scratch = rpc->scratch}};
}

static struct result read_answer(struct json_source source, struct arena *arena, void *context) {
    struct answer_reader *reader = context;
    if (reader->results == NULL) {
        return rpc_answer_decode(&reader->question, arena, source);
    }
    return rpc_answers_decode(&reader->question, arena, source, reader->results, &reader->flaws);
}

static struct node_http_request request_for(struct rpc *rpc, const struct rpc_call *call,
                                            struct answer_reader *reader) {
    return (struct node_http_request){.name = call->method,
                                      .path = rpc->path,
                                      .timeout_ms = call->timeout_ms,
                                      .read = read_answer,
                                      .context = reader};
}

static struct str body_of(struct rpc *rpc, const struct rpc_call *call) {
    arena_reset(rpc->scratch);
    struct buf body = buf_in(rpc->scratch);
    put_call(rpc, &body, call);
    BUG_IF(body.failed);
    return buf_str(&body);
}

struct result rpc_call(struct rpc *rpc, struct arena *arena, const struct rpc_call *call) {
    struct str body = body_of(rpc, call);
    struct answer_reader reader = reader_of(rpc, call, 1);
    struct node_http_request request = request_for(rpc, call, &reader);
    request.body = body;
    return node_http_call(rpc->http, arena, &request);
}

struct result rpc_start(struct rpc *rpc, struct arena *arena, const struct rpc_call *call) {
    BUG_IF(rpc_is_running(rpc));
    struct str body = body_of(rpc, call);
    struct node_http_request request = request_for(rpc, call, NULL);
    request.body = body;
    return node_http_start(rpc->http, arena, &request);
}

struct result rpc_finish(struct rpc *rpc, struct arena *arena, const struct rpc_call *call) {
    struct answer_reader reader = reader_of(rpc, call, 1);
    struct node_http_request request = request_for(rpc, call, &reader);
    return node_http_finish(rpc->http, arena, &request);
}

/* ---- a batch */

static struct result call_together(struct rpc *rpc, struct arena *arena,
                                   const struct rpc_call *calls, size_t count,
                                   struct result *ret_results, struct rpc_flaws *ret_flaws) {
    arena_reset(rpc->scratch);
    struct buf body = buf_in(rpc->scratch);
    uint32_t timeout_ms = 0;
    for (size_t i = 0; i < count; i++) {
        buf_put_char(&body, i == 0 ? '[' : ',');
        put_call(rpc, &body, &calls[i]);
        timeout_ms = calls[i].timeout_ms > timeout_ms ? calls[i].timeout_ms : timeout_ms;
    }
    buf_put_char(&body, ']');
    BUG_IF(body.failed);
    struct answer_reader reader = reader_of(rpc, calls, count);
    reader.results = ret_results;
    struct node_http_request request = request_for(rpc, calls, &reader);
    request.timeout_ms = timeout_ms;
    request.body = buf_str(&body);
    struct result done = node_http_call(rpc->http, arena, &request);
    *ret_flaws = reader.flaws;
    return done;
}

/* What the node said to one call is that call's own; that it could not be asked ends it all. */
static struct result call_alone(struct rpc *rpc, struct arena *arena, const struct rpc_call *asked,
                                struct result *ret_result) {
    int64_t error = 0;
    struct rpc_call call = *asked;
    call.ret_error = &error;
    *ret_result = rpc_call(rpc, arena, &call);
    if (asked->ret_error != NULL) {
        *asked->ret_error = error;
    }
    return error == 0 ? *ret_result : RESULT_OK;
}

/* `which`: NULL for all. */
static struct result call_in_turn(struct rpc *rpc, struct arena *arena,
                                  const struct rpc_call *calls, size_t count, const bool *which,
                                  struct result *ret_results) {
    for (size_t i = 0; i < count; i++) {
        if (which == NULL || which[i]) {
            TRY(call_alone(rpc, arena, &calls[i], &ret_results[i]));
        }
    }
    return RESULT_OK;
}

struct result rpc_batch(struct rpc *rpc, struct arena *arena, const struct rpc_call *calls,
                        size_t count, struct result *ret_results) {
    BUG_IF(count == 0 || count > RPC_BATCH_MAX);
    if (rpc->single_calls_left > 0) {
        rpc->single_calls_left -= count < rpc->single_calls_left ? count : rpc->single_calls_left;
        return call_in_turn(rpc, arena, calls, count, NULL, ret_results);
    }
    struct rpc_flaws flaws;
    struct result done = call_together(rpc, arena, calls, count, ret_results, &flaws);
    rpc->single_calls_left = flaws.is_mixed_up ? SINGLE_CALLS : 0;
    TRY(done);
    return call_in_turn(rpc, arena, calls, count, flaws.left_out, ret_results);
}

/* ---- the connection */

bool rpc_is_running(const struct rpc *rpc) {
    return node_http_is_running(rpc->http);
}

bool rpc_wait(struct rpc *rpc, uint32_t timeout_ms) {
    return node_http_wait(rpc->http, timeout_ms);
}

void rpc_cancel(struct rpc *rpc) {
    node_http_cancel(rpc->http);
}

bool rpc_took_connection(struct rpc *rpc) {
    return node_http_took_connection(rpc->http);
}

void rpc_wake(struct rpc *rpc) {
    node_http_wake(rpc->http);
}

void rpc_stop(struct rpc *rpc) {
    node_http_stop(rpc->http);
}

const char *rpc_label(const struct rpc *rpc) {
    return node_http_label(rpc->http);
}

struct node_http *rpc_http(struct rpc *rpc) {
    return rpc->http;
}

/* ---- life cycle */

struct result rpc_new(const struct rpc_options *options, struct arena *arena,
                      struct rpc **ret_rpc) {
    struct node_http *http;
    TRY(node_http_new(&options->http, arena, &http));
    struct rpc *rpc = calloc(1, sizeof(*rpc));
    BUG_IF(rpc == NULL);
    *rpc = (struct rpc){
        .http = http,
        .path = options->path,
        .dialect = options->dialect ? options->dialect : &rpc_dialect_bitcoin,
        .scratch = arena_new(SCRATCH_BYTES_MAX),
    };
    *ret_rpc = rpc;
    return RESULT_OK;
}

void rpc_free(struct rpc *rpc) {
    if (rpc == NULL) {
        return;
    }
    node_http_free(rpc->http);
    arena_free(rpc->scratch);
    free(rpc);
}
