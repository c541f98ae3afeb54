/* SPDX-License-Identifier: MIT */
/* Extended keys: what is accepted is public, prints as xpub or tpub, reads back as the same key and
 * has children. The input is taken as a text, and its bytes as a payload with a right checksum. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "core/account_key.h"
#include "core/base58.h"
#include "core/chain_params.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void check_key(const struct chain_params *chain, struct str text) {
    struct account_key key;
    struct account_key again;
    enum account_type type;
    if (!result_is_ok(account_key_parse(chain, text, &key, &type))) {
        return;
    }
    assert(!key_text_is_private(text));
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
    struct str written = account_key_text(arena, chain, &key);
    bool parsed = result_is_ok(account_key_parse(chain, written, &again, &type));
    assert(parsed && type == ACCOUNT_TYPE_UNSAID);
    assert(str_eq(account_key_text(arena, chain, &again), written));
    assert(memcmp(key.point, again.point, sizeof key.point) == 0);
    struct child_pubkey child;
    struct account_key whole;
    bool exists = account_key_child_pubkey(&key, 7, &child);
    if (key.depth < UINT8_MAX) {
        bool whole_exists = account_key_child(&key, 7, &whole);
        assert(exists == whole_exists);
        assert(!exists || memcmp(whole.pubkey, child.pubkey, PUBKEY_BYTES) == 0);
    }
}

static void check_on_all_networks(struct str text) {
    const struct chain_params *chain;
    for (size_t i = 0; (chain = chain_params_at(i)) != NULL; i++) {
        check_key(chain, text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    check_on_all_networks((struct str){.ptr = (const char *)input, .len = size});
    if (size == 0 || size > BASE58_PAYLOAD_MAX) {
        return 0;
    }
    struct base58_text text;
    struct base58_payload payload;
    base58check_encode((struct bytes){.ptr = input, .len = size}, &text);
    struct str written = {.ptr = text.text, .len = text.len};
    bool decoded = base58check_decode(written, &payload);
    assert(decoded && payload.len == size && memcmp(payload.bytes, input, size) == 0);
    check_on_all_networks(written);
    return 0;
}
