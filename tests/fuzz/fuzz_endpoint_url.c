/* SPDX-License-Identifier: MIT */
/* Endpoint URLs: what was accepted is rebuilt to a text that is accepted again as the same, and
 * whose parts hold nothing that a second reader could take for something else. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/endpoint_url.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void check_text(struct str text, const char *forbidden) {
    for (size_t i = 0; i < text.len; i++) {
        assert(text.ptr[i] > 0x20 && text.ptr[i] < 0x7f);
        for (const char *c = forbidden; *c != '\0'; c++) {
            assert(text.ptr[i] != *c);
        }
    }
    assert(text.ptr[text.len] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    if (size > 4096) {
        return 0;
    }
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 18);
    struct endpoint_url url;
    struct str text = {(const char *)input, size};
    if (!result_is_ok(endpoint_url_parse(arena, text, ENDPOINT_HTTP_TOO, &url))) {
        return 0;
    }
    assert(url.port > 0 && url.host.len > 0 && url.host.len <= ENDPOINT_HOST_BYTES_MAX);
    check_text(url.host, "@/?#\\%[]");
    check_text(url.path, "#\\");
    check_text(url.url, "#\\");
    assert(str_starts_with(url.path, STR("/")));

    struct endpoint_url again;
    assert(result_is_ok(endpoint_url_parse(arena, url.url, ENDPOINT_HTTP_TOO, &again)));
    assert(str_eq(again.url, url.url) && str_eq(again.origin, url.origin));
    assert(str_eq(again.host, url.host) && str_eq(again.path, url.path));
    assert(again.port == url.port && again.is_https == url.is_https);
    assert(again.is_literal == url.is_literal);
    if (url.is_literal) {
        assert(net_address_eq(&again.address, &url.address));
    }
    struct endpoint_url strict;
    bool is_secure = result_is_ok(endpoint_url_parse(arena, text, ENDPOINT_HTTPS_ONLY, &strict));
    assert(is_secure == url.is_https);
    return 0;
}
