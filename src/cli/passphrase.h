/* SPDX-License-Identifier: MIT */
#ifndef TILL_CLI_PASSPHRASE_H
#define TILL_CLI_PASSPHRASE_H

/* A passphrase comes from the terminal, unseen, or from TILL_PASSPHRASE; never from an argument,
 * which everybody on the machine can read. */

#include "base/str.h"

enum { PASSPHRASE_BYTES_MAX = 128 };

struct passphrase {
    char text[PASSPHRASE_BYTES_MAX + 2];
    size_t len;
};

/* With `twice` it is asked for a second time and must be the same. False: `*ret_complaint` is
 * static. Wipe it afterwards. */
bool passphrase_ask(struct passphrase *ret_passphrase, bool twice, const char **ret_complaint);
void passphrase_wipe(struct passphrase *passphrase);
struct str passphrase_str(const struct passphrase *passphrase);

#endif
