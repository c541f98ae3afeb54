/* SPDX-License-Identifier: MIT */
#ifndef TILL_CONFIG_CHECK_H
#define TILL_CONFIG_CHECK_H

/* Is a configuration that was read one that tilld can start with? Asks those who will use its
 * values. Opens, makes and dials nothing, so `tilld --check-config` may run beside a tilld. */

#include "base/result.h"

struct arena;
struct config;

/* ERR_CONFIG naming the place, the key and what is wrong with its value. */
struct result config_check(struct arena *arena, const struct config *config);

#endif
