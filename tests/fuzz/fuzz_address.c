/* SPDX-License-Identifier: MIT */
/* Addresses and scripts on every network: one text for each script, whichever side comes first. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/address.h"
#include "core/chain_params.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void check_text(const struct chain_params *chain, struct str text) {
    struct script script;
    struct script again;
    struct address_text written;
    if (!result_is_ok(address_decode(chain, text, &script))) {
        return;
    }
    bool encoded = result_is_ok(address_encode(chain, &script, &written));
    assert(encoded);
    assert(strlen(written.text) == written.len);
    /* Only Bech32 has a second spelling, all in upper case. */
    bool bech32 = script_p2pkh_hash(&script) == NULL && script_p2sh_hash(&script) == NULL;
    assert(bech32 ? str_eq_nocase(address_str(&written), text)
                  : str_eq(address_str(&written), text));
    bool decoded = result_is_ok(address_decode(chain, address_str(&written), &again));
    assert(decoded && memcmp(&again, &script, sizeof script) == 0);
}

static void check_script(const struct chain_params *chain, const struct script *script) {
    struct address_text text;
    struct script again;
    if (!result_is_ok(address_encode(chain, script, &text))) {
        return;
    }
    bool decoded = result_is_ok(address_decode(chain, address_str(&text), &again));
    assert(decoded && memcmp(&again, script, sizeof again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    const struct chain_params *chain;
    struct script script;
    bool is_script = script_from_bytes((struct bytes){.ptr = input, .len = size}, &script);
    for (size_t i = 0; (chain = chain_params_at(i)) != NULL; i++) {
        check_text(chain, (struct str){.ptr = (const char *)input, .len = size});
        if (is_script) {
            check_script(chain, &script);
        }
    }
    return 0;
}
