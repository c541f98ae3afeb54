/* SPDX-License-Identifier: MIT */
#include "http/request.h"

#include "http/scan.h"

bool request_header_next(const struct request *request, struct str lower_name, size_t *at,
                         struct str *ret_value) {
    const struct http_head *head = request->head;
    for (; *at < head->field_count; (*at)++) {
        if (str_eq(http_head_name(head, *at), lower_name)) {
            *ret_value = http_head_value(head, (*at)++);
            return true;
        }
    }
    return false;
}

struct str request_header(const struct request *request, struct str lower_name) {
    struct str value = {0};
    size_t at = 0;
    (void)request_header_next(request, lower_name, &at, &value);
    return value;
}

static struct str cookie_in(struct str header, struct str name) {
    struct str pair;
    while (str_split_next(&header, ';', &pair)) {
        pair = str_trim(pair);
        size_t equals = str_find(pair, '=');
        if (equals < pair.len && str_eq(str_slice(pair, 0, equals), name)) {
            return str_slice(pair, equals + 1, pair.len);
        }
    }
    return (struct str){0};
}

struct str request_cookie(const struct request *request, struct str name) {
    struct str header;
    size_t at = 0;
    while (request_header_next(request, STR("cookie"), &at, &header)) {
        struct str value = cookie_in(header, name);
        if (value.ptr != NULL) {
            return value;
        }
    }
    return (struct str){0};
}

const char *http_method_name(enum http_method method) {
    switch (method) {
    case HTTP_GET:
        return "GET";
    case HTTP_HEAD:
        return "HEAD";
    case HTTP_POST:
        return "POST";
    case HTTP_PUT:
        return "PUT";
    case HTTP_PATCH:
        return "PATCH";
    case HTTP_DELETE:
        return "DELETE";
    case HTTP_OPTIONS:
        return "OPTIONS";
    case HTTP_OTHER:
        return "OTHER";
    }
    return "OTHER";
}
