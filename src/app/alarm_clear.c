/* SPDX-License-Identifier: MIT */
#include "app/alarm_clear.h"

#include "app/alarm_advice.h"
#include "app/app.h"
#include "app/ledger.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/json_write.h"
#include "core/error.h"
#include "ports/store_journal.h"

struct result alarm_clear_prepare(const struct app *app, struct store_conn *reader,
                                  struct arena *arena, struct str what,
                                  struct alarm_clear *ret_clear) {
    const struct alarm_shown *alarms;
    size_t count;
    TRY(alarm_list_load(app, reader, arena, &alarms, &count));
    struct alarm_shown *meant = ARENA_ARRAY(arena, struct alarm_shown, count + 1);
    size_t meant_count = 0;
    int64_t id = 0;
    bool is_id = str_to_i64(what, &id);
    for (size_t i = 0; i < count; i++) {
        if (is_id ? alarms[i].id == id : str_eq(alarms[i].code, what)) {
            meant[meant_count++] = alarms[i];
        }
    }
    if (meant_count == 0) {
        return result_failf(arena, &ERR_NOT_FOUND,
                            "no alarm \"%.*s\" stands; till alarm list has those that do",
                            STR_ARG(what));
    }
    ret_clear->alarms = meant;
    ret_clear->count = meant_count;
    return RESULT_OK;
}

/* 0 if it is about none. */
static int64_t invoice_of(const struct ledger *ledger, const struct alarm_shown *alarm) {
    const struct alarm_advice *advice = alarm_advice_for(alarm->code);
    int64_t invoice_id;
    bool is_one =
        advice != NULL && advice->about == ALARM_INVOICE_EVENT &&
        result_is_ok(app_invoice_id_parse(ledger_app(ledger), alarm->subject, &invoice_id));
    return is_one ? invoice_id : 0;
}

static struct str detail_of(struct arena *arena, const struct alarm_shown *alarm, struct str note) {
    struct buf out = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &out);
    json_write_object_begin(&json);
    json_write_key(&json, STR("alarm"));
    json_write_str(&json, alarm->code);
    json_write_key(&json, STR("subject"));
    json_write_str(&json, alarm->subject);
    json_write_key(&json, STR("reason"));
    json_write_str(&json, note);
    json_write_object_end(&json);
    return buf_str(&out);
}

/* Without a shop: what an operator looks after is no event of the shop's. */
static struct result clear_one(struct ledger *ledger, const struct alarm_shown *alarm,
                               struct str note) {
    TRY(store_alarm_clear(ledger_conn(ledger), alarm->code, alarm->subject, ledger_now_ms(ledger)));
    struct journal_row entry = {
        .at_ms = ledger_now_ms(ledger),
        .invoice_id = invoice_of(ledger, alarm),
        .event = STR("alarm_cleared"),
        .detail = detail_of(ledger_arena(ledger), alarm, note),
    };
    return store_journal_append(ledger_conn(ledger), &entry);
}

static bool stands(const struct alarm_row *rows, size_t count, int64_t id) {
    for (size_t i = 0; i < count; i++) {
        if (rows[i].id == id) {
            return true;
        }
    }
    return false;
}

/* One that ended meanwhile is gone, and one that was raised anew since has another number. */
static struct result alarm_clear_apply(void *input, struct ledger *ledger) {
    const struct alarm_clear *clear = input;
    const struct alarm_row *rows;
    size_t count;
    TRY(store_alarm_list(ledger_conn(ledger), ledger_arena(ledger), &rows, &count));
    for (size_t i = 0; i < clear->count; i++) {
        if (stands(rows, count, clear->alarms[i].id)) {
            TRY(clear_one(ledger, &clear->alarms[i], clear->note));
        }
    }
    return RESULT_OK;
}

const struct use_case alarm_clear_use_case = {
    .name = "alarm_clear",
    .job_class = JOB_OPERATOR,
    .apply = alarm_clear_apply,
};
