/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_METRICS_H
#define TILL_HTTP_METRICS_H

/* Figures as text for Prometheus (exposition format 0.0.4). No ids and no sums: whoever reads them
 * learns how the service is, not who pays. */

#include <stdint.h>

#include "base/str.h"

struct buf;

struct metrics {
    struct buf *text;
    const char *family; /* the latest */
};

/* Where figures come from that http cannot see: the committer, the delivery worker, ... Called on a
 * loop's thread; must not block. */
struct metrics_source {
    void (*collect)(const void *context, struct metrics *metrics);
    const void *context;
};

/* One figure. Names start with "till_"; those of counters end with "_total". */
void metrics_counter(struct metrics *metrics, const char *name, const char *help, uint64_t value);
void metrics_gauge(struct metrics *metrics, const char *name, const char *help, int64_t value);

/* Several under one name: the family first, then its samples. Labels are names of ours. */
void metrics_family(struct metrics *metrics, const char *type, const char *name, const char *help);
void metrics_sample(struct metrics *metrics, const char *label, const char *label_value,
                    int64_t value);

#endif
