/* SPDX-License-Identifier: MIT */
#include "core/account_key.h"

#include <secp256k1.h>
#include <string.h>

#include "base/arena.h"
#include "core/base58.h"
#include "core/chain_params.h"
#include "core/error.h"

/* libsecp256k1's static context is constant and enough for all that needs no secret key, so threads
 * share it without a lock. */

static_assert(sizeof(secp256k1_pubkey) == sizeof(((struct account_key *)NULL)->point),
              "a cached point holds libsecp256k1's key");
static_assert((int)ACCOUNT_KEY_BYTES <= (int)BASE58_PAYLOAD_MAX, "an extended key fits its text");

enum {
    AT_VERSION = 0,
    AT_DEPTH = 4,
    AT_PARENT = 5,
    AT_CHILD_NUMBER = 9,
    AT_CHAIN_CODE = 13,
    AT_PUBKEY = 45,
};

#define VERSION_XPUB 0x0488b21eu
#define VERSION_TPUB 0x043587cfu

/* SLIP-132, without the private halves: those are told by the key bytes themselves. */
struct key_prefix {
    uint32_t version;
    bool is_main;
    const char *chain; /* NULL: wallets of any chain use it */
    enum account_type type;
};

static const struct key_prefix key_prefixes[] = {
    {VERSION_XPUB, true, NULL, ACCOUNT_TYPE_UNSAID},  /* xpub */
    {0x049d7cb2u, true, NULL, ACCOUNT_P2SH_P2WPKH},   /* ypub */
    {0x04b24746u, true, NULL, ACCOUNT_P2WPKH},        /* zpub */
    {VERSION_TPUB, false, NULL, ACCOUNT_TYPE_UNSAID}, /* tpub */
    {0x044a5262u, false, NULL, ACCOUNT_P2SH_P2WPKH},  /* upub */
    {0x045f1cf6u, false, NULL, ACCOUNT_P2WPKH},       /* vpub */
    {0x019da462u, true, "ltc", ACCOUNT_TYPE_UNSAID},  /* Ltub: exported for every type */
    {0x01b26ef6u, true, "ltc", ACCOUNT_P2SH_P2WPKH},  /* Mtub */
    {0x0436f6e1u, false, "ltc", ACCOUNT_TYPE_UNSAID}, /* ttub */
};

/* Prefixes whose keys share an output with other keys; one of them alone cannot receive. */
static const uint32_t multisig_versions[] = {0x0295b43fu, 0x02aa7ed3u, 0x024289efu, 0x02575483u};

static const struct {
    const char *name;
    enum account_type type;
} type_names[] = {
    /* the short word of a type comes first */
    {"pkh", ACCOUNT_P2PKH},
    {"p2pkh", ACCOUNT_P2PKH},
    {"sh-wpkh", ACCOUNT_P2SH_P2WPKH},
    {"p2sh-p2wpkh", ACCOUNT_P2SH_P2WPKH},
    {"wpkh", ACCOUNT_P2WPKH},
    {"p2wpkh", ACCOUNT_P2WPKH},
    {"tr", ACCOUNT_P2TR},
    {"p2tr", ACCOUNT_P2TR},
    {"evm", ACCOUNT_EVM},
    {"tron", ACCOUNT_TRON},
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static struct result refuse(const struct error_code *code, const char *detail) {
    return (struct result){.code = code, .detail = detail};
}

bool account_type_by_name(struct str name, enum account_type *ret_type) {
    for (size_t i = 0; i < COUNT_OF(type_names); i++) {
        if (str_eq(name, str_from_c(type_names[i].name))) {
            *ret_type = type_names[i].type;
            return true;
        }
    }
    return false;
}

const char *account_type_name(enum account_type type) {
    for (size_t i = 0; i < COUNT_OF(type_names); i++) {
        if (type_names[i].type == type) {
            return type_names[i].name;
        }
    }
    return "";
}

static const struct key_prefix *prefix_by_version(uint32_t version) {
    for (size_t i = 0; i < COUNT_OF(key_prefixes); i++) {
        if (key_prefixes[i].version == version) {
            return &key_prefixes[i];
        }
    }
    return NULL;
}

static bool version_is_multisig(uint32_t version) {
    for (size_t i = 0; i < COUNT_OF(multisig_versions); i++) {
        if (multisig_versions[i] == version) {
            return true;
        }
    }
    return false;
}

/* Wallets of account-based chains export xpub, whatever the chain id. */
static bool network_fits(const struct key_prefix *prefix, const struct chain_params *chain) {
    bool is_plain = prefix->version == VERSION_XPUB && chain->form != ADDRESS_FORM_BITCOIN;
    return prefix->is_main == chain->is_main || is_plain;
}

/* At this length the library reads compressed keys only, as BIP-32 wants. */
static bool point_parse(const uint8_t pubkey[PUBKEY_BYTES], uint8_t ret_point[64]) {
    secp256k1_pubkey point;
    if (!secp256k1_ec_pubkey_parse(secp256k1_context_static, &point, pubkey, PUBKEY_BYTES)) {
        return false;
    }
    memcpy(ret_point, &point, sizeof point);
    return true;
}

/* BIP-32's invalid extended keys: a master key has no parent and no number. */
static bool place_is_valid(const struct account_key *key) {
    static const uint8_t no_parent[FINGERPRINT_BYTES];
    if (key->depth > 0) {
        return true;
    }
    return key->child_number == 0 &&
           memcmp(key->parent_fingerprint, no_parent, FINGERPRINT_BYTES) == 0;
}

static struct result key_from_bytes(const uint8_t *bytes, struct account_key *ret_key) {
    struct account_key key = {
        .depth = bytes[AT_DEPTH],
        .child_number = u32_load_be(bytes + AT_CHILD_NUMBER),
    };
    memcpy(key.parent_fingerprint, bytes + AT_PARENT, FINGERPRINT_BYTES);
    memcpy(key.chain_code, bytes + AT_CHAIN_CODE, CHAIN_CODE_BYTES);
    memcpy(key.pubkey, bytes + AT_PUBKEY, PUBKEY_BYTES);
    if (!place_is_valid(&key)) {
        return refuse(&ERR_KEY_INVALID, "the key contradicts itself: depth 0 with a parent");
    }
    if (!point_parse(key.pubkey, key.point)) {
        return refuse(&ERR_KEY_INVALID, "the key is not a point of the curve");
    }
    *ret_key = key;
    return RESULT_OK;
}

struct result account_key_parse(const struct chain_params *chain, struct str text,
                                struct account_key *ret_key, enum account_type *ret_type) {
    ENSURE(!key_text_is_private(text), ERR_KEY_PRIVATE);
    struct base58_payload payload;
    if (!base58check_decode(text, &payload)) {
        return refuse(&ERR_KEY_INVALID, "the key is mistyped: its checksum is wrong");
    }
    if (payload.len != ACCOUNT_KEY_BYTES) {
        return refuse(&ERR_KEY_INVALID, "this is not an extended public key");
    }
    uint32_t version = u32_load_be(payload.bytes + AT_VERSION);
    if (version_is_multisig(version)) {
        return refuse(&ERR_KEY_INVALID, "this is one key of a multi-signature wallet");
    }
    const struct key_prefix *prefix = prefix_by_version(version);
    if (prefix == NULL) {
        return refuse(&ERR_KEY_INVALID, "the key's prefix is unknown");
    }
    ENSURE(network_fits(prefix, chain), ERR_KEY_WRONG_NETWORK);
    ENSURE(prefix->chain == NULL || strcmp(prefix->chain, chain->chain) == 0,
           ERR_KEY_WRONG_NETWORK);
    TRY(key_from_bytes(payload.bytes, ret_key));
    *ret_type = prefix->type;
    return RESULT_OK;
}

struct str account_key_text(struct arena *arena, const struct chain_params *chain,
                            const struct account_key *key) {
    uint8_t bytes[ACCOUNT_KEY_BYTES];
    u32_store_be(bytes + AT_VERSION, chain->is_main ? VERSION_XPUB : VERSION_TPUB);
    bytes[AT_DEPTH] = key->depth;
    memcpy(bytes + AT_PARENT, key->parent_fingerprint, FINGERPRINT_BYTES);
    u32_store_be(bytes + AT_CHILD_NUMBER, key->child_number);
    memcpy(bytes + AT_CHAIN_CODE, key->chain_code, CHAIN_CODE_BYTES);
    memcpy(bytes + AT_PUBKEY, key->pubkey, PUBKEY_BYTES);
    struct base58_text text;
    base58check_encode(BYTES_OF(bytes), &text);
    return str_copy(arena, (struct str){.ptr = text.text, .len = text.len});
}

void account_key_fingerprint(const struct account_key *key,
                             uint8_t ret_fingerprint[FINGERPRINT_BYTES]) {
    uint8_t digest[HASH_160_BYTES];
    hash_160(BYTES_OF(key->pubkey), digest);
    memcpy(ret_fingerprint, digest, FINGERPRINT_BYTES);
}

/* BIP-32, public parent key to public child key: "let I = HMAC-SHA512(Key = cpar, Data =
 * serP(Kpar) || ser32(i))". */
static void child_hmac(const struct account_key *parent, uint32_t index,
                       uint8_t ret_digest[HASH_512_BYTES]) {
    BUG_IF(index >= CHILD_HARDENED);
    uint8_t input[PUBKEY_BYTES + 4];
    memcpy(input, parent->pubkey, PUBKEY_BYTES);
    u32_store_be(input + PUBKEY_BYTES, index);
    hash_hmac_sha512(BYTES_OF(parent->chain_code), BYTES_OF(input), ret_digest);
}

bool account_key_tweak(const struct account_key *parent, const uint8_t left[HASH_256_BYTES],
                       struct child_pubkey *ret_child) {
    secp256k1_pubkey point;
    memcpy(&point, parent->point, sizeof point);
    /* Fails in the two cases that BIP 32 names: "In case parse256(IL) >= n or Ki is the point at
     * infinity, the resulting key is invalid". */
    if (!secp256k1_ec_pubkey_tweak_add(secp256k1_context_static, &point, left)) {
        return false;
    }
    size_t size = PUBKEY_BYTES;
    memcpy(ret_child->point, &point, sizeof point);
    int serialized = secp256k1_ec_pubkey_serialize(secp256k1_context_static, ret_child->pubkey,
                                                   &size, &point, SECP256K1_EC_COMPRESSED);
    BUG_IF(!serialized || size != PUBKEY_BYTES);
    return true;
}

bool account_key_child_pubkey(const struct account_key *parent, uint32_t index,
                              struct child_pubkey *ret_child) {
    uint8_t digest[HASH_512_BYTES];
    child_hmac(parent, index, digest);
    return account_key_tweak(parent, digest, ret_child);
}

bool account_key_child(const struct account_key *parent, uint32_t index,
                       struct account_key *ret_child) {
    uint8_t digest[HASH_512_BYTES];
    struct child_pubkey pubkey;
    BUG_IF(parent->depth == UINT8_MAX);
    child_hmac(parent, index, digest);
    if (!account_key_tweak(parent, digest, &pubkey)) {
        return false;
    }
    struct account_key child = {
        .depth = (uint8_t)(parent->depth + 1),
        .child_number = index,
    };
    account_key_fingerprint(parent, child.parent_fingerprint);
    memcpy(child.chain_code, digest + HASH_256_BYTES, CHAIN_CODE_BYTES);
    memcpy(child.pubkey, pubkey.pubkey, PUBKEY_BYTES);
    memcpy(child.point, pubkey.point, sizeof child.point);
    *ret_child = child;
    return true;
}
