/* SPDX-License-Identifier: MIT */
#include "app/wallet_add.h"

#include <string.h>

#include "app/app.h"
#include "app/ledger.h"
#include "app/reserve.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/chain_params.h"
#include "core/error.h"
#include "ports/clock.h"
#include "ports/store_shop.h"
#include "ports/vault.h"

enum { MAC_MESSAGE_BYTES_MAX = 4096 };

static_assert((int)MAC_BYTES == (int)VAULT_MAC_BYTES);

static void put_field(struct buf *message, struct bytes field) {
    uint8_t length[4];
    u32_store_be(length, (uint32_t)field.len);
    buf_put(message, length, sizeof length);
    buf_put(message, field.ptr, field.len);
}

static void put_number(struct buf *message, int64_t number) {
    uint8_t bytes[8];
    u64_store_be(bytes, (uint64_t)number);
    put_field(message, BYTES_OF(bytes));
}

void wallet_mac(const struct app *app, const struct wallet_row *wallet,
                uint8_t ret_mac[MAC_BYTES]) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(MAC_MESSAGE_BYTES_MAX * 4);
    struct buf message = buf_in(arena);
    buf_puts(&message, "wallet");
    put_number(&message, wallet->shop_id);
    put_field(&message, bytes_from_str(str_from_c(wallet->network->key)));
    put_field(&message, bytes_from_str(wallet->descriptor));
    put_field(&message, bytes_from_str(wallet->chain_name));
    BUG_IF(message.failed);
    vault_mac(app->vault, buf_bytes(&message), ret_mac);
}

/* On the stack: this runs for each address made and each address shown. */
void address_mac(const struct app *app, const struct address_row *address,
                 uint8_t ret_mac[MAC_BYTES]) {
    bool is_static = address->kind == ADDRESS_STATIC;
    uint8_t message[128] = "address";
    if (is_static) {
        memcpy(message, "static", sizeof "static"); /* and of no sum, whatever the receipt's */
    }
    size_t len = 8;
    u64_store_be(message + len, (uint64_t)address->invoice_id);
    u64_store_be(message + len + 8, (uint64_t)address->wallet_id);
    u32_store_be(message + len + 16, address->address_index);
    len += 20;
    amount_to_blob(is_static ? amount_zero(address->asset) : address->due, message + len);
    len += AMOUNT_BLOB_BYTES;
    message[len++] = address->program.len;
    static_assert(8 + 20 + AMOUNT_BLOB_BYTES + 1 + SCRIPT_BYTES_MAX + 32 <= sizeof message);
    memcpy(message + len, address->program.bytes, address->program.len);
    len += address->program.len;
    struct str code = str_from_c(address->asset->code);
    BUG_IF(code.len > 32);
    memcpy(message + len, code.ptr, code.len);
    vault_mac(app->vault, (struct bytes){.ptr = message, .len = len + code.len}, ret_mac);
}

struct result wallet_prepare(const struct app *app, struct arena *arena,
                             const struct wallet_wanted *wanted, struct wallet_add *ret_add) {
    const struct followed_network *followed = networks_find(&app->networks, wanted->network);
    ENSURE(followed != NULL, ERR_NETWORK_UNKNOWN);
    const struct chain_params *params =
        chain_params_by_name(str_from_c(wanted->network->key), str_from_c(followed->chain_name));
    ENSURE(params != NULL, ERR_NETWORK_UNKNOWN);
    ENSURE(wanted->first_index >= 0 && wanted->first_index <= (int64_t)ACCOUNT_INDEX_MAX,
           ERR_INDEX_EXHAUSTED);
    *ret_add = (struct wallet_add){.first_index = wanted->first_index};
    TRY(account_parse(params, wanted->text, wanted->type, &ret_add->account));
    ret_add->wallet = (struct wallet_row){
        .shop_id = wanted->shop_id,
        .network = wanted->network,
        .descriptor = account_descriptor(arena, &ret_add->account),
        .chain_name = str_from_c(followed->chain_name),
        .created_at_ms = clock_wall_ms(app->clock),
    };
    wallet_mac(app, &ret_add->wallet, ret_add->wallet.mac);
    return RESULT_OK;
}

static struct result intern_account_key(struct ledger *ledger, struct wallet_add *add) {
    struct account_key_row key;
    struct result found =
        store_account_key_by_account_id(ledger_conn(ledger), add->account.id, &key);
    if (found.code != &ERR_NOT_FOUND) {
        TRY(found);
        add->account_key_id = key.id;
        return store_account_key_raise(ledger_conn(ledger), key.id, add->first_index);
    }
    key = (struct account_key_row){.next_index = add->first_index};
    memcpy(key.account_id, add->account.id, sizeof key.account_id);
    memcpy(key.fingerprint, add->account.fingerprint, sizeof key.fingerprint);
    return store_account_key_insert(ledger_conn(ledger), &key, &add->account_key_id);
}

static struct result wallet_add_apply(void *input, struct ledger *ledger) {
    struct wallet_add *add = input;
    TRY(intern_account_key(ledger, add));
    struct wallet_row wallet = add->wallet;
    wallet.account_key_id = add->account_key_id;
    TRY(store_wallet_insert(ledger_conn(ledger), &wallet, &add->wallet_id));
    /* Known to the counters at once. The side file may know the key from a life before a restore.
     */
    return reserve_add_account_key(ledger_app(ledger)->reserve, add->account_key_id,
                                   add->account.id, add->first_index, true, &add->first_index);
}

const struct use_case wallet_add_use_case = {
    .name = "wallet_add",
    .job_class = JOB_OPERATOR,
    .apply = wallet_add_apply,
};
