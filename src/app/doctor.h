/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_DOCTOR_H
#define TILL_APP_DOCTOR_H

/* Is everything well? Looks at the alarms, the networks, the deliveries and the rates, and says in
 * plain words what is not right and what to do about it. */

#include "base/result.h"
#include "base/str.h"

struct app;
struct arena;
struct store_conn;

enum finding_state {
    FINDING_GOOD,
    FINDING_NOTE, /* worth knowing */
    FINDING_BAD,  /* somebody must act */
};

struct finding {
    enum finding_state state;
    struct str what;   /* "network ltc", "alarm delivery_parked" */
    struct str detail; /* a sentence; may be empty */
    int64_t since_ms;  /* 0: not known */
};

enum { FINDINGS_MAX = 500 };

struct diagnosis {
    struct finding *findings;
    size_t count;
    size_t bad_count;
    size_t note_count;
};

struct result doctor_look(const struct app *app, struct store_conn *reader, struct arena *arena,
                          struct diagnosis *ret_diagnosis);

#endif
