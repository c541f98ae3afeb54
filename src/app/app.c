/* SPDX-License-Identifier: MIT */
#include "app/app.h"

#include "base/arena.h"
#include "core/error.h"
#include "ports/clock.h"

struct str app_invoice_public_id(struct arena *arena, const struct app *app, int64_t invoice_id) {
    struct invoice_id id = invoice_id_encode(&app->id_key, invoice_id);
    return str_copy(arena, invoice_id_str(&id));
}

struct result app_invoice_id_parse(const struct app *app, struct str text,
                                   int64_t *ret_invoice_id) {
    ENSURE(invoice_id_decode(&app->id_key, text, ret_invoice_id), ERR_NOT_FOUND);
    return RESULT_OK;
}

struct str app_invoice_link(struct arena *arena, const struct app *app, int64_t invoice_id) {
    struct invoice_id id = invoice_id_encode(&app->id_key, invoice_id);
    const char *link = arena_printf(arena, "%.*s/%s", STR_ARG(app->base_url), id.text);
    return str_from_c(link);
}

int64_t app_tick_ms(const struct app *app) {
    return clock_monotonic_ms(app->clock);
}

int64_t app_now_ms(const struct app *app) {
    return clock_wall_ms(app->clock);
}
