/* SPDX-License-Identifier: MIT */
#ifndef TILL_H
#define TILL_H

/* libtill: what a merchant's program needs of a Till server: create, read, list and cancel
 * invoices, and verify the postbacks that Till sends. C99 and C++. Details are in libtill(3).
 *
 * A postback says "look now", not "ship now": its token proves which invoice it is about and
 * nothing else in it. Verify it, ask till_info for that invoice, compare what was asked for, then
 * ship once.
 *
 * The library keeps no state of its own, prints nothing and starts no thread. A handle may be used
 * by one thread at a time. What a function returns through `ret_...` is the caller's to free, and
 * is left alone on failure; what a getter returns lives as long as the handle it came from. Texts
 * are UTF-8; sums of money are decimal texts, exactly as Till sent them, never binary fractions. */

#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TILL_API     __attribute__((visibility("default")))
#define TILL_CHECKED __attribute__((visibility("default"), warn_unused_result))
#else
#define TILL_API
#define TILL_CHECKED
#endif

enum till_error {
    TILL_OK = 0,
    TILL_ERROR_ARGUMENT = 1,      /* the call itself is wrong; nothing was sent */
    TILL_ERROR_UNREACHABLE = 2,   /* no whole answer came; an invoice may have been created */
    TILL_ERROR_ANSWER = 3,        /* an answer came that is not Till's */
    TILL_ERROR_REFUSED = 4,       /* Till refuses; till_client_error says why */
    TILL_ERROR_KEY = 5,           /* Till does not accept the API key */
    TILL_ERROR_LIMITED = 6,       /* too many requests; later it may work */
    TILL_ERROR_UNAVAILABLE = 7,   /* Till cannot answer now; later it may work */
    TILL_ERROR_NOT_FOUND = 8,     /* this shop has no such invoice */
    TILL_ERROR_SECRET = 9,        /* the secret has fewer than 32 bytes: it is not the shop's */
    TILL_ERROR_TOO_LARGE = 10,    /* the body is larger than TILL_POSTBACK_BYTES_MAX */
    TILL_ERROR_MALFORMED = 11,    /* the body or a header is not a postback's */
    TILL_ERROR_FORGED = 12,       /* token or signature were not made with this secret */
    TILL_ERROR_EXPIRED = 13,      /* they were, but not lately */
    TILL_ERROR_OTHER_INVOICE = 14 /* the token belongs to another invoice than the body names */
};

TILL_API const char *till_error_text(enum till_error error); /* one sentence, for a log */
TILL_API const char *till_version(void);                     /* "0.1.0" */

/* ---- verifying postbacks */

struct till_postback;
enum { TILL_POSTBACK_BYTES_MAX = 65536 };

/* Reads a postback as it came in. `content_type` is that header's value, application/json or
 * application/x-www-form-urlencoded; `secret` is the shop's; `now_s` is time(NULL). On success the
 * token was signed with HS256 and this secret, is not over, and names the invoice of the body. */
TILL_CHECKED enum till_error till_postback_verify(const void *body, size_t body_bytes,
                                                  const char *content_type, const char *secret,
                                                  int64_t now_s,
                                                  struct till_postback **ret_postback);
TILL_API void till_postback_free(struct till_postback *postback);

/* The invoice the token names, as till_info takes it: "INV-K7Q2M9XD". */
TILL_API const char *till_postback_uuid(const struct till_postback *postback);
/* Any field by its path ("order_id", "invoice_info.status"): its text, or NULL when it is missing
 * or null. No token covers these: use them to find your own record, not to decide. */
TILL_API const char *till_postback_get(const struct till_postback *postback, const char *path);

/* Checks the signature of the whole body, as Standard Webhooks defines it: the values of the
 * headers webhook-id, webhook-timestamp and webhook-signature. `event_id` stays the same when Till
 * sends a postback again, so it tells repetitions. */
TILL_CHECKED enum till_error till_signature_verify(const void *body, size_t body_bytes,
                                                   const char *event_id, const char *timestamp,
                                                   const char *signature, const char *secret,
                                                   int64_t now_s);

/* ---- asking Till */

struct till_client;

/* `base_url` is where Till is, "https://pay.example"; both texts are copied. NULL when one of them
 * cannot be used. */
TILL_API struct till_client *till_client_new(const char *base_url, const char *api_key);
TILL_API void till_client_free(struct till_client *client);
TILL_API void till_client_set_timeout(struct till_client *client, unsigned timeout_ms); /* 30 s */
/* What went wrong in the latest call, in words; "ok" if nothing did. Until the next call. */
TILL_API const char *till_client_error(const struct till_client *client);

enum till_status {
    TILL_STATUS_OTHER = 0, /* a word this version does not know */
    TILL_STATUS_CREATED = 1,
    TILL_STATUS_PARTIAL = 2,
    TILL_STATUS_PAID = 3,
    TILL_STATUS_OVERPAID = 4,
    TILL_STATUS_CANCELED = 5
};

struct till_invoice;
struct till_invoices; /* owns its members */

/* What an invoice is created from. Set everything to zero, then `size`, then what is needed. */
struct till_request {
    size_t size;                /* sizeof(struct till_request) */
    const char *shop_id;        /* required */
    const char *amount;         /* required: "19.99" */
    const char *currency;       /* fiat code; NULL: USD */
    const char *order_id;       /* your own reference, given back everywhere; NULL: none */
    const char *email;          /* the payer's; NULL: none */
    const char *cryptocurrency; /* "LTC": address and sum come at once; NULL: the payer chooses */
    const char *const *available_currencies; /* what to choose from, ends with NULL; NULL: all */
    unsigned minutes_to_pay;                 /* 0: Till's default */
    const char *idempotency_key;             /* the same again gives the same invoice; NULL: none */
};

TILL_CHECKED enum till_error till_create(struct till_client *client,
                                         const struct till_request *request,
                                         struct till_invoice **ret_invoice);
/* `uuid` with or without "INV-". */
TILL_CHECKED enum till_error till_info(struct till_client *client, const char *uuid,
                                       struct till_invoice **ret_invoice);
/* Succeeds only while the invoice is created and no money is on its way. */
TILL_CHECKED enum till_error till_cancel(struct till_client *client, const char *uuid);
/* Newest first, created from `start` to `end` ("31.01.2027", both days included), at most 100. */
TILL_CHECKED enum till_error till_list(struct till_client *client, const char *start,
                                       const char *end, unsigned offset, unsigned limit,
                                       struct till_invoices **ret_invoices);

TILL_API size_t till_invoices_count(const struct till_invoices *invoices);
/* How many there are between the two days, whatever the limit was. */
TILL_API size_t till_invoices_total(const struct till_invoices *invoices);
TILL_API const struct till_invoice *till_invoices_at(const struct till_invoices *invoices,
                                                     size_t index);
TILL_API void till_invoices_free(struct till_invoices *invoices);

TILL_API void till_invoice_free(struct till_invoice *invoice); /* not for members of a list */
TILL_API enum till_status till_invoice_status(const struct till_invoice *invoice);
/* 1 when Till counts the invoice as paid, in full or more, or as confirmed by you; else 0. */
TILL_API int till_invoice_is_paid(const struct till_invoice *invoice);
/* Any field by its path ("link", "address", "currency.fullcode", "tx_list.0"): its text, or NULL
 * when it is missing or null. */
TILL_API const char *till_invoice_get(const struct till_invoice *invoice, const char *path);

#ifdef __cplusplus
}
#endif

#endif
