/* SPDX-License-Identifier: MIT */
#include "http/reply.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json_write.h"
#include "base/result.h"
#include "http/connection.h"

struct status_row {
    int status;
    const char *text;
    const char *sentence; /* of an error's body */
};

static const struct status_row statuses[] = {
    {200, "OK", ""},
    {201, "Created", ""},
    {202, "Accepted", ""},
    {204, "No Content", ""},
    {301, "Moved Permanently", ""},
    {302, "Found", ""},
    {303, "See Other", ""},
    {304, "Not Modified", ""},
    {307, "Temporary Redirect", ""},
    {308, "Permanent Redirect", ""},
    {400, "Bad Request", "Bad request."},
    {401, "Unauthorized", "Authentication credentials were not provided."},
    {403, "Forbidden", "You do not have permission to perform this action."},
    {404, "Not Found", "Not found."},
    {405, "Method Not Allowed", "Method not allowed."},
    {408, "Request Timeout", "The request did not arrive in time."},
    {409, "Conflict", "The request conflicts with the present state."},
    {410, "Gone", "Gone."},
    {413, "Content Too Large", "The request body is too large."},
    {414, "URI Too Long", "The request target is too long."},
    {415, "Unsupported Media Type", "Unsupported media type in request."},
    {417, "Expectation Failed", "The expectation cannot be met."},
    {422, "Unprocessable Content", "The request cannot be processed."},
    {429, "Too Many Requests", "Request was throttled."},
    {431, "Request Header Fields Too Large", "The request headers are too large."},
    {500, "Internal Server Error", "Internal server error."},
    {501, "Not Implemented", "Not implemented."},
    {503, "Service Unavailable", "The service is busy, try again later."},
    {505, "HTTP Version Not Supported", "This HTTP version is not supported."},
};

static const struct status_row *find_status(int status) {
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (statuses[i].status == status) {
            return &statuses[i];
        }
    }
    return NULL;
}

const char *http_status_text(int status) {
    const struct status_row *row = find_status(status);
    return row == NULL ? "Unknown" : row->text;
}

struct reply reply_status(struct request *request, int status, struct str content_type,
                          struct str body) {
    BUG_IF(status < 200 || status > 599);
    return (struct reply){
        .kind = REPLY_WHOLE,
        .status = status,
        .content_type = content_type,
        .body = bytes_from_str(body),
    };
}

struct reply reply_ok(struct request *request, struct str content_type, struct str body) {
    return reply_status(request, 200, content_type, body);
}

struct reply reply_json(struct request *request, struct str body) {
    return reply_status(request, 200, CONTENT_JSON, body);
}

struct reply reply_empty(struct request *request, int status) {
    return reply_status(request, status, (struct str){0}, (struct str){0});
}

struct reply reply_redirect(struct request *request, int status, struct str location) {
    return reply_with_header(request, reply_empty(request, status), STR("Location"), location);
}

static struct http_error_body default_error_body(struct arena *arena,
                                                 const struct http_error *error) {
    struct buf buf = buf_in(arena);
    struct json_writer writer;
    json_writer_init(&writer, &buf);
    json_write_object_begin(&writer);
    json_write_key(&writer, STR("detail"));
    json_write_str(&writer, str_from_c(error->sentence));
    json_write_object_end(&writer);
    return (struct http_error_body){.content_type = CONTENT_JSON, .body = buf_str(&buf)};
}

struct reply reply_error(struct request *request, int status, const char *sentence) {
    const struct http_listener *listener = &request->connection->listener->options;
    const struct status_row *row = find_status(status);
    BUG_IF(row == NULL || status < 400);
    struct http_error error = {
        .status = status,
        .sentence = sentence != NULL ? sentence : row->sentence,
        .method = request->method_text,
        .path = request->path,
    };
    struct http_error_body body = listener->error_body != NULL
                                      ? listener->error_body(request->arena, &error)
                                      : default_error_body(request->arena, &error);
    return reply_status(request, status, body.content_type, body.body);
}

struct reply reply_later(struct request *request) {
    BUG_IF(request->completions_armed == 0);
    return (struct reply){.kind = REPLY_LATER};
}

struct reply reply_stream(struct request *request, uint64_t topic,
                          void (*on_open)(struct http_stream *stream, void *context),
                          void *context) {
    return (struct reply){
        .kind = REPLY_STREAM,
        .status = 200,
        .content_type = STR("text/event-stream"),
        .topic = topic,
        .on_open = on_open,
        .on_open_context = context,
    };
}

static bool is_header_value(struct str value) {
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

struct reply reply_with_header(struct request *request, struct reply reply, struct str name,
                               struct str value) {
    if (!is_header_value(value)) {
        return reply_error(request, 500, NULL);
    }
    struct reply_header *header = ARENA_NEW(request->arena, struct reply_header);
    *header = (struct reply_header){.next = reply.headers, .name = name, .value = value};
    reply.headers = header;
    return reply;
}

struct reply reply_and_close(struct reply reply) {
    reply.close = true;
    return reply;
}

void http_completion_arm(struct http_completion *completion, struct request *request,
                         struct reply (*render)(struct request *request, void *context),
                         void *context) {
    BUG_IF(request->completions_armed != 0); /* one request, one answer */
    request->completions_armed = 1;
    *completion = (struct http_completion){
        .request = request,
        .render = render,
        .context = context,
    };
}

void http_completion_disarm(struct http_completion *completion) {
    BUG_IF(completion->request == NULL || completion->request->completions_armed != 1);
    completion->request->completions_armed = 0;
    completion->request = NULL;
}

void http_complete_quietly(struct http_completion *completion) {
    loop_push_completion(completion->request->connection->loop, completion);
}

void http_complete(struct http_completion *completion) {
    struct http_loop *loop = completion->request->connection->loop;
    loop_push_completion(loop, completion);
    loop_wake(loop);
}
