/* SPDX-License-Identifier: MIT */
#include "core/endpoint_url.h"

#include <string.h>

#include "base/arena.h"
#include "core/error.h"

enum { LABEL_BYTES_MAX = 63, PORT_DIGITS_MAX = 5 };

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_hex_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static struct result invalid(struct arena *arena, const char *fault) {
    return result_failf(arena, &ERR_URL_INVALID, "the URL %s", fault);
}

/* RFC 3986, 2: a URI is made of unreserved, reserved and percent-encoded characters. '#' is left
 * out: a fragment never travels, so whoever wrote one is mistaken about what will be called. */
static const char *characters_fault(struct str text) {
    static const char allowed_marks[] = "-._~:/?[]@!$&'()*+,;=";
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '#') {
            return "has a fragment";
        }
        if (c == '\\') {
            return "has a backslash";
        }
        if (c == '%') {
            if (text.len - i < 3 || !is_hex_digit(text.ptr[i + 1]) ||
                !is_hex_digit(text.ptr[i + 2])) {
                return "has a broken percent escape";
            }
            continue;
        }
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !is_digit(c) && (c == '\0' || strchr(allowed_marks, c) == NULL)) {
            return "has a character that must not stand in a URL";
        }
    }
    return NULL;
}

static bool label_is_sound(struct str label) {
    if (label.len == 0 || label.len > LABEL_BYTES_MAX || label.ptr[0] == '-' ||
        label.ptr[label.len - 1] == '-') {
        return false;
    }
    for (size_t i = 0; i < label.len; i++) {
        char c = label.ptr[i];
        if (!(is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_')) {
            return false;
        }
    }
    return true;
}

/* Resolvers read a last label of digits, or 0x and hex digits, as part of a number: then the whole
 * must be an address. */
static bool label_is_number(struct str label) {
    if (str_starts_with(label, STR("0x"))) {
        return true;
    }
    for (size_t i = 0; i < label.len; i++) {
        if (!is_digit(label.ptr[i])) {
            return false;
        }
    }
    return true;
}

/* `name` is in lower case already. */
static const char *name_fault(struct str name) {
    if (name.len == 0) {
        return "has no host";
    }
    if (name.len > ENDPOINT_HOST_BYTES_MAX) {
        return "has a host that is too long";
    }
    if (name.ptr[name.len - 1] == '.') {
        return "has a host that ends in a dot";
    }
    struct str rest = name;
    struct str label = {0};
    while (str_split_next(&rest, '.', &label)) {
        if (!label_is_sound(label)) {
            return "has a host that is not a name";
        }
    }
    return label_is_number(label) ? "has a host that is neither a name nor a plain address" : NULL;
}

static const char *host_read(struct arena *arena, struct str text, struct endpoint_url *url) {
    if (str_starts_with(text, STR("["))) {
        bool is_closed = str_ends_with(text, STR("]"));
        if (!is_closed || !net_address_parse(str_slice(text, 1, text.len - 1), &url->address) ||
            !url->address.is_v6) {
            return "has brackets without an IPv6 address in them";
        }
        url->is_literal = true;
        url->host = net_address_text(arena, &url->address);
        return NULL;
    }
    char *host = arena_copy(arena, text.ptr, text.len);
    for (size_t i = 0; i < text.len; i++) {
        if (host[i] >= 'A' && host[i] <= 'Z') {
            host[i] = (char)(host[i] - 'A' + 'a');
        }
    }
    url->host = (struct str){.ptr = host, .len = text.len};
    url->is_literal = net_address_parse(url->host, &url->address);
    if (url->is_literal) {
        return url->address.is_v6 ? "has an IPv6 address without brackets" : NULL;
    }
    return name_fault(url->host);
}

/* Behind the colon. */
static bool port_read(struct str text, uint16_t *ret_port) {
    uint64_t port;
    if (text.len == 0 || text.len > PORT_DIGITS_MAX || text.ptr[0] == '0' ||
        !str_to_u64(text, &port) || port > UINT16_MAX) {
        return false;
    }
    *ret_port = (uint16_t)port;
    return true;
}

/* Splits "host", "host:port", "[v6]" and "[v6]:port". */
static const char *authority_read(struct arena *arena, struct str authority,
                                  struct endpoint_url *url) {
    if (str_find(authority, '@') < authority.len) {
        return "has a user name or a password";
    }
    size_t host_len = str_find(authority, ':');
    if (str_starts_with(authority, STR("["))) {
        size_t bracket = str_find(authority, ']');
        host_len = bracket == authority.len ? bracket : bracket + 1;
    }
    const char *fault = host_read(arena, str_slice(authority, 0, host_len), url);
    if (fault != NULL) {
        return fault;
    }
    url->port = url->is_https ? 443 : 80;
    if (host_len == authority.len) {
        return NULL;
    }
    bool port_is_sound = authority.ptr[host_len] == ':' &&
                         port_read(str_slice(authority, host_len + 1, authority.len), &url->port);
    return port_is_sound ? NULL : "has a port that is not between 1 and 65535";
}

/* What is dialled comes from the parts alone. */
static void compose(struct arena *arena, struct endpoint_url *url) {
    const char *scheme = url->is_https ? "https" : "http";
    bool is_v6 = url->is_literal && url->address.is_v6;
    url->origin = str_from_c(arena_printf(arena, "%s://%s%.*s%s:%u", scheme, is_v6 ? "[" : "",
                                          STR_ARG(url->host), is_v6 ? "]" : "", url->port));
    bool is_default = url->port == (url->is_https ? 443 : 80);
    struct str base = is_default
                          ? str_slice(url->origin, 0, url->origin.len - (url->is_https ? 4 : 3))
                          : url->origin;
    url->url = str_from_c(arena_printf(arena, "%.*s%.*s", STR_ARG(base), STR_ARG(url->path)));
}

static bool take_scheme(struct str *rest, struct str scheme) {
    if (rest->len < scheme.len || !str_eq_nocase(str_slice(*rest, 0, scheme.len), scheme)) {
        return false;
    }
    *rest = str_slice(*rest, scheme.len, rest->len);
    return true;
}

struct result endpoint_url_parse(struct arena *arena, struct str text,
                                 enum endpoint_schemes schemes, struct endpoint_url *ret_url) {
    if (text.len > ENDPOINT_URL_BYTES_MAX) {
        return invalid(arena, "is too long");
    }
    struct endpoint_url url = {0};
    struct str rest = text;
    url.is_https = take_scheme(&rest, STR("https://"));
    if (!url.is_https && schemes != ENDPOINT_HTTP_TOO) {
        return result_fail(&ERR_URL_SCHEME);
    }
    if (!url.is_https && !take_scheme(&rest, STR("http://"))) {
        return result_failf(arena, &ERR_URL_SCHEME, "the URL must start with https:// or http://");
    }
    const char *fault = characters_fault(rest);
    if (fault != NULL) {
        return invalid(arena, fault);
    }
    size_t slash = str_find(rest, '/');
    size_t question = str_find(rest, '?');
    size_t authority_len = slash < question ? slash : question;
    fault = authority_read(arena, str_slice(rest, 0, authority_len), &url);
    if (fault != NULL) {
        return invalid(arena, fault);
    }
    struct str path = str_slice(rest, authority_len, rest.len);
    const char *lead = str_starts_with(path, STR("/")) ? "" : "/";
    url.path = str_from_c(arena_printf(arena, "%s%.*s", lead, STR_ARG(path)));
    compose(arena, &url);
    *ret_url = url;
    return RESULT_OK;
}

struct result return_url_parse(struct arena *arena, struct str text, struct endpoint_url *ret_url,
                               struct str *ret_fragment) {
    size_t hash = str_find(text, '#');
    struct str fragment = str_slice(text, hash, text.len);
    const char *fault =
        str_is_empty(fragment) ? NULL : characters_fault(str_slice(fragment, 1, fragment.len));
    if (fault != NULL || text.len > ENDPOINT_URL_BYTES_MAX) {
        return invalid(arena, fault != NULL ? fault : "is too long");
    }
    TRY(endpoint_url_parse(arena, str_slice(text, 0, hash), ENDPOINT_HTTP_TOO, ret_url));
    *ret_fragment = fragment;
    return RESULT_OK;
}
