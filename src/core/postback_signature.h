/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_POSTBACK_SIGNATURE_H
#define TILL_CORE_POSTBACK_SIGNATURE_H

/* The signature that covers a postback's body: the value of `webhook-signature` as Standard
 * Webhooks defines it, `v1,` and the base64 of HMAC-SHA256 over "{id}.{timestamp}.{body}". The key
 * is the shop's secret, byte for byte; a merchant's Standard Webhooks library takes it as `whsec_`
 * followed by the base64 of these bytes. */

#include "base/bytes.h"

struct arena;

enum { POSTBACK_SIGNATURE_TOLERANCE_S = 300 };

struct postback_signed {
    struct str id;       /* `webhook-id`; a '.' in it is a bug */
    int64_t timestamp_s; /* `webhook-timestamp`, the time of this attempt */
    struct str body;
};

struct str postback_signature_make(struct arena *arena, struct bytes secret,
                                   const struct postback_signed *signed_parts);

/* `header` may list several signatures, separated by spaces, as during a change of the secret; one
 * must match, and the timestamp must be within the tolerance of `now_s`. */
bool postback_signature_matches(struct str header, struct bytes secret,
                                const struct postback_signed *signed_parts, int64_t now_s);

#endif
