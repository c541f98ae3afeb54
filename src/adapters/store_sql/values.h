/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_STORE_SQL_VALUES_H
#define TILL_ADAPTERS_STORE_SQL_VALUES_H

/* How the domain's values stand in columns: networks as small numbers of the `network` table,
 * assets as code texts, amounts as 16 bytes (their asset is taken first), words of enums by name. A
 * value that the program does not know is a fault of the store. */

#include "adapters/store_sql/driver.h"
#include "core/amount.h"
#include "core/asset.h"
#include "core/chain_types.h"
#include "core/commission.h"

/* Networks and their numbers in this database; read once at start, constant afterwards. */
struct network_map {
    const struct network *networks[NETWORK_COUNT_MAX];
    int64_t ids[NETWORK_COUNT_MAX];
    size_t count;
};

/* Gives each network of core's table a number if it has none yet. In a transaction of the writer.
 */
struct result network_map_load(struct store_conn *conn, struct network_map *ret_map);
/* The connection's; implemented by the engine. */
const struct network_map *conn_networks(const struct store_conn *conn);

void bind_network(struct stmt *stmt, const struct network *network);
const struct network *take_network(struct stmt *stmt);

void bind_asset(struct stmt *stmt, const struct asset *asset); /* NULL becomes NULL */
const struct asset *take_asset(struct stmt *stmt);             /* coin, token or fiat */
void bind_amount(struct stmt *stmt, struct amount amount);
/* Nothing without an asset: then the column is NULL. */
struct amount take_amount(struct stmt *stmt, const struct asset *asset);

/* A sum in USD whose column is NULL when it is zero. */
void bind_usd_or_null(struct stmt *stmt, struct amount usd);
struct amount take_usd_or_null(struct stmt *stmt);

/* Who bears a fee, as a word. */
void bind_side(struct stmt *stmt, enum fee_side side);
enum fee_side take_side(struct stmt *stmt);

/* An enum's words, in its sequence. */
struct words {
    const char *const *words;
    unsigned count;
};
#define WORDS_OF(array)                                                                            \
    ((struct words){.words = (array), .count = sizeof(array) / sizeof(*(array))})

void bind_word(struct stmt *stmt, struct words words, unsigned value);
unsigned take_word(struct stmt *stmt, struct words words);

#endif
