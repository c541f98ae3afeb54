/* SPDX-License-Identifier: MIT */

/* Every Bitcoin and Litecoin vector of tests/vectors/address-vectors.json: what independent
 * programs derived from the same account keys. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/account.h"
#include "core/chain_params.h"

struct account_vector {
    const char *chain;
    const char *network;
    const char *kind;
    const char *origin;
};

struct key_vector {
    size_t account;
    const char *prefix;
    const char *key;
};

struct address_vector {
    size_t account;
    uint32_t branch;
    uint32_t index;
    const char *address;
    const char *script;
    const char *pubkey;
};

struct refused_vector {
    const char *chain;
    const char *address;
    const char *why;
};

#include "address_vectors_gen.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { VECTORS_PER_ACCOUNT = 22 + 2 }; /* external and change */

static const struct chain_params *chain_of(const struct account_vector *vector) {
    const struct chain_params *chain =
        chain_params_by_name(str_from_c(vector->chain), str_from_c(vector->network));
    assert_non_null(chain);
    return chain;
}

static void assert_ok(struct result result) {
    if (!result_is_ok(result)) {
        fail_msg("%s: %s", result.code->name, result_text(result));
    }
}

static struct account account_of(const struct key_vector *key) {
    const struct account_vector *vector = &account_vectors[key->account];
    enum account_type type;
    struct account account;
    assert_true(account_type_by_name(str_from_c(vector->kind), &type));
    assert_ok(account_parse(chain_of(vector), str_from_c(key->key), type, &account));
    return account;
}

static void assert_hex(struct arena *arena, struct bytes bytes, const char *expected) {
    assert_string_equal(hex_encode(arena, bytes).ptr, expected);
}

/* One key text of one account, one address. */
static void check_address(struct arena *arena, const struct account *account,
                          const struct address_vector *vector) {
    struct script script;
    struct address_text text;
    struct child_pubkey child;
    assert_ok(account_script_at(account, vector->index, &script));
    assert_hex(arena, script_bytes(&script), vector->script);
    assert_ok(account_address_at(account, vector->index, &text));
    assert_string_equal(text.text, vector->address);
    assert_true(account_key_child_pubkey(&account->branch_key, vector->index, &child));
    assert_hex(arena, BYTES_OF(child.pubkey), vector->pubkey);
    struct script decoded;
    assert_ok(address_decode(account->chain, str_from_c(vector->address), &decoded));
    assert_true(script_eq(&decoded, &script));
}

static void test_every_key_form_derives_the_addresses_that_other_programs_derive(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    size_t checked = 0;
    for (size_t k = 0; k < COUNT_OF(key_vectors); k++) {
        struct account external = account_of(&key_vectors[k]);
        /* The change branch is not ours to give out, but its vectors test the same arithmetic. */
        struct account change = external;
        assert_true(account_key_child(&external.key, 1, &change.branch_key));
        for (size_t i = 0; i < COUNT_OF(address_vectors); i++) {
            if (address_vectors[i].account == key_vectors[k].account) {
                check_address(arena, address_vectors[i].branch == 0 ? &external : &change,
                              &address_vectors[i]);
                checked++;
            }
        }
        arena_reset(arena);
    }
    assert_int_equal(checked, COUNT_OF(key_vectors) * VECTORS_PER_ACCOUNT);
    arena_free(arena);
}

static void test_a_prefix_says_its_type_or_asks_for_it(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT_OF(key_vectors); k++) {
        const struct account_vector *vector = &account_vectors[key_vectors[k].account];
        struct str prefix = str_from_c(key_vectors[k].prefix);
        bool unsaid = str_eq(prefix, STR("xpub")) || str_eq(prefix, STR("tpub")) ||
                      str_eq(prefix, STR("Ltub")) || str_eq(prefix, STR("ttub"));
        struct account account;
        struct result result = account_parse(chain_of(vector), str_from_c(key_vectors[k].key),
                                             ACCOUNT_TYPE_UNSAID, &account);
        if (unsaid) {
            assert_false(result_is_ok(result));
            assert_string_equal(result.code->name, "key_type_needed");
            continue;
        }
        assert_ok(result);
        enum account_type type;
        assert_true(account_type_by_name(str_from_c(vector->kind), &type));
        assert_int_equal(account.type, type);
    }
}

/* All ways to write one account: with origin, each branch form, any key prefix. */
static void test_every_way_to_write_an_account_is_the_same_account(void **state) {
    (void)state;
    static const char *const branches[] = {"", "/0/*", "/<0;1>/*"};
    struct arena *arena = arena_new(1 << 20);
    for (size_t k = 0; k < COUNT_OF(key_vectors); k++) {
        struct account plain = account_of(&key_vectors[k]);
        struct str canonical = account_descriptor(arena, &plain);
        const char *open =
            plain.type == ACCOUNT_P2SH_P2WPKH ? "sh(wpkh" : account_type_name(plain.type);
        const char *close = plain.type == ACCOUNT_P2SH_P2WPKH ? ")" : "";
        for (size_t b = 0; b < COUNT_OF(branches); b++) {
            const char *text = arena_printf(arena, "%s([%s]%s%s)%s", open,
                                            account_vectors[key_vectors[k].account].origin,
                                            key_vectors[k].key, branches[b], close);
            struct account account;
            assert_ok(account_parse(plain.chain, str_from_c(text), ACCOUNT_TYPE_UNSAID, &account));
            assert_int_equal(account.type, plain.type);
            assert_memory_equal(account.id, plain.id, sizeof plain.id);
            assert_memory_equal(account.fingerprint, plain.fingerprint, FINGERPRINT_BYTES);
            assert_int_equal(account.origin.step_count, 3);
            account.origin = plain.origin;
            assert_true(str_eq(account_descriptor(arena, &account), canonical));
        }
        struct account again;
        assert_ok(account_parse(plain.chain, canonical, ACCOUNT_TYPE_UNSAID, &again));
        assert_true(str_eq(account_descriptor(arena, &again), canonical));
        arena_reset(arena);
    }
    arena_free(arena);
}

static void test_addresses_that_must_be_refused_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused_vectors); i++) {
        const struct chain_params *chain =
            chain_params_by_name(str_from_c(refused_vectors[i].chain), STR("main"));
        struct script script;
        struct result result =
            address_decode(chain, str_from_c(refused_vectors[i].address), &script);
        if (result_is_ok(result)) {
            fail_msg("accepted: %s", refused_vectors[i].why);
        }
        assert_string_equal(result.code->name, "address_invalid");
    }
    assert_true(COUNT_OF(refused_vectors) >= 7);
}

/* The prefixes that networks share: P2PKH on all test networks, Bitcoin's test networks among
 * themselves, Litecoin's two P2SH. Everything else must not cross. */
static bool may_cross(const struct chain_params *from, const struct chain_params *to,
                      const struct script *script) {
    if (from->form != to->form) {
        return false;
    }
    if (script_p2pkh_hash(script) != NULL) {
        return from->p2pkh_version == to->p2pkh_version;
    }
    if (script_p2sh_hash(script) != NULL) {
        return from->p2sh_version == to->p2sh_version;
    }
    return str_eq(str_from_c(from->hrp), str_from_c(to->hrp));
}

static void test_an_address_is_refused_on_every_network_that_writes_it_otherwise(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(address_vectors); i++) {
        const struct chain_params *own = chain_of(&account_vectors[address_vectors[i].account]);
        struct str text = str_from_c(address_vectors[i].address);
        struct script script;
        assert_ok(address_decode(own, text, &script));
        const struct chain_params *other;
        for (size_t n = 0; (other = chain_params_at(n)) != NULL; n++) {
            struct script decoded;
            bool accepted = result_is_ok(address_decode(other, text, &decoded));
            assert_int_equal(accepted, may_cross(own, other, &script));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_key_form_derives_the_addresses_that_other_programs_derive),
        cmocka_unit_test(test_a_prefix_says_its_type_or_asks_for_it),
        cmocka_unit_test(test_every_way_to_write_an_account_is_the_same_account),
        cmocka_unit_test(test_addresses_that_must_be_refused_are_refused),
        cmocka_unit_test(test_an_address_is_refused_on_every_network_that_writes_it_otherwise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
