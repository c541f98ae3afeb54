/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_UNTRACED_H
#define TILL_APP_UNTRACED_H

/* Which blocks count although it is not known what contracts paid in them, and the alarm
 * contracts_unseen that names them until all of them have been read again with traces, or an
 * operator clears it. Steps of the jobs that apply, undo and read again; in their transaction. */

#include <stdint.h>

#include "base/result.h"

struct ledger;
struct network;

struct result untraced_add(struct ledger *ledger, const struct network *network, int64_t height);
/* It has been traced, or is not there any more. */
struct result untraced_remove(struct ledger *ledger, const struct network *network, int64_t height);

#endif
