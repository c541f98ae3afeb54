/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_JOURNAL_DETAIL_H
#define TILL_APP_JOURNAL_DETAIL_H

/* What a line of the journal has besides its event: the members of its JSON object, as texts. */

#include "base/str.h"

struct arena;

/* The members that details have; each event has some of them. */
struct journal_detail {
    struct str alarm;
    struct str amount;
    struct str asset;
    struct str attempt;
    struct str cause;
    struct str delivery;
    struct str due;
    struct str flags_from;
    struct str flags_to;
    struct str from;
    struct str height;
    struct str http_status;
    struct str rate;
    struct str reason;
    struct str to;
    struct str txid;
    struct str wallet;
};

/* False for what is no JSON object. Texts live in `arena`. */
bool journal_detail_read(struct arena *arena, struct str text, struct journal_detail *ret_detail);

#endif
