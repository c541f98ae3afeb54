/* SPDX-License-Identifier: MIT */
#include "core/psbt.h"

#include <string.h>

#include "base/buf.h"
#include "core/error.h"

enum {
    TX_VERSION = 2,
    VALUE_BYTES = 8,
    XONLY_BYTES = 32,
};

/* BIP 125: "any of its inputs have an nSequence number less than (0xffffffff - 1)": a fee that
 * turns out too low can be raised. */
#define SEQUENCE_REPLACEABLE 0xfffffffdu

/* BIP 174 and 371, the types that we write. */
enum {
    GLOBAL_UNSIGNED_TX = 0x00,
    IN_NON_WITNESS_UTXO = 0x00,
    IN_WITNESS_UTXO = 0x01,
    IN_REDEEM_SCRIPT = 0x04,
    IN_BIP32_DERIVATION = 0x06,
    IN_TAP_BIP32_DERIVATION = 0x16,
    IN_TAP_INTERNAL_KEY = 0x17,
    OUT_REDEEM_SCRIPT = 0x00,
    OUT_BIP32_DERIVATION = 0x02,
    OUT_TAP_INTERNAL_KEY = 0x05,
    OUT_TAP_BIP32_DERIVATION = 0x07,
};

static const uint8_t magic[] = {'p', 's', 'b', 't', 0xff};

/* ---- little-endian numbers and counted bytes */

static void put_u32(struct buf *out, uint32_t value) {
    for (int i = 0; i < 4; i++) {
        buf_put_char(out, (char)(uint8_t)(value >> (8 * i)));
    }
}

/* Bitcoin's compact size. */
static void put_count(struct buf *out, uint64_t count) {
    BUG_IF(count > UINT32_MAX);
    size_t bytes = count < 0xfd ? 1 : count <= UINT16_MAX ? 2 : 4;
    if (bytes > 1) {
        buf_put_char(out, (char)(uint8_t)(bytes == 2 ? 0xfd : 0xfe));
    }
    for (size_t i = 0; i < bytes; i++) {
        buf_put_char(out, (char)(uint8_t)(count >> (8 * i)));
    }
}

static void put_bytes(struct buf *out, struct bytes bytes) {
    buf_put(out, bytes.ptr, bytes.len);
}

static void put_counted(struct buf *out, struct bytes bytes) {
    put_count(out, bytes.len);
    put_bytes(out, bytes);
}

static bool fits_value(struct amount amount) {
    uint8_t blob[AMOUNT_BLOB_BYTES];
    amount_to_blob(amount, blob);
    return u64_load_be(blob) == 0;
}

static void put_value(struct buf *out, struct amount amount) {
    uint8_t blob[AMOUNT_BLOB_BYTES];
    amount_to_blob(amount, blob);
    for (size_t i = 0; i < VALUE_BYTES; i++) {
        buf_put_char(out, (char)blob[AMOUNT_BLOB_BYTES - 1 - i]);
    }
}

static void put_txout(struct buf *out, struct amount amount, const struct script *program) {
    put_value(out, amount);
    put_counted(out, script_bytes(program));
}

/* ---- the transaction */

static void put_outpoint(struct buf *out, const struct psbt_input *input) {
    for (size_t i = 0; i < HASH_BYTES; i++) {
        buf_put_char(out, (char)input->txid.bytes[HASH_BYTES - 1 - i]);
    }
    put_u32(out, input->vout);
}

/* BIP 174: "The scriptSigs and witnesses for each input must be empty. The transaction must be in
 * the old serialization format (without witnesses)." */
static void put_unsigned_tx(struct buf *out, const struct psbt *psbt) {
    put_u32(out, TX_VERSION);
    put_count(out, psbt->input_count);
    for (size_t i = 0; i < psbt->input_count; i++) {
        put_outpoint(out, &psbt->inputs[i]);
        put_count(out, 0);
        put_u32(out, SEQUENCE_REPLACEABLE);
    }
    put_count(out, psbt->output_count);
    for (size_t i = 0; i < psbt->output_count; i++) {
        put_txout(out, psbt->outputs[i].amount, &psbt->outputs[i].program);
    }
    put_u32(out, 0);
}

/* ---- maps: <keylen> <keytype> <keydata> <valuelen> <value>, and a zero at the end */

static void put_key(struct buf *out, uint8_t type, struct bytes key) {
    put_count(out, 1 + key.len);
    buf_put_char(out, (char)type);
    put_bytes(out, key);
}

static void put_pair(struct buf *out, uint8_t type, struct bytes value) {
    put_key(out, type, (struct bytes){0});
    put_counted(out, value);
}

static void put_path(struct buf *out, const struct key_place *place) {
    buf_put(out, place->fingerprint, sizeof place->fingerprint);
    for (size_t i = 0; i < place->step_count; i++) {
        put_u32(out, place->steps[i]);
    }
}

static size_t path_bytes(const struct key_place *place) {
    return FINGERPRINT_BYTES + place->step_count * sizeof *place->steps;
}

static struct bytes pubkey_bytes(const struct key_place *place) {
    return BYTES_OF(place->pubkey);
}

static struct bytes xonly_bytes(const struct key_place *place) {
    return (struct bytes){.ptr = place->pubkey + 1, .len = XONLY_BYTES};
}

/* The same facts have other types in inputs and in outputs. */
struct key_types {
    uint8_t redeem_script;
    uint8_t derivation;
    uint8_t tap_derivation;
    uint8_t tap_key;
};

static const struct key_types input_types = {IN_REDEEM_SCRIPT, IN_BIP32_DERIVATION,
                                             IN_TAP_BIP32_DERIVATION, IN_TAP_INTERNAL_KEY};
static const struct key_types output_types = {OUT_REDEEM_SCRIPT, OUT_BIP32_DERIVATION,
                                              OUT_TAP_BIP32_DERIVATION, OUT_TAP_INTERNAL_KEY};

/* BIP 371: "The internal key does not have leaf hashes, so can be indicated with a hashes len of
 * 0." */
static void put_tap_derivation(struct buf *out, uint8_t type, const struct key_place *place) {
    put_key(out, type, xonly_bytes(place));
    put_count(out, 1 + path_bytes(place));
    put_count(out, 0);
    put_path(out, place);
}

/* By rising types, as all maps here. */
static void put_tap_key(struct buf *out, const struct key_types *types,
                        const struct key_place *place) {
    bool key_first = types->tap_key < types->tap_derivation;
    if (key_first) {
        put_pair(out, types->tap_key, xonly_bytes(place));
    }
    put_tap_derivation(out, types->tap_derivation, place);
    if (!key_first) {
        put_pair(out, types->tap_key, xonly_bytes(place));
    }
}

static void put_signing_key(struct buf *out, const struct key_types *types,
                            const struct psbt_key *key) {
    if (key->type == ACCOUNT_P2TR) {
        put_tap_key(out, types, &key->place);
        return;
    }
    if (key->type == ACCOUNT_P2SH_P2WPKH) {
        struct script redeem = account_redeem_script(key->place.pubkey);
        put_pair(out, types->redeem_script, script_bytes(&redeem));
    }
    put_key(out, types->derivation, pubkey_bytes(&key->place));
    put_count(out, path_bytes(&key->place));
    put_path(out, &key->place);
}

static void put_input_map(struct buf *out, const struct psbt_input *input) {
    if (input->previous_tx.len > 0) {
        put_pair(out, IN_NON_WITNESS_UTXO, input->previous_tx);
    }
    if (input->key.type != ACCOUNT_P2PKH) {
        put_key(out, IN_WITNESS_UTXO, (struct bytes){0});
        put_count(out, VALUE_BYTES + 1 + input->program.len);
        put_txout(out, input->amount, &input->program);
    }
    put_signing_key(out, &input_types, &input->key);
    put_count(out, 0);
}

static void put_output_map(struct buf *out, const struct psbt_output *output) {
    if (output->key != NULL) {
        put_signing_key(out, &output_types, output->key);
    }
    put_count(out, 0);
}

static struct result check_values(const struct psbt *psbt) {
    for (size_t i = 0; i < psbt->input_count; i++) {
        const struct psbt_input *input = &psbt->inputs[i];
        BUG_IF(input->key.type == ACCOUNT_P2PKH && input->previous_tx.len == 0);
        ENSURE(fits_value(input->amount), ERR_AMOUNT_OVERFLOW);
    }
    for (size_t i = 0; i < psbt->output_count; i++) {
        ENSURE(fits_value(psbt->outputs[i].amount), ERR_AMOUNT_OVERFLOW);
    }
    return RESULT_OK;
}

struct result psbt_encode(struct arena *arena, const struct psbt *psbt, struct bytes *ret_bytes) {
    TRY(check_values(psbt));
    struct buf tx = buf_in(arena);
    put_unsigned_tx(&tx, psbt);
    struct buf out = buf_in(arena);
    buf_put(&out, magic, sizeof magic);
    put_pair(&out, GLOBAL_UNSIGNED_TX, buf_bytes(&tx));
    put_count(&out, 0);
    for (size_t i = 0; i < psbt->input_count; i++) {
        put_input_map(&out, &psbt->inputs[i]);
    }
    for (size_t i = 0; i < psbt->output_count; i++) {
        put_output_map(&out, &psbt->outputs[i]);
    }
    ENSURE(!tx.failed && !out.failed, ERR_PSBT_TOO_LARGE);
    *ret_bytes = buf_bytes(&out);
    return RESULT_OK;
}
