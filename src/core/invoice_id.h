/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_INVOICE_ID_H
#define TILL_CORE_INVOICE_ID_H

/* The public name of an invoice, "K7Q2M9XD" or "INV-K7Q2M9XD": a keyed permutation of its row id.
 * It needs no index, never collides and tells nobody how many invoices there are. */

#include <nettle/aes.h>
#include <stdint.h>

#include "base/str.h"

enum { INVOICE_ID_CHARS = 8, INVOICE_ID_KEY_BYTES = 32 };

#define INVOICE_ID_COUNT INT64_C(2821109907456) /* 36^8 */

struct invoice_id {
    char text[INVOICE_ID_CHARS + 1]; /* [0-9A-Z], NUL-terminated */
};

/* Secret; the owner releases it. Read-only after init, so threads may share it. */
struct invoice_id_key {
    struct aes256_ctx cipher;
};

void invoice_id_key_init(struct invoice_id_key *key, const uint8_t secret[INVOICE_ID_KEY_BYTES]);
void invoice_id_key_release(struct invoice_id_key *key);

/* 0 <= row_id < INVOICE_ID_COUNT. */
struct invoice_id invoice_id_encode(const struct invoice_id_key *key, int64_t row_id);

/* With or without "INV-", in either case, spaces around it ignored. False on any other text; a row
 * of that id need not exist. */
bool invoice_id_decode(const struct invoice_id_key *key, struct str text, int64_t *ret_row_id);

static inline struct str invoice_id_str(const struct invoice_id *id) {
    return (struct str){.ptr = id->text, .len = INVOICE_ID_CHARS};
}

#endif
