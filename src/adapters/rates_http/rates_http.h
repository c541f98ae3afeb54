/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_RATES_HTTP_H
#define TILL_ADAPTERS_RATES_HTTP_H

/* Public price lists over HTTPS: one GET for each, verified TLS, no redirects, no proxies, no
 * cookies, a deadline and a size limit. What they say is not believed here, only read. */

#include "ports/rate_feeds.h"

struct arena;

/* Where to ask instead of a source's own address: a mirror, or a test. */
struct rate_source_url {
    const char *source; /* "kraken" */
    const char *url;    /* "http://127.0.0.1:8000" */
};

struct rates_http_options {
    const char *sources; /* "coinbase,kraken"; empty: none */
    const struct rate_source_url *urls;
    size_t url_count;
    int64_t max_age_ms; /* coins are asked for often enough that their prices do not grow so old */
    const char *user_agent;
    const char *ca_file; /* NULL: the system's bundle */
    uint32_t timeout_ms; /* 0: ten seconds for one answer */
};

/* ERR_CONFIG naming the source or the URL that cannot be used. Texts are copied. Owned by the
 * caller. */
struct result rates_http_new(struct arena *arena, const struct rates_http_options *options,
                             struct rate_feeds **ret_feeds);
/* NULL is fine. */
void rates_http_free(struct rate_feeds *feeds);

#endif
