/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_ADMIN_ADMIN_H
#define TILL_HTTP_ADMIN_ADMIN_H

/* What the operator's handlers have in common: a read connection for the time of the call, the
 * input by a list of fields, one JSON answer, errors as {"error": name, "detail": sentence}. A call
 * that only reads answers at once; one that writes hands a job to the committer and answers when it
 * is committed. Amounts are decimal texts, times RFC 3339 or null. */

#include "app/job.h"
#include "base/json_write.h"
#include "http/fields.h"
#include "http/job_reply.h"
#include "http/reply.h"
#include "http/request.h"

struct amount;
struct app;
struct store_conn;

struct admin_call {
    struct request *request;
    struct arena *arena; /* the request's */
    const struct app *app;
    struct store_conn *reader;
};

/* Writes one JSON value, or fails. */
typedef struct result admin_read_fn(const struct admin_call *call, struct json_writer *json);

struct reply admin_read(struct request *request, admin_read_fn *read);

struct admin_write {
    const struct use_case *use_case;
    void *input; /* lives in the call's arena */
    /* Once it is committed, or refused: calls admin_committed. */
    job_render_fn *render;
};

/* Reads and checks, and says what to write. */
typedef struct result admin_prepare_fn(const struct admin_call *call,
                                       struct admin_write *ret_write);

struct reply admin_write(struct request *request, admin_prepare_fn *prepare);

/* Shows what was committed; `input` may hold a secret that it wipes. */
typedef struct result admin_show_fn(const struct admin_call *call, void *input,
                                    struct json_writer *json);

struct reply admin_committed(struct request *request, struct result outcome, void *input,
                             admin_show_fn *show);

/* For a call that neither reads nor writes the store. */
struct reply admin_failure(struct request *request, struct result failure);

/* ERR_FIELD_INVALID, with a detail that names the first field that is missing or wrong. `into` is
 * zeroed. */
struct result admin_body(const struct admin_call *call, const struct field *fields, size_t count,
                         void *into);
struct result admin_query(const struct admin_call *call, const struct field *fields, size_t count,
                          void *into);
/* What stands for `{name}` in the path, as a row's number. ERR_NOT_FOUND if it cannot be one. */
struct result admin_path_id(const struct admin_call *call, int64_t *ret_id);
/* `given`, or `otherwise` if it was left out; ERR_FIELD_INVALID outside 0 to `most`. */
struct result admin_number(const struct admin_call *call, const char *name,
                           struct field_integer given, int64_t otherwise, int64_t most,
                           int64_t *ret_value);

/* Members of the object that is open. */
void admin_text(struct json_writer *json, const char *key, struct str text);
void admin_c_text(struct json_writer *json, const char *key, const char *text);
void admin_i64(struct json_writer *json, const char *key, int64_t value);
void admin_bool(struct json_writer *json, const char *key, bool value);
void admin_time(struct json_writer *json, const char *key, int64_t at_ms); /* 0: null */
void admin_amount(struct json_writer *json, struct arena *arena, const char *key,
                  struct amount amount);
/* "tokens": those of all networks that are followed. */
struct result admin_write_tokens(const struct admin_call *call, struct json_writer *json);
/* The words of a space-separated list. */
void admin_words(struct json_writer *json, const char *key, struct str words);
/* "INV-K7Q2M9XD"; null for 0. */
void admin_invoice_id(struct json_writer *json, const struct admin_call *call, const char *key,
                      int64_t invoice_id);

#endif
