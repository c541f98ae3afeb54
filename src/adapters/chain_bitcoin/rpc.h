/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_BITCOIN_RPC_H
#define TILL_ADAPTERS_CHAIN_BITCOIN_RPC_H

/* One kept-alive connection to one node, for JSON-RPC calls one after another. The answer is
 * decoded while it arrives, so its size costs no memory. Says what went wrong in the words of
 * ports/chain.h; knows nothing of blocks. Credentials come from the URL or the node's cookie file
 * and appear in no message. One thread, except for rpc_wake. */

#include "base/json_read.h"
#include "base/result.h"
#include "base/str.h"

struct arena;
struct rpc;

struct rpc_options {
    struct str url;          /* http://user:password@host:port; the login may be missing */
    const char *cookie_file; /* used when the URL has no login; NULL or "": none */
    uint32_t timeout_ms;     /* for a whole call that does not say otherwise */
};

/* Reads one JSON value, which may turn out to be part of a bad answer: what it found counts only
 * when the call succeeds. Complains with json_fail. */
typedef void (*rpc_decode)(struct json_reader *reader, void *context);

struct rpc_call {
    const char *method;
    struct str params; /* a JSON array */
    size_t answer_bytes_max;
    uint32_t timeout_ms; /* 0: the connection's own */
    rpc_decode decode;   /* of the answer's "result"; NULL if there is nothing to learn */
    void *context;
};

/* ERR_URL_INVALID; the detail never repeats the URL. */
struct result rpc_new(const struct rpc_options *options, struct arena *arena, struct rpc **ret_rpc);
void rpc_free(struct rpc *rpc);

/* The URL without its login. */
const char *rpc_label(const struct rpc *rpc);

/* ERR_NODE_UNREACHABLE, ERR_NODE_NOT_READY, ERR_NODE_ANSWER; ERR_BLOCK_UNKNOWN when the node says
 * that what was asked for is not there; ERR_NODE_REFUSED when it refuses the login. */
struct result rpc_call(struct rpc *rpc, struct arena *arena, const struct rpc_call *call);

/* The same in two steps, for a call that takes its time: rpc_wait returns true once the answer is
 * there, false after `timeout_ms` or a wake. Then rpc_finish decodes it. */
struct result rpc_start(struct rpc *rpc, struct arena *arena, const struct rpc_call *call);
bool rpc_is_running(const struct rpc *rpc);
bool rpc_wait(struct rpc *rpc, uint32_t timeout_ms);
struct result rpc_finish(struct rpc *rpc, struct arena *arena, const struct rpc_call *call);
/* Gives up what was started. */
void rpc_cancel(struct rpc *rpc);

/* Whether a call since the last time asked had to connect anew: another node may answer now. */
bool rpc_took_connection(struct rpc *rpc);

/* Ends a running or the next rpc_wait; from any thread. */
void rpc_wake(struct rpc *rpc);

#endif
