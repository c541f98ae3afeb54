/* SPDX-License-Identifier: MIT */
#include "workers/rate_alarms.h"

#include <stdio.h>
#include <string.h>

#include "app/alarm_set.h"
#include "app/app.h"
#include "ports/store_journal.h"

static const char *const codes[] = {"rate_missing", "rate_source_silent", "stablecoin_depeg"};

static struct rate_alarm *slot(struct rate_alarms *alarms, const char *code, const char *subject) {
    for (size_t i = 0; i < alarms->count; i++) {
        struct rate_alarm *alarm = &alarms->list[i];
        if (strcmp(alarm->code, code) == 0 && strcmp(alarm->subject, subject) == 0) {
            return alarm;
        }
    }
    if (alarms->count == RATE_ALARMS_MAX || strlen(subject) >= RATE_ALARM_SUBJECT_BYTES) {
        return NULL;
    }
    struct rate_alarm *alarm = &alarms->list[alarms->count++];
    *alarm = (struct rate_alarm){.code = code};
    (void)snprintf(alarm->subject, sizeof alarm->subject, "%s", subject);
    return alarm;
}

static void set_text(char text[RATE_ALARM_BYTES], struct str from) {
    (void)snprintf(text, RATE_ALARM_BYTES, "%.*s", STR_ARG(from));
}

struct result rate_alarms_load(struct rate_alarms *alarms, struct store_conn *reader,
                               struct arena *arena) {
    const struct alarm_row *rows;
    size_t count;
    TRY(store_alarm_list(reader, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < sizeof codes / sizeof *codes; j++) {
            if (!str_eq(rows[i].code, str_from_c(codes[j]))) {
                continue;
            }
            struct rate_alarm *alarm = slot(alarms, codes[j], str_to_c(arena, rows[i].subject));
            if (alarm != NULL) {
                set_text(alarm->detail, rows[i].detail);
            }
        }
    }
    return RESULT_OK;
}

void rate_alarms_begin(struct rate_alarms *alarms) {
    for (size_t i = 0; i < alarms->count; i++) {
        alarms->list[i].wanted[0] = '\0';
    }
}

void rate_alarms_want(struct rate_alarms *alarms, const char *code, const char *subject,
                      struct str detail) {
    struct rate_alarm *alarm = slot(alarms, code, subject);
    if (alarm != NULL) {
        set_text(alarm->wanted, detail);
    }
}

static struct result tell(struct rate_alarms *alarms, struct rate_alarm *alarm,
                          struct arena *arena) {
    struct alarm_set set = {
        .code = str_from_c(alarm->code),
        .subject = str_from_c(alarm->subject),
        .detail = str_from_c(alarm->wanted),
        .clear = alarm->wanted[0] == '\0',
    };
    TRY(job_run(alarms->app->queue, &alarm_set_use_case, &set, arena));
    memcpy(alarm->detail, alarm->wanted, sizeof alarm->detail);
    alarm->told_at_tick_ms = app_tick_ms(alarms->app);
    return RESULT_OK;
}

static bool is_due(const struct rate_alarms *alarms, const struct rate_alarm *alarm) {
    bool has_come_back = alarm->wanted[0] != '\0' &&
                         app_tick_ms(alarms->app) - alarm->told_at_tick_ms >= ALARM_AGAIN_MS;
    return has_come_back || strcmp(alarm->detail, alarm->wanted) != 0;
}

struct result rate_alarms_tell(struct rate_alarms *alarms, struct arena *arena) {
    for (size_t i = 0; i < alarms->count; i++) {
        struct rate_alarm *alarm = &alarms->list[i];
        if (is_due(alarms, alarm)) {
            TRY(tell(alarms, alarm, arena));
        }
    }
    return RESULT_OK;
}
