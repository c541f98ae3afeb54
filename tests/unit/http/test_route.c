/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/reply.h"
#include "http/route.h"

static struct reply never(struct request *request) {
    (void)request;
    return (struct reply){0};
}

static const struct route routes[] = {
    {HTTP_GET, "/dashboard", 0, never},  {HTTP_POST, "/v2/invoice/create", 0, never},
    {HTTP_GET, "/{id}", 0, never},       {HTTP_GET, "/{id}/events", 0, never},
    {HTTP_GET, "/admin/{id}", 0, never}, {HTTP_DELETE, "/admin/{id}", 0, never},
};
static const struct route_table table = {routes, sizeof routes / sizeof routes[0]};

static struct str parameter;
static unsigned methods;

static const struct route *find(enum http_method method, const char *path) {
    return route_find(&table, method, str_from_c(path), &parameter, &methods);
}

static void assert_parameter(const char *wanted) {
    assert_int_equal(parameter.len, strlen(wanted));
    assert_memory_equal(parameter.ptr, wanted, parameter.len);
}

static void test_the_table_is_sound(void **state) {
    (void)state;
    route_table_check(&table);
}

static void test_exact_paths_win(void **state) {
    (void)state;
    assert_ptr_equal(find(HTTP_GET, "/dashboard"), &routes[0]);
    assert_ptr_equal(find(HTTP_GET, "/dashboar"), &routes[2]);
    assert_parameter("dashboar");
}

static void test_a_parameter_is_one_segment(void **state) {
    (void)state;
    assert_ptr_equal(find(HTTP_GET, "/K7Q2M9XD/events"), &routes[3]);
    assert_parameter("K7Q2M9XD");
    assert_ptr_equal(find(HTTP_DELETE, "/admin/7"), &routes[5]);
    assert_parameter("7");
    static const char *const unknown[] = {"/",       "/a/b",  "//events",    "/a/events/",
                                          "/a%41",   "/..",   "/.",          "/a b",
                                          "/admin/", "/{id}", "/a/b/events", ""};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_null(find(HTTP_GET, unknown[i]));
        assert_int_equal(methods, 0);
    }
}

static void test_methods_of_a_path_are_told(void **state) {
    (void)state;
    assert_null(find(HTTP_PUT, "/admin/7"));
    assert_int_equal(methods,
                     1u << HTTP_GET | 1u << HTTP_HEAD | 1u << HTTP_DELETE | 1u << HTTP_OPTIONS);
    assert_null(find(HTTP_GET, "/v2/invoice/create"));
    assert_int_equal(methods, 1u << HTTP_POST | 1u << HTTP_OPTIONS);
    assert_null(find(HTTP_POST, "/dashboard"));
    assert_int_equal(methods, 1u << HTTP_GET | 1u << HTTP_HEAD | 1u << HTTP_OPTIONS);
}

static void test_head_is_answered_by_get(void **state) {
    (void)state;
    assert_ptr_equal(find(HTTP_HEAD, "/dashboard"), &routes[0]);
    assert_null(find(HTTP_HEAD, "/v2/invoice/create"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table_is_sound),
        cmocka_unit_test(test_exact_paths_win),
        cmocka_unit_test(test_a_parameter_is_one_segment),
        cmocka_unit_test(test_methods_of_a_path_are_told),
        cmocka_unit_test(test_head_is_answered_by_get),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
