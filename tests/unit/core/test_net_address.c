/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "base/arena.h"
#include "core/net_address.h"

static void test_only_plain_spellings_are_addresses(void **state) {
    (void)state;
    static const char *const others[] = {
        "",           "127.1",          "0x7f000001", "2130706433",        "0177.0.0.1",
        "127.0.0.01", "127.0.0.1.",     "127.0.0.1 ", "127.0.0.256",       "[::1]",
        "fe80::1%lo", "fe80::1%eth0",   "::1::",      "1:2:3:4:5:6:7:8:9", "::ffff:127.0.0.1.1",
        "localhost",  "127.0.0.1:5000", "1.2.3",      "１２７.0.0.1",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct net_address address;
        assert_false(net_address_parse(str_from_c(others[i]), &address));
    }
}

/* The system's own reader, which takes plain decimals only as well. */
static bool system_parse(const char *text, struct net_address *ret_address) {
    *ret_address = (struct net_address){.is_v6 = strchr(text, ':') != NULL};
    return inet_pton(ret_address->is_v6 ? AF_INET6 : AF_INET, text, ret_address->bytes) == 1;
}

static uint64_t next_random(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

static void test_the_reader_agrees_with_the_systems_on_random_texts(void **state) {
    (void)state;
    static const char alphabet[] = "0123456789abcdefF::::....0000111";
    static const char *const starts[] = {"", "::", "1:2:3:4:5:6:", "::ffff:", "127.0.", "fe80::"};
    uint64_t seed = 42;
    size_t taken = 0;
    for (int i = 0; i < 400000; i++) {
        char text[64];
        const char *start = starts[next_random(&seed) % (sizeof starts / sizeof starts[0])];
        size_t len = strlen(start);
        memcpy(text, start, len);
        size_t end = len + next_random(&seed) % 12;
        while (len < end) {
            text[len++] = alphabet[next_random(&seed) % (sizeof alphabet - 1)];
        }
        text[len] = '\0';
        struct net_address ours = {0};
        struct net_address theirs;
        bool is_ours = net_address_parse((struct str){.ptr = text, .len = len}, &ours);
        bool is_theirs = system_parse(text, &theirs);
        if (is_ours != is_theirs || (is_ours && !net_address_eq(&ours, &theirs))) {
            fail_msg("\"%s\": ours %d, the system's %d", text, is_ours, is_theirs);
        }
        taken += is_ours ? 1 : 0;
    }
    assert_true(taken > 1000);
}

static void test_texts_come_back_as_the_same_address(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    uint64_t seed = 7;
    for (int i = 0; i < 50000; i++) {
        struct net_address address = {.is_v6 = next_random(&seed) % 4 != 0};
        for (size_t at = 0; at < (address.is_v6 ? 16 : 4); at += 2) {
            bool is_zero = next_random(&seed) % 2 == 0;
            address.bytes[at] = is_zero ? 0 : (uint8_t)next_random(&seed);
            address.bytes[at + 1] = is_zero ? 0 : (uint8_t)next_random(&seed);
        }
        struct str text = net_address_text(arena, &address);
        struct net_address again;
        assert_true(net_address_parse(text, &again));
        assert_true(net_address_eq(&address, &again));
        assert_true(system_parse(text.ptr, &again));
        assert_true(net_address_eq(&address, &again));
        arena_reset(arena);
    }
    arena_free(arena);
}

static void test_texts_are_canonical(void **state) {
    (void)state;
    /* RFC 5952, 1 and 4. */
    static const char *const pairs[][2] = {
        {"2001:DB8:0:0:0:0:2:1", "2001:db8::2:1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"0:0:0:0:0:0:0:0", "::"},
        {"1:0:0:0:0:0:0:0", "1::"},
        {"0:0:0:0:0:0:0:1", "::1"},
        {"::FFFF:7F00:1", "::ffff:127.0.0.1"},
        {"192.0.2.1", "192.0.2.1"},
        {"0.0.0.0", "0.0.0.0"},
    };
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct net_address address;
        assert_true(net_address_parse(str_from_c(pairs[i][0]), &address));
        assert_string_equal(net_address_text(arena, &address).ptr, pairs[i][1]);
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_plain_spellings_are_addresses),
        cmocka_unit_test(test_the_reader_agrees_with_the_systems_on_random_texts),
        cmocka_unit_test(test_texts_come_back_as_the_same_address),
        cmocka_unit_test(test_texts_are_canonical),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
