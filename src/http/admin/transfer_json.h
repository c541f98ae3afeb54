/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_ADMIN_TRANSFER_JSON_H
#define TILL_HTTP_ADMIN_TRANSFER_JSON_H

/* What the files of sweeps and of payouts on chains of accounts have in common: docs/sweep.md. */

#include "base/json_write.h"
#include "core/amount.h"

struct arena;
struct sweep_entry;
struct sweep_plan;
struct token;

struct transfer_text {
    const struct sweep_entry *from;
    struct amount amount;
    const struct token *token; /* NULL: the coin itself */
    uint64_t nonce;
    uint64_t effort;
    uint64_t fee_limit; /* Tron, tokens */
    struct amount fee;
};

/* Up to where the keys lie. */
void transfer_json_head(struct json_writer *json, struct arena *arena,
                        const struct sweep_plan *plan, const char *format, int64_t now_ms);
void transfer_json_fees(struct json_writer *json, struct arena *arena,
                        const struct sweep_plan *plan);
/* The members of one, in an object that the caller begins and ends. */
void transfer_json(struct json_writer *json, struct arena *arena, const struct sweep_plan *plan,
                   const struct transfer_text *transfer);
void transfer_json_place(struct json_writer *json, const struct sweep_entry *entry);
void transfer_json_sum(struct json_writer *json, struct arena *arena, struct amount amount);

#endif
