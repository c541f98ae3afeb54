/* SPDX-License-Identifier: MIT */
#include "http/route.h"

#include <string.h>

#include "base/result.h"

static bool is_parameter_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

/* Unreserved characters only, so an escaped spelling of a name is another, unknown path. */
static bool is_parameter(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!is_parameter_byte(text.ptr[i])) {
            return false;
        }
    }
    return text.len > 0 && !str_eq(text, STR(".")) && !str_eq(text, STR(".."));
}

static bool pattern_matches(struct str pattern, struct str path, struct str *ret_parameter) {
    size_t open = str_find(pattern, '{');
    if (open == pattern.len) {
        return str_eq(pattern, path);
    }
    struct str tail = str_slice(pattern, str_find(pattern, '}') + 1, pattern.len);
    if (path.len < open + tail.len || !str_starts_with(path, str_slice(pattern, 0, open)) ||
        !str_ends_with(path, tail)) {
        return false;
    }
    struct str value = str_slice(path, open, path.len - tail.len);
    if (!is_parameter(value)) {
        return false;
    }
    *ret_parameter = value;
    return true;
}

/* The methods of the path's rows; `ret_route` is the row for `method`. */
static unsigned find_among(const struct route_table *table, bool with_parameter,
                           enum http_method method, struct str path, struct str *ret_parameter,
                           const struct route **ret_route) {
    unsigned methods = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct route *route = &table->routes[i];
        struct str pattern = str_from_c(route->path);
        if ((str_find(pattern, '{') < pattern.len) != with_parameter ||
            !pattern_matches(pattern, path, ret_parameter)) {
            continue;
        }
        methods |= 1u << route->method;
        if (route->method == method) {
            *ret_route = route;
        }
    }
    return methods;
}

const struct route *route_find(const struct route_table *table, enum http_method method,
                               struct str path, struct str *ret_parameter,
                               unsigned *ret_methods_allowed) {
    enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;
    const struct route *route = NULL;
    *ret_parameter = (struct str){0};
    unsigned methods = find_among(table, false, wanted, path, ret_parameter, &route);
    if (methods == 0) {
        methods = find_among(table, true, wanted, path, ret_parameter, &route);
    }
    if ((methods & 1u << HTTP_GET) != 0) {
        methods |= 1u << HTTP_HEAD;
    }
    if (methods != 0) {
        methods |= 1u << HTTP_OPTIONS;
    }
    *ret_methods_allowed = methods;
    return route;
}

void route_table_check(const struct route_table *table) {
    for (size_t i = 0; i < table->count; i++) {
        const struct route *route = &table->routes[i];
        struct str path = str_from_c(route->path);
        size_t open = str_find(path, '{');
        BUG_IF(route->handler == NULL || !str_starts_with(path, STR("/")));
        BUG_IF(route->method == HTTP_HEAD || route->method == HTTP_OPTIONS ||
               route->method == HTTP_OTHER);
        if (open < path.len) {
            size_t close = str_find(path, '}');
            struct str tail = close < path.len ? str_slice(path, close + 1, path.len) : STR("{");
            BUG_IF(close < open || path.ptr[open - 1] != '/');
            BUG_IF(str_find(tail, '{') < tail.len || (tail.len > 0 && tail.ptr[0] != '/'));
        }
        for (size_t k = 0; k < i; k++) {
            BUG_IF(table->routes[k].method == route->method &&
                   strcmp(table->routes[k].path, route->path) == 0);
        }
    }
}
