/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_TRON_ACCOUNT_JSON_H
#define TILL_ADAPTERS_CHAIN_TRON_ACCOUNT_JSON_H

/* Decodes what a node tells of prices and of contracts that are asked without a transaction. */

#include "adapters/chain_tron/api.h"
#include "ports/chain_accounts.h"

enum { TRON_WORD_BYTES = 32 };

/* getchainparameters; the context is a struct tron_parameters. What is told, and is more than
 * nothing, takes the place of what `fees` has. */
struct tron_parameters {
    struct api_error error;
    struct chain_fees *fees;
};
void tron_parameters_decode(struct json_reader *reader, void *context);

/* triggerconstantcontract; the context is a struct tron_constant. */
struct tron_constant {
    struct api_error error;
    bool has_word; /* the last answer is one word */
    uint8_t word[TRON_WORD_BYTES];
    bool failed;
    int64_t energy;
};
void tron_constant_decode(struct json_reader *reader, void *context);

#endif
