/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_ADDRESS_SHOW_H
#define TILL_APP_ADDRESS_SHOW_H

/* An address as people see it, after a look at its MAC: a row changed behind our back is not shown
 * to anybody. */

#include "core/address.h"
#include "ports/rows.h"

struct app;

/* ERR_ADDRESS_TAMPERED; ERR_NETWORK_UNKNOWN if the network is not followed any more. */
struct result address_show(const struct app *app, const struct address_row *row,
                           struct address_text *ret_text);

#endif
