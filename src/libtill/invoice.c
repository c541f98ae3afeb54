/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <till.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json_write.h"
#include "core/invoice_id.h"
#include "libtill/client.h"

enum { LIST_LIMIT_MAX = 100, CURRENCIES_MAX = 64 };

/* The pairs of an answer that belong to one invoice; their paths begin with its prefix. */
struct till_invoice {
    struct arena *arena; /* which this lies in; NULL for a member of a list, which owns it */
    const struct document_pair *pairs;
    size_t count;
    size_t prefix_len; /* of "result." or "result.3." */
};

struct till_invoices {
    struct arena *arena; /* which this lies in */
    struct till_invoice *invoices;
    size_t count;
    size_t total;
};

/* ---- reading answers */

/* "result.3.uuid" begins with "result.3."; without such a part the length is 0. */
static size_t member_prefix_len(struct str path) {
    struct str result = STR("result.");
    if (!str_starts_with(path, result)) {
        return 0;
    }
    struct str rest = str_slice(path, result.len, path.len);
    size_t index_len = str_find(rest, '.');
    uint64_t index;
    return index_len < rest.len && str_to_u64(str_slice(rest, 0, index_len), &index)
               ? result.len + index_len + 1
               : 0;
}

/* The invoice whose pairs begin at `first`; what they have in common is `prefix_len` long. */
static struct till_invoice invoice_at(const struct document *answer, size_t first,
                                      size_t prefix_len) {
    struct str prefix = str_slice(str_from_c(answer->pairs[first].path), 0, prefix_len);
    size_t end = first + 1;
    while (end < answer->count && str_starts_with(str_from_c(answer->pairs[end].path), prefix)) {
        end++;
    }
    return (struct till_invoice){
        .pairs = answer->pairs + first,
        .count = end - first,
        .prefix_len = prefix_len,
    };
}

/* False when a member is no invoice. */
static bool read_members(const struct document *answer, struct till_invoices *invoices) {
    size_t at = 0;
    while (at < answer->count) {
        size_t prefix_len = member_prefix_len(str_from_c(answer->pairs[at].path));
        if (prefix_len == 0) {
            at++;
            continue;
        }
        if (invoices->count == LIST_LIMIT_MAX) {
            return false;
        }
        struct till_invoice invoice = invoice_at(answer, at, prefix_len);
        if (till_invoice_get(&invoice, "uuid") == NULL ||
            till_invoice_get(&invoice, "status") == NULL) {
            return false;
        }
        invoices->invoices[invoices->count++] = invoice;
        at += invoice.count;
    }
    return true;
}

/* False when the answer holds no single invoice, as create's does. */
static bool read_single(const struct document *answer, struct till_invoice *ret_invoice) {
    struct str result = STR("result.");
    for (size_t at = 0; at < answer->count; at++) {
        if (!str_starts_with(str_from_c(answer->pairs[at].path), result)) {
            continue;
        }
        struct till_invoice invoice = invoice_at(answer, at, result.len);
        if (till_invoice_get(&invoice, "uuid") == NULL ||
            till_invoice_get(&invoice, "link") == NULL) {
            return false;
        }
        *ret_invoice = invoice;
        return true;
    }
    return false;
}

/* ---- asking */

/* "INV-K7Q2M9XD" or "K7Q2M9XD". */
static bool is_uuid(const char *uuid) {
    struct str text = uuid == NULL ? STR("") : str_from_c(uuid);
    struct str prefix = STR("INV-");
    struct str id = str_starts_with(text, prefix) ? str_slice(text, prefix.len, text.len) : text;
    if (id.len != INVOICE_ID_CHARS) {
        return false;
    }
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))) {
            return false;
        }
    }
    return true;
}

static void put_text(struct json_writer *json, struct str key, const char *text) {
    if (text != NULL) {
        json_write_key(json, key);
        json_write_str(json, str_from_c(text));
    }
}

static void put_count(struct json_writer *json, struct str key, unsigned count) {
    json_write_key(json, key);
    json_write_u64(json, count);
}

static void put_options(struct json_writer *json, const struct till_request *request) {
    json_write_key(json, STR("add_fields"));
    json_write_object_begin(json);
    put_text(json, STR("cryptocurrency"), request->cryptocurrency);
    if (request->available_currencies != NULL) {
        json_write_key(json, STR("available_currencies"));
        json_write_array_begin(json);
        for (size_t i = 0; i < CURRENCIES_MAX && request->available_currencies[i] != NULL; i++) {
            json_write_str(json, str_from_c(request->available_currencies[i]));
        }
        json_write_array_end(json);
    }
    if (request->minutes_to_pay > 0) {
        json_write_key(json, STR("time_to_pay"));
        json_write_object_begin(json);
        put_count(json, STR("hours"), request->minutes_to_pay / 60);
        put_count(json, STR("minutes"), request->minutes_to_pay % 60);
        json_write_object_end(json);
    }
    json_write_object_end(json);
}

static struct str create_body(struct arena *arena, const struct till_request *request) {
    struct buf text = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &text);
    json_write_object_begin(&json);
    put_text(&json, STR("shop_id"), request->shop_id);
    put_text(&json, STR("amount"), request->amount);
    put_text(&json, STR("currency"), request->currency);
    put_text(&json, STR("order_id"), request->order_id);
    put_text(&json, STR("email"), request->email);
    put_options(&json, request);
    json_write_object_end(&json);
    return text.failed ? STR("") : buf_str(&text);
}

/* An object with one member: {"uuid":"..."}, or {"uuids":["..."]}. */
static struct str uuid_body(struct arena *arena, struct str key, const char *uuid, bool is_list) {
    struct buf text = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &text);
    json_write_object_begin(&json);
    json_write_key(&json, key);
    if (is_list) {
        json_write_array_begin(&json);
    }
    json_write_str(&json, str_from_c(uuid));
    if (is_list) {
        json_write_array_end(&json);
    }
    json_write_object_end(&json);
    return buf_str(&text);
}

/* The answer's invoice as one that owns `arena`. */
static struct till_invoice *keep_invoice(struct arena *arena, struct till_invoice invoice) {
    struct till_invoice *kept = ARENA_NEW(arena, struct till_invoice);
    *kept = invoice;
    kept->arena = arena;
    return kept;
}

static enum till_error create(struct till_client *client, struct arena *arena,
                              const struct till_request *request,
                              struct till_invoice **ret_invoice) {
    struct document answer;
    struct client_call call = {
        .path = "/v2/invoice/create",
        .body = create_body(arena, request),
        .idempotency_key = request->idempotency_key,
    };
    if (call.body.len == 0) {
        return client_fail(client, TILL_ERROR_ARGUMENT, "the request is too large");
    }
    enum till_error error = client_ask(client, arena, &call, &answer);
    if (error != TILL_OK) {
        return error;
    }
    struct till_invoice invoice;
    if (!read_single(&answer, &invoice)) {
        return client_fail(client, TILL_ERROR_ANSWER, NULL);
    }
    *ret_invoice = keep_invoice(arena, invoice);
    return TILL_OK;
}

enum till_error till_create(struct till_client *client, const struct till_request *request,
                            struct till_invoice **ret_invoice) {
    if (request == NULL || request->size != sizeof *request || request->shop_id == NULL ||
        request->amount == NULL) {
        return client_fail(client, TILL_ERROR_ARGUMENT,
                           "the request needs its size, shop_id and amount");
    }
    struct arena *arena = arena_new(CLIENT_ARENA_BYTES_MAX);
    enum till_error error = create(client, arena, request, ret_invoice);
    if (error != TILL_OK) {
        arena_free(arena);
    }
    return error;
}

static enum till_error info(struct till_client *client, struct arena *arena, const char *uuid,
                            struct till_invoice **ret_invoice) {
    struct client_call call = {
        .path = "/v2/invoice/merchant/info",
        .body = uuid_body(arena, STR("uuids"), uuid, true),
    };
    struct document answer;
    enum till_error error = client_ask(client, arena, &call, &answer);
    if (error != TILL_OK) {
        return error;
    }
    struct till_invoices found = {
        .invoices = ARENA_ARRAY(arena, struct till_invoice, LIST_LIMIT_MAX),
    };
    if (!read_members(&answer, &found) || found.count > 1) {
        return client_fail(client, TILL_ERROR_ANSWER, NULL);
    }
    if (found.count == 0) {
        return client_fail(client, TILL_ERROR_NOT_FOUND, NULL);
    }
    /* An answer about another invoice must not ship this one. */
    struct str wanted = str_from_c(uuid);
    if (!str_ends_with(str_from_c(till_invoice_get(&found.invoices[0], "uuid")), wanted)) {
        return client_fail(client, TILL_ERROR_ANSWER, NULL);
    }
    *ret_invoice = keep_invoice(arena, found.invoices[0]);
    return TILL_OK;
}

enum till_error till_info(struct till_client *client, const char *uuid,
                          struct till_invoice **ret_invoice) {
    if (!is_uuid(uuid)) {
        return client_fail(client, TILL_ERROR_ARGUMENT, "this is no invoice's uuid");
    }
    struct arena *arena = arena_new(CLIENT_ARENA_BYTES_MAX);
    enum till_error error = info(client, arena, uuid, ret_invoice);
    if (error != TILL_OK) {
        arena_free(arena);
    }
    return error;
}

enum till_error till_cancel(struct till_client *client, const char *uuid) {
    if (!is_uuid(uuid)) {
        return client_fail(client, TILL_ERROR_ARGUMENT, "this is no invoice's uuid");
    }
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(CLIENT_ARENA_BYTES_MAX);
    struct client_call call = {
        .path = "/v2/invoice/merchant/canceled",
        .body = uuid_body(arena, STR("uuid"), uuid, false),
    };
    struct document answer;
    return client_ask(client, arena, &call, &answer);
}

struct list_range {
    const char *start;
    const char *end;
    unsigned offset;
    unsigned limit;
};

static struct str list_body(struct arena *arena, const struct list_range *range) {
    struct buf text = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &text);
    json_write_object_begin(&json);
    put_text(&json, STR("start"), range->start);
    put_text(&json, STR("end"), range->end);
    put_count(&json, STR("offset"), range->offset);
    put_count(&json, STR("limit"), range->limit);
    json_write_object_end(&json);
    return buf_str(&text);
}

static enum till_error list(struct till_client *client, struct arena *arena,
                            const struct list_range *range, struct till_invoices **ret_invoices) {
    struct client_call call = {
        .path = "/v2/invoice/merchant/list",
        .body = list_body(arena, range),
    };
    struct document answer;
    enum till_error error = client_ask(client, arena, &call, &answer);
    if (error != TILL_OK) {
        return error;
    }
    struct till_invoices *invoices = ARENA_NEW(arena, struct till_invoices);
    invoices->arena = arena;
    invoices->invoices = ARENA_ARRAY(arena, struct till_invoice, LIST_LIMIT_MAX);
    const char *total = document_get(&answer, "all_count");
    uint64_t count;
    if (!read_members(&answer, invoices) || total == NULL ||
        !str_to_u64(str_from_c(total), &count) || count < invoices->count) {
        return client_fail(client, TILL_ERROR_ANSWER, NULL);
    }
    invoices->total = (size_t)count;
    *ret_invoices = invoices;
    return TILL_OK;
}

enum till_error till_list(struct till_client *client, const char *start, const char *end,
                          unsigned offset, unsigned limit, struct till_invoices **ret_invoices) {
    if (start == NULL || end == NULL || limit == 0 || limit > LIST_LIMIT_MAX) {
        return client_fail(client, TILL_ERROR_ARGUMENT,
                           "a list needs two days and a limit from 1 to 100");
    }
    struct arena *arena = arena_new(CLIENT_ARENA_BYTES_MAX);
    struct list_range range = {.start = start, .end = end, .offset = offset, .limit = limit};
    enum till_error error = list(client, arena, &range, ret_invoices);
    if (error != TILL_OK) {
        arena_free(arena);
    }
    return error;
}

/* ---- questions */

size_t till_invoices_count(const struct till_invoices *invoices) {
    return invoices->count;
}

size_t till_invoices_total(const struct till_invoices *invoices) {
    return invoices->total;
}

const struct till_invoice *till_invoices_at(const struct till_invoices *invoices, size_t index) {
    return index < invoices->count ? &invoices->invoices[index] : NULL;
}

void till_invoices_free(struct till_invoices *invoices) {
    if (invoices != NULL) {
        arena_free(invoices->arena);
    }
}

void till_invoice_free(struct till_invoice *invoice) {
    if (invoice != NULL) {
        arena_free(invoice->arena);
    }
}

enum till_status till_invoice_status(const struct till_invoice *invoice) {
    static const struct {
        const char *word;
        enum till_status status;
    } statuses[] = {
        {"created", TILL_STATUS_CREATED},   {"partial", TILL_STATUS_PARTIAL},
        {"paid", TILL_STATUS_PAID},         {"overpaid", TILL_STATUS_OVERPAID},
        {"canceled", TILL_STATUS_CANCELED},
    };
    const char *word = till_invoice_get(invoice, "status");
    for (size_t i = 0; word != NULL && i < sizeof statuses / sizeof statuses[0]; i++) {
        if (strcmp(word, statuses[i].word) == 0) {
            return statuses[i].status;
        }
    }
    return TILL_STATUS_OTHER;
}

int till_invoice_is_paid(const struct till_invoice *invoice) {
    const char *verdict = till_invoice_get(invoice, "invoice_status");
    enum till_status status = till_invoice_status(invoice);
    return verdict != NULL && strcmp(verdict, "success") == 0 &&
           (status == TILL_STATUS_PAID || status == TILL_STATUS_OVERPAID);
}

const char *till_invoice_get(const struct till_invoice *invoice, const char *path) {
    for (size_t i = 0; i < invoice->count; i++) {
        const struct document_pair *pair = &invoice->pairs[i];
        if (strcmp(pair->path + invoice->prefix_len, path) == 0) {
            return pair->value;
        }
    }
    return NULL;
}
