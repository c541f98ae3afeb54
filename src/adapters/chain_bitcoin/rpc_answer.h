/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_BITCOIN_RPC_ANSWER_H
#define TILL_ADAPTERS_CHAIN_BITCOIN_RPC_ANSWER_H

/* The envelope of a JSON-RPC answer, in its 1.0 and 2.0 forms, from any source of bytes: who it is
 * for, its result or its error, and what that error means to us. */

#include "base/json_read.h"
#include "base/result.h"

struct arena;
struct rpc_call;

struct rpc_question {
    const struct rpc_call *call;
    uint64_t id;
    const char *label;     /* of the node, for messages */
    struct arena *scratch; /* for decoding */
};

/* The errors of rpc_call that an answer can mean; details live in `arena`. */
struct result rpc_answer_decode(const struct rpc_question *question, struct arena *arena,
                                struct json_source source);

#endif
