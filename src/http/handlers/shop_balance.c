/* SPDX-License-Identifier: MIT */
#include "app/shop_balance.h"

#include "app/app.h"
#include "base/arena.h"
#include "http/handlers/handlers.h"
#include "http/merchant_call.h"
#include "http/request.h"
#include "http/wire/currency.h"
#include "http/wire_reply.h"

static void put_amount(struct json_writer *json, struct arena *arena, struct str key,
                       struct amount amount) {
    json_write_key(json, key);
    json_write_number_text(json, amount_to_json(arena, amount));
}

/* All of it is in the shop's own wallet, so all of it is available. */
static void write_line(struct json_writer *json, struct arena *arena,
                       const struct shop_balance_line *line, struct str images) {
    json_write_object_begin(json);
    json_write_key(json, STR("currency"));
    wire_wallet_currency(json, arena, line->asset, images, line->enabled);
    put_amount(json, arena, STR("balance_crypto"), line->received);
    put_amount(json, arena, STR("balance_usd"), line->received_usd);
    put_amount(json, arena, STR("available_balance"), line->received);
    put_amount(json, arena, STR("available_balance_usd"), line->received_usd);
    json_write_object_end(json);
}

/* POST /v2/merchant/wallet/balance/all; a body, or none, says nothing to us. */
struct reply handle_shop_balance(struct request *request) {
    CLEANUP(merchant_call_end) struct merchant_call call;
    struct reply refusal;
    if (!merchant_call_begin(request, &call, &refusal)) {
        return refusal;
    }
    struct shop_balance *balance = ARENA_NEW(request->arena, struct shop_balance);
    struct result loaded =
        shop_balance_load(call.app, call.reader, request->arena, &call.shop, balance);
    if (!result_is_ok(loaded)) {
        return wire_refuse_result(request, loaded);
    }
    struct wire_success success;
    wire_success_begin(request, &success);
    json_write_array_begin(&success.json);
    for (size_t i = 0; i < balance->count; i++) {
        write_line(&success.json, request->arena, &balance->lines[i], call.app->base_url);
    }
    json_write_array_end(&success.json);
    return wire_success_reply(request, &success);
}
