/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_IDEMPOTENCY_H
#define TILL_APP_IDEMPOTENCY_H

/* The promise behind an idempotency key: a shop that does not know whether its call arrived calls
 * again, and gets the first answer instead of a second invoice or payout. The key's row commits
 * with what the call made, so whichever of many equal calls commits first has made it. */

#include "app/job.h"
#include "ports/rows_invoice.h"

struct app;
struct arena;
struct ledger;
struct store_conn;

enum { IDEMPOTENCY_KEPT_MS = 24 * 3600 * 1000, IDEMPOTENCY_PRUNE_MAX = 1000 };

/* One to IDEMPOTENCY_KEY_BYTES_MAX printable ASCII characters: ERR_IDEMPOTENCY_KEY_INVALID.
 * `request` is what must be equal. Texts are borrowed; `reply` and the invoice are still to come.
 */
struct result idempotency_key_of(int64_t shop_id, struct str key, struct bytes request,
                                 struct idempotency_key_row *ret_key);

/* What the key's first call was answered; ERR_NOT_FOUND if there was none,
 * ERR_IDEMPOTENCY_MISMATCH if it was another request. */
struct result idempotency_reply(struct store_conn *reader, struct arena *arena,
                                const struct idempotency_key_row *key, struct str *ret_reply);

/* Within a job, before anything is written: ERR_IDEMPOTENCY_TAKEN if another call with the key was
 * faster. Nothing to do without a key. */
struct result idempotency_begin(struct ledger *ledger, const struct idempotency_key_row *once);
/* Keeps the answer, with what was made. */
struct result idempotency_keep(struct ledger *ledger, const struct idempotency_key_row *once,
                               int64_t made_id, int64_t now_ms);

/* Forgets keys older than IDEMPOTENCY_KEPT_MS, the oldest first. */
struct idempotency_prune {
    bool has_more; /* out */
};
extern const struct use_case idempotency_prune_use_case;

#endif
