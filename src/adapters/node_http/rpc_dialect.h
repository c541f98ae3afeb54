/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_NODE_HTTP_RPC_DIALECT_H
#define TILL_ADAPTERS_NODE_HTTP_RPC_DIALECT_H

/* How families of nodes speak JSON-RPC: the version they want to read, and what their error codes
 * mean to a watcher. */

#include <stddef.h>
#include <stdint.h>

struct error_code;

struct rpc_meaning {
    int64_t code;
    const char *words; /* the node's message must hold them; NULL: any message */
    const struct error_code *meaning;
};

struct rpc_dialect {
    const char *version;                /* "1.0" */
    const struct rpc_meaning *meanings; /* the first that fits counts; else ERR_NODE_ANSWER */
    size_t meaning_count;
};

enum {
    RPC_METHOD_NOT_FOUND = -32601,
    RPC_INVALID_PARAMS = -32602,
    RPC_METHOD_NOT_SUPPORTED = -32004,
    RPC_LIMIT_EXCEEDED = -32005,
};

extern const struct rpc_dialect rpc_dialect_bitcoin;
extern const struct rpc_dialect rpc_dialect_evm; /* and java-tron's JSON-RPC */

#endif
