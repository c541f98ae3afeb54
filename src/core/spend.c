/* SPDX-License-Identifier: MIT */
#include "core/spend.h"

#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/script.h"

enum {
    WITNESS_FACTOR = 4,      /* BIP 141: "Block weight is defined as Base size * 3 + Total size" */
    FRAME_BYTES = 4 + 4,     /* version and lock time */
    FRAME_WITNESS_BYTES = 2, /* marker and flag */
    OUTPOINT_BYTES = 32 + 4,
    SEQUENCE_BYTES = 4,
    VALUE_BYTES = 8,
    SIGNATURE_BYTES = 72, /* DER with its sighash byte, low s, the longer r */
    SCHNORR_BYTES = 64,
    FEE_RATE_DECIMALS = 3,
    FEE_RATE_TEXT_MAX = 16,
    VBYTES_OF_RATE = 1000,
};

struct input_size {
    uint64_t script_bytes; /* with its length */
    uint64_t
        witness_bytes; /* with the count of items; 0: none, but the count where others have one */
};

static struct input_size input_size_of(enum account_type type) {
    uint64_t signature_and_key = 1 + SIGNATURE_BYTES + 1 + PUBKEY_BYTES;
    switch (type) {
    case ACCOUNT_P2PKH:
        return (struct input_size){.script_bytes = 1 + signature_and_key};
    case ACCOUNT_P2SH_P2WPKH:
        return (struct input_size){.script_bytes = 1 + 1 + 2 + HASH_160_BYTES,
                                   .witness_bytes = 1 + signature_and_key};
    case ACCOUNT_P2WPKH:
        return (struct input_size){.script_bytes = 1, .witness_bytes = 1 + signature_and_key};
    case ACCOUNT_P2TR:
        return (struct input_size){.script_bytes = 1, .witness_bytes = 1 + 1 + SCHNORR_BYTES};
    case ACCOUNT_TYPE_UNSAID:
    case ACCOUNT_EVM:
    case ACCOUNT_TRON:
        break;
    }
    BUG_IF(true);
}

static uint64_t input_weight(enum account_type type) {
    struct input_size size = input_size_of(type);
    return (OUTPOINT_BYTES + size.script_bytes + SEQUENCE_BYTES) * WITNESS_FACTOR +
           size.witness_bytes;
}

/* No program of ours is longer than a one-byte length can say. */
static uint64_t output_weight(const struct script *program) {
    static_assert(SCRIPT_BYTES_MAX < 0xfd);
    return (VALUE_BYTES + UINT64_C(1) + program->len) * WITNESS_FACTOR;
}

static uint64_t count_bytes(uint64_t count) {
    return count < 0xfd ? 1 : 3;
}

static uint64_t vsize_of(const struct spend *spend, const struct script *change_program) {
    uint64_t outputs = spend->output_count + (change_program != NULL);
    uint64_t frame = FRAME_BYTES + count_bytes(spend->input_count) + count_bytes(outputs);
    uint64_t weight = spend->weight + frame * WITNESS_FACTOR;
    if (change_program != NULL) {
        weight += output_weight(change_program);
    }
    if (spend->witness_count > 0) {
        /* An input without a witness says so with a zero. */
        weight += FRAME_WITNESS_BYTES + (spend->input_count - spend->witness_count);
    }
    return (weight + WITNESS_FACTOR - 1) / WITNESS_FACTOR;
}

static struct amount fee_of(const struct spend *spend, uint64_t vsize) {
    uint64_t fee_sat = (vsize * spend->fee_rate + VBYTES_OF_RATE - 1) / VBYTES_OF_RATE;
    return amount_from_u64(spend->coin, fee_sat);
}

/* ---- fee rates */

static bool fee_rate_read(struct str text, uint64_t *ret_fee_rate) {
    size_t point = str_find(text, '.');
    struct str decimals =
        point == text.len ? (struct str){0} : str_slice(text, point + 1, text.len);
    uint64_t whole;
    uint64_t part = 0;
    bool has_point = point < text.len;
    if (text.len > FEE_RATE_TEXT_MAX || !str_to_u64(str_slice(text, 0, point), &whole) ||
        (has_point && (decimals.len > FEE_RATE_DECIMALS || !str_to_u64(decimals, &part)))) {
        return false;
    }
    for (size_t i = decimals.len; i < FEE_RATE_DECIMALS; i++) {
        part *= 10;
    }
    if (whole > FEE_RATE_MAX / VBYTES_OF_RATE) {
        return false;
    }
    *ret_fee_rate = whole * VBYTES_OF_RATE + part;
    return *ret_fee_rate >= FEE_RATE_MIN && *ret_fee_rate <= FEE_RATE_MAX;
}

struct result fee_rate_from_text(struct str text, uint64_t *ret_fee_rate) {
    uint64_t fee_rate;
    ENSURE(fee_rate_read(text, &fee_rate), ERR_FEE_RATE_INVALID);
    *ret_fee_rate = fee_rate;
    return RESULT_OK;
}

struct str fee_rate_to_text(struct arena *arena, uint64_t fee_rate) {
    char *text = arena_printf(arena, "%llu.%03llu", (unsigned long long)(fee_rate / VBYTES_OF_RATE),
                              (unsigned long long)(fee_rate % VBYTES_OF_RATE));
    struct str trimmed = str_from_c(text);
    while (trimmed.ptr[trimmed.len - 1] == '0') {
        trimmed.len--;
    }
    if (trimmed.ptr[trimmed.len - 1] == '.') {
        trimmed.len--;
    }
    return trimmed;
}

/* ---- sums */

void spend_init(struct spend *spend, const struct asset *coin, uint64_t fee_rate) {
    BUG_IF(fee_rate < FEE_RATE_MIN || fee_rate > FEE_RATE_MAX);
    *spend = (struct spend){.coin = coin,
                            .fee_rate = fee_rate,
                            .paid = amount_zero(coin),
                            .gathered = amount_zero(coin)};
}

struct result spend_pay(struct spend *spend, const struct script *program, struct amount amount) {
    TRY(amount_add(spend->paid, amount, &spend->paid));
    spend->output_count++;
    spend->weight += output_weight(program);
    return RESULT_OK;
}

struct result spend_gather(struct spend *spend, enum account_type type, struct amount amount) {
    TRY(amount_add(spend->gathered, amount, &spend->gathered));
    spend->input_count++;
    spend->weight += input_weight(type);
    spend->witness_count += input_size_of(type).witness_bytes > 0;
    return RESULT_OK;
}

struct amount spend_lacks(const struct spend *spend) {
    struct amount needed = amount_add_to_max(spend->paid, fee_of(spend, vsize_of(spend, NULL)));
    return amount_subtract_to_zero(needed, spend->gathered);
}

struct amount spend_cost_of_input(const struct spend *spend, enum account_type type) {
    return fee_of(spend, (input_weight(type) + WITNESS_FACTOR - 1) / WITNESS_FACTOR);
}

static bool is_worth_having(const struct spend *spend, enum account_type type,
                            struct amount change) {
    struct amount dust;
    struct result known = amount_from_text(spend->coin, str_from_c(spend->coin->smallest), &dust);
    BUG_IF(!result_is_ok(known));
    return !amount_less(change, dust) && amount_less(spend_cost_of_input(spend, type), change);
}

struct result spend_settle(const struct spend *spend, const struct script *change_program,
                           enum account_type change_type, struct spend_sums *ret_sums) {
    BUG_IF(!amount_is_zero(spend_lacks(spend)));
    struct amount rest = amount_subtract_to_zero(spend->gathered, spend->paid);
    uint64_t vsize = vsize_of(spend, change_program);
    struct amount fee = fee_of(spend, vsize);
    struct amount change = amount_subtract_to_zero(rest, fee);
    if (is_worth_having(spend, change_type, change)) {
        *ret_sums = (struct spend_sums){.fee = fee, .change = change, .vsize = vsize};
        return RESULT_OK;
    }
    *ret_sums = (struct spend_sums){
        .fee = rest, .change = amount_zero(spend->coin), .vsize = vsize_of(spend, NULL)};
    return RESULT_OK;
}
