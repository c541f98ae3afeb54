/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_NODE_HTTP_RPC_ANSWER_H
#define TILL_ADAPTERS_NODE_HTTP_RPC_ANSWER_H

/* The envelope of a JSON-RPC answer, in its 1.0 and 2.0 forms, from any source of bytes: who it is
 * for, its result or its error, and what that error means to us. Alone, or many in an array. */

#include "adapters/node_http/rpc.h"
#include "base/json_read.h"
#include "base/result.h"

struct arena;
struct rpc_dialect;

struct rpc_question {
    const struct rpc_call *calls; /* one, unless it is a batch */
    size_t count;
    uint64_t id; /* of the first call; the others follow */
    const struct rpc_dialect *dialect;
    const char *label;     /* of the node, for messages */
    struct arena *scratch; /* for decoding */
};

/* The errors of rpc_call that an answer can mean; details live in `arena`. */
struct result rpc_answer_decode(const struct rpc_question *question, struct arena *arena,
                                struct json_source source);

/* What a node is bad at. */
struct rpc_flaws {
    bool is_mixed_up; /* it does not know batches, or gives a result before it says whose it is, and
                         not in the order of the calls */
    bool left_out[RPC_BATCH_MAX]; /* calls for whose answers it found the others too long */
};

/* The same for a batch, as rpc_batch has it. */
struct result rpc_answers_decode(const struct rpc_question *question, struct arena *arena,
                                 struct json_source source, struct result *ret_results,
                                 struct rpc_flaws *ret_flaws);

#endif
