/* SPDX-License-Identifier: MIT */
#include "core/error.h"

#define ERROR_CODE(NAME, name, kind, sentence)                                                     \
    const struct error_code ERR_##NAME = {name, kind, sentence};
#include "core/error_codes.def"
#undef ERROR_CODE
