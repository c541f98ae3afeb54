/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_SWEEP_PLAN_H
#define TILL_APP_SWEEP_PLAN_H

/* What the addresses of a wallet on a chain of accounts hold, and what moving it takes: a plan for
 * a signer that has the keys. The recorded payments say where to look, the node what is there and
 * what it costs. What exported payouts count on is left. No key is asked for. */

#include "base/result.h"
#include "core/sweep.h"
#include "ports/chain_accounts.h"
#include "ports/rows.h"

struct app;
struct arena;

enum {
    SWEEP_ADDRESSES_MAX = 500,       /* of one plan, from which something is moved */
    SWEEP_LEFT_MAX = 500,            /* others that hold something; more are counted only */
    SWEEP_CANDIDATES_MAX = 5000,     /* looked at, the latest paid first */
    SWEEP_CANDIDATES_TRON_MAX = 250, /* each takes a request for its coin and one for each token */
};

struct sweep_plan_wanted {
    int64_t wallet_id;
    const struct asset *asset; /* NULL: everything */
    struct str to;             /* where it will go; empty: not known yet */
    int64_t start;             /* `next` of an earlier plan; 0: from the latest payment */
};

struct sweep_entry {
    struct address_row row;
    struct address_text address;
    struct str path; /* below the account key: "0/5" */
    uint64_t nonce;  /* of the first transaction */
    struct sweep_account account;
    const char *in_use; /* by what, if its lines are SWEEP_IN_USE */
};

struct sweep_plan {
    int64_t id; /* 0: not recorded, since nothing is moved */
    const struct network *network;
    struct followed_network *followed;
    struct wallet_row wallet;
    struct str account_path; /* "m/44'/60'/0'": as the wallet's text says, else as is usual */
    bool account_path_said;
    struct str to;
    struct chain_fees fees;
    uint64_t max_fee_per_gas;              /* EVM */
    uint64_t coin_effort;                  /* gas, or bytes on Tron */
    uint64_t token_efforts[TOKENS_MAX];    /* gas or energy limits */
    uint64_t token_fee_limits[TOKENS_MAX]; /* Tron: sun */
    const struct token *tokens[TOKENS_MAX];
    struct sweep_terms terms;
    struct sweep_entry *entries;
    size_t entry_count;
    size_t moved_from;    /* entries from which something is moved */
    size_t left_unlisted; /* addresses from which nothing is, beyond SWEEP_LEFT_MAX */
    size_t looked_at;     /* addresses */
    bool more;            /* there are others that were not looked at */
    int64_t next;         /* where to start for them */
};

/* Asks the network's node, so it blocks; one at a time. Everything lives in `arena`. ERR_NOT_FOUND,
 * ERR_SWEEP_UNPLANNABLE, ERR_ADDRESS_INVALID, ERR_ADDRESS_TAMPERED, ERR_NETWORK_NOT_READY and the
 * node's, with a sentence. */
struct result sweep_plan_make(const struct app *app, struct arena *arena,
                              const struct sweep_plan_wanted *wanted, struct sweep_plan *ret_plan);

#endif
