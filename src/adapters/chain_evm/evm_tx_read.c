/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_tx_read.h"

#include "adapters/chain_evm/evm_tx_form.h"
#include "base/arena.h"
#include "base/result.h"
#include "core/evm_signer.h"
#include "core/hash.h"
#include "core/rlp.h"

enum { CHUNK_BYTES = 512 };
static_assert((int)EVM_TX_PARTS <= (int)EVM_TX_PARTS_MAX, "every part has a place");

/* ---- from JSON to parts */

/* Numbers may have any number of digits and leading zeros: nodes do not agree about signatures. */
static void read_hex(struct json_reader *reader, bool is_number, struct buf *raw) {
    struct str text = json_read_str(reader);
    raw->len = 0;
    if (!str_starts_with(text, STR("0x")) || (text.len % 2 != 0 && !is_number)) {
        json_fail(reader, "a transaction's field is not hex");
        return;
    }
    text = str_slice(text, 2, text.len);
    if (text.len % 2 != 0) {
        buf_put_char(raw, (char)hex_digit(text.ptr[0]));
        if (hex_digit(text.ptr[0]) < 0) {
            json_fail(reader, "a transaction's field is not hex");
        }
        text = str_slice(text, 1, text.len);
    }
    while (text.len > 0) {
        uint8_t chunk[CHUNK_BYTES];
        size_t size = text.len / 2 < sizeof chunk ? text.len / 2 : sizeof chunk;
        if (!hex_decode(str_slice(text, 0, 2 * size), chunk, size)) {
            json_fail(reader, "a transaction's field is not hex");
            return;
        }
        buf_put(raw, chunk, size);
        text = str_slice(text, 2 * size, text.len);
    }
}

static void read_data_list(struct evm_tx_reader *self, struct json_reader *reader, struct buf *to) {
    size_t list = rlp_list_begin(to);
    json_array_begin(reader);
    while (json_array_next(reader)) {
        read_hex(reader, false, &self->raw);
        rlp_put_bytes(to, buf_bytes(&self->raw));
    }
    rlp_list_end(to, list);
}

static bool is_list(enum evm_part_kind kind) {
    return kind == EVM_PART_DATA_LIST || kind == EVM_PART_ACCESS_LIST ||
           kind == EVM_PART_AUTHORIZATIONS;
}

static void put_nothing(struct buf *to, enum evm_part_kind kind) {
    if (is_list(kind)) {
        rlp_list_end(to, rlp_list_begin(to));
    } else {
        rlp_put_bytes(to, (struct bytes){0});
    }
}

static void read_flat(struct evm_tx_reader *self, struct json_reader *reader,
                      enum evm_part_kind kind, struct buf *to) {
    if (kind == EVM_PART_DATA_LIST) {
        read_data_list(self, reader, to);
    } else if (kind == EVM_PART_BOOL) {
        rlp_put_u64(to, json_read_bool(reader));
    } else {
        read_hex(reader, kind == EVM_PART_NUMBER, &self->raw);
        struct bytes bytes = buf_bytes(&self->raw);
        if (kind == EVM_PART_NUMBER) {
            rlp_put_number(to, bytes);
        } else {
            rlp_put_bytes(to, bytes);
        }
    }
}

static void put_part(struct buf *to, const struct evm_tx_parts *parts, size_t part,
                     enum evm_part_kind kind) {
    if (parts->of[part].len == 0) {
        put_nothing(to, kind);
    } else if (!parts->bytes.failed) {
        buf_put(to, parts->bytes.ptr + parts->of[part].at, parts->of[part].len);
    }
}

/* The part that the key names; shape.count if it names none. */
static size_t part_named(struct evm_shape shape, struct str key) {
    size_t part = 0;
    while (part < shape.count && !str_eq(key, shape.parts[part].name)) {
        part++;
    }
    return part;
}

static void parts_clear(struct evm_tx_parts *parts) {
    parts->bytes.len = 0;
    memset(parts->of, 0, sizeof parts->of);
}

/* A list of objects, none of whose parts is such a list itself. */
static void read_objects(struct evm_tx_reader *self, struct json_reader *reader,
                         struct evm_shape shape, struct buf *to) {
    size_t list = rlp_list_begin(to);
    json_array_begin(reader);
    while (json_array_next(reader)) {
        struct evm_tx_parts *parts = &self->item;
        parts_clear(parts);
        struct str key;
        json_object_begin(reader);
        while (json_object_next(reader, &key)) {
            size_t part = part_named(shape, key);
            if (part < shape.count && !json_take_null(reader)) {
                parts->of[part].at = parts->bytes.len;
                read_flat(self, reader, shape.parts[part].kind, &parts->bytes);
                parts->of[part].len = parts->bytes.len - parts->of[part].at;
            }
        }
        size_t item = rlp_list_begin(to);
        for (size_t part = 0; part < shape.count; part++) {
            put_part(to, parts, part, shape.parts[part].kind);
        }
        rlp_list_end(to, item);
    }
    rlp_list_end(to, list);
}

static void read_part(struct evm_tx_reader *self, struct json_reader *reader, size_t part) {
    struct buf *to = &self->tx.bytes;
    enum evm_part_kind kind = evm_tx_shape.parts[part].kind;
    self->tx.of[part].at = to->len;
    switch (kind) {
    case EVM_PART_ACCESS_LIST:
        read_objects(self, reader, evm_access_shape, to);
        break;
    case EVM_PART_AUTHORIZATIONS:
        read_objects(self, reader, evm_authorization_shape, to);
        break;
    case EVM_PART_NUMBER:
    case EVM_PART_DATA:
    case EVM_PART_BOOL:
    case EVM_PART_DATA_LIST:
        read_flat(self, reader, kind, to);
        break;
    }
    self->tx.of[part].len = to->len - self->tx.of[part].at;
}

/* ---- from parts to what we need */

/* The bytes of a short string part, right-aligned in `size` bytes for numbers; false if it is
 * longer or shorter than it may be. */
static bool take_part(const struct evm_tx_parts *parts, enum evm_tx_part part, uint8_t *ret_bytes,
                      size_t size) {
    if (parts->bytes.failed || parts->of[part].len == 0) {
        return false;
    }
    struct bytes code = {.ptr = (const uint8_t *)parts->bytes.ptr + parts->of[part].at,
                         .len = parts->of[part].len};
    if (code.ptr[0] >= 0x80) { /* else a byte stands for itself */
        code.ptr++;
        code.len--;
    }
    bool is_number = evm_tx_shape.parts[part].kind == EVM_PART_NUMBER;
    if (code.len > size || (code.len < size && !is_number)) {
        return false;
    }
    memset(ret_bytes, 0, size);
    memcpy(ret_bytes + size - code.len, code.ptr, code.len);
    return true;
}

static bool take_u64(const struct evm_tx_parts *parts, enum evm_tx_part part, uint64_t *ret_value) {
    uint8_t bytes[sizeof *ret_value] = {0};
    *ret_value = 0;
    if (parts->of[part].len > 0 && !take_part(parts, part, bytes, sizeof bytes)) {
        return false;
    }
    *ret_value = u64_load_be(bytes);
    return true;
}

/* An empty "to" is as good as none: a contract is created. */
static bool has_address(const struct evm_tx_parts *parts, enum evm_tx_part part) {
    return parts->of[part].len > 1;
}

static bool take_tx(const struct evm_tx_parts *parts, struct evm_tx *ret_tx) {
    struct evm_tx tx = {.has_to = has_address(parts, EVM_TX_TO)};
    if (!take_part(parts, EVM_TX_HASH, tx.hash.bytes, sizeof tx.hash.bytes) ||
        !take_part(parts, EVM_TX_VALUE, tx.value.bytes, sizeof tx.value.bytes) ||
        !take_u64(parts, EVM_TX_INDEX, &tx.index) || !take_u64(parts, EVM_TX_TYPE, &tx.type)) {
        return false;
    }
    if (tx.has_to && !take_part(parts, EVM_TX_TO, tx.to.bytes, sizeof tx.to.bytes)) {
        return false;
    }
    if (has_address(parts, EVM_TX_FROM) &&
        !take_part(parts, EVM_TX_FROM, tx.from.bytes, sizeof tx.from.bytes)) {
        return false;
    }
    *ret_tx = tx;
    return true;
}

/* ---- from parts to the chain's bytes */

static bool has_part(const struct evm_tx_form *form, enum evm_tx_part part) {
    for (size_t i = 0; i < form->count; i++) {
        if (form->parts[i] == part) {
            return true;
        }
    }
    return false;
}

/* What Arbitrum makes itself does not always name a receiver and a sum in its bytes: what a node
 * says of them there is proved by nothing, and pays nobody. */
static void drop_unproved(struct evm_tx *tx) {
    const struct evm_tx_form *form = evm_tx_form_of(tx->type);
    if (form != NULL && !(has_part(form, EVM_TX_TO) && has_part(form, EVM_TX_VALUE))) {
        tx->has_to = false;
        tx->value = (struct evm_word){{0}};
    }
}

/* The first `count` parts, and what stands behind them for a signature. */
static void write_code(struct evm_tx_reader *self, const struct evm_tx_form *form, size_t count,
                       const uint64_t *legacy_chain_id) {
    self->code.len = 0;
    if (form->type != EVM_TYPE_LEGACY) {
        buf_put_char(&self->code, (char)form->type);
    }
    size_t list = rlp_list_begin(&self->code);
    for (size_t i = 0; i < count; i++) {
        put_part(&self->code, &self->tx, form->parts[i], evm_tx_shape.parts[form->parts[i]].kind);
    }
    if (legacy_chain_id != NULL) {
        rlp_put_u64(&self->code, *legacy_chain_id);
        rlp_put_u64(&self->code, 0);
        rlp_put_u64(&self->code, 0);
    }
    rlp_list_end(&self->code, list);
}

/* EIP-155: "v of the signature MUST be set to {0,1} + CHAIN_ID * 2 + 35", and the chain id is
 * signed too; before it v was 27 or 28. */
static bool signer_of(struct evm_tx_reader *self, const struct evm_tx_form *form,
                      struct evm_address *ret_signer) {
    struct evm_signature signature;
    struct evm_word digest;
    uint64_t chain_id = 0;
    bool is_legacy = form->type == EVM_TYPE_LEGACY;
    if (!take_part(&self->tx, EVM_TX_R, signature.r.bytes, EVM_WORD_BYTES) ||
        !take_part(&self->tx, EVM_TX_S, signature.s.bytes, EVM_WORD_BYTES) ||
        !take_u64(&self->tx, is_legacy ? EVM_TX_V : EVM_TX_Y_PARITY, &signature.y_parity)) {
        return false;
    }
    bool is_bound = is_legacy && signature.y_parity >= 35;
    if (is_bound) {
        chain_id = (signature.y_parity - 35) / 2;
        signature.y_parity = (signature.y_parity - 35) % 2;
    } else if (is_legacy) {
        signature.y_parity -= 27;
    }
    write_code(self, form, form->count - (size_t)EVM_TX_SIGNATURE_PARTS,
               is_bound ? &chain_id : NULL);
    hash_keccak256(buf_bytes(&self->code), digest.bytes);
    return !self->code.failed && evm_signer(&digest, &signature, ret_signer);
}

bool evm_tx_signer(struct evm_tx_reader *self, const struct evm_tx *tx,
                   struct evm_address *ret_signer) {
    const struct evm_tx_form *form = evm_tx_form_of(tx->type);
    return form != NULL && form->is_signed && signer_of(self, form, ret_signer);
}

/* Where it matters: what somebody sends to himself pays nobody. A liar could hide a payment so. */
static bool sender_fits(struct evm_tx_reader *self, const struct evm_tx_form *form,
                        const struct evm_tx *tx) {
    struct evm_address signer;
    return !form->is_signed || !tx->has_to || !evm_address_eq(&tx->from, &tx->to) ||
           (signer_of(self, form, &signer) && evm_address_eq(&signer, &tx->from));
}

static void commit(struct evm_tx_reader *self, const struct evm_tx *tx) {
    struct evm_tx_commitment *commitment = &self->commitment;
    const struct evm_tx_form *form = evm_tx_form_of(tx->type);
    if (form == NULL && commitment->is_whole) {
        commitment->is_whole = false;
        commitment->unknown_type = tx->type;
    }
    if (form == NULL || !commitment->is_whole) {
        return;
    }
    if (self->tx.of[EVM_TX_Y_PARITY].len == 0) { /* older nodes write it as v */
        self->tx.of[EVM_TX_Y_PARITY] = self->tx.of[EVM_TX_V];
    }
    commitment->senders_fit = commitment->senders_fit && sender_fits(self, form, tx);
    write_code(self, form, form->count, NULL);
    uint8_t hash[HASH_256_BYTES];
    hash_keccak256(buf_bytes(&self->code), hash);
    if (memcmp(hash, tx->hash.bytes, HASH_256_BYTES) != 0) {
        commitment->hashes_fit = false;
    }
    if (!self->code.failed) {
        trie_root_add(&self->root, buf_bytes(&self->code));
    }
}

void evm_tx_reader_init(struct evm_tx_reader *self, struct arena *arena) {
    parts_clear(&self->tx);
    parts_clear(&self->item);
    self->tx.bytes = buf_in(arena);
    self->item.bytes = buf_in(arena);
    self->raw = buf_in(arena);
    self->code = buf_in(arena);
    trie_root_init(&self->root, arena);
    self->commitment =
        (struct evm_tx_commitment){.is_whole = true, .hashes_fit = true, .senders_fit = true};
}

void evm_tx_read(struct evm_tx_reader *self, struct json_reader *reader, struct evm_tx *ret_tx) {
    parts_clear(&self->tx);
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        size_t part = part_named(evm_tx_shape, key);
        if (part < EVM_TX_PARTS && !json_take_null(reader)) {
            read_part(self, reader, part);
        } /* else json_object_next passes over it */
    }
    if (json_failed(reader) || !take_tx(&self->tx, ret_tx)) {
        json_fail(reader,
                  "a transaction lacks its hash or value, or one of its fields is too long");
        return;
    }
    drop_unproved(ret_tx);
    commit(self, ret_tx);
}

bool evm_tx_reader_finish(struct evm_tx_reader *self, struct evm_tx_commitment *ret_commitment) {
    bool has_failed =
        self->tx.bytes.failed || self->item.bytes.failed || self->raw.failed || self->code.failed;
    if (has_failed || !trie_root_finish(&self->root, self->commitment.root.bytes)) {
        return false;
    }
    *ret_commitment = self->commitment;
    return true;
}
