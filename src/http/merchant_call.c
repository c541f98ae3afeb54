/* SPDX-License-Identifier: MIT */
#include "http/merchant_call.h"

#include "app/caller.h"
#include "core/error.h"
#include "http/request.h"
#include "http/routes.h"
#include "http/service.h"
#include "http/throttle.h"
#include "http/wire_reply.h"

/* "Token <key>"; the scheme in any case, as RFC 9110 section 11.1 has it: "it uses a
 * case-insensitive token to identify the authentication scheme". False: none, or none of ours. */
static bool read_key(const struct request *request, struct str *ret_key) {
    struct str rest = str_trim(request_header(request, STR("authorization")));
    struct str scheme;
    if (!str_split_next(&rest, ' ', &scheme) || !str_eq_nocase(scheme, STR("Token"))) {
        return false;
    }
    *ret_key = str_trim(rest);
    return ret_key->len > 0;
}

bool merchant_key_is_given(struct request *request, struct reply *ret_refusal) {
    struct str api_key;
    if (read_key(request, &api_key)) {
        return true;
    }
    if (throttle_stranger(request, ret_refusal)) {
        *ret_refusal = wire_refuse(request, "authorization", "Unauthorized request.");
    }
    return false;
}

static enum key_scope scope_needed(unsigned route_caller) {
    switch ((enum caller)route_caller) {
    case CALLER_SHOP_READS:
    case CALLER_V1_READS:
        return KEY_SCOPE_READ;
    case CALLER_SHOP_CREATES:
    case CALLER_V1_CREATES:
        return KEY_SCOPE_CREATE;
    case CALLER_SHOP:
        return KEY_SCOPE_ALL;
    case CALLER_ACCOUNT:
        return KEY_SCOPE_PAYOUT;
    case CALLER_ANYONE:
    case CALLER_MONITOR:
        break;
    }
    BUG_IF(true); /* a handler for anyone asks for no key */
}

bool merchant_call_begin(struct request *request, struct merchant_call *ret_call,
                         struct reply *ret_refusal) {
    const struct http_service *service = service_of(request->context);
    *ret_call = (struct merchant_call){.app = service->app, .readers = service->readers};
    struct str api_key;
    if (!merchant_key_is_given(request, ret_refusal) || !read_key(request, &api_key)) {
        return false;
    }
    struct result begun = reader_take(ret_call->readers, &ret_call->reader);
    struct caller_identity caller;
    if (result_is_ok(begun)) {
        begun = caller_find(ret_call->app, ret_call->reader, request->arena, api_key, &caller);
    }
    if (!result_is_ok(begun)) {
        bool is_stranger = begun.code == &ERR_API_KEY_REFUSED;
        if (!is_stranger || throttle_stranger(request, ret_refusal)) {
            *ret_refusal = wire_refuse_result(request, begun);
        }
        return false;
    }
    if (!throttle_key(request, caller.key_id, ret_refusal)) {
        return false;
    }
    if (!key_scope_permits(caller.scope, scope_needed(request->route->caller))) {
        *ret_refusal = reply_error(request, 403, NULL);
        return false;
    }
    ret_call->shop = caller.shop;
    ret_call->key_id = caller.key_id;
    return true;
}

void merchant_call_end(struct merchant_call *call) {
    if (call->reader != NULL) {
        reader_give(call->readers, call->reader);
        call->reader = NULL;
    }
}
