/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_NODE_HTTP_RPC_H
#define TILL_ADAPTERS_NODE_HTTP_RPC_H

/* JSON-RPC over one connection to one node: single calls, and batches of them in one request. An
 * answer is decoded while it arrives. Errors are those of node_http.h, and what the node's own
 * error codes mean in its dialect. One thread, except for rpc_wake and rpc_stop. */

#include "adapters/node_http/node_http.h"
#include "adapters/node_http/rpc_dialect.h"

struct rpc;

struct rpc_options {
    struct node_http_options http;
    const char *path; /* below the URL: "/jsonrpc"; NULL: the URL itself. Borrowed */
    const struct rpc_dialect *dialect; /* NULL: Bitcoin's */
};

enum { RPC_BATCH_MAX = 256 };

/* Reads one JSON value, which may turn out to be part of a bad answer: what it found counts only
 * when the call succeeds. Complains with json_fail. */
typedef void (*rpc_decode)(struct json_reader *reader, void *context);

struct rpc_call {
    const char *method;
    struct str params; /* a JSON array */
    size_t answer_bytes_max;
    uint32_t timeout_ms; /* 0: the connection's own */
    size_t depth_max;    /* of the answer's JSON; 0: as usual */
    rpc_decode decode;   /* of the answer's "result"; NULL if there is nothing to learn */
    void *context;
    bool takes_null;    /* a result of null is given to `decode` too; else it is no result */
    int64_t *ret_error; /* set to the node's own error code, or 0; NULL: nobody asks */
};

/* ERR_URL_INVALID; the detail never repeats the URL. */
struct result rpc_new(const struct rpc_options *options, struct arena *arena, struct rpc **ret_rpc);
void rpc_free(struct rpc *rpc);

/* The node's host, which may be shown. */
const char *rpc_label(const struct rpc *rpc);
/* The connection below, for requests that are no calls. */
struct node_http *rpc_http(struct rpc *rpc);

/* ERR_NODE_UNREACHABLE, ERR_NODE_NOT_READY, ERR_NODE_ANSWER; ERR_BLOCK_UNKNOWN when the node says
 * that what was asked for is not there. */
struct result rpc_call(struct rpc *rpc, struct arena *arena, const struct rpc_call *call);

/* At most RPC_BATCH_MAX calls in one request. Answers are matched by id, in any order. The node's
 * error to one call is that call's own result. Fails as a whole when an answer is missing, comes
 * twice or is nobody's; then the results mean nothing. A node that cannot answer batches, or mixes
 * them up, is asked one call after the other for a while, beginning with the next batch. */
struct result rpc_batch(struct rpc *rpc, struct arena *arena, const struct rpc_call *calls,
                        size_t count, struct result *ret_results);

/* One call in two steps, as node_http.h has it. */
struct result rpc_start(struct rpc *rpc, struct arena *arena, const struct rpc_call *call);
bool rpc_is_running(const struct rpc *rpc);
bool rpc_wait(struct rpc *rpc, uint32_t timeout_ms);
struct result rpc_finish(struct rpc *rpc, struct arena *arena, const struct rpc_call *call);
void rpc_cancel(struct rpc *rpc);

/* Whether a call since the last time asked had to connect anew: another node may answer now. */
bool rpc_took_connection(struct rpc *rpc);

/* Ends a running or the next rpc_wait; from any thread. */
void rpc_wake(struct rpc *rpc);
/* Ends all calls and waits with ERR_NODE_STOPPED, as node_http.h has it; from any thread. */
void rpc_stop(struct rpc *rpc);

#endif
