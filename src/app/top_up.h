/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_TOP_UP_H
#define TILL_APP_TOP_UP_H

/* Coin that a sweep plan asked for, so that an address can pay for moving its tokens. It is kept
 * and journalled like other money that pays nothing, and no alarm. */

#include "base/result.h"
#include "ports/rows.h"

struct store_conn;

/* Fees rise between a plan and its top-ups; what is more than this many times the sum that was
 * asked for is somebody's mistake. */
enum { TOP_UP_TIMES_MAX = 2 };

/* Is `payment` coin, and no more of it than a plan may have meant for its address? */
struct result top_up_is_asked_for(struct store_conn *conn, const struct payment_row *payment,
                                  bool *ret_is_asked_for);

#endif
