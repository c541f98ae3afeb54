/* SPDX-License-Identifier: MIT */
#ifndef TILL_CONFIG_CHAIN_H
#define TILL_CONFIG_CHAIN_H

/* The sections [chain X]: which keys each kind of chain takes, and what is wrong with them. X is a
 * network of the core table, so the kind, its tokens and its confirmations are judged on the line
 * that names them. */

#include <stdbool.h>

struct config;
struct config_problem;
struct network;

/* Is it what `network` can wait for? Refuses by the section's name if not. */
bool config_confirmations_check(struct config_problem *problem, const struct network *network,
                                const char *section, const char *text);

/* One key of [chain `chain_name`]. */
bool config_chain_set(struct config *config, struct config_problem *problem, const char *chain_name,
                      const char *name, const char *text);

/* What only a whole section tells: that it has a url, and as many as must agree. */
bool config_chains_check(const struct config *config, struct config_problem *problem);

#endif
