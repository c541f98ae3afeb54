/* SPDX-License-Identifier: MIT */
#ifndef TILL_BENCH_ROWS_H
#define TILL_BENCH_ROWS_H

/* The rows that creating an invoice with an address writes, without anything around them: what the
 * store alone can do. A fault ends the program. */

#include <stdint.h>

#include "base/result.h"
#include "core/script.h"

struct account;
struct arena;
struct store_conn;

struct bench_owner {
    int64_t shop_id;
    int64_t wallet_id;
    int64_t account_key_id;
    int64_t quote_id;
    int64_t now_ms;
};

void must(struct result result);
double now_s(void);
/* What this process has used so far, in microseconds. */
double cpu_us(void);

/* An account of Litecoin's regtest, from a published test key. */
struct account bench_account(void);

/* A shop, its wallet and a quote; in a store that has them already, the same. */
struct bench_owner bench_owner_put(struct arena *arena, struct store_conn *writer);
/* Looks like a hash; another for each number. */
struct script bench_program(uint64_t number);
/* Inside a transaction. */
void bench_create(struct store_conn *writer, const struct bench_owner *owner, int64_t id,
                  const struct script *program);

#endif
