/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_ALARM_SET_H
#define TILL_APP_ALARM_SET_H

/* Something an operator must know, or no longer: raised or cleared from outside the other use
 * cases. */

#include "app/job.h"

/* What stands is raised again as often: an operator may have cleared it. */
enum { ALARM_AGAIN_MS = 60000 };

struct alarm_set {
    struct str code;    /* "network_blind" */
    struct str subject; /* "ltc" */
    struct str detail;
    bool clear;
};

extern const struct use_case alarm_set_use_case;

#endif
