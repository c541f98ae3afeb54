/* SPDX-License-Identifier: MIT */
#include "adapters/chain_bitcoin/raw_tx.h"

#include <nettle/sha2.h>

#include "base/result.h"

enum {
    FLAG_WITNESS = 1,
    FLAG_MWEB = 8,
    OUTPOINT_BYTES = 36,
    SEQUENCE_BYTES = 4,
    VALUE_BYTES = 8,
    LOCK_TIME_BYTES = 4,
    VERSION_BYTES = 4,
};

/* Takes bytes off the front; once there are too few, everything is NULL or zero. */
struct taker {
    struct bytes rest;
    bool failed;
};

static const uint8_t *take(struct taker *taker, uint64_t size) {
    if (taker->failed || size > taker->rest.len) {
        taker->failed = true;
        return NULL;
    }
    const uint8_t *from = taker->rest.ptr;
    taker->rest.ptr += size;
    taker->rest.len -= size;
    return from;
}

static uint64_t take_le(struct taker *taker, size_t size) {
    const uint8_t *from = take(taker, size);
    uint64_t value = 0;
    for (size_t i = size; from != NULL && i-- > 0;) {
        value = value << 8 | from[i];
    }
    return value;
}

/* Bitcoin's compact size. */
static uint64_t take_count(struct taker *taker) {
    uint64_t first = take_le(taker, 1);
    if (first < 0xfd) {
        return first;
    }
    return take_le(taker, first == 0xfd ? 2 : first == 0xfe ? 4 : 8);
}

static struct bytes take_text(struct taker *taker) {
    uint64_t len = take_count(taker);
    const uint8_t *from = take(taker, len);
    return (struct bytes){.ptr = from, .len = from != NULL ? len : 0};
}

static void skip_inputs(struct taker *taker, uint64_t count) {
    for (uint64_t i = 0; i < count && !taker->failed; i++) {
        (void)take(taker, OUTPOINT_BYTES);
        (void)take_text(taker);
        (void)take(taker, SEQUENCE_BYTES);
    }
}

static void skip_witnesses(struct taker *taker, uint64_t input_count) {
    for (uint64_t i = 0; i < input_count && !taker->failed; i++) {
        uint64_t items = take_count(taker);
        for (uint64_t k = 0; k < items && !taker->failed; k++) {
            (void)take_text(taker);
        }
    }
}

static struct raw_output take_output(struct taker *taker) {
    struct raw_output output = {.value = take_le(taker, VALUE_BYTES)};
    output.program = take_text(taker);
    return output;
}

/* BIP 144: "marker (0x00), flag (0x01)" stand where an old transaction counts its inputs, of which
 * there is at least one. Litecoin adds flag 0x08. */
static uint64_t take_flags(struct taker *taker) {
    if (taker->rest.len == 0 || taker->rest.ptr[0] != 0) {
        return 0;
    }
    (void)take(taker, 1);
    uint64_t flags = take_le(taker, 1);
    if (flags == 0 || (flags & ~(uint64_t)(FLAG_WITNESS | FLAG_MWEB)) != 0) {
        taker->failed = true;
    }
    return flags;
}

/* BIP 141: "the definition of txid remains unchanged: the double SHA256 of the traditional
 * serialization format: [nVersion][txins][txouts][nLockTime]". */
static struct txid txid_of(const uint8_t *version, struct bytes inputs_outputs,
                           const uint8_t *lock_time) {
    struct sha256_ctx digest;
    uint8_t once[SHA256_DIGEST_SIZE];
    uint8_t twice[SHA256_DIGEST_SIZE];
    sha256_init(&digest);
    sha256_update(&digest, VERSION_BYTES, version);
    sha256_update(&digest, inputs_outputs.len, inputs_outputs.ptr);
    sha256_update(&digest, LOCK_TIME_BYTES, lock_time);
    sha256_digest(&digest, sizeof(once), once);
    sha256_update(&digest, sizeof(once), once);
    sha256_digest(&digest, sizeof(twice), twice);
    struct txid txid;
    for (size_t i = 0; i < HASH_BYTES; i++) {
        txid.bytes[i] = twice[HASH_BYTES - 1 - i];
    }
    return txid;
}

bool raw_tx_read(struct bytes bytes, struct raw_tx *ret_tx) {
    struct taker taker = {.rest = bytes};
    const uint8_t *version = take(&taker, VERSION_BYTES);
    uint64_t flags = take_flags(&taker);
    struct bytes body = taker.rest;
    uint64_t input_count = take_count(&taker);
    skip_inputs(&taker, input_count);
    uint64_t output_count = take_count(&taker);
    struct bytes outputs = taker.rest;
    for (uint64_t i = 0; i < output_count && !taker.failed; i++) {
        (void)take_output(&taker);
    }
    body.len -= taker.rest.len;
    outputs.len -= taker.rest.len;
    if (flags & FLAG_WITNESS) {
        skip_witnesses(&taker, input_count);
    }
    /* In a block the MWEB's part stands elsewhere; the HogEx says so with a zero. */
    if (flags & FLAG_MWEB && take_le(&taker, 1) != 0) {
        return false;
    }
    const uint8_t *lock_time = take(&taker, LOCK_TIME_BYTES);
    if (taker.failed || taker.rest.len != 0) {
        return false;
    }
    *ret_tx = (struct raw_tx){.txid = txid_of(version, body, lock_time),
                              .version = {.ptr = version, .len = VERSION_BYTES},
                              .body = body,
                              .lock_time = {.ptr = lock_time, .len = LOCK_TIME_BYTES},
                              .output_count = (uint32_t)output_count,
                              .outputs = outputs};
    return true;
}

void raw_tx_strip(const struct raw_tx *tx, struct buf *out) {
    buf_put(out, tx->version.ptr, tx->version.len);
    buf_put(out, tx->body.ptr, tx->body.len);
    buf_put(out, tx->lock_time.ptr, tx->lock_time.len);
}

void raw_tx_output_next(struct bytes *outputs, struct raw_output *ret_output) {
    struct taker taker = {.rest = *outputs};
    *ret_output = take_output(&taker);
    BUG_IF(taker.failed);
    *outputs = taker.rest;
}
