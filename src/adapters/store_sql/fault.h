/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_STORE_SQL_FAULT_H
#define TILL_ADAPTERS_STORE_SQL_FAULT_H

/* For tests: lets a chosen call of a connection fail, without touching a disk. Begin, commit and
 * each execution of a statement count as one call. */

#include <stdint.h>

struct error_code;
struct store_conn;

/* The `call`-th call from now fails with `code`, once. 0 takes the plan back. */
void store_fault_plan(struct store_conn *conn, uint64_t call, const struct error_code *code);

#endif
