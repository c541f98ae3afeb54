/* SPDX-License-Identifier: MIT */
#include "app/app.h"
#include "app/token_accept.h"
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

static void write_token(struct json_writer *json, struct followed_network *followed,
                        const struct token *token) {
    json_write_object_begin(json);
    admin_c_text(json, "asset", token->asset->code);
    admin_c_text(json, "network", followed->network->key);
    admin_text(json, "contract", address_str(&token->text));
    admin_c_text(json, "state", state_of(followed, token->asset));
    admin_c_text(json, "reason", token_fault_text(network_token_fault(followed, token->asset)));
    json_write_object_end(json);
}

void admin_write_tokens(struct json_writer *json, const struct app *app) {
    json_write_key(json, STR("tokens"));
    json_write_array_begin(json);
    for (size_t i = 0; i < app->networks.count; i++) {
        struct followed_network *followed = app->networks.followed[i];
        for (size_t t = 0; t < followed->tokens.count; t++) {
            write_token(json, followed, &followed->tokens.tokens[t]);
        }
    }
    json_write_array_end(json);
}

static struct result show_accepted(const struct admin_call *call, void *context,
                                   struct json_writer *json) {
    const struct token_accept *accept = context;
    struct followed_network *followed = networks_find(&call->app->networks, accept->asset->network);
    network_set_changed(followed, accept->asset, false);
    write_token(json, followed, token_by_asset(&followed->tokens, accept->asset));
    return RESULT_OK;
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
