/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_JWT_H
#define TILL_CORE_JWT_H

/* The token of a postback: a JWT (RFC 7519) signed with HS256 (RFC 7515) whose claims are `id`, the
 * bare invoice id as text, and `exp`, and nothing else. The verifier takes what the signer makes,
 * in any member order, and refuses everything else: no other algorithm, no padding, no further
 * member, no second spelling of a number. Knows no clock and keeps no secret. */

#include "base/bytes.h"
#include "base/result.h"

struct arena;

enum {
    JWT_LIFETIME_S = 300,
    JWT_SECRET_BYTES_MIN = 32, /* RFC 7518, 3.2: as long as the hash's output */
    JWT_ID_BYTES_MAX = 64,
    JWT_TOKEN_BYTES_MAX = 512, /* what a verifier looks at */
};

/* `invoice_id` is the bare id (letters, digits, '-' and '_'; anything else is a bug). The token
 * ends at `now_s` + JWT_LIFETIME_S. ERR_SECRET_TOO_SHORT. */
struct result jwt_sign_postback(struct arena *arena, struct bytes secret, struct str invoice_id,
                                int64_t now_s, struct str *ret_token);

/* Success: signed with `secret`, not over at `now_s`, and for this invoice. ERR_TOKEN_INVALID,
 * ERR_TOKEN_EXPIRED, ERR_TOKEN_OTHER_INVOICE, ERR_SECRET_TOO_SHORT. The signature is compared in
 * constant time, and nothing inside the token is believed before it matched. */
struct result jwt_verify_postback(struct str token, struct bytes secret, struct str invoice_id,
                                  int64_t now_s);

#endif
