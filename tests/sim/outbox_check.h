/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SIM_OUTBOX_CHECK_H
#define TILL_TESTS_SIM_OUTBOX_CHECK_H

/* A paid invoice has one success in the outbox. Taken back, it is withdrawn if nobody can have
 * heard of it, and disputed if somebody did; if the money returns the dispute ends and nothing is
 * announced again. */

struct arena;
struct invoice_view;
struct world;

/* NULL if it is so, else what is wrong. */
const char *outbox_check(struct world *world, struct arena *arena, const struct invoice_view *view);

#endif
