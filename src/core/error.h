/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_ERROR_H
#define TILL_CORE_ERROR_H

/* Every way Till can fail, by name: ERR_INVOICE_NOT_CREATED and so on, one for each row of
 * error_codes.def. Names never change once released. */

#include "base/result.h"

#define ERROR_CODE(NAME, name, kind, sentence) extern const struct error_code ERR_##NAME;
#include "core/error_codes.def"
#undef ERROR_CODE

#endif
