/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_APP_BANK_STAGE_H
#define TILL_TESTS_UNIT_APP_BANK_STAGE_H

/* A shop with a wallet on a chain of accounts, and a chain that says of its addresses what it is
 * told to. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/wallet_add.h"
#include "ports/chain.h"
#include "ports/chain_accounts.h"
#include "support/app_fixture.h"
#include "support/money.h"

enum { INDEXES = 8, ANVIL_CHAIN_ID = 31337 };

#define USDT_CONTRACT "0x5FbDB2315678afecb367f032d93F642f64180aa3"

/* What each index of the wallet holds. */
struct bank {
    struct chain chain;
    struct script programs[INDEXES];
    struct amount coins[INDEXES];
    struct amount tokens[INDEXES];
    uint64_t nonces[INDEXES]; /* its own index, unless a test says otherwise */
    bool waits[INDEXES];
    bool is_blocked[INDEXES];
    struct chain_below_fees below;
    uint64_t coin_gas; /* what a transfer of coin takes; 0: as to an account without code */
    bool refuses_coin; /* without a sum */
    size_t asked;
};

struct stage {
    struct app_fixture *fixture;
    struct followed_network eth;
    struct bank bank;
    struct fixture_shop shop;
    struct wallet_add *wallet;
    int64_t invoices;
    int64_t payments;
};

/* What the shop asks to be paid out; its id. */
int64_t bank_ask_payout(struct stage *stage, const char *asset, const char *amount);
/* An address of the wallet that money came to, once; without an asset by no transfer. */
void bank_pay(struct stage *stage, uint32_t index, enum address_kind kind, const char *asset);

int bank_set_up(void **state);
int bank_tear_down(void **state);

#endif
