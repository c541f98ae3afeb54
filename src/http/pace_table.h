/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_PACE_TABLE_H
#define TILL_HTTP_PACE_TABLE_H

/* Holds each of many callers to a pace. Fixed size, shared by all threads: of more callers than
 * fit, those who have been still for longest are forgotten, which gives them nothing that waiting
 * would not. Knows nothing about who calls. */

#include "core/pace.h"

struct ip;

enum { PACE_CALLER_BYTES = 16 };

/* Who calls: an address, or the number of something. */
struct pace_caller {
    uint8_t bytes[PACE_CALLER_BYTES];
};

struct pace_caller pace_caller_of_ip(const struct ip *ip); /* an IPv6 /64 is one caller */
struct pace_caller pace_caller_of_id(int64_t id);

struct pace_table;

/* NULL for a pace without a limit, which the functions below take for one that all keep. */
struct pace_table *pace_table_new(struct pace pace);
void pace_table_free(struct pace_table *table);

/* One call; false, and nothing counted, if it came too soon: `ret_wait_ms` says how much. */
bool pace_take(struct pace_table *table, const struct pace_caller *caller, int64_t now_ms,
               int64_t *ret_wait_ms);
/* Makes a call that was let through count `calls` more, after the fact. */
void pace_charge(struct pace_table *table, const struct pace_caller *caller, uint32_t calls,
                 int64_t now_ms);

#endif
