/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "app/app.h"
#include "app/backup_run.h"
#include "base/arena.h"
#include "core/error.h"
#include "http/admin/admin.h"
#include "http/admin/handlers.h"
#include "http/service.h"

enum { PATH_TEXT_MAX = 4096 };

struct backup_input {
    struct str path;
    struct str passphrase;
};

static const struct field backup_fields[] = {
    {"path", FIELD_TEXT, FIELD_REQUIRED, PATH_TEXT_MAX, offsetof(struct backup_input, path)},
    {"passphrase", FIELD_TEXT, FIELD_REQUIRED, SECRET_BYTES_MAX,
     offsetof(struct backup_input, passphrase)},
};

/* Lives in the request's arena. */
struct backup_call {
    struct backup_run run;
    struct http_completion completion;
};

static void backup_done(struct backup_run *run) {
    struct backup_call *call = run->context;
    http_complete(&call->completion);
}

static struct reply render_backup(struct request *request, void *context) {
    struct backup_call *call = context;
    if (!result_is_ok(call->run.outcome)) {
        return admin_failure(request, call->run.outcome);
    }
    struct buf out = buf_in(request->arena);
    struct json_writer json;
    json_writer_init(&json, &out);
    json_write_object_begin(&json);
    admin_c_text(&json, "path", call->run.path);
    admin_i64(&json, "size_bytes", call->run.report.size_bytes);
    admin_c_text(&json, "sha256", call->run.report.sha256);
    json_write_object_end(&json);
    return reply_json(request, buf_str(&out));
}

/* A passphrase does not stay in the request's memory. */
static void take_passphrase(struct request *request, struct str given, struct secret *secret) {
    BUG_IF(given.len > sizeof secret->bytes);
    memcpy(secret->bytes, given.ptr, given.len);
    secret->len = given.len;
    explicit_bzero((void *)(uintptr_t)given.ptr, given.len);
    explicit_bzero((void *)(uintptr_t)request->body.ptr, request->body.len);
}

struct reply admin_backup_make(struct request *request) {
    struct admin_call call = {.request = request, .arena = request->arena};
    struct backup_input input = {0};
    struct result read =
        admin_body(&call, backup_fields, sizeof backup_fields / sizeof backup_fields[0], &input);
    if (!result_is_ok(read)) {
        return admin_failure(request, read);
    }
    struct backup_call *backup = ARENA_NEW(request->arena, struct backup_call);
    backup->run = (struct backup_run){
        .path = str_to_c(request->arena, input.path), .done = backup_done, .context = backup};
    take_passphrase(request, input.passphrase, &backup->run.passphrase);
    http_completion_arm(&backup->completion, request, render_backup, backup);
    struct backup_runner *runner = service_of(request->context)->app->backups;
    struct result started = backup_run_start(runner, &backup->run);
    if (!result_is_ok(started)) {
        http_completion_disarm(&backup->completion);
        secret_wipe(&backup->run.passphrase);
        return admin_failure(request, started);
    }
    return reply_later(request);
}
