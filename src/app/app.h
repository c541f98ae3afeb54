/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_APP_H
#define TILL_APP_APP_H

/* What the use cases work with, put together once by main.c and constant afterwards. Each member is
 * a port or an object with its own lock. */

#include "app/networks.h"
#include "core/endpoint_url.h"
#include "core/invoice_id.h"

struct account_cache;
struct backup_runner;
struct clock;
struct delivery_claims;
struct errand_runner;
struct job_queue;
struct key_uses;
struct notices;
struct rates;
struct reserve;
struct sandbox;
struct store;
struct vault;

struct app {
    struct store *store;
    const struct clock *clock;
    struct vault *vault;
    struct rates *rates;
    struct reserve *reserve;
    struct account_cache *accounts;
    struct delivery_claims *claims;
    struct networks networks;
    struct job_queue *queue;
    struct sandbox *sandbox; /* NULL: switched off */
    struct backup_runner *backups;
    struct errand_runner *errands;          /* an operator's questions that take long */
    struct key_uses *key_uses;              /* NULL: not kept */
    struct str base_url;                    /* of the pages, without a trailing slash */
    enum endpoint_schemes postback_schemes; /* where postbacks may go */
    struct invoice_id_key id_key;
};

/* "K7Q2M9XD" */
struct str app_invoice_public_id(struct arena *arena, const struct app *app, int64_t invoice_id);
/* Either form; ERR_NOT_FOUND if it cannot be an id. */
struct result app_invoice_id_parse(const struct app *app, struct str text, int64_t *ret_invoice_id);
/* "<base_url>/K7Q2M9XD" */
struct str app_invoice_link(struct arena *arena, const struct app *app, int64_t invoice_id);

/* By a clock that is never set: for waiting, not for dates. */
int64_t app_tick_ms(const struct app *app);
/* By our clock, as wall time. */
int64_t app_now_ms(const struct app *app);

#endif
