/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_WIRE_CURRENCY_H
#define TILL_HTTP_WIRE_CURRENCY_H

/* An asset as CryptoCloud's clients know it: the currency object with its network inside, as it
 * stands in invoices and postbacks. */

#include <stdbool.h>

#include "base/str.h"

struct arena;
struct asset;
struct json_writer;

/* `images` is where the icons are, without a trailing slash. */
void wire_currency(struct json_writer *json, struct arena *arena, const struct asset *asset,
                   struct str images);

/* The fiat currency a client means, whatever the case and the spaces around it; NULL if there is
 * none. */
const struct asset *wire_fiat_by_text(struct arena *arena, struct str text);
/* A code as the tables write it: trimmed, in upper case. */
struct str wire_code(struct arena *arena, struct str text);
/* A coin of CryptoCloud's on a network that is not followed here: no mistake, but never on offer.
 */
bool wire_code_is_elsewhere(struct str code);
/* The object as it stands in balances and static wallets: the full code is `code`, the short one
 * `short_code`, the network `obj_network`, and `enable` says whether the shop takes it. */
void wire_wallet_currency(struct json_writer *json, struct arena *arena, const struct asset *asset,
                          struct str images, bool enabled);

/* "Invalid account currency specified. Available currencies 'USD', 'UZS', ..., 'GBP'." */
const char *wire_fiat_refusal(struct arena *arena);

#endif
