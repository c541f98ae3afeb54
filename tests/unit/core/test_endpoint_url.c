/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/endpoint_url.h"
#include "core/error.h"

struct accepted {
    const char *text;
    const char *url; /* NULL: the same */
    const char *host;
    uint16_t port;
    const char *path;
    const char *origin;
};

static const struct accepted accepted[] = {
    {"https://shop.example/postback", NULL, "shop.example", 443, "/postback",
     "https://shop.example:443"},
    {"https://shop.example", "https://shop.example/", "shop.example", 443, "/",
     "https://shop.example:443"},
    {"HTTPS://Shop.EXAMPLE:443/Case?Q=Z", "https://shop.example/Case?Q=Z", "shop.example", 443,
     "/Case?Q=Z", "https://shop.example:443"},
    {"https://shop.example?a=b/c@d:e", "https://shop.example/?a=b/c@d:e", "shop.example", 443,
     "/?a=b/c@d:e", "https://shop.example:443"},
    {"https://shop.example:8443/a/../b/./%2e%2E", NULL, "shop.example", 8443, "/a/../b/./%2e%2E",
     "https://shop.example:8443"},
    {"https://xn--e1afmkfd.xn--p1ai/", NULL, "xn--e1afmkfd.xn--p1ai", 443, "/",
     "https://xn--e1afmkfd.xn--p1ai:443"},
    {"http://127.0.0.1:5000/x", NULL, "127.0.0.1", 5000, "/x", "http://127.0.0.1:5000"},
    {"http://localhost:80/", "http://localhost/", "localhost", 80, "/", "http://localhost:80"},
    {"http://my_shop:65535/", NULL, "my_shop", 65535, "/", "http://my_shop:65535"},
    {"http://[::1]:5000/x", NULL, "::1", 5000, "/x", "http://[::1]:5000"},
    {"http://[0:0:0::0:1]/", "http://[::1]/", "::1", 80, "/", "http://[::1]:80"},
    {"https://[::FFFF:7f00:1]/", "https://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1", 443, "/",
     "https://[::ffff:127.0.0.1]:443"},
    {"https://1.example/", NULL, "1.example", 443, "/", "https://1.example:443"},
    {"https://0x.example/", NULL, "0x.example", 443, "/", "https://0x.example:443"},
    {"https://shop.example//evil.example/@x", NULL, "shop.example", 443, "//evil.example/@x",
     "https://shop.example:443"},
};

static void test_sound_urls_are_taken_apart_and_rebuilt(void **state) {
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        const struct accepted *want = &accepted[i];
        struct endpoint_url url;
        struct result result =
            endpoint_url_parse(*state, str_from_c(want->text), ENDPOINT_HTTP_TOO, &url);
        if (!result_is_ok(result)) {
            fail_msg("%s: %s", want->text, result_text(result));
        }
        assert_string_equal(url.url.ptr, want->url == NULL ? want->text : want->url);
        assert_string_equal(url.host.ptr, want->host);
        assert_int_equal(url.port, want->port);
        assert_string_equal(url.path.ptr, want->path);
        assert_string_equal(url.origin.ptr, want->origin);
        assert_int_equal(url.host.len, strlen(want->host));
        assert_int_equal(url.url.len, strlen(url.url.ptr));
        assert_int_equal(url.origin.len, strlen(want->origin));

        struct endpoint_url again;
        assert_true(result_is_ok(endpoint_url_parse(*state, url.url, ENDPOINT_HTTP_TOO, &again)));
        assert_string_equal(again.url.ptr, url.url.ptr);
    }
}

static const char *const evasive[] = {
    "https://",
    "https:///",
    "https://?",
    "https:/shop.example/",
    "https:shop.example/",
    "https:\\\\shop.example/",
    "https://user@shop.example/",
    "https://user:password@shop.example/",
    "https://@shop.example/",
    "https://shop.example@127.0.0.1/",
    "https://shop.example:443@127.0.0.1/",
    "https://shop.example/#top",
    "https://shop.example#@127.0.0.1/",
    "https://shop.example\\@127.0.0.1/",
    "https://shop.example/a\\b",
    "https://shop.example/a b",
    "https://shop.example/a\tb",
    "https://shop.example/a\r\nX: y",
    "https://shop.example/\x7f",
    "https://shop.example/\x01",
    "https://sh\xd0\xbep.example/",
    "https://shop.example/caf\xc3\xa9",
    "https://shop.example/<x>",
    "https://shop.example/%",
    "https://shop.example/%2",
    "https://shop.example/%zz",
    "https://shop%2eexample/",
    "https://%31%32%37.0.0.1/",
    "https://shop.example./",
    "https://./",
    "https://.shop.example/",
    "https://shop..example/",
    "https://-shop.example/",
    "https://shop-.example/",
    "https://shop.example:/",
    "https://shop.example:0/",
    "https://shop.example:00443/",
    "https://shop.example:65536/",
    "https://shop.example:99999999999999999999/",
    "https://shop.example:-1/",
    "https://shop.example:+443/",
    "https://shop.example:443:443/",
    "https://shop.example:https/",
    "https://127.1/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://127.0.0.0x1/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://127.0.0.01/",
    "https://127.0.0.1./",
    "https://1.2.3.4.5/",
    "https://256.1.1.1/",
    "https://shop.123/",
    "https://[::1/",
    "https://[]/",
    "https://[::1]x/",
    "https://[::1]]/",
    "https://[::1]@shop.example/",
    "https://[127.0.0.1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fe80::1%eth0]/",
    "https://[v1.x]/",
    "https://::1/",
    "https://2001:db8::1/",
    "https://shop,example/",
    "https://shop'example/",
    "https://$(id).example/",
    " https://shop.example/",
    "https://shop.example/ ",
};

static void test_evasive_urls_are_refused(void **state) {
    for (size_t i = 0; i < sizeof evasive / sizeof evasive[0]; i++) {
        struct endpoint_url url;
        struct result result =
            endpoint_url_parse(*state, str_from_c(evasive[i]), ENDPOINT_HTTP_TOO, &url);
        if (result_is_ok(result)) {
            fail_msg("%s was taken as %s", evasive[i], url.url.ptr);
        }
        assert_true(result.code == &ERR_URL_INVALID || result.code == &ERR_URL_SCHEME);
    }
}

static void test_only_http_and_https_are_schemes(void **state) {
    static const char *const others[] = {
        "",
        "h",
        "shop.example",
        "//shop.example/",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "gopher://a/",
        "unix:///run/x",
        "javascript:alert(1)",
        "data:text/plain,x",
        "httpss://a/",
        "http+unix://a/",
        "dict://a/",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct endpoint_url url;
        assert_ptr_equal(
            endpoint_url_parse(*state, str_from_c(others[i]), ENDPOINT_HTTP_TOO, &url).code,
            &ERR_URL_SCHEME);
    }
    struct endpoint_url url;
    struct str plain = STR("http://shop.example/");
    assert_ptr_equal(endpoint_url_parse(*state, plain, ENDPOINT_HTTPS_ONLY, &url).code,
                     &ERR_URL_SCHEME);
    assert_null(endpoint_url_parse(*state, plain, ENDPOINT_HTTP_TOO, &url).code);
    assert_false(url.is_https);
}

static void test_lengths_are_bounded(void **state) {
    char *text = arena_alloc(*state, 9001);
    memset(text, 'a', 9000);
    memcpy(text, "https://shop.example/", 21);
    struct endpoint_url url;
    struct str whole = {.ptr = text, .len = ENDPOINT_URL_BYTES_MAX};
    assert_null(endpoint_url_parse(*state, whole, ENDPOINT_HTTPS_ONLY, &url).code);
    whole.len++;
    assert_ptr_equal(endpoint_url_parse(*state, whole, ENDPOINT_HTTPS_ONLY, &url).code,
                     &ERR_URL_INVALID);
    whole.len = 9000;
    assert_ptr_equal(endpoint_url_parse(*state, whole, ENDPOINT_HTTPS_ONLY, &url).code,
                     &ERR_URL_INVALID);
    memset(text + 8, 'a', 300); /* one label of 64 and more, then a host of 254 and more */
    assert_ptr_equal(
        endpoint_url_parse(*state, (struct str){.ptr = text, .len = 72}, ENDPOINT_HTTPS_ONLY, &url)
            .code,
        &ERR_URL_INVALID);
    for (size_t i = 8; i < 300; i += 2) {
        text[i + 1] = '.';
    }
    struct str host_253 = {.ptr = text, .len = 8 + 253};
    assert_null(endpoint_url_parse(*state, host_253, ENDPOINT_HTTPS_ONLY, &url).code);
    struct str host_255 = {.ptr = text, .len = 8 + 255};
    assert_ptr_equal(endpoint_url_parse(*state, host_255, ENDPOINT_HTTPS_ONLY, &url).code,
                     &ERR_URL_INVALID);
}

static void test_a_nul_byte_is_refused_everywhere(void **state) {
    static const char text[] = "https://shop.example/path";
    for (size_t i = 0; i < sizeof text - 1; i++) {
        char *changed = arena_copy(*state, text, sizeof text - 1);
        changed[i] = '\0';
        struct endpoint_url url;
        assert_non_null(endpoint_url_parse(*state,
                                           (struct str){.ptr = changed, .len = sizeof text - 1},
                                           ENDPOINT_HTTP_TOO, &url)
                            .code);
    }
}

static int setup(void **state) {
    *state = arena_new(1 << 20);
    return 0;
}

static int teardown(void **state) {
    arena_free(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound_urls_are_taken_apart_and_rebuilt),
        cmocka_unit_test(test_evasive_urls_are_refused),
        cmocka_unit_test(test_only_http_and_https_are_schemes),
        cmocka_unit_test(test_lengths_are_bounded),
        cmocka_unit_test(test_a_nul_byte_is_refused_everywhere),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
