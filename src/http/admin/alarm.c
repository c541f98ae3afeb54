/* SPDX-License-Identifier: MIT */
#include "app/alarm_clear.h"
#include "base/arena.h"
#include "http/admin/admin.h"
#include "http/admin/handlers.h"

enum { NOTE_BYTES_MAX = 500 };

static void write_alarms(struct json_writer *json, const char *key,
                         const struct alarm_shown *alarms, size_t count) {
    json_write_object_begin(json);
    json_write_key(json, str_from_c(key));
    json_write_array_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_write_object_begin(json);
        admin_i64(json, "alarm_id", alarms[i].id);
        admin_text(json, "code", alarms[i].code);
        admin_text(json, "subject", alarms[i].about);
        admin_text(json, "detail", alarms[i].detail);
        admin_c_text(json, "advice", alarms[i].advice);
        admin_bool(json, "ends_by_itself", alarms[i].ends_by_itself);
        admin_time(json, "since", alarms[i].since_ms);
        json_write_object_end(json);
    }
    json_write_array_end(json);
    json_write_object_end(json);
}

static struct result read_list(const struct admin_call *call, struct json_writer *json) {
    const struct alarm_shown *alarms;
    size_t count;
    TRY(alarm_list_load(call->app, call->reader, call->arena, &alarms, &count));
    write_alarms(json, "alarms", alarms, count);
    return RESULT_OK;
}

struct reply admin_alarm_list(struct request *request) {
    return admin_read(request, read_list);
}

struct clear_input {
    struct str what;
    struct str note;
};

static const struct field clear_fields[] = {
    {"what", FIELD_ID, FIELD_REQUIRED, 64, offsetof(struct clear_input, what)},
    {"note", FIELD_TEXT, 0, NOTE_BYTES_MAX, offsetof(struct clear_input, note)},
};

static struct result show_cleared(const struct admin_call *call, void *context,
                                  struct json_writer *json) {
    const struct alarm_clear *clear = context;
    write_alarms(json, "cleared", clear->alarms, clear->count);
    return RESULT_OK;
}

static struct reply render_cleared(struct request *request, struct result outcome, void *input) {
    return admin_committed(request, outcome, input, show_cleared);
}

static struct result prepare_clear(const struct admin_call *call, struct admin_write *ret_write) {
    struct clear_input input = {0};
    TRY(admin_body(call, clear_fields, sizeof clear_fields / sizeof clear_fields[0], &input));
    struct alarm_clear *clear = ARENA_NEW(call->arena, struct alarm_clear);
    TRY(alarm_clear_prepare(call->app, call->reader, call->arena, input.what, clear));
    clear->note = input.note.ptr == NULL ? STR("") : input.note;
    *ret_write = (struct admin_write){&alarm_clear_use_case, clear, render_cleared};
    return RESULT_OK;
}

struct reply admin_alarm_clear(struct request *request) {
    return admin_write(request, prepare_clear);
}
