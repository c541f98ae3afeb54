/* SPDX-License-Identifier: MIT */
#include "api_client.h"

#include <string.h>

#include "app/key_uses.h"
#include "base/arena.h"
#include "http/routes.h"
#include "ports/store_shop.h"
#include "workers/upkeep_worker.h"

#define INFO   "/v2/invoice/merchant/info"
#define CREATE "/v2/invoice/create"
#define NOBODY "{\"uuids\":[\"INV-00000000\"]}"

#define BAD_KEY                                                                                    \
    "{\"detail\":\"Signature verification failed\",\"status\":\"error\","                          \
    "\"result\":{\"authorization\":\"Unauthorized request.\"}}"
#define NOT_PERMITTED "You do not have permission to perform this action."

static const struct shop_row wanted_shop = {.name = STR("Demo")};

static struct answer post_with(struct app_fixture *fixture, const char *key, const char *path,
                               const char *body) {
    return post(fixture, path, arena_printf(fixture->arena, "Token %s", key), JSON_BODY, body);
}

static struct answer get_with(struct app_fixture *fixture, const char *key, const char *path) {
    return ask(fixture, arena_printf(fixture->arena,
                                     "GET %s HTTP/1.1\r\nHost: pay.example\r\n"
                                     "Authorization: Token %s\r\n\r\n",
                                     path, key));
}

static bool is_refused_by_scope(const struct answer *answer) {
    return answer->status == 403 && strstr(answer->body, NOT_PERMITTED) != NULL;
}

/* ---- scopes */

static void test_a_key_does_what_its_scope_permits_and_nothing_else(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    static const struct {
        enum key_scope scope;
        unsigned caller; /* what else it may use */
    } rows[] = {
        {KEY_SCOPE_ALL, CALLER_SHOP},
        {KEY_SCOPE_READ, CALLER_SHOP_READS},
        {KEY_SCOPE_CREATE, CALLER_SHOP_CREATES},
        {KEY_SCOPE_PAYOUT, CALLER_ACCOUNT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *key = fixture_add_key(fixture, &shop, rows[i].scope, NULL);
        for (size_t r = 0; r < routes_public.count; r++) {
            const struct route *route = &routes_public.routes[r];
            if (!caller_is_shop(route->caller) || strncmp(route->path, "/v2/", 4) != 0) {
                continue;
            }
            struct answer answer = route->method == HTTP_GET
                                       ? get_with(fixture, key, route->path)
                                       : post_with(fixture, key, route->path, "{}");
            bool by_all = rows[i].scope == KEY_SCOPE_ALL && route->caller != CALLER_ACCOUNT;
            bool permitted = by_all || route->caller == rows[i].caller;
            assert_int_equal(is_refused_by_scope(&answer), !permitted);
        }
    }
}

static void test_a_refusal_by_scope_has_the_shape_clients_know(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *key = fixture_add_key(fixture, &shop, KEY_SCOPE_CREATE, NULL);
    struct answer answer = post_with(fixture, key, INFO, NOBODY);
    assert_answer(answer, 403,
                  "{\"detail\":\"" NOT_PERMITTED "\",\"status\":\"error\","
                  "\"result\":{\"validate_error\":\"" NOT_PERMITTED "\"}}");
}

static void test_a_key_for_creating_makes_an_invoice(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *key = fixture_add_key(fixture, &shop, KEY_SCOPE_CREATE, NULL);
    struct answer answer = post_with(
        fixture, key, CREATE,
        arena_printf(fixture->arena, "{\"shop_id\":\"%s\",\"amount\":5}", shop.public_id));
    assert_int_equal(answer.status, 200);
    assert_string_equal(value(fixture, &answer, "status"), "success");
}

static void test_the_old_api_asks_for_the_same_scopes(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *creates = fixture_add_key(fixture, &shop, KEY_SCOPE_CREATE, NULL);
    const char *reads = fixture_add_key(fixture, &shop, KEY_SCOPE_READ, NULL);
    const char *body =
        arena_printf(fixture->arena, "{\"shop_id\":\"%s\",\"amount\":5}", shop.public_id);
    struct answer made = post_with(fixture, creates, "/v1/invoice/create", body);
    assert_int_equal(made.status, 200);
    const char *info = arena_printf(fixture->arena, "/v1/invoice/info?uuid=%s",
                                    value(fixture, &made, "invoice_id"));
    assert_int_equal(get_with(fixture, reads, info).status, 200);
    assert_int_equal(get_with(fixture, creates, info).status, 401);
    assert_int_equal(post_with(fixture, reads, "/v1/invoice/create", body).status, 401);
    assert_int_equal(post_with(fixture, reads, "/api/v2/invoice/create", body).status, 401);
}

/* ---- several keys */

static void test_a_shop_has_several_keys_and_each_ends_by_itself(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    int64_t first_id;
    const char *first = fixture_add_key(fixture, &shop, KEY_SCOPE_ALL, &first_id);
    const char *second = fixture_add_key(fixture, &shop, KEY_SCOPE_READ, NULL);
    assert_int_equal(post_with(fixture, first, INFO, NOBODY).status, 200);
    struct key_revoke revoke = {.id = first_id};
    fixture_run(fixture, &key_revoke_use_case, &revoke);
    struct answer answer = post_with(fixture, first, INFO, NOBODY);
    assert_answer(answer, 403, BAD_KEY);
    assert_int_equal(post_with(fixture, second, INFO, NOBODY).status, 200);
    assert_int_equal(post_with(fixture, shop.api_key, INFO, NOBODY).status, 200);
}

/* A key that differs in one place only, at its beginning or end, is as unknown as any. */
static void test_nearly_right_is_as_wrong_as_anything(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    size_t len = strlen(shop.api_key);
    for (size_t i = 0; i < len; i++) {
        char *key = arena_copy(fixture->arena, shop.api_key, len);
        key[i] = key[i] == 'a' ? 'b' : 'a';
        struct answer answer = post_with(fixture, key, INFO, NOBODY);
        assert_answer(answer, 403, BAD_KEY);
    }
    struct answer answer =
        post_with(fixture, arena_copy(fixture->arena, shop.api_key, len - 1), INFO, NOBODY);
    assert_answer(answer, 403, BAD_KEY);
    answer = post_with(fixture, arena_printf(fixture->arena, "%s0", shop.api_key), INFO, NOBODY);
    assert_answer(answer, 403, BAD_KEY);
}

/* ---- last used */

static int64_t last_used(struct app_fixture *fixture, const struct fixture_shop *shop,
                         int64_t key_id) {
    struct store_conn *reader;
    const struct api_key_row *keys;
    size_t count;
    assert_true(result_is_ok(reader_take(fixture->service.readers, &reader)));
    assert_true(result_is_ok(store_api_key_list(reader, fixture->arena, shop->id, &keys, &count)));
    reader_give(fixture->service.readers, reader);
    for (size_t i = 0; i < count; i++) {
        if (keys[i].id == key_id) {
            return keys[i].last_used_at_ms;
        }
    }
    fail();
    return 0;
}

static void test_when_a_key_was_used_is_written_once_an_hour(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct upkeep_worker *upkeep = upkeep_worker_new(&fixture->app);
    int64_t id;
    const char *key = fixture_add_key(fixture, &shop, KEY_SCOPE_READ, &id);
    assert_int_equal(last_used(fixture, &shop, id), 0);
    (void)post_with(fixture, key, INFO, NOBODY);
    assert_int_equal(last_used(fixture, &shop, id), 0);
    upkeep_worker_step(upkeep);
    assert_int_equal(last_used(fixture, &shop, id), FIXTURE_NOW_MS);
    atomic_fetch_add(&fixture->now_ms, KEY_USE_STEP_MS - 1);
    (void)post_with(fixture, key, INFO, NOBODY);
    upkeep_worker_step(upkeep);
    assert_int_equal(last_used(fixture, &shop, id), FIXTURE_NOW_MS);
    atomic_fetch_add(&fixture->now_ms, 1);
    (void)post_with(fixture, key, INFO, NOBODY);
    upkeep_worker_step(upkeep);
    assert_int_equal(last_used(fixture, &shop, id), FIXTURE_NOW_MS + KEY_USE_STEP_MS);
    upkeep_worker_free(upkeep);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_key_does_what_its_scope_permits_and_nothing_else),
        TEST(test_a_refusal_by_scope_has_the_shape_clients_know),
        TEST(test_a_key_for_creating_makes_an_invoice),
        TEST(test_the_old_api_asks_for_the_same_scopes),
        TEST(test_a_shop_has_several_keys_and_each_ends_by_itself),
        TEST(test_nearly_right_is_as_wrong_as_anything),
        TEST(test_when_a_key_was_used_is_written_once_an_hour),
    };
    return cmocka_run_group_tests_name("merchant_keys", tests, NULL, NULL);
}
