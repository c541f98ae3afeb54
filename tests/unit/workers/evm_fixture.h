/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_WORKERS_EVM_FIXTURE_H
#define TILL_TESTS_UNIT_WORKERS_EVM_FIXTURE_H

/* A Till that follows a fake Ethereum through a real watcher, with a shop that has a wallet there.
 */

#include "app/invoice_create.h"
#include "ports/rows.h"
#include "support/app_fixture.h"
#include "support/fake_chain.h"

struct chain_watcher;

struct evm_fixture {
    struct app_fixture *till;
    struct followed_network eth;
    struct fake_chain chain;
    struct store_conn *reader;
    struct chain_watcher *watcher;
    struct fixture_shop shop;
};

/* `name` is "main" or "regtest"; its USDT and USDC have contracts. One block is there. */
struct evm_fixture *evm_fixture_new(const char *name, const char *confirmations);
void evm_fixture_free(struct evm_fixture *fixture);

/* The watcher until it has nothing to do. */
void evm_follow(struct evm_fixture *fixture);
/* So many blocks, followed. */
void evm_mine(struct evm_fixture *fixture, int blocks);
/* The watcher starts over, as after a restart of its node. */
void evm_restart_watcher(struct evm_fixture *fixture);

/* An invoice in the asset; its address is in issue.row.program. */
struct result evm_prepare(struct evm_fixture *fixture, const char *asset, const char *usd,
                          struct invoice_create *ret_create);
struct invoice_create *evm_invoice(struct evm_fixture *fixture, const char *asset, const char *usd);
struct invoice_row evm_invoice_row(struct evm_fixture *fixture, int64_t id);
/* The payments of an invoice, 0: those of nobody's. In the fixture's arena. */
const struct payment_row *evm_payments(struct evm_fixture *fixture, int64_t invoice_id,
                                       size_t *ret_count);
/* The detail of an alarm that stands, or NULL. */
const char *evm_alarm(struct evm_fixture *fixture, const char *code, const char *subject);

#endif
