/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_KEY_SCOPE_H
#define TILL_CORE_KEY_SCOPE_H

/* What an API key may be used for. A key that stands in the page of a shop should create invoices
 * and see none; one for a report should see and change nothing. */

#include "base/str.h"

enum key_scope {
    KEY_SCOPE_ALL,
    KEY_SCOPE_READ,   /* looks, changes nothing */
    KEY_SCOPE_CREATE, /* asks for money, sees the answers to its own calls */
    KEY_SCOPE_PAYOUT, /* the account key: asks for money to be sent, and nothing else */
};

enum { KEY_SCOPE_COUNT = KEY_SCOPE_PAYOUT + 1 };

/* "all", "read", "create", "payout". */
const char *key_scope_name(enum key_scope scope);
bool key_scope_from_name(struct str name, enum key_scope *ret_scope);

/* May a key of scope `held` do what takes `needed`? Only `all` has what takes KEY_SCOPE_ALL,
 * and only an account key what takes KEY_SCOPE_PAYOUT. */
bool key_scope_permits(enum key_scope held, enum key_scope needed);

#endif
