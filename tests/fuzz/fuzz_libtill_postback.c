/* SPDX-License-Identifier: MIT */
/* What a shop hands to libtill: the first byte chooses the type of body, the rest is the body. Only
 * one token is right, so whatever is accepted carries that one, names its invoice, and does not
 * change its meaning when it is read again a little later. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <till.h>

#include "base/arena.h"
#include "core/jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static const char secret[] = "0123456789abcdef0123456789abcdef";
enum { NOW_S = 1700000000 };

static void check_accepted(struct arena *arena, const struct till_postback *postback) {
    struct str token;
    struct bytes key = {.ptr = (const uint8_t *)secret, .len = strlen(secret)};
    assert(jwt_sign_postback(arena, key, STR("K7Q2M9XD"), NOW_S, &token).code == NULL);
    assert(strcmp(till_postback_get(postback, "token"), token.ptr) == 0);
    assert(strcmp(till_postback_get(postback, "invoice_id"), "K7Q2M9XD") == 0);
    assert(strcmp(till_postback_get(postback, "status"), "success") == 0);
    assert(strcmp(till_postback_uuid(postback), "INV-K7Q2M9XD") == 0);
    const char *info_uuid = till_postback_get(postback, "invoice_info.uuid");
    assert(info_uuid == NULL || strcmp(info_uuid, "INV-K7Q2M9XD") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    if (size < 1) {
        return 0;
    }
    const char *type =
        (input[0] & 1) != 0 ? "application/json" : "application/x-www-form-urlencoded";
    const uint8_t *body = input + 1;
    struct till_postback *postback = NULL;
    enum till_error error = till_postback_verify(body, size - 1, type, secret, NOW_S, &postback);
    assert((error == TILL_OK) == (postback != NULL));
    if (error == TILL_OK) {
        CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
        check_accepted(arena, postback);
        till_postback_free(postback);
        enum till_error later =
            till_postback_verify(body, size - 1, type, secret, NOW_S + JWT_LIFETIME_S, &postback);
        assert(later == TILL_ERROR_EXPIRED);
    }
    /* The body is signed with another secret. */
    assert(till_signature_verify(body, size - 1, "evt_1", "1700000000", "v1,AAAA", secret, NOW_S) ==
           (size - 1 > TILL_POSTBACK_BYTES_MAX ? TILL_ERROR_TOO_LARGE : TILL_ERROR_FORGED));
    return 0;
}
