/* SPDX-License-Identifier: MIT */
#include "api_client.h"

#include <string.h>

#include "app/delivery_record.h"
#include "app/delivery_resend.h"
#include "app/job.h"
#include "app/ledger.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/store.h"
#include "ports/store_delivery.h"

enum { HOUR_MS = 3600 * 1000, RESEND_MAX = 10000 };

static const struct shop_row wanted_shop = {.name = STR("Demo")};

struct list {
    const struct delivery_row *rows; /* newest first */
    size_t count;
};

static struct list deliveries_of(struct app_fixture *fixture) {
    struct store_conn *reader;
    struct list list;
    struct store_delivery_filter filter = {.limit = 100};
    assert_true(result_is_ok(reader_take(fixture->service.readers, &reader)));
    assert_true(result_is_ok(
        store_delivery_list(reader, fixture->arena, &filter, &list.rows, &list.count)));
    reader_give(fixture->service.readers, reader);
    return list;
}

static void pay_one(struct app_fixture *fixture, const struct fixture_shop *shop) {
    struct answer answer =
        create_as(fixture, shop, FORM_BODY, "shop_id=@&amount=50&add_fields[cryptocurrency]=LTC");
    const struct fixture_payment payment = {value(fixture, &answer, "result.address"), "0.5"};
    fixture_mine(fixture, &payment, 1);
}

static void deliver(struct app_fixture *fixture, const struct delivery_row *delivery) {
    struct delivery_record record = {
        .attempt = {.delivery_id = delivery->id,
                    .at_ms = atomic_load(&fixture->now_ms),
                    .http_status = 200,
                    .url = STR("https://shop.example/postback"),
                    .outcome = STR("delivered")},
        .state = DELIVERY_DELIVERED,
    };
    fixture_run(fixture, &delivery_record_use_case, &record);
}

/* Three postbacks an hour apart, all delivered; the time of the second. */
static int64_t deliver_three(struct app_fixture *fixture) {
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    for (int i = 0; i < 3; i++) {
        pay_one(fixture, &shop);
        atomic_fetch_add(&fixture->now_ms, HOUR_MS);
    }
    struct list list = deliveries_of(fixture);
    assert_int_equal(list.count, 3);
    for (size_t i = 0; i < 3; i++) {
        deliver(fixture, &list.rows[i]);
    }
    return FIXTURE_NOW_MS + HOUR_MS;
}

static void test_what_was_made_since_a_time_is_sent_again(void **state) {
    struct app_fixture *fixture = *state;
    struct delivery_resend resend = {.since_ms = deliver_three(fixture)};
    struct list before = deliveries_of(fixture);
    fixture_run(fixture, &delivery_resend_use_case, &resend);
    assert_int_equal(resend.count, 2);
    struct list after = deliveries_of(fixture);
    assert_int_equal(after.rows[0].state, DELIVERY_QUEUED);
    assert_int_equal(after.rows[1].state, DELIVERY_QUEUED);
    assert_int_equal(after.rows[2].state, DELIVERY_DELIVERED);
    /* Its schedule begins anew, the log of attempts does not. */
    assert_int_equal(after.rows[0].attempts, 1);
    assert_int_equal(after.rows[0].attempts_before, 1);
    assert_int_equal(after.rows[0].first_attempt_at_ms, 0);
    for (size_t i = 0; i < 3; i++) { /* the shop can tell a repeat */
        assert_memory_equal(after.rows[i].key, before.rows[i].key, DELIVERY_KEY_BYTES);
    }
    assert_int_equal(after.rows[0].next_attempt_at_ms, atomic_load(&fixture->now_ms));
}

static struct result run_refused(struct app_fixture *fixture, struct delivery_resend *resend) {
    return job_run(fixture->app.queue, &delivery_resend_use_case, resend, fixture->arena);
}

static void test_nothing_since_then_is_said(void **state) {
    struct app_fixture *fixture = *state;
    (void)deliver_three(fixture);
    struct delivery_resend resend = {.since_ms = FIXTURE_NOW_MS + 3 * (int64_t)HOUR_MS};
    assert_ptr_equal(run_refused(fixture, &resend).code, &ERR_NOT_FOUND);
}

struct many {
    struct delivery_row like;
    size_t count;
};

static struct result add_many(void *input, struct ledger *ledger) {
    const struct many *many = input;
    for (size_t i = 0; i < many->count; i++) {
        int64_t id;
        TRY(store_delivery_insert(ledger_conn(ledger), &many->like, &id));
    }
    return RESULT_OK;
}

/* Sent again, ten thousand at a time would hold up all other writing; more is for the operator to
 * divide. */
static void test_too_many_are_refused_and_none_is_sent(void **state) {
    struct app_fixture *fixture = *state;
    static const struct use_case add_many_use_case = {
        .name = "add_many", .job_class = JOB_OPERATOR, .apply = add_many};
    int64_t since_ms = deliver_three(fixture);
    struct many many = {.like = deliveries_of(fixture).rows[0], .count = RESEND_MAX - 2};
    fixture_run(fixture, &add_many_use_case, &many);
    struct delivery_resend resend = {.since_ms = since_ms};
    fixture_run(fixture, &delivery_resend_use_case, &resend);
    assert_int_equal(resend.count, RESEND_MAX);
    many.count = 1;
    fixture_run(fixture, &add_many_use_case, &many);
    assert_ptr_equal(run_refused(fixture, &resend).code, &ERR_RESEND_LIMIT);
    assert_int_equal(deliveries_of(fixture).rows[0].state, DELIVERY_DELIVERED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_what_was_made_since_a_time_is_sent_again),
        TEST(test_nothing_since_then_is_said),
        TEST(test_too_many_are_refused_and_none_is_sent),
    };
    return cmocka_run_group_tests_name("resend", tests, NULL, NULL);
}
