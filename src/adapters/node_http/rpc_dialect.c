/* SPDX-License-Identifier: MIT */
#include "adapters/node_http/rpc_dialect.h"

#include "core/error.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct rpc_meaning bitcoin_meanings[] = {
    {-5, NULL, &ERR_BLOCK_UNKNOWN},   /* RPC_INVALID_ADDRESS_OR_KEY: no such block or transaction */
    {-8, NULL, &ERR_BLOCK_UNKNOWN},   /* RPC_INVALID_PARAMETER: the height is out of range */
    {-9, NULL, &ERR_NODE_NOT_READY},  /* RPC_CLIENT_NOT_CONNECTED */
    {-10, NULL, &ERR_NODE_NOT_READY}, /* RPC_CLIENT_IN_INITIAL_DOWNLOAD */
    {-28, NULL, &ERR_NODE_NOT_READY}, /* RPC_IN_WARMUP */
};

/* The codes of EIP-1474. Nodes use -32000 for nearly everything, so there the words decide. */
static const struct rpc_meaning evm_meanings[] = {
    {-32000, "not found", &ERR_BLOCK_UNKNOWN}, /* "header not found", geth and erigon */
    {-32000, "nknown block",
     &ERR_BLOCK_UNKNOWN},                /* "unknown block" of anvil, "Unknown block" of besu */
    {-32000, NULL, &ERR_NODE_ANSWER},    /* invalid input */
    {-32001, NULL, &ERR_BLOCK_UNKNOWN},  /* resource not found */
    {-32002, NULL, &ERR_NODE_NOT_READY}, /* resource unavailable, request timed out */
    {-32003, NULL, &ERR_NODE_ANSWER},    /* transaction rejected */
    {RPC_METHOD_NOT_SUPPORTED, NULL, &ERR_NODE_ANSWER},
    {RPC_LIMIT_EXCEEDED, NULL, &ERR_NODE_UNREACHABLE}, /* too many requests, or too much asked */
    {RPC_METHOD_NOT_FOUND, NULL, &ERR_NODE_ANSWER},
    {RPC_INVALID_PARAMS, NULL, &ERR_NODE_ANSWER},
};

const struct rpc_dialect rpc_dialect_bitcoin = {
    .version = "1.0",
    .meanings = bitcoin_meanings,
    .meaning_count = COUNT(bitcoin_meanings),
};

const struct rpc_dialect rpc_dialect_evm = {
    .version = "2.0",
    .meanings = evm_meanings,
    .meaning_count = COUNT(evm_meanings),
};
