/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SUPPORT_HTTP_SAMPLE_H
#define TILL_TESTS_SUPPORT_HTTP_SAMPLE_H

/* A small application on the HTTP server, for tests and measurements: a table with every kind of
 * route, and a thread that completes requests in batches as the committer does. */

#include "http/server.h"

struct sample;

/* Limits whose deadlines nobody misses who does not want to. */
struct http_limits sample_limits(void);

/* Starts a server on a free port of 127.0.0.1, beside it `unix_path` unless that is NULL. Crashes
 * on any failure. */
struct sample *sample_start(const struct http_limits *limits, unsigned loops,
                            const char *unix_path);
/* Stops the server first, then the committer, as tilld does. */
void sample_stop(struct sample *sample);

uint16_t sample_port(const struct sample *sample);
struct http_server *sample_server(const struct sample *sample);
/* How long the committer holds each batch. */
void sample_set_commit_us(struct sample *sample, unsigned commit_us);
/* The committer completes nothing until it is let go. */
void sample_hold(struct sample *sample, bool is_held);
/* Waits patiently until this many connections are open; false if they never are. */
bool sample_wait_open(const struct sample *sample, uint64_t connections);
/* Completions rendered so far. */
uint64_t sample_rendered(const struct sample *sample);
uint64_t sample_committed(const struct sample *sample);

#endif
