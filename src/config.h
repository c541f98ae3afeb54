/* SPDX-License-Identifier: MIT */
#ifndef TILL_CONFIG_H
#define TILL_CONFIG_H

/* The configuration of tilld: an INI file, one key a line, unknown keys refused by line; every key
 * also as TILL_SECTION_KEY in the environment, which wins. Texts live in the arena of the read. */

#include <stdint.h>

#include "base/result.h"
#include "base/str.h"
#include "core/pace.h"
#include "core/token.h"

struct arena;

enum {
    CONFIG_BYTES_MAX = 256 << 10, /* of a file; a line of it may be as long */
    CONFIG_CHAINS_MAX = 8,
    CONFIG_RATES_MAX = 256,
    CONFIG_RATE_URLS_MAX = 16,
    CONFIG_URLS_MAX = 8, /* of one chain */
};

struct config_http {
    const char *listen;
    const char *base_url;
    const char *socket;
    const char *metrics; /* empty: none */
    const char *trusted_proxies;
    int64_t threads; /* 0: one for each core, at most 4 */
};

struct config_store {
    const char *url;
    const char *key_file; /* empty: beside the store */
};

struct config_postback {
    bool allow_http;
    const char *allow_hosts;
};

struct config_rate {
    const char *name; /* "fixed.LTC_USD" */
    const char *base;
    const char *quote;
    const char *rate;
};

/* Where to ask a source of rates instead of its own address. */
struct config_rate_url {
    const char *source;
    const char *url;
};

/* Keys that the kind of the chain does not take stay at their defaults. */
struct config_chain {
    int line;         /* where its first key stands; 0: in the environment */
    const char *key;  /* "ltc" */
    const char *kind; /* "bitcoin", "evm" or "tron": what the network is */
    const char *url;  /* one or more, separated by spaces */
    const char *cookie_file;
    const char *network;
    const char *confirmations; /* empty: the network's own */
    int64_t poll_ms;
    int64_t quorum;           /* how many urls must agree; 1: they stand in for each other */
    int64_t chain_id;         /* 0: the kind has none */
    struct token_list tokens; /* those that are named; the built-in ones come before them */
    bool trust_node;          /* where a block cannot be held against its own hash */
    const char *solidity_url; /* as many as `url`, or empty; likewise jsonrpc_url */
    const char *jsonrpc_url;
    const char *api_key;
};

struct config_sandbox {
    bool enabled;
    int64_t block_ms;
    const char *confirmations;
};

struct config_limits {
    int64_t body_bytes;
    int64_t connections;
    int64_t connections_per_ip;
    struct pace rate_per_key;
    struct pace rate_per_ip;
};

/* Where a key was given. */
struct config_given {
    const char *section; /* "chain ltc" */
    const char *name;
    int line; /* 0: in the environment */
    const struct config_given *next;
};

/* A variable that begins as ours do and names nothing. Its value may be a secret. */
struct config_ignored {
    const char *name; /* "TILL_HTPP_LISTEN" */
    const struct config_ignored *next;
};

struct config {
    const char *path;                 /* NULL: no file */
    const struct config_given *given; /* the latest first */
    const struct config_ignored *ignored;
    struct config_http http;
    struct config_store store;
    struct config_postback postback;
    struct config_sandbox sandbox;
    struct config_limits limits;
    const char *rate_sources; /* empty: fixed rates only */
    int64_t rate_max_age_s;   /* of rates from sources; fixed ones are always fresh */
    struct config_rate_url rate_urls[CONFIG_RATE_URLS_MAX];
    size_t rate_url_count;
    const char *log_level;
    struct config_rate rates[CONFIG_RATES_MAX];
    size_t rate_count;
    struct config_chain chains[CONFIG_CHAINS_MAX];
    size_t chain_count;
};

/* `path` NULL: defaults and environment only. ERR_CONFIG with a detail that names file, line and
 * key. */
struct result config_read(struct arena *arena, const char *path, struct config *ret_config);

/* The same for a file's `text`, which `path` only names. */
struct result config_read_text(struct arena *arena, const char *path, struct str text,
                               struct config *ret_config);

/* ERR_CONFIG that names the place where the key was given, the key, and `why` it cannot be. */
struct result config_refusal(struct arena *arena, const struct config *config, const char *section,
                             const char *name, struct result why);

#endif
