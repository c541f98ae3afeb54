/* SPDX-License-Identifier: MIT */
/* Descriptors and bare keys: what is accepted has a canonical text, which reads as the same account
 * and is its own canonical text. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "core/account.h"
#include "core/chain_params.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void check_syntax(struct arena *arena, struct str text) {
    struct descriptor first;
    struct descriptor second;
    if (!result_is_ok(descriptor_parse(text, &first))) {
        return;
    }
    struct str written = descriptor_text(arena, &first);
    bool parsed = result_is_ok(descriptor_parse(written, &second));
    assert(parsed && second.type == first.type && second.branch == first.branch);
    assert(str_eq(second.key_text, first.key_text));
    assert(str_eq(descriptor_text(arena, &second), written));
}

static void check_account(struct arena *arena, const struct chain_params *chain, struct str text) {
    struct account first;
    struct account second;
    if (!result_is_ok(account_parse(chain, text, ACCOUNT_TYPE_UNSAID, &first))) {
        return;
    }
    struct str written = account_descriptor(arena, &first);
    bool parsed = result_is_ok(account_parse(chain, written, ACCOUNT_TYPE_UNSAID, &second));
    assert(parsed && second.type == first.type);
    assert(memcmp(second.id, first.id, sizeof first.id) == 0);
    assert(str_eq(account_descriptor(arena, &second), written));
    struct address_text address;
    struct script script;
    struct script decoded;
    bool derived = result_is_ok(account_script_at(&first, 3, &script)) &&
                   result_is_ok(account_address_at(&second, 3, &address)) &&
                   result_is_ok(address_decode(chain, address_str(&address), &decoded));
    assert(derived && script_eq(&script, &decoded));
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 20);
    struct str text = {.ptr = (const char *)input, .len = size};
    const struct chain_params *chain;
    check_syntax(arena, text);
    for (size_t i = 0; (chain = chain_params_at(i)) != NULL; i++) {
        check_account(arena, chain, text);
    }
    return 0;
}
