/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_UPKEEP_WORKER_H
#define TILL_WORKERS_UPKEEP_WORKER_H

/* What can wait and nobody waits for: when API keys were last used is written down, and
 * idempotency keys are forgotten after their day. */

struct app;
struct upkeep_worker;

struct upkeep_worker *upkeep_worker_new(const struct app *app);
/* NULL is fine. */
void upkeep_worker_free(struct upkeep_worker *worker);

/* One round, in bounded jobs; what fails is left for the next one. */
void upkeep_worker_step(struct upkeep_worker *worker);

#endif
