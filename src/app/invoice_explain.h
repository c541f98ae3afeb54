/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_INVOICE_EXPLAIN_H
#define TILL_APP_INVOICE_EXPLAIN_H

/* What happened to an invoice, in plain words: its journal and the attempts to tell the shop, as
 * one timeline, and a sentence about how it stands and what it waits for. */

#include "base/result.h"
#include "base/str.h"

struct app;
struct arena;
struct invoice_view;
struct store_conn;

struct explained_moment {
    int64_t at_ms;
    struct str event; /* the journal's word, or "attempt" */
    struct str what;  /* a phrase, lower case */
};

struct invoice_explanation {
    struct str summary;
    struct explained_moment *moments; /* in the order it happened */
    size_t count;
};

/* `view` is the invoice as invoice_view_load gives it. */
struct result invoice_explain(const struct app *app, struct store_conn *reader, struct arena *arena,
                              const struct invoice_view *view,
                              struct invoice_explanation *ret_explanation);

#endif
