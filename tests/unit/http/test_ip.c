/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "http/ip.h"
#include "http/ip_count.h"

static struct ip ip(const char *text) {
    struct ip made;
    assert_true(ip_from_text(str_from_c(text), &made));
    return made;
}

static bool is_in(const char *address, const char *network_text) {
    struct ip_network network;
    struct ip made = ip(address);
    assert_true(ip_network_from_text(str_from_c(network_text), &network));
    return ip_is_in(&made, &network);
}

static void test_addresses_are_read_and_written(void **state) {
    (void)state;
    struct arena *arena = arena_new(4096);
    static const char *const same[] = {"192.0.2.1", "2001:db8::1", "::1"};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        struct ip made = ip(same[i]);
        struct str text = ip_to_text(arena, &made);
        assert_int_equal(text.len, strlen(same[i]));
        assert_memory_equal(text.ptr, same[i], text.len);
    }
    struct ip mapped = ip("::ffff:192.0.2.1");
    struct ip plain = ip("192.0.2.1");
    struct ip bracketed = ip("[2001:db8::1]");
    struct ip bare = ip("2001:db8::1");
    assert_true(ip_eq(&mapped, &plain));
    assert_true(ip_eq(&bracketed, &bare));
    arena_free(arena);
}

static void test_what_is_no_address_is_refused(void **state) {
    (void)state;
    static const char *const odd[] = {"",        "1.2.3",        "1.2.3.4:80", "01.2.3.4x",
                                      "unknown", "fe80::1%eth0", "[::1",       "1.2.3.256",
                                      "_hidden", "::1 "};
    struct ip made;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        assert_false(ip_from_text(str_from_c(odd[i]), &made));
    }
}

static void test_networks_contain_addresses(void **state) {
    (void)state;
    assert_true(is_in("10.1.2.3", "10.0.0.0/8"));
    assert_false(is_in("11.1.2.3", "10.0.0.0/8"));
    assert_true(is_in("10.1.2.3", "10.1.2.3"));
    assert_false(is_in("10.1.2.4", "10.1.2.3"));
    assert_true(is_in("192.0.2.200", "192.0.2.128/25"));
    assert_false(is_in("192.0.2.100", "192.0.2.128/25"));
    assert_true(is_in("2001:db8::5", "2001:db8::/32"));
    assert_false(is_in("2001:db9::5", "2001:db8::/32"));
    assert_true(is_in("1.2.3.4", "0.0.0.0/0"));
    assert_false(is_in("2001:db8::1", "0.0.0.0/0"));
    struct ip_network network;
    assert_false(ip_network_from_text(STR("10.0.0.1/8"), &network));
    assert_false(ip_network_from_text(STR("10.0.0.0/33"), &network));
    assert_false(ip_network_from_text(STR("::/129"), &network));
    assert_false(ip_network_from_text(STR("10.0.0.0/"), &network));
}

static void test_an_ipv6_client_is_its_64_bit_network(void **state) {
    (void)state;
    struct ip a = ip("2001:db8:0:1::1");
    struct ip b = ip("2001:db8:0:1:ffff::2");
    struct ip c = ip("2001:db8:0:2::1");
    a = ip_client_key(&a);
    b = ip_client_key(&b);
    c = ip_client_key(&c);
    assert_true(ip_eq(&a, &b));
    assert_false(ip_eq(&a, &c));
    struct ip v4 = ip("192.0.2.1");
    struct ip other = ip("192.0.2.2");
    v4 = ip_client_key(&v4);
    other = ip_client_key(&other);
    assert_false(ip_eq(&v4, &other));
}

static void test_forwarded_addresses_come_from_the_right(void **state) {
    (void)state;
    struct str list = STR("junk, 192.0.2.1 ,\t10.0.0.1");
    struct ip made;
    struct ip first = ip("10.0.0.1");
    struct ip second = ip("192.0.2.1");
    assert_true(ip_take_last_forwarded(&list, &made) && ip_eq(&made, &first));
    assert_true(ip_take_last_forwarded(&list, &made) && ip_eq(&made, &second));
    assert_false(ip_take_last_forwarded(&list, &made));
    assert_int_equal(list.len, 0);
}

static void test_counts_are_kept_for_each_client(void **state) {
    (void)state;
    enum { CLIENTS = 500 };
    struct ip_count *count = ip_count_new(CLIENTS * 3);
    struct ip clients[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i] = (struct ip){.known = true};
        clients[i].bytes[0] = (uint8_t)(i & 0xff);
        clients[i].bytes[1] = (uint8_t)(i >> 8);
        for (size_t k = 0; k < 3; k++) {
            assert_true(ip_count_add(count, &clients[i], 3));
        }
        assert_false(ip_count_add(count, &clients[i], 3));
    }
    for (size_t i = 0; i < CLIENTS; i += 2) {
        for (size_t k = 0; k < 3; k++) {
            ip_count_remove(count, &clients[i]);
        }
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        assert_int_equal(ip_count_add(count, &clients[i], 3), i % 2 == 0);
    }
    struct ip unknown = {0};
    assert_true(ip_count_add(count, &unknown, 0));
    ip_count_free(count);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_are_read_and_written),
        cmocka_unit_test(test_what_is_no_address_is_refused),
        cmocka_unit_test(test_networks_contain_addresses),
        cmocka_unit_test(test_an_ipv6_client_is_its_64_bit_network),
        cmocka_unit_test(test_forwarded_addresses_come_from_the_right),
        cmocka_unit_test(test_counts_are_kept_for_each_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
