/* SPDX-License-Identifier: MIT */
#ifndef TILL_BENCH_BENCH_APP_H
#define TILL_BENCH_BENCH_APP_H

/* What tilld puts around a store to apply blocks, and nothing else: vault, committer, one network
 * that is followed. Nobody hears what is announced. */

#include "app/app.h"
#include "ports/clock.h"

struct arena;
struct committer;
struct store_conn;

struct bench_app {
    struct arena *arena; /* of the process */
    struct clock clock;
    struct followed_network followed;
    struct app app;
    struct committer *committer;
    struct store_conn *reader;
};

/* The store at `path` must be there. A fault ends the program. */
void bench_app_open(struct bench_app *bench, const char *path, const char *network_key,
                    const char *chain_name);
void bench_app_close(struct bench_app *bench);

#endif
