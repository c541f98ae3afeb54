/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SUPPORT_SCAN_TRACE_H
#define TILL_TESTS_SUPPORT_SCAN_TRACE_H

/* Runs the request scanner over a connection's bytes, cut into pieces of `step` bytes, and writes
 * down everything it says, so that two ways of cutting can be compared. */

#include "base/bytes.h"
#include "base/str.h"

struct arena;

struct str scan_trace(struct arena *arena, struct bytes input, size_t step);

#endif
