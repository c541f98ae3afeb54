/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SUPPORT_PAGE_VIEWS_H
#define TILL_TESTS_SUPPORT_PAGE_VIEWS_H

/* One believable invoice in each state of the payer's page. */

#include "http/pages/checkout_view.h"

extern const char *const page_state_names[CHECKOUT_STATE_COUNT];

struct checkout_view page_view_of(enum checkout_state state, const struct language *language);

/* A token, whose first code is the bare address. */
struct checkout_view page_view_of_token(const struct language *language);

#endif
