/* SPDX-License-Identifier: MIT */
#include "app/app.h"
#include "app/token_accept.h"
#include "app/token_show.h"
#include "base/arena.h"
#include "core/error.h"
#include "http/admin/admin.h"
#include "http/admin/handlers.h"

static const char *state_of(struct followed_network *followed, const struct asset *asset) {
    if (network_token_fault(followed, asset) != CHAIN_TOKEN_FINE) {
        return "unusable";
    }
    return network_has_changed(followed, asset) ? "changed" : "accepted";
}

static void text_or_null(struct json_writer *json, const char *key,
                         const struct address_text *text) {
    json_write_key(json, str_from_c(key));
    if (text->len == 0) {
        json_write_null(json);
    } else {
        json_write_str(json, address_str(text));
    }
}

static struct result write_token(const struct admin_call *call, struct json_writer *json,
                                 struct followed_network *followed, const struct token *token) {
    struct token_shown shown;
    TRY(token_show(call->reader, followed, token->asset, &shown));
    json_write_object_begin(json);
    admin_c_text(json, "asset", token->asset->code);
    admin_c_text(json, "network", followed->network->key);
    admin_text(json, "contract", address_str(&token->text));
    text_or_null(json, "implementation", &shown.implementation);
    text_or_null(json, "new_implementation", &shown.new_implementation);
    admin_c_text(json, "state", state_of(followed, token->asset));
    admin_c_text(json, "reason", token_fault_text(network_token_fault(followed, token->asset)));
    json_write_object_end(json);
    return RESULT_OK;
}

struct result admin_write_tokens(const struct admin_call *call, struct json_writer *json) {
    const struct networks *networks = &call->app->networks;
    json_write_key(json, STR("tokens"));
    json_write_array_begin(json);
    for (size_t i = 0; i < networks->count; i++) {
        struct followed_network *followed = networks->followed[i];
        for (size_t t = 0; t < followed->tokens.count; t++) {
            TRY(write_token(call, json, followed, &followed->tokens.tokens[t]));
        }
    }
    json_write_array_end(json);
    return RESULT_OK;
}

static struct result show_accepted(const struct admin_call *call, void *context,
                                   struct json_writer *json) {
    const struct token_accept *accept = context;
    struct followed_network *followed = networks_find(&call->app->networks, accept->asset->network);
    network_set_changed(followed, accept->asset, false);
    return write_token(call, json, followed, token_by_asset(&followed->tokens, accept->asset));
}

static struct reply render_accepted(struct request *request, struct result outcome, void *input) {
    return admin_committed(request, outcome, input, show_accepted);
}

static struct result prepare_accept(const struct admin_call *call, struct admin_write *ret_write) {
    struct token_accept *accept = ARENA_NEW(call->arena, struct token_accept);
    accept->asset = asset_by_code(call->request->path_parameter);
    const struct followed_network *followed =
        accept->asset == NULL ? NULL : networks_find(&call->app->networks, accept->asset->network);
    if (followed == NULL || token_by_asset(&followed->tokens, accept->asset) == NULL) {
        return result_failf(call->arena, &ERR_NOT_FOUND, "no network here has a token \"%.*s\"",
                            STR_ARG(call->request->path_parameter));
    }
    *ret_write = (struct admin_write){&token_accept_use_case, accept, render_accepted};
    return RESULT_OK;
}

struct reply admin_token_accept(struct request *request) {
    return admin_write(request, prepare_accept);
}
