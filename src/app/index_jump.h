/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_INDEX_JUMP_H
#define TILL_APP_INDEX_JUMP_H

/* After a crash or a restore a counter jumps to its bound. The addresses jumped over may have been
 * shown by a later self of this store: they are watched, so that money to them is noticed. */

#include "app/job.h"

enum { INDEX_JUMP_MAX = 500 };

struct index_jump {
    int64_t account_key_id;
    int64_t from_index; /* at most INDEX_JUMP_MAX at a time */
    int64_t to_index;   /* the counter goes on here */
};

extern const struct use_case index_jump_use_case;

#endif
