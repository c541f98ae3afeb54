/* SPDX-License-Identifier: MIT */
#include "http/metrics.h"

#include <inttypes.h>

#include "base/buf.h"

void metrics_family(struct metrics *metrics, const char *type, const char *name, const char *help) {
    buf_putf(metrics->text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
    metrics->family = name;
}

void metrics_sample(struct metrics *metrics, const char *label, const char *label_value,
                    int64_t value) {
    buf_putf(metrics->text, "%s{%s=\"%s\"} %" PRId64 "\n", metrics->family, label, label_value,
             value);
}

void metrics_counter(struct metrics *metrics, const char *name, const char *help, uint64_t value) {
    metrics_family(metrics, "counter", name, help);
    buf_putf(metrics->text, "%s %" PRIu64 "\n", name, value);
}

void metrics_gauge(struct metrics *metrics, const char *name, const char *help, int64_t value) {
    metrics_family(metrics, "gauge", name, help);
    buf_putf(metrics->text, "%s %" PRId64 "\n", name, value);
}
