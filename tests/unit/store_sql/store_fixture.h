/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_STORE_SQL_STORE_FIXTURE_H
#define TILL_TESTS_UNIT_STORE_SQL_STORE_FIXTURE_H

/* A store on a scratch path with a shop, an account key and a wallet in it, and rows to put there.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/error.h"
#include "ports/rows.h"
#include "ports/store.h"
#include "ports/store_delivery.h"
#include "ports/store_invoice.h"
#include "ports/store_journal.h"
#include "ports/store_payment.h"
#include "ports/store_shop.h"

struct fixture {
    struct arena *arena;
    char folder[32];
    struct str url; /* sqlite:FOLDER/till.db */
    const char *path;
    struct store *store;
    struct store_conn *writer;
    struct store_conn *reader;
    const struct network *btc;
    const struct asset *coin;
    int64_t shop_id;
    int64_t account_key_id;
    int64_t wallet_id;
};

#define assert_ok(call)           assert_string_equal(result_text(call), "ok")
#define assert_fault(call, error) assert_ptr_equal((call).code, &(error))
#define assert_str(text, literal)                                                                  \
    do {                                                                                           \
        struct str asserted_ = (text);                                                             \
        assert_int_equal(asserted_.len, strlen(literal));                                          \
        assert_memory_equal(asserted_.ptr, literal, asserted_.len);                                \
    } while (0)

int fixture_setup(void **state);
int fixture_teardown(void **state);
/* As after a restart. */
void fixture_reopen(struct fixture *fixture);
void fixture_close(struct fixture *fixture);
/* Runs on a bare fixture without a store. */
int fixture_setup_closed(void **state);

struct shop_row a_shop(void);
struct wallet_row a_wallet(const struct fixture *fixture);
struct invoice_row an_invoice(const struct fixture *fixture, int64_t id);
/* Its program and index follow from `number`. */
struct address_row an_address(const struct fixture *fixture, int64_t invoice_id, uint32_t number);
struct payment_row a_payment(const struct fixture *fixture, const struct address_row *address,
                             uint8_t txid);
struct block_header a_block(int64_t height);
struct delivery_row a_delivery(const struct fixture *fixture, int64_t invoice_id);

/* An invoice with its option and journal entry, in the transaction at hand; the address id. */
int64_t put_invoice(struct fixture *fixture, int64_t id);

#endif
