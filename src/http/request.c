/* SPDX-License-Identifier: MIT */
#include "http/request.h"

#include "http/scan.h"

struct str request_header(const struct request *request, struct str lower_name) {
    const struct http_head *head = request->head;
    for (size_t at = 0; at < head->field_count; at++) {
        if (str_eq(http_head_name(head, at), lower_name)) {
            return http_head_value(head, at);
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
