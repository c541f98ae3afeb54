/* SPDX-License-Identifier: MIT */
#include "app/alarm_list.h"

#include "app/alarm_advice.h"
#include "app/app.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/store_journal.h"

static bool is_followed(const struct app *app, const struct network *network) {
    return network != NULL && networks_find(&app->networks, network) != NULL;
}

static bool token_is_watched(const struct app *app, const struct asset *asset) {
    if (asset == NULL || !is_followed(app, asset->network)) {
        return false;
    }
    const struct followed_network *followed = networks_find(&app->networks, asset->network);
    return token_by_asset(&followed->tokens, asset) != NULL;
}

/* What has left the configuration is not looked at any more, and nobody takes its alarms back. */
static bool ends_by_itself(const struct app *app, const struct alarm_advice *advice,
                           struct str subject) {
    if (advice == NULL) {
        return false;
    }
    switch (advice->about) {
    case ALARM_EVENT:
    case ALARM_INVOICE_EVENT:
        return false;
    case ALARM_NETWORK:
        return is_followed(app, network_by_key(subject));
    case ALARM_TOKEN:
        return token_is_watched(app, asset_by_code(subject));
    case ALARM_INSTANCE:
        return true;
    }
    BUG_IF(true);
}

static struct str about(struct arena *arena, const struct alarm_advice *advice,
                        struct str subject) {
    bool is_invoice = advice != NULL && advice->about == ALARM_INVOICE_EVENT;
    return is_invoice ? str_from_c(arena_printf(arena, "INV-%.*s", STR_ARG(subject))) : subject;
}

struct result alarm_list_load(const struct app *app, struct store_conn *reader, struct arena *arena,
                              const struct alarm_shown **ret_alarms, size_t *ret_count) {
    const struct alarm_row *rows;
    size_t count;
    TRY(store_alarm_list(reader, arena, &rows, &count));
    struct alarm_shown *shown = arena_try_alloc(arena, sizeof *shown * (count + 1));
    ENSURE(shown != NULL, ERR_STORE_ANSWER_LARGE);
    for (size_t i = 0; i < count; i++) {
        const struct alarm_advice *advice = alarm_advice_for(rows[i].code);
        shown[i] = (struct alarm_shown){
            .id = rows[i].id,
            .code = rows[i].code,
            .subject = rows[i].subject,
            .about = about(arena, advice, rows[i].subject),
            .detail = rows[i].detail,
            .advice = advice == NULL ? "" : advice->text,
            .ends_by_itself = ends_by_itself(app, advice, rows[i].subject),
            .since_ms = rows[i].since_ms,
        };
    }
    *ret_alarms = shown;
    *ret_count = count;
    return RESULT_OK;
}
