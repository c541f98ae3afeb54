/* SPDX-License-Identifier: MIT */
#include "app/shop_list.h"
#include "app/wallet_add.h"
#include "app/wallet_view.h"
#include "base/arena.h"
#include "core/error.h"
#include "http/admin/admin.h"
#include "http/admin/handlers.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- add */

struct wallet_input {
    struct str shop_id;
    struct str network;
    struct str xpub;
    struct str descriptor;
    struct str type;
    struct field_integer first_index;
};

#define INPUT(member) offsetof(struct wallet_input, member)

static const struct field wallet_fields[] = {
    {"shop_id", FIELD_TEXT, FIELD_REQUIRED, 64, INPUT(shop_id)},
    {"network", FIELD_TEXT, FIELD_REQUIRED, 32, INPUT(network)},
    {"xpub", FIELD_TEXT, 0, DESCRIPTOR_TEXT_MAX, INPUT(xpub)},
    {"descriptor", FIELD_TEXT, 0, DESCRIPTOR_TEXT_MAX, INPUT(descriptor)},
    {"type", FIELD_TEXT, 0, 32, INPUT(type)},
    {"first_index", FIELD_INTEGER, 0, 0, INPUT(first_index)},
};

/* The committer's view of it starts with the use case's own input. */
struct wallet_made {
    struct wallet_add add;
    struct address_text first_addresses[WALLET_FIRST_ADDRESSES];
};

static_assert(offsetof(struct wallet_made, add) == 0);

/* Request memory is ours, though a handler sees it as constant. */
static void wipe(const void *text, size_t len) {
    key_text_wipe((char *)(uintptr_t)text, len);
}

static struct result refuse_private(const struct admin_call *call,
                                    const struct wallet_input *input) {
    if (!key_text_is_private(input->xpub) && !key_text_is_private(input->descriptor)) {
        return RESULT_OK;
    }
    wipe(input->xpub.ptr, input->xpub.len);
    wipe(input->descriptor.ptr, input->descriptor.len);
    wipe(call->request->body.ptr, call->request->body.len);
    return result_fail(&ERR_KEY_PRIVATE);
}

static void write_fingerprint(struct json_writer *json, struct arena *arena,
                              const uint8_t fingerprint[FINGERPRINT_BYTES]) {
    admin_text(json, "fingerprint",
               hex_encode(arena, (struct bytes){.ptr = fingerprint, .len = FINGERPRINT_BYTES}));
}

static void write_first_addresses(struct json_writer *json,
                                  const struct address_text addresses[WALLET_FIRST_ADDRESSES]) {
    json_write_key(json, STR("first_addresses"));
    json_write_array_begin(json);
    for (size_t i = 0; i < WALLET_FIRST_ADDRESSES; i++) {
        json_write_str(json, address_str(&addresses[i]));
    }
    json_write_array_end(json);
}

static struct result show_added(const struct admin_call *call, void *context,
                                struct json_writer *json) {
    const struct wallet_made *made = context;
    json_write_object_begin(json);
    admin_i64(json, "wallet_id", made->add.wallet_id);
    write_fingerprint(json, call->arena, made->add.account.fingerprint);
    write_first_addresses(json, made->first_addresses);
    json_write_object_end(json);
    return RESULT_OK;
}

static struct reply render_added(struct request *request, struct result outcome, void *input) {
    return admin_committed(request, outcome, input, show_added);
}

static struct result read_wanted(const struct admin_call *call, const struct wallet_input *input,
                                 struct wallet_wanted *ret_wanted) {
    struct shop_row shop;
    TRY(shop_by_public_id(call->reader, call->arena, input->shop_id, &shop));
    if ((input->xpub.len > 0) == (input->descriptor.len > 0)) {
        return result_failf(call->arena, &ERR_FIELD_INVALID,
                            "give either xpub or descriptor (--xpub or --descriptor)");
    }
    *ret_wanted = (struct wallet_wanted){
        .shop_id = shop.id,
        .network = network_by_key(input->network),
        .text = input->xpub.len > 0 ? input->xpub : input->descriptor,
        .type = ACCOUNT_TYPE_UNSAID,
    };
    if (shop.test) {
        return result_failf(call->arena, &ERR_FIELD_INVALID,
                            "a test shop is paid on the sandbox and needs no wallet");
    }
    if (ret_wanted->network == NULL) {
        return result_failf(call->arena, &ERR_NETWORK_UNKNOWN, "there is no network \"%.*s\"",
                            STR_ARG(input->network));
    }
    if (input->type.len > 0 && !account_type_by_name(input->type, &ret_wanted->type)) {
        return result_failf(call->arena, &ERR_FIELD_INVALID, "type is wpkh, sh-wpkh, pkh or tr");
    }
    return admin_number(call, "first_index", input->first_index, 0, ACCOUNT_INDEX_MAX,
                        &ret_wanted->first_index);
}

static struct result prepare_add(const struct admin_call *call, struct admin_write *ret_write) {
    struct wallet_input input = {0};
    TRY(admin_body(call, wallet_fields, COUNT_OF(wallet_fields), &input));
    TRY(refuse_private(call, &input));
    struct wallet_wanted wanted;
    TRY(read_wanted(call, &input, &wanted));
    struct wallet_made *made = ARENA_NEW(call->arena, struct wallet_made);
    TRY(wallet_prepare(call->app, call->arena, &wanted, &made->add));
    TRY(wallet_first_addresses(&made->add.account, made->first_addresses));
    *ret_write = (struct admin_write){&wallet_add_use_case, &made->add, render_added};
    return RESULT_OK;
}

struct reply admin_wallet_add(struct request *request) {
    return admin_write(request, prepare_add);
}

/* ---- list, show */

static void write_index(struct json_writer *json, const char *key, int64_t index) {
    json_write_key(json, str_from_c(key));
    if (index < 0) {
        json_write_null(json);
    } else {
        json_write_i64(json, index);
    }
}

static void write_wallet(const struct admin_call *call, struct json_writer *json,
                         const struct shop_list *shops, const struct wallet_view *view) {
    const struct wallet_row *wallet = &view->wallet;
    admin_i64(json, "wallet_id", wallet->id);
    admin_text(json, "shop_id", shop_list_public_id(shops, wallet->shop_id));
    admin_c_text(json, "network", wallet->network->key);
    admin_text(json, "chain", wallet->chain_name);
    if (wallet->asset != NULL) {
        admin_c_text(json, "asset", wallet->asset->code);
    }
    write_fingerprint(json, call->arena, view->fingerprint);
    admin_text(json, "descriptor", wallet->descriptor);
    admin_bool(json, "in_use", view->in_use);
    write_index(json, "highest_issued", view->highest_issued);
    write_index(json, "highest_used", view->highest_used);
    admin_time(json, "created_at", wallet->created_at_ms);
}

struct list_input {
    struct str shop;
};

static const struct field list_fields[] = {
    {"shop", FIELD_TEXT, 0, 64, offsetof(struct list_input, shop)},
};

static struct result read_list(const struct admin_call *call, struct json_writer *json) {
    struct list_input input = {0};
    TRY(admin_query(call, list_fields, COUNT_OF(list_fields), &input));
    struct shop_list shops;
    TRY(shop_list_load(call->reader, call->arena, &shops));
    struct shop_row shop = {0};
    if (input.shop.len > 0) {
        TRY(shop_by_public_id(call->reader, call->arena, input.shop, &shop));
    }
    const struct wallet_view *views;
    size_t count;
    TRY(wallet_view_list(call->reader, call->arena, shop.id, &views, &count));
    json_write_object_begin(json);
    json_write_key(json, STR("wallets"));
    json_write_array_begin(json);
    for (size_t i = 0; i < count; i++) {
        if (views[i].wallet.shop_id == 0) {
            continue; /* the sandbox's own, one for each asset */
        }
        json_write_object_begin(json);
        write_wallet(call, json, &shops, &views[i]);
        json_write_object_end(json);
    }
    json_write_array_end(json);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_wallet_list(struct request *request) {
    return admin_read(request, read_list);
}

static struct result read_one(const struct admin_call *call, struct json_writer *json) {
    int64_t wallet_id;
    struct shop_list shops;
    struct wallet_view view;
    struct wallet_detail detail;
    TRY(admin_path_id(call, &wallet_id));
    TRY(shop_list_load(call->reader, call->arena, &shops));
    TRY(wallet_view_load(call->app, call->reader, call->arena, wallet_id, &view, &detail));
    json_write_object_begin(json);
    write_wallet(call, json, &shops, &view);
    admin_i64(json, "gap_limit", detail.gap_limit);
    write_first_addresses(json, detail.first_addresses);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_wallet_show(struct request *request) {
    return admin_read(request, read_one);
}
