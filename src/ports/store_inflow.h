/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_STORE_INFLOW_H
#define TILL_PORTS_STORE_INFLOW_H

/* Native coin at addresses of invoices that no transfer shows; one row for each such address. */

#include "ports/rows.h"

struct arena;
struct store_conn;

/* Inserts, or replaces the address's row. */
struct result store_native_inflow_put(struct store_conn *conn,
                                      const struct native_inflow_row *inflow);
/* Fine if there is none. */
struct result store_native_inflow_delete(struct store_conn *conn, int64_t address_id);
/* ERR_NOT_FOUND if there is none. */
struct result store_native_inflow_by_address(struct store_conn *conn, int64_t address_id,
                                             struct native_inflow_row *ret_inflow);
/* Those of the network with address_id > after_id, in their sequence. */
struct result store_native_inflow_after(struct store_conn *conn, struct arena *arena,
                                        const struct network *network, int64_t after_id,
                                        uint32_t limit,
                                        const struct native_inflow_row **ret_inflows,
                                        size_t *ret_count);

#endif
