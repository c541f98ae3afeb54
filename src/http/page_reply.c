/* SPDX-License-Identifier: MIT */
#include "http/page_reply.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "core/error.h"
#include "http/fields.h"
#include "http/pages/checkout_page.h"
#include "http/pages/words.h"
#include "http/request.h"
#include "http/throttle.h"

enum { LANGUAGE_TAG_BYTES_MAX = 35 }; /* RFC 5646 section 4.4.1 */

struct reply page_reply(struct request *request, int status, const struct buf *page,
                        struct str framers) {
    if (page->failed) {
        return reply_error(request, 500, NULL);
    }
    struct reply reply = reply_status(request, status, CONTENT_HTML, buf_str(page));
    reply = reply_with_header(request, reply, STR("Content-Security-Policy"),
                              checkout_policy(request->arena, framers));
    reply = reply_with_header(request, reply, STR("Referrer-Policy"), STR("no-referrer"));
    reply = reply_with_header(request, reply, STR("Vary"), STR("Accept-Language"));
    return reply_with_header(request, reply, STR("Cache-Control"), STR("no-store"));
}

static struct reply refuse_not_found(struct request *request, const struct language *language) {
    throttle_miss(request);
    struct buf page = buf_in(request->arena);
    checkout_not_found_page(&page, language);
    return page_reply(request, 404, &page, STR("'none'"));
}

struct reply page_refuse_result(struct request *request, const struct language *language,
                                struct result result) {
    switch (result.code->kind) {
    case ERROR_NOT_FOUND:
        return refuse_not_found(request, language);
    case ERROR_INPUT:
        return reply_error(request, 400, result.code->sentence);
    case ERROR_AUTH:
        return reply_error(request, 403, result.code->sentence);
    case ERROR_CONFLICT:
        return reply_error(request, 409, result.code->sentence);
    case ERROR_LIMITED:
    case ERROR_SOFT:
        log_event(LOG_WARN, "page_refused", LOG_STR("path", request->path), LOG_RESULT(result));
        return reply_with_header(request, reply_error(request, 503, NULL), STR("Retry-After"),
                                 STR("1"));
    case ERROR_HARD:
        log_event(LOG_ERROR, "page_failed", LOG_STR("path", request->path), LOG_RESULT(result));
        return reply_error(request, 500, NULL);
    }
    BUG_IF(true);
}

struct language_input {
    struct str lang;
};

const struct language *page_language(struct request *request) {
    static const struct field fields[] = {
        {"lang", FIELD_TEXT, 0, LANGUAGE_TAG_BYTES_MAX, offsetof(struct language_input, lang)},
    };
    struct language_input input = {0};
    struct fields_report report = fields_read_query(request, fields, 1, &input);
    struct str wanted = report.outcome == FIELDS_OK ? input.lang : STR("");
    return language_choose(wanted, request_header(request, STR("accept-language")));
}

bool page_form_is_from_elsewhere(const struct request *request) {
    struct str site = request_header(request, STR("sec-fetch-site"));
    return site.len > 0 && !str_eq(site, STR("same-origin")) && !str_eq(site, STR("none"));
}

struct reply page_redirect(struct request *request, struct str public_id,
                           const struct language *language) {
    const char *location =
        arena_printf(request->arena, "/%.*s?lang=%s", STR_ARG(public_id), language->code);
    return reply_redirect(request, 303, str_from_c(location));
}
