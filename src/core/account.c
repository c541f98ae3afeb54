/* SPDX-License-Identifier: MIT */
#include "core/account.h"

#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <string.h>

#include "core/chain_params.h"
#include "core/error.h"

enum {
    XONLY_BYTES = 32,
    DEPTH_MAX = UINT8_MAX - 2, /* room for the branch and the address below it */
};

static struct result refuse(const struct error_code *code, const char *detail) {
    return (struct result){.code = code, .detail = detail};
}

/* The one type that the request, the descriptor and the key's prefix agree on. */
static struct result type_agree(enum account_type a, enum account_type b,
                                enum account_type *ret_type) {
    ENSURE(a == ACCOUNT_TYPE_UNSAID || b == ACCOUNT_TYPE_UNSAID || a == b, ERR_KEY_TYPE_WRONG);
    *ret_type = a == ACCOUNT_TYPE_UNSAID ? b : a;
    return RESULT_OK;
}

/* What the chain itself says: account-based chains have one type, Bitcoin-like ones several. */
static enum account_type type_of_chain(const struct chain_params *chain) {
    switch (chain->form) {
    case ADDRESS_FORM_BITCOIN:
        return ACCOUNT_TYPE_UNSAID;
    case ADDRESS_FORM_EVM:
        return ACCOUNT_EVM;
    case ADDRESS_FORM_TRON:
        return ACCOUNT_TRON;
    }
    BUG_IF(true);
}

static bool type_fits_chain(enum account_type type, const struct chain_params *chain) {
    bool account_based = type == ACCOUNT_EVM || type == ACCOUNT_TRON;
    return account_based == (chain->form != ADDRESS_FORM_BITCOIN);
}

/* A bare extended key is a descriptor of which only the key is written. */
static struct result text_take_apart(struct str text, struct descriptor *ret_descriptor) {
    bool is_descriptor = str_find(text, '(') < text.len;
    if (is_descriptor) {
        return descriptor_parse(text, ret_descriptor);
    }
    *ret_descriptor = (struct descriptor){
        .type = ACCOUNT_TYPE_UNSAID,
        .key_text = text,
        .branch = ACCOUNT_BRANCH_EXTERNAL,
    };
    return RESULT_OK;
}

/* Account keys are made by hardened steps (BIP-44, 49, 84, 86). A key that was not may already be
 * the branch or even an address key; which is not ours to guess. */
static struct result place_check(const struct account_key *key, bool branch_written) {
    if (key->depth > DEPTH_MAX) {
        return refuse(&ERR_KEY_INVALID, "the key lies too deep to have addresses below it");
    }
    if (!branch_written && key->depth > 0 && key->child_number < CHILD_HARDENED) {
        return refuse(&ERR_KEY_INVALID, "this key lies below an account; say by a descriptor "
                                        "whether its addresses are /0/* or /* below it");
    }
    return RESULT_OK;
}

static void account_id(const struct account_key *branch_key, uint8_t ret_id[ACCOUNT_ID_BYTES]) {
    uint8_t input[PUBKEY_BYTES + CHAIN_CODE_BYTES];
    memcpy(input, branch_key->pubkey, PUBKEY_BYTES);
    memcpy(input + PUBKEY_BYTES, branch_key->chain_code, CHAIN_CODE_BYTES);
    hash_160(BYTES_OF(input), ret_id);
}

struct result account_parse(const struct chain_params *chain, struct str text,
                            enum account_type type, struct account *ret_account) {
    ENSURE(!key_text_is_private(text), ERR_KEY_PRIVATE);
    struct descriptor descriptor;
    TRY(text_take_apart(str_trim(text), &descriptor));
    struct account account = {
        .chain = chain,
        .branch = descriptor.branch,
        .origin = descriptor.origin,
    };
    enum account_type key_type;
    TRY(account_key_parse(chain, descriptor.key_text, &account.key, &key_type));
    TRY(type_agree(type, descriptor.type, &type));
    TRY(type_agree(type, key_type, &type));
    TRY(type_agree(type, type_of_chain(chain), &account.type));
    ENSURE(account.type != ACCOUNT_TYPE_UNSAID, ERR_KEY_TYPE_NEEDED);
    ENSURE(type_fits_chain(account.type, chain), ERR_KEY_TYPE_WRONG);
    TRY(place_check(&account.key, descriptor.branch_written));
    account.branch_key = account.key;
    if (account.branch == ACCOUNT_BRANCH_EXTERNAL) {
        ENSURE(account_key_child(&account.key, 0, &account.branch_key), ERR_KEY_INVALID);
    }
    account_key_fingerprint(&account.key, account.fingerprint);
    account_id(&account.branch_key, account.id);
    *ret_account = account;
    return RESULT_OK;
}

static struct script p2wpkh_script(const uint8_t pubkey_hash[HASH_160_BYTES]) {
    struct witness_program program = {.version = 0, .len = HASH_160_BYTES};
    memcpy(program.bytes, pubkey_hash, HASH_160_BYTES);
    return script_witness(&program);
}

/* BIP-141: the witness program is the redeem script of a P2SH output. */
static struct script p2sh_p2wpkh_script(const uint8_t pubkey_hash[HASH_160_BYTES]) {
    struct script redeem = p2wpkh_script(pubkey_hash);
    uint8_t script_hash[HASH_160_BYTES];
    hash_160(script_bytes(&redeem), script_hash);
    return script_p2sh(script_hash);
}

/* BIP 86: "the output key should commit to an unspendable script path": Q = P + H_TapTweak(P) G. */
static bool p2tr_script(const struct child_pubkey *child, struct script *ret_script) {
    const secp256k1_context *curve = secp256k1_context_static;
    secp256k1_pubkey point;
    secp256k1_xonly_pubkey internal;
    uint8_t tweak[HASH_256_BYTES];
    memcpy(&point, child->point, sizeof point);
    hash_tagged(STR("TapTweak"), (struct bytes){.ptr = child->pubkey + 1, .len = XONLY_BYTES},
                tweak);
    if (!secp256k1_xonly_pubkey_from_pubkey(curve, &internal, NULL, &point) ||
        !secp256k1_xonly_pubkey_tweak_add(curve, &point, &internal, tweak)) {
        return false;
    }
    uint8_t output[PUBKEY_BYTES];
    size_t size = sizeof output;
    int serialized =
        secp256k1_ec_pubkey_serialize(curve, output, &size, &point, SECP256K1_EC_COMPRESSED);
    BUG_IF(!serialized || size != PUBKEY_BYTES);
    struct witness_program program = {.version = 1, .len = XONLY_BYTES};
    memcpy(program.bytes, output + 1, XONLY_BYTES);
    *ret_script = script_witness(&program);
    return true;
}

/* The last 20 bytes of the Keccak-256 hash of the public key's two coordinates. */
static struct script evm_script(const struct child_pubkey *child) {
    secp256k1_pubkey point;
    memcpy(&point, child->point, sizeof point);
    uint8_t uncompressed[1 + 64];
    size_t size = sizeof uncompressed;
    int serialized = secp256k1_ec_pubkey_serialize(secp256k1_context_static, uncompressed, &size,
                                                   &point, SECP256K1_EC_UNCOMPRESSED);
    BUG_IF(!serialized || size != sizeof uncompressed);
    uint8_t hash[HASH_256_BYTES];
    hash_keccak256((struct bytes){.ptr = uncompressed + 1, .len = 64}, hash);
    struct script script = {.len = SCRIPT_EVM_BYTES};
    memcpy(script.bytes, hash + HASH_256_BYTES - SCRIPT_EVM_BYTES, SCRIPT_EVM_BYTES);
    return script;
}

struct result account_script_at(const struct account *account, uint32_t index,
                                struct script *ret_script) {
    ENSURE(index <= ACCOUNT_INDEX_MAX, ERR_INDEX_EXHAUSTED);
    struct child_pubkey child;
    ENSURE(account_key_child_pubkey(&account->branch_key, index, &child), ERR_INDEX_INVALID);
    uint8_t pubkey_hash[HASH_160_BYTES];
    hash_160(BYTES_OF(child.pubkey), pubkey_hash);
    switch (account->type) {
    case ACCOUNT_P2PKH:
        *ret_script = script_p2pkh(pubkey_hash);
        return RESULT_OK;
    case ACCOUNT_P2SH_P2WPKH:
        *ret_script = p2sh_p2wpkh_script(pubkey_hash);
        return RESULT_OK;
    case ACCOUNT_P2WPKH:
        *ret_script = p2wpkh_script(pubkey_hash);
        return RESULT_OK;
    case ACCOUNT_P2TR:
        ENSURE(p2tr_script(&child, ret_script), ERR_INDEX_INVALID);
        return RESULT_OK;
    case ACCOUNT_EVM:
    case ACCOUNT_TRON:
        *ret_script = evm_script(&child);
        return RESULT_OK;
    case ACCOUNT_TYPE_UNSAID:
        break;
    }
    BUG_IF(true);
}

struct result account_address_at(const struct account *account, uint32_t index,
                                 struct address_text *ret_text) {
    struct script script;
    TRY(account_script_at(account, index, &script));
    return address_encode(account->chain, &script, ret_text);
}

struct script account_redeem_script(const uint8_t pubkey[PUBKEY_BYTES]) {
    uint8_t pubkey_hash[HASH_160_BYTES];
    hash_160((struct bytes){.ptr = pubkey, .len = PUBKEY_BYTES}, pubkey_hash);
    return p2wpkh_script(pubkey_hash);
}

struct result account_key_place(const struct account *account, uint32_t index,
                                struct key_place *ret_place) {
    ENSURE(index <= ACCOUNT_INDEX_MAX, ERR_INDEX_EXHAUSTED);
    struct child_pubkey child;
    ENSURE(account_key_child_pubkey(&account->branch_key, index, &child), ERR_INDEX_INVALID);
    const struct key_origin *origin = &account->origin;
    struct key_place place = {0};
    memcpy(place.pubkey, child.pubkey, sizeof place.pubkey);
    memcpy(place.fingerprint, origin->present ? origin->fingerprint : account->fingerprint,
           sizeof place.fingerprint);
    if (origin->present) {
        place.step_count = origin->step_count;
        memcpy(place.steps, origin->steps, origin->step_count * sizeof *origin->steps);
    }
    if (account->branch == ACCOUNT_BRANCH_EXTERNAL) {
        place.steps[place.step_count++] = 0;
    }
    place.steps[place.step_count++] = index;
    *ret_place = place;
    return RESULT_OK;
}

struct str account_descriptor(struct arena *arena, const struct account *account) {
    struct descriptor descriptor = {
        .type = account->type,
        .origin = account->origin,
        .key_text = account_key_text(arena, account->chain, &account->key),
        .branch = account->branch,
        .branch_written = true,
    };
    return descriptor_text(arena, &descriptor);
}
