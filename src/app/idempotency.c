/* SPDX-License-Identifier: MIT */
#include "app/idempotency.h"

#include <string.h>

#include "app/ledger.h"
#include "core/error.h"
#include "core/hash.h"
#include "ports/store_invoice.h"

static_assert((int)REQUEST_HASH_BYTES == (int)HASH_256_BYTES);

static bool is_key(struct str key) {
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] < 0x20 || key.ptr[i] > 0x7e) {
            return false;
        }
    }
    return key.len > 0 && key.len <= IDEMPOTENCY_KEY_BYTES_MAX;
}

struct result idempotency_key_of(int64_t shop_id, struct str key, struct bytes request,
                                 struct idempotency_key_row *ret_key) {
    ENSURE(is_key(key), ERR_IDEMPOTENCY_KEY_INVALID);
    *ret_key = (struct idempotency_key_row){.shop_id = shop_id, .key = key};
    hash_sha256(request, ret_key->request_hash);
    return RESULT_OK;
}

struct result idempotency_reply(struct store_conn *reader, struct arena *arena,
                                const struct idempotency_key_row *key, struct str *ret_reply) {
    struct idempotency_key_row first;
    TRY(store_idempotency_key_find(reader, arena, key->shop_id, key->key, &first));
    ENSURE(memcmp(first.request_hash, key->request_hash, sizeof first.request_hash) == 0,
           ERR_IDEMPOTENCY_MISMATCH);
    *ret_reply = first.reply;
    return RESULT_OK;
}

struct result idempotency_begin(struct ledger *ledger, const struct idempotency_key_row *once) {
    if (str_is_empty(once->key)) {
        return RESULT_OK;
    }
    struct idempotency_key_row first;
    struct result found = store_idempotency_key_find(ledger_conn(ledger), ledger_arena(ledger),
                                                     once->shop_id, once->key, &first);
    ENSURE(!result_is_ok(found), ERR_IDEMPOTENCY_TAKEN);
    return found.code == &ERR_NOT_FOUND ? RESULT_OK : found;
}

struct result idempotency_keep(struct ledger *ledger, const struct idempotency_key_row *once,
                               int64_t made_id, int64_t now_ms) {
    if (str_is_empty(once->key)) {
        return RESULT_OK;
    }
    struct idempotency_key_row row = *once;
    row.made_id = made_id;
    row.created_at_ms = now_ms;
    return store_idempotency_key_insert(ledger_conn(ledger), &row);
}

static struct result idempotency_prune_apply(void *input, struct ledger *ledger) {
    struct idempotency_prune *prune = input;
    int64_t before_ms = ledger_now_ms(ledger) - IDEMPOTENCY_KEPT_MS;
    int64_t oldest_ms;
    TRY(store_idempotency_key_prune(ledger_conn(ledger), before_ms, IDEMPOTENCY_PRUNE_MAX));
    TRY(store_idempotency_key_oldest(ledger_conn(ledger), &oldest_ms));
    prune->has_more = oldest_ms != 0 && oldest_ms < before_ms;
    return RESULT_OK;
}

const struct use_case idempotency_prune_use_case = {
    .name = "idempotency_prune", .job_class = JOB_OPERATOR, .apply = idempotency_prune_apply};
