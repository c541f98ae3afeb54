/* SPDX-License-Identifier: MIT */
#include "http/dispatch.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/result.h"
#include "http/connection.h"
#include "http/route.h"

#define CORS_METHODS STR("Access-Control-Allow-Methods")
#define CORS_HEADERS STR("Access-Control-Allow-Headers")
#define CORS_MAX_AGE STR("Access-Control-Max-Age")

static enum http_method method_from_text(struct str text) {
    for (enum http_method method = HTTP_GET; method < HTTP_OTHER; method++) {
        if (str_eq(text, str_from_c(http_method_name(method)))) {
            return method;
        }
    }
    return HTTP_OTHER;
}

static bool is_trusted(const struct loop_shared *shared, const struct ip *ip) {
    for (size_t i = 0; i < shared->trusted_proxy_count; i++) {
        if (ip_is_in(ip, &shared->trusted_proxies[i])) {
            return true;
        }
    }
    return false;
}

/* Walks X-Forwarded-For from the right, as long as the one who wrote the entry is trusted. Several
 * such headers are one list. An entry that is no address ends the walk at its writer. */
static struct ip client_of(const struct connection *connection) {
    const struct http_head *head = connection->request.head;
    struct ip client = connection->peer;
    for (size_t i = head->field_count; i-- > 0;) {
        if (!str_eq(http_head_name(head, i), STR("x-forwarded-for"))) {
            continue;
        }
        struct str list = http_head_value(head, i);
        while (list.len > 0) {
            struct ip next;
            if (!is_trusted(connection->loop->shared, &client) ||
                !ip_take_last_forwarded(&list, &next)) {
                return client;
            }
            client = next;
        }
    }
    return client;
}

void dispatch_prepare(struct connection *connection) {
    const struct http_scan *scan = &connection->scan;
    struct request *request = &connection->request;
    *request = (struct request){
        .arena = connection->arena,
        .context = connection->listener->options.context,
        .method = HTTP_OTHER,
        .remote = connection->peer,
        .head = scan->head,
        .connection = connection,
    };
    if (!scan->has_request_line) {
        return;
    }
    struct str target = http_head_target(scan->head);
    size_t path_len = str_find(target, '?');
    request->method_text = http_head_method(scan->head);
    request->method = method_from_text(request->method_text);
    request->path = str_slice(target, 0, path_len);
    request->query = path_len == target.len ? (struct str){.ptr = target.ptr + path_len}
                                            : str_slice(target, path_len + 1, target.len);
    request->body = scan->body;
    if (connection->loop->shared->trusted_proxy_count > 0) {
        request->remote = client_of(connection);
    }
}

bool dispatch_is_cors(const struct connection *connection, const struct route *route) {
    const struct http_listener *listener = &connection->listener->options;
    return listener->is_cors != NULL ? listener->is_cors(route) : listener->cors;
}

static struct str methods_text(struct arena *arena, unsigned methods) {
    struct buf buf = buf_in(arena);
    for (enum http_method method = HTTP_GET; method < HTTP_OTHER; method++) {
        if ((methods & 1u << method) != 0) {
            buf_puts(&buf, buf.len > 0 ? ", " : "");
            buf_puts(&buf, http_method_name(method));
        }
    }
    return buf_str(&buf);
}

static struct reply reply_method_not_allowed(struct request *request, unsigned methods) {
    const char *sentence = arena_printf(
        request->arena, "Method \"%.*s\" not allowed.",
        STR_ARG(str_slice(request->method_text, 0,
                          request->method_text.len < 32 ? request->method_text.len : 32)));
    return reply_with_header(request, reply_error(request, 405, sentence), STR("Allow"),
                             methods_text(request->arena, methods));
}

static struct reply reply_options(struct request *request, unsigned methods) {
    struct str text = methods_text(request->arena, methods);
    struct reply reply = reply_with_header(request, reply_empty(request, 204), STR("Allow"), text);
    if (!dispatch_is_cors(request->connection, request->route)) {
        return reply;
    }
    reply = reply_with_header(request, reply, CORS_METHODS, text);
    reply = reply_with_header(request, reply, CORS_HEADERS,
                              STR("Authorization, Content-Type, Idempotency-Key"));
    return reply_with_header(request, reply, CORS_MAX_AGE, STR("86400"));
}

/* A preflight asks about another method's route. */
static const struct route *any_route(const struct route_table *table, struct str path,
                                     unsigned methods) {
    struct str parameter;
    unsigned ignored;
    for (enum http_method method = HTTP_GET; method < HTTP_OTHER; method++) {
        if ((methods & 1u << method) != 0 && method != HTTP_OPTIONS) {
            return route_find(table, method, path, &parameter, &ignored);
        }
    }
    return NULL;
}

struct reply dispatch(struct connection *connection) {
    struct request *request = &connection->request;
    const struct http_listener *listener = &connection->listener->options;
    unsigned methods;
    if (request->method == HTTP_OPTIONS && str_eq(request->path, STR("*"))) {
        return reply_empty(request, 204);
    }
    request->route = route_find(&listener->routes, request->method, request->path,
                                &request->path_parameter, &methods);
    if (methods == 0) {
        return reply_error(request, 404, NULL);
    }
    if (request->route == NULL) {
        request->route = any_route(&listener->routes, request->path, methods);
        return request->method == HTTP_OPTIONS ? reply_options(request, methods)
                                               : reply_method_not_allowed(request, methods);
    }
    struct reply refusal;
    if (listener->admit != NULL && !listener->admit(request, &refusal)) {
        BUG_IF(refusal.kind != REPLY_WHOLE);
        return refusal;
    }
    return request->route->handler(request);
}

struct reply dispatch_refusal(struct connection *connection, int status) {
    dispatch_prepare(connection);
    return reply_and_close(reply_error(&connection->request, status, NULL));
}
