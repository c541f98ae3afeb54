/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_INTEGRATION_NODE_FIXTURE_H
#define TILL_TESTS_INTEGRATION_NODE_FIXTURE_H

/* A real node in regtest on a free loopback port and in a folder of its own, asked through our own
 * RPC client. LITECOIND, BITCOIND and ANVIL name other programs than Debian's litecoind, the
 * bitcoind that tools/nodes.sh unpacks and npm's anvil. */

#include <sys/types.h>

#include "base/arena.h"
#include "base/result.h"
#include "base/str.h"

struct rpc;

enum node_kind { NODE_LITECOIN, NODE_LITECOIN_MWEB, NODE_BITCOIN, NODE_ANVIL };

struct node_fixture {
    enum node_kind kind;
    struct arena *arena;
    pid_t pid;
    int port;
    char folder[64];
    char cookie[96];
    char url[64];
    struct rpc *rpc;
    const char *chain_option; /* "-regtest" */
};

/* NULL if there is a program to run, else why not. */
const char *node_fixture_missing(enum node_kind kind);

int node_fixture_free_port(void); /* of loopback */

void node_fixture_init(struct node_fixture *node, enum node_kind kind);
void node_fixture_start(struct node_fixture *node); /* and waits until it answers */
void node_fixture_stop(struct node_fixture *node);
void node_fixture_release(struct node_fixture *node);

/* The result as JSON text; a string without its quotes. The test fails if the call does. */
struct str node_ask(struct node_fixture *node, const char *method, const char *params, ...)
    __attribute__((format(printf, 3, 4)));
/* For calls without a result. */
void node_tell(struct node_fixture *node, const char *method, const char *params, ...)
    __attribute__((format(printf, 3, 4)));
struct result node_try(struct node_fixture *node, const char *method, const char *params,
                       struct str *ret_answer);

#endif
