/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "app/shop_create.h"
#include "app/shop_list.h"
#include "base/arena.h"
#include "core/error.h"
#include "http/admin/admin.h"
#include "http/admin/handlers.h"

/* ---- create */

struct key_made {
    struct key_create create;
    struct str shop_id;
};

struct key_create_input {
    struct str scope;
    struct field_boolean account;
};

static const struct field create_fields[] = {
    {"scope", FIELD_TEXT, 0, 16, offsetof(struct key_create_input, scope)},
    {"account", FIELD_BOOLEAN, 0, 0, offsetof(struct key_create_input, account)},
};

/* The committer's view of it starts with the use case's own input. */
static_assert(offsetof(struct key_made, create) == 0);

static struct result show_created(const struct admin_call *call, void *context,
                                  struct json_writer *json) {
    struct key_made *made = context;
    json_write_object_begin(json);
    admin_i64(json, "key_id", made->create.id);
    admin_text(json, "shop_id", made->shop_id);
    admin_c_text(json, "scope", key_scope_name(made->create.scope));
    admin_c_text(json, "api_key", made->create.api_key);
    json_write_object_end(json);
    explicit_bzero(made->create.api_key, sizeof made->create.api_key);
    return RESULT_OK;
}

static struct reply render_created(struct request *request, struct result outcome, void *input) {
    return admin_committed(request, outcome, input, show_created);
}

static struct result prepare_create(const struct admin_call *call, struct admin_write *ret_write) {
    struct shop_row shop;
    TRY(shop_by_public_id(call->reader, call->arena, call->request->path_parameter, &shop));
    struct key_create_input input = {0};
    TRY(admin_body(call, create_fields, 2, &input));
    enum key_scope scope = KEY_SCOPE_ALL;
    if (input.scope.ptr != NULL && !key_scope_from_name(input.scope, &scope)) {
        return result_failf(call->arena, &ERR_FIELD_INVALID,
                            "scope is all, read, create or payout");
    }
    if (input.scope.ptr != NULL && input.account.value) {
        return result_failf(call->arena, &ERR_FIELD_INVALID, "give either --scope or --account");
    }
    if (input.account.value) {
        scope = KEY_SCOPE_PAYOUT;
    }
    struct key_made *made = ARENA_NEW(call->arena, struct key_made);
    made->shop_id = shop.public_id;
    key_prepare(call->app, shop.id, scope, &made->create);
    *ret_write = (struct admin_write){&key_create_use_case, &made->create, render_created};
    return RESULT_OK;
}

struct reply admin_key_create(struct request *request) {
    return admin_write(request, prepare_create);
}

/* ---- list */

static struct result read_list(const struct admin_call *call, struct json_writer *json) {
    struct shop_row shop;
    struct key_list list;
    TRY(shop_by_public_id(call->reader, call->arena, call->request->path_parameter, &shop));
    TRY(key_list_load(call->reader, call->arena, shop.id, &list));
    json_write_object_begin(json);
    json_write_key(json, STR("keys"));
    json_write_array_begin(json);
    for (size_t i = 0; i < list.count; i++) {
        json_write_object_begin(json);
        admin_i64(json, "key_id", list.keys[i].id);
        admin_text(json, "hint", list.keys[i].hint);
        admin_c_text(json, "scope", key_scope_name(list.keys[i].scope));
        admin_time(json, "created_at", list.keys[i].created_at_ms);
        admin_time(json, "last_used_at", list.keys[i].last_used_at_ms);
        admin_time(json, "revoked_at", list.keys[i].revoked_at_ms);
        json_write_object_end(json);
    }
    json_write_array_end(json);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_key_list(struct request *request) {
    return admin_read(request, read_list);
}

/* ---- revoke */

static struct result show_revoked(const struct admin_call *call, void *context,
                                  struct json_writer *json) {
    const struct key_revoke *revoke = context;
    json_write_object_begin(json);
    admin_i64(json, "key_id", revoke->id);
    admin_bool(json, "revoked", true);
    json_write_object_end(json);
    return RESULT_OK;
}

static struct reply render_revoked(struct request *request, struct result outcome, void *input) {
    return admin_committed(request, outcome, input, show_revoked);
}

static struct result prepare_revoke(const struct admin_call *call, struct admin_write *ret_write) {
    struct key_revoke *revoke = ARENA_NEW(call->arena, struct key_revoke);
    TRY(admin_path_id(call, &revoke->id));
    *ret_write = (struct admin_write){&key_revoke_use_case, revoke, render_revoked};
    return RESULT_OK;
}

struct reply admin_key_revoke(struct request *request) {
    return admin_write(request, prepare_revoke);
}
