/* SPDX-License-Identifier: MIT */
#include "app/doctor.h"

#include "base/arena.h"
#include "http/admin/admin.h"
#include "http/admin/handlers.h"

static const char *state_name(enum finding_state state) {
    switch (state) {
    case FINDING_GOOD:
        return "good";
    case FINDING_NOTE:
        return "note";
    case FINDING_BAD:
        return "bad";
    }
    BUG_IF(true);
}

static const char *summary_of(struct arena *arena, const struct diagnosis *diagnosis) {
    if (diagnosis->bad_count > 0) {
        return arena_printf(arena, "%zu thing%s must be seen to", diagnosis->bad_count,
                            diagnosis->bad_count == 1 ? "" : "s");
    }
    return diagnosis->note_count > 0 ? "nothing is wrong; some things are worth knowing"
                                     : "everything is well";
}

static struct result read_diagnosis(const struct admin_call *call, struct json_writer *json) {
    struct diagnosis diagnosis;
    TRY(doctor_look(call->app, call->reader, call->arena, &diagnosis));
    json_write_object_begin(json);
    admin_bool(json, "well", diagnosis.bad_count == 0);
    admin_c_text(json, "summary", summary_of(call->arena, &diagnosis));
    json_write_key(json, STR("checks"));
    json_write_array_begin(json);
    for (size_t i = 0; i < diagnosis.count; i++) {
        const struct finding *finding = &diagnosis.findings[i];
        json_write_object_begin(json);
        admin_c_text(json, "state", state_name(finding->state));
        admin_text(json, "what", finding->what);
        admin_text(json, "detail", finding->detail);
        admin_time(json, "since", finding->since_ms);
        json_write_object_end(json);
    }
    json_write_array_end(json);
    json_write_object_end(json);
    return RESULT_OK;
}

struct reply admin_doctor(struct request *request) {
    return admin_read(request, read_diagnosis);
}
