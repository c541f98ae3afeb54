/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_JOURNAL_JUMP_H
#define TILL_APP_JOURNAL_JUMP_H

/* After a restore the journal goes on above every number that its lost self can have reached: a
 * shop that has read further than the copy knows must not take new events for old ones. The number
 * of milliseconds since 2020 is above it, as long as fewer than a thousand things happen in each.
 */

#include "app/job.h"

struct journal_jump {
    int64_t jumped_to; /* out; 0: there was no need */
};

extern const struct use_case journal_jump_use_case;

#endif
