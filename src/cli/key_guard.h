/* SPDX-License-Identifier: MIT */
#ifndef TILL_CLI_KEY_GUARD_H
#define TILL_CLI_KEY_GUARD_H

/* A private key on the command line is a mistake that costs money: it is noticed before anything
 * else happens to it, refused, and wiped. */

#include <stdbool.h>

/* True if the command is about wallets and one of its arguments, or a run of them (a word phrase
 * without quotes), looks like something that can spend; all arguments but the program's name are
 * wiped then. */
bool key_guard_wipes(int argc, char **argv);

/* What to tell whoever did it; several lines. */
extern const char key_guard_explanation[];

#endif
