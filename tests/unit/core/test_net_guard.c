/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/error.h"
#include "core/net_guard.h"

struct example {
    const char *text;
    enum net_class class;
};

static const struct example examples[] = {
    {"0.0.0.0", NET_UNSPECIFIED},
    {"0.255.255.255", NET_UNSPECIFIED},
    {"1.0.0.0", NET_PUBLIC},
    {"9.255.255.255", NET_PUBLIC},
    {"10.0.0.0", NET_PRIVATE},
    {"10.255.255.255", NET_PRIVATE},
    {"11.0.0.0", NET_PUBLIC},
    {"100.63.255.255", NET_PUBLIC},
    {"100.64.0.0", NET_SHARED},
    {"100.100.100.200", NET_SHARED},
    {"100.127.255.255", NET_SHARED},
    {"100.128.0.0", NET_PUBLIC},
    {"126.255.255.255", NET_PUBLIC},
    {"127.0.0.1", NET_LOOPBACK},
    {"127.255.255.255", NET_LOOPBACK},
    {"128.0.0.0", NET_PUBLIC},
    {"168.63.129.16", NET_METADATA},
    {"168.63.129.17", NET_PUBLIC},
    {"169.253.255.255", NET_PUBLIC},
    {"169.254.169.254", NET_LINK_LOCAL},
    {"169.254.170.2", NET_LINK_LOCAL},
    {"169.255.0.0", NET_PUBLIC},
    {"172.15.255.255", NET_PUBLIC},
    {"172.16.0.0", NET_PRIVATE},
    {"172.31.255.255", NET_PRIVATE},
    {"172.32.0.0", NET_PUBLIC},
    {"192.0.0.170", NET_RESERVED},
    {"192.0.0.192", NET_RESERVED},
    {"192.0.1.0", NET_PUBLIC},
    {"192.0.2.1", NET_RESERVED},
    {"192.88.99.1", NET_RESERVED},
    {"192.167.255.255", NET_PUBLIC},
    {"192.168.0.0", NET_PRIVATE},
    {"192.168.255.255", NET_PRIVATE},
    {"192.169.0.0", NET_PUBLIC},
    {"198.17.255.255", NET_PUBLIC},
    {"198.18.0.0", NET_RESERVED},
    {"198.19.255.255", NET_RESERVED},
    {"198.20.0.0", NET_PUBLIC},
    {"198.51.100.7", NET_RESERVED},
    {"203.0.113.7", NET_RESERVED},
    {"223.255.255.255", NET_PUBLIC},
    {"224.0.0.1", NET_MULTICAST},
    {"239.255.255.255", NET_MULTICAST},
    {"240.0.0.0", NET_RESERVED},
    {"255.255.255.255", NET_RESERVED},
    {"::", NET_UNSPECIFIED},
    {"::1", NET_LOOPBACK},
    {"::2", NET_TUNNELLED},
    {"::127.0.0.1", NET_TUNNELLED},
    {"::ffff:127.0.0.1", NET_TUNNELLED},
    {"::ffff:7f00:1", NET_TUNNELLED},
    {"::ffff:8.8.8.8", NET_TUNNELLED},
    {"::ffff:0:127.0.0.1", NET_RESERVED},
    {"64:ff9b::7f00:1", NET_LOOPBACK},
    {"64:ff9b::a9fe:a9fe", NET_LINK_LOCAL},
    {"64:ff9b::a00:1", NET_PRIVATE},
    {"64:ff9b::808:808", NET_PUBLIC},
    {"64:ff9b::1:808:808", NET_RESERVED},
    {"64:ff9b:1::a00:1", NET_TUNNELLED},
    {"64:ff9b:1::808:808", NET_TUNNELLED},
    {"100::1", NET_RESERVED},
    {"1fff:ffff::1", NET_RESERVED},
    {"2000::1", NET_PUBLIC},
    {"2001::1", NET_TUNNELLED},
    {"2001:0:53aa:64c:0:fbff:80ff:fffe", NET_TUNNELLED},
    {"2001:1::1", NET_RESERVED},
    {"2001:2::1", NET_RESERVED},
    {"2001:20::1", NET_RESERVED},
    {"2001:1ff:ffff::1", NET_RESERVED},
    {"2001:200::1", NET_PUBLIC},
    {"2001:db8::1", NET_RESERVED},
    {"2001:db9::1", NET_PUBLIC},
    {"2002:7f00:1::", NET_TUNNELLED},
    {"2002:808:808::1", NET_TUNNELLED},
    {"2003::1", NET_PUBLIC},
    {"2606:4700::6810:84e5", NET_PUBLIC},
    {"3ffe::1", NET_PUBLIC},
    {"3fff:fff::1", NET_RESERVED},
    {"3fff:1000::1", NET_PUBLIC},
    {"4000::1", NET_RESERVED},
    {"5f00::1", NET_RESERVED},
    {"fc00::1", NET_PRIVATE},
    {"fd00:ec2::254", NET_PRIVATE},
    {"fe80::1", NET_LINK_LOCAL},
    {"febf::1", NET_LINK_LOCAL},
    {"fec0::1", NET_RESERVED},
    {"ff02::1", NET_MULTICAST},
};

static void test_each_edge_of_each_range_is_classified(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        struct net_address address;
        assert_true(net_address_parse(str_from_c(examples[i].text), &address));
        if (net_classify(&address) != examples[i].class) {
            fail_msg("%s is %s, not %s", examples[i].text, net_class_name(net_classify(&address)),
                     net_class_name(examples[i].class));
        }
    }
}

static bool permits(const struct net_allow_list *list, const char *host, const char *address,
                    uint16_t port) {
    struct net_target target = {.host = str_from_c(host), .port = port};
    assert_true(net_address_parse(str_from_c(address), &target.address));
    return net_guard_permits(list, &target);
}

static void test_without_a_list_only_public_addresses_are_permitted(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        bool is_public =
            examples[i].class == NET_PUBLIC || strcmp(examples[i].text, "64:ff9b::808:808") == 0;
        assert_int_equal(permits(NULL, "shop.example", examples[i].text, 443), is_public);
    }
}

static void test_an_address_entry_permits_this_socket_alone(void **state) {
    struct net_allow_list list;
    assert_true(
        result_is_ok(net_allow_list_parse(*state, STR(" 10.0.0.5:8080, [::1]:5000\t"), &list)));
    assert_int_equal(list.count, 2);
    assert_true(permits(&list, "10.0.0.5", "10.0.0.5", 8080));
    assert_true(permits(&list, "shop.lan", "10.0.0.5", 8080));
    assert_true(permits(&list, "::1", "::1", 5000));
    assert_false(permits(&list, "10.0.0.5", "10.0.0.5", 8081));
    assert_false(permits(&list, "10.0.0.5", "10.0.0.6", 8080));
    assert_false(permits(&list, "::1", "::1", 8080));
    assert_false(permits(&list, "10.0.0.5", "127.0.0.1", 8080));
    assert_false(permits(&list, "10.0.0.5", "::ffff:10.0.0.5", 8080));
}

static void test_a_name_entry_permits_this_name_on_this_port(void **state) {
    struct net_allow_list list;
    assert_true(result_is_ok(net_allow_list_parse(*state, STR("Shop.LAN:8080"), &list)));
    assert_true(permits(&list, "shop.lan", "192.168.1.7", 8080));
    assert_false(permits(&list, "shop.lan", "192.168.1.7", 80));
    assert_false(permits(&list, "evil.example", "192.168.1.7", 8080));
    assert_false(permits(&list, "x.shop.lan", "192.168.1.7", 8080));
    assert_true(permits(&list, "evil.example", "8.8.8.8", 8080));
}

static void test_an_unreadable_entry_is_named(void **state) {
    static const char *const wrong[] = {
        "127.0.0.1",  "127.0.0.1:",       "127.0.0.1:0", "127.0.0.1:65536", "::1:5000",
        ":5000",      "[127.0.0.1]:5000", "[::1]",       "[]:5000",         "a b:1",
        "http://a:1", "shop.lan:http",    "[::1:5000",   "*:5000",          "10.0.0.0/8:5000",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct net_allow_list list;
        struct result result = net_allow_list_parse(*state, str_from_c(wrong[i]), &list);
        assert_ptr_equal(result.code, &ERR_ALLOW_LIST_INVALID);
    }
    struct net_allow_list list;
    struct result result = net_allow_list_parse(*state, STR("127.0.0.1:5000,shop"), &list);
    assert_non_null(strstr(result_text(result), "\"shop\""));
    assert_true(result_is_ok(net_allow_list_parse(*state, STR(" , "), &list)));
    assert_int_equal(list.count, 0);
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
        cmocka_unit_test(test_each_edge_of_each_range_is_classified),
        cmocka_unit_test(test_without_a_list_only_public_addresses_are_permitted),
        cmocka_unit_test(test_an_address_entry_permits_this_socket_alone),
        cmocka_unit_test(test_a_name_entry_permits_this_name_on_this_port),
        cmocka_unit_test(test_an_unreadable_entry_is_named),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
