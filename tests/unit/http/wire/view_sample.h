/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_HTTP_WIRE_VIEW_SAMPLE_H
#define TILL_TESTS_UNIT_HTTP_WIRE_VIEW_SAMPLE_H

/* Invoices as the wire tests look at them, made by hand. */

#include "app/invoice_view.h"

struct arena;

/* 50 EUR = 54.5 USD, nothing chosen yet, USDT_TRC20 offered first. */
struct invoice_view view_of_unchosen(void);
/* The same with 0.75 LTC due at an address. */
struct invoice_view view_of_chosen(struct arena *arena);
/* Paid by two outputs of one transaction and one of another, 0.76 LTC in all. */
struct invoice_view view_of_paid(struct arena *arena);

#endif
