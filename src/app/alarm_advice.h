/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_ALARM_ADVICE_H
#define TILL_APP_ALARM_ADVICE_H

/* The one table of alarms: what each is about, and what it asks of the operator. */

#include "base/str.h"

enum alarm_about {
    /* Something that happened once: stands until somebody clears it. */
    ALARM_EVENT,
    ALARM_INVOICE_EVENT, /* the subject is an invoice */
    /* Something that is so: ends by itself, and comes back as long as it is so. */
    ALARM_NETWORK,
    ALARM_TOKEN,
    ALARM_INSTANCE,
};

struct alarm_advice {
    const char *code;
    enum alarm_about about;
    const char *text;
};

/* NULL: this version raises no such alarm. */
const struct alarm_advice *alarm_advice_for(struct str code);

#endif
