/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_RATES_HTTP_FETCH_H
#define TILL_ADAPTERS_RATES_HTTP_FETCH_H

/* Many GETs at once on one thread. Each has its own buffer, limit and deadline, so a slow or
 * endless answer costs the others nothing. */

#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

struct arena;
struct fetch;

struct fetch_options {
    const char *user_agent;
    const char *ca_file; /* NULL: the system's bundle */
    uint32_t timeout_ms; /* for a whole answer */
};

enum { FETCH_URLS_MAX = 32, FETCH_ANSWER_BYTES_MAX = 512 << 10 };

struct fetch *fetch_new(const struct fetch_options *options);
void fetch_free(struct fetch *fetch);

/* The texts are borrowed as long as `fetch` lives. Answers its number, from 0 up. */
size_t fetch_add_url(struct fetch *fetch, const char *url);

/* `answer` is empty unless `fetched` is well; `scratch` is for whoever reads it. All of it dies
 * with the call. */
typedef void fetched_fn(void *context, size_t number, struct result fetched, struct bytes answer,
                        struct arena *scratch);

/* Begins to get those whose bits are set, none of which is under way, then waits until any end, for
 * `wait_ms` at most, and tells of each that did. */
void fetch_run(struct fetch *fetch, uint32_t wanted, int64_t wait_ms, fetched_fn *fetched,
               void *context);
/* From any thread: a run that waits returns at once, and so does every later one. */
void fetch_stop(struct fetch *fetch);

#endif
