/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_INTEGRATION_TRON_FIXTURE_H
#define TILL_TESTS_INTEGRATION_TRON_FIXTURE_H

/* The double of java-tron (tests/support/java_tron) in front of an anvil that mines when it is told
 * to, and the chain port on it. What is global here belongs to the test that runs. */

#include "adapters/chain_tron/chain_tron.h"
#include "core/token.h"
#include "node_fixture.h"
#include "ports/chain.h"

/* The node's first account, from its well-known mnemonic, and addresses that hold nothing. */
#define PAYER "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
#define SHOP  "0x00000000000000000000000000000000005107e5"
/* What people write TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t. */
#define TOKEN        "0xa614f803b6fd780986a42c78ec9c7f77e6ded13c"
#define TOKEN_BASE58 "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
#define FAKE         "0x00000000000000000000000000000000000fa4e0"

#define WORD_SHOP "00000000000000000000000000000000000000000000000000000000005107e5"
#define WORD_5    "0000000000000000000000000000000000000000000000000000000000000005"

/* A contract that answers 6 to a question of four bytes (decimals()), and to a longer one logs
 * Transfer(caller, first word, second word), twice or once. */
#define TRANSFER_TOPIC "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
#define LOG_TRANSFER   "600035337f" TRANSFER_TOPIC "60206000a3"
#define ANSWER_6       "5b600660005260206000f3"
#define CODE_ONCE      "0x36600414603857602035600052" LOG_TRANSFER "00" ANSWER_6
#define CODE_TWICE     "0x36600414606257602035600052" LOG_TRANSFER LOG_TRANSFER "00" ANSWER_6
/* Pays what it is given to the shop: call(gas, shop, value, 0, 0, 0, 0). */
#define CODE_PAYS_SHOP "0x600060006000600034625107e55af100"

#define USDT_5  "0.000005 USDT_TRC20 at 0\n"
#define HALF    "\"value\":\"0x6f05b59d3b20000\"" /* of a coin */
#define TO_SHOP "\"to\":\"" SHOP "\","
#define CALL_5  "\"to\":\"" TOKEN "\",\"data\":\"0x" WORD_SHOP WORD_5 "\""

enum { CHAIN_ID = 0x7e57c0de, SOLID_LAG = 19, POLL_MS = 1, POLL_US = 2000 };

extern struct node_fixture node; /* the anvil */
extern struct chain *chain;      /* a new one for each test */
extern struct arena *arena;
extern struct token_list tokens;
extern char double_url[64];

/* NULL if all programs are there, else what is missing. */
const char *tron_missing(void);
/* For cmocka: of the group, and of each test, which begins without faults. */
int tron_start(void **state);
int tron_stop(void **state);
int tron_begin(void **state);
int tron_end(void **state);
#define TRON_TEST(function) cmocka_unit_test_setup_teardown(function, tron_begin, tron_end)

void must(struct result result);
void refused(struct result result, const struct error_code *code);

/* Settings, and faults from now on, as double.mjs has them. */
void set(const char *settings);
void spoil(const char *faults);
/* Requests that the double was asked. */
uint64_t requests(void);

struct chain_tron_options options_for(const char *url);
struct chain *open_chain(void);

void mine(int count);
/* A transaction of the payer with these fields; the anvil's id of it. */
struct str pay(const char *fields);
/* The solid head, asked for anew. */
struct block_header tip_of(struct chain *from);
struct chain_block block_at(struct chain *from, int64_t height);
/* Mines a block with what waits, and makes it solid. */
struct chain_block settle(void);

/* "0.5 TRX at 80000000\n" for each output to the shop. */
struct str outputs_to_shop(const struct chain_output *outputs, size_t count);
void assert_outputs(const struct chain_output *outputs, size_t count, const char *expected);
void assert_shop(const struct chain_block *block, const char *expected);

#endif
