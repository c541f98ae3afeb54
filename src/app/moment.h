/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_MOMENT_H
#define TILL_APP_MOMENT_H

/* A moment as an operator writes it. */

#include "base/str.h"

struct app;

/* "90s", "30m", "2h", "3d" (ago), "2025-01-31", "2025-01-31T23:59", "2025-01-31T23:59:59", with or
 * without a Z: always UTC. False on anything else. */
bool moment_from_text(const struct app *app, struct str text, int64_t *ret_at_ms);

#endif
