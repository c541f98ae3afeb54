/* SPDX-License-Identifier: MIT */
#include "app/shop_events.h"

#include <string.h>

#include "app/app.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/store_journal.h"
#include "ports/vault.h"

/* The permutation of invoice ids under a key of its own: under the same one, the place of an event
 * would be the name of somebody's invoice. */
static void event_key_init(const struct app *app, struct invoice_id_key *ret_key) {
    uint8_t secret[INVOICE_ID_KEY_BYTES];
    static_assert(sizeof secret == 2 * (size_t)VAULT_MAC_BYTES);
    vault_mac(app->vault, bytes_from_str(STR("event place, first half")), secret);
    vault_mac(app->vault, bytes_from_str(STR("event place, second half")),
              secret + VAULT_MAC_BYTES);
    invoice_id_key_init(ret_key, secret);
    explicit_bzero(secret, sizeof secret);
}

/* A place above all that happened was told by another instance: nothing would ever come behind it.
 */
static struct result place_of(const struct invoice_id_key *key, struct store_conn *reader,
                              struct str after, int64_t *ret_id) {
    *ret_id = 0;
    if (str_is_empty(after)) {
        return RESULT_OK;
    }
    int64_t highest;
    ENSURE(after.len == INVOICE_ID_CHARS && invoice_id_decode(key, after, ret_id),
           ERR_EVENT_UNKNOWN);
    TRY(store_journal_highest_id(reader, &highest));
    ENSURE(*ret_id <= highest, ERR_EVENT_UNKNOWN);
    return RESULT_OK;
}

static struct result make_event(const struct app *app, struct arena *arena,
                                const struct invoice_id_key *key, const struct shop_event_row *row,
                                struct shop_event *ret_event) {
    struct invoice_id id = invoice_id_encode(key, row->entry.id);
    *ret_event = (struct shop_event){.id = str_copy(arena, invoice_id_str(&id)), .row = row};
    if (row->entry.invoice_id != 0) {
        ret_event->invoice_id = app_invoice_public_id(arena, app, row->entry.invoice_id);
    }
    if (!journal_detail_read(arena, row->entry.detail, &ret_event->detail)) {
        ret_event->detail = (struct journal_detail){0};
    }
    return RESULT_OK;
}

static struct result load(const struct app *app, struct store_conn *reader, struct arena *arena,
                          const struct invoice_id_key *key, int64_t shop_id, struct str after,
                          uint32_t limit, struct shop_events *ret_events) {
    int64_t after_id;
    const struct shop_event_row *rows;
    size_t count;
    TRY(place_of(key, reader, after, &after_id));
    TRY(store_journal_of_shop(reader, arena, shop_id, after_id, limit + 1, &rows, &count));
    *ret_events = (struct shop_events){.next = after, .has_more = count > limit};
    ret_events->count = count > limit ? limit : count;
    ret_events->events = ARENA_ARRAY(arena, struct shop_event, ret_events->count + 1);
    for (size_t i = 0; i < ret_events->count; i++) {
        TRY(make_event(app, arena, key, &rows[i], &ret_events->events[i]));
        ret_events->next = ret_events->events[i].id;
    }
    return RESULT_OK;
}

struct result shop_events_load(const struct app *app, struct store_conn *reader,
                               struct arena *arena, int64_t shop_id, struct str after,
                               uint32_t limit, struct shop_events *ret_events) {
    BUG_IF(limit == 0 || limit > SHOP_EVENTS_MAX);
    struct invoice_id_key key;
    event_key_init(app, &key);
    struct result loaded = load(app, reader, arena, &key, shop_id, after, limit, ret_events);
    invoice_id_key_release(&key);
    return loaded;
}
