/* SPDX-License-Identifier: MIT */
#include "core/key_scope.h"

#include "base/result.h"

static const char *const names[KEY_SCOPE_COUNT] = {
    [KEY_SCOPE_ALL] = "all",
    [KEY_SCOPE_READ] = "read",
    [KEY_SCOPE_CREATE] = "create",
    [KEY_SCOPE_PAYOUT] = "payout",
};

const char *key_scope_name(enum key_scope scope) {
    BUG_IF((unsigned)scope >= KEY_SCOPE_COUNT);
    return names[scope];
}

bool key_scope_from_name(struct str name, enum key_scope *ret_scope) {
    for (unsigned i = 0; i < KEY_SCOPE_COUNT; i++) {
        if (str_eq(name, str_from_c(names[i]))) {
            *ret_scope = (enum key_scope)i;
            return true;
        }
    }
    return false;
}

bool key_scope_permits(enum key_scope held, enum key_scope needed) {
    return held == needed || (held == KEY_SCOPE_ALL && needed != KEY_SCOPE_PAYOUT);
}
