/* SPDX-License-Identifier: MIT */
#include "http/merchant_days.h"

#include "core/public_text.h"

const char *days_input_read(const struct days_input *input, struct day_range *ret_days) {
    if (!public_day_from_text(input->start, &ret_days->first)) {
        return "start";
    }
    if (!public_day_from_text(input->end, &ret_days->last) || ret_days->last < ret_days->first) {
        return "end";
    }
    return NULL;
}
