/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_TRON_API_H
#define TILL_ADAPTERS_CHAIN_TRON_API_H

/* What all answers of java-tron's HTTP API have in common: an error comes as {"Error": "..."} with
 * status 200, hashes as hex, and nothing at all as {}. */

#include "base/json_read.h"
#include "core/chain_types.h"

struct api_error {
    bool is_set;
    char text[161];
};

/* In place of json_skip_value in an object that may be an error instead. */
void api_skip_or_error(struct json_reader *reader, struct str key, struct api_error *error);
/* The node has had enough of us: worth a pause. */
bool api_error_is_limit(const struct api_error *error);

/* 32 bytes in hex, with or without 0x before them. */
void api_read_hash(struct json_reader *reader, uint8_t ret_hash[HASH_BYTES]);
/* JSON-RPC's numbers: 0x and digits without zeros before them, at most 63 bits. */
int64_t api_read_quantity(struct json_reader *reader);
bool api_quantity_from_text(struct str text, int64_t *ret_value);
/* Text without 0x before it. */
struct str api_bare_hex(struct str text);

#endif
