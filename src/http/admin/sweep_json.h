/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_ADMIN_SWEEP_JSON_H
#define TILL_HTTP_ADMIN_SWEEP_JSON_H

/* A sweep plan as the file that docs/sweep.md describes. */

#include "base/json_write.h"

struct arena;
struct sweep_plan;

void sweep_json(struct json_writer *json, struct arena *arena, const struct sweep_plan *plan,
                int64_t now_ms);

#endif
