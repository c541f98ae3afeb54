/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/node.h"

#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "core/error.h"

enum {
    SCRATCH_BYTES_MAX = 64 << 20, /* bounds a long answer's odd parts; mostly a few KB are used */
    TEXT_BYTES_MAX = 8 << 20,     /* a transaction has at most 500 KB; a log's data are longer */
    DEPTH_MAX = 32,
    KEYS_MAX = 4096,
    PAUSE_MS_FIRST = 1000,
    BUSY_PAUSE_MS_MAX = 60000,
    ANSWER_PAUSE_MS_MAX = 4000,
    SPAN_FIRST = 20,
};

int64_t tron_monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- life cycle */

static struct result open_connections(struct tron_node *node,
                                      const struct tron_node_options *options,
                                      struct arena *arena) {
    bool has_own_rpc = options->jsonrpc_url.len > 0;
    struct node_http_options http = {
        .url = options->url, .header = options->header, .timeout_ms = options->timeout_ms};
    struct node_http_options rpc_http = http;
    rpc_http.url = has_own_rpc ? options->jsonrpc_url : options->url;
    struct rpc_options rpc = {
        .http = rpc_http,
        .path = has_own_rpc ? NULL : "/jsonrpc",
        .dialect = &rpc_dialect_evm,
    };
    TRY(rpc_new(&rpc, arena, &node->rpc));
    if (has_own_rpc) {
        TRY(node_http_new(&http, arena, &node->own_full));
    }
    if (options->solidity_url.len > 0) {
        http.url = options->solidity_url;
        TRY(node_http_new(&http, arena, &node->own_solid));
    }
    return RESULT_OK;
}

struct result tron_node_init(struct tron_node *node, struct tron_demand *demand,
                             const struct tron_node_options *options, struct arena *arena) {
    *node = (struct tron_node){.demand = demand, .span = SPAN_FIRST, .log_span = TRON_RANGE_MAX};
    node->scratch = arena_new(SCRATCH_BYTES_MAX);
    struct result opened = open_connections(node, options, arena);
    if (!result_is_ok(opened)) {
        tron_node_release(node);
    }
    return opened;
}

void tron_node_release(struct tron_node *node) {
    rpc_free(node->rpc);
    node_http_free(node->own_full);
    node_http_free(node->own_solid);
    arena_free(node->scratch);
    *node = (struct tron_node){0};
}

static struct node_http *connection_of(struct tron_node *node, enum tron_folder folder) {
    struct node_http *full = node->own_full == NULL ? rpc_http(node->rpc) : node->own_full;
    return folder == TRON_SOLID && node->own_solid != NULL ? node->own_solid : full;
}

bool tron_node_took_connection(struct tron_node *node) {
    bool rpc = rpc_took_connection(node->rpc);
    bool full = node->own_full != NULL && node_http_took_connection(node->own_full);
    bool solid = node->own_solid != NULL && node_http_took_connection(node->own_solid);
    return rpc || full || solid;
}

void tron_node_stop(struct tron_node *node) {
    rpc_stop(node->rpc);
    if (node->own_full != NULL) {
        node_http_stop(node->own_full);
    }
    if (node->own_solid != NULL) {
        node_http_stop(node->own_solid);
    }
}

/* ---- pauses */

static struct result judge_pause(const struct tron_node *node, struct arena *arena,
                                 const char *name) {
    int64_t left_ms = node->pause_until_ms - tron_monotonic_ms();
    if (left_ms <= 0) {
        return RESULT_OK;
    }
    return result_failf(
        arena, &ERR_NODE_UNREACHABLE,
        "could not call %s at %s: it is left alone for %lld ms, after it refused us", name,
        rpc_label(node->rpc), (long long)left_ms);
}

/* Between half of it and all of it, so that many of us do not come back at the same moment. */
static uint32_t with_jitter(uint32_t pause_ms) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return pause_ms / 2 + (uint32_t)((uint64_t)now.tv_nsec / 1000 % (pause_ms / 2 + 1));
}

static void pause_after(struct tron_node *node, struct result result, bool is_busy) {
    if (result_is_ok(result) || result.code == &ERR_BLOCK_UNKNOWN) {
        node->pause_ms = 0;
        return;
    }
    if (!is_busy && result.code != &ERR_NODE_ANSWER) {
        return; /* nobody is there: asking costs nothing */
    }
    uint32_t longest_ms = is_busy ? BUSY_PAUSE_MS_MAX : ANSWER_PAUSE_MS_MAX;
    uint32_t pause_ms = node->pause_ms == 0 ? PAUSE_MS_FIRST : node->pause_ms * 2;
    node->pause_ms = pause_ms < longest_ms ? pause_ms : longest_ms;
    /* The first strange answer may be a block that has just been replaced. */
    bool is_first_answer = !is_busy && pause_ms == PAUSE_MS_FIRST;
    if (!is_first_answer) {
        node->pause_until_ms = tron_monotonic_ms() + with_jitter(node->pause_ms);
    }
}

static bool is_busy_status(long status) {
    return status == 403 || status == 429 || status == 503;
}

static bool is_lack_status(long status) {
    return status == 404 || status == 405;
}

/* ---- questions */

struct reading {
    const struct tron_node *node;
    const struct tron_question *question;
};

static struct result read_answer(struct json_source source, struct arena *arena, void *context) {
    const struct reading *reading = context;
    const struct tron_question *question = reading->question;
    struct json_limits limits = {
        .depth_max = DEPTH_MAX,
        .text_bytes_max = TEXT_BYTES_MAX,
        .total_bytes_max = question->answer_bytes_max,
        .keys_max = KEYS_MAX,
    };
    struct json_reader reader;
    json_reader_init_source(&reader, reading->node->scratch, source, limits);
    question->decode(&reader, question->context);
    const char *label = rpc_label(reading->node->rpc);
    if (!json_reader_finish(&reader)) {
        return result_failf(arena, &ERR_NODE_ANSWER, "%s at %s: %s", question->name, label,
                            json_reader_error(&reader));
    }
    if (!question->error->is_set) {
        return RESULT_OK;
    }
    const struct error_code *meaning =
        api_error_is_limit(question->error) ? &ERR_NODE_UNREACHABLE : &ERR_NODE_ANSWER;
    return result_failf(arena, meaning, "%s at %s: the node says \"%s\"", question->name, label,
                        question->error->text);
}

struct result tron_node_ask(struct tron_node *node, struct arena *arena,
                            const struct tron_question *question) {
    TRY(judge_pause(node, arena, question->name));
    arena_reset(node->scratch);
    *question->error = (struct api_error){0};
    const char *folder = question->folder == TRON_SOLID ? "walletsolidity" : "wallet";
    struct reading reading = {.node = node, .question = question};
    struct node_http_request request = {
        .name = question->name,
        .path = arena_printf(arena, "/%s/%s", folder, question->name),
        .body = question->body,
        .read = read_answer,
        .context = &reading,
    };
    struct node_http *http = connection_of(node, question->folder);
    struct result done = node_http_call(http, arena, &request);
    long status = node_http_status(http);
    bool is_lack = question->ret_lacks != NULL && !result_is_ok(done) && is_lack_status(status);
    if (is_lack) {
        *question->ret_lacks = true;
        return done;
    }
    bool is_limit = question->error->is_set && api_error_is_limit(question->error);
    pause_after(node, done, !result_is_ok(done) && (is_limit || is_busy_status(status)));
    return done;
}

struct result tron_node_call(struct tron_node *node, struct arena *arena,
                             const struct rpc_call *call) {
    TRY(judge_pause(node, arena, call->method));
    int64_t error = 0;
    struct rpc_call asked = *call;
    if (asked.ret_error == NULL) {
        asked.ret_error = &error;
    }
    struct result done = rpc_call(node->rpc, arena, &asked);
    long status = node_http_status(rpc_http(node->rpc));
    bool is_failure = !result_is_ok(done);
    if (is_failure && (is_lack_status(status) || *asked.ret_error == RPC_METHOD_NOT_FOUND)) {
        node->lacks_rpc = true;
        return done;
    }
    if (*asked.ret_error == 0) { /* an error of the call itself says nothing about being welcome */
        pause_after(node, done, is_failure && is_busy_status(status));
    }
    return done;
}
