/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "store_fixture.h"

/* Deliveries 1 to 5, one in each state, each of its own invoice. */
static void put_one_in_each_state(struct fixture *fixture) {
    assert_ok(store_begin(fixture->writer));
    for (int state = DELIVERY_QUEUED; state <= DELIVERY_PARKED; state++) {
        put_invoice(fixture, state + 1);
        struct delivery_row delivery = a_delivery(fixture, state + 1);
        int64_t id;
        assert_ok(store_delivery_insert(fixture->writer, &delivery, &id));
        delivery.id = id;
        delivery.state = (enum delivery_state)state;
        assert_ok(store_delivery_update(fixture->writer, &delivery));
        assert_int_equal(id, state + 1);
    }
    assert_ok(store_commit(fixture->writer));
}

static void test_a_delivery_comes_back_as_it_was_put(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    put_invoice(fixture, 1);
    struct delivery_row put = a_delivery(fixture, 1);
    assert_ok(store_delivery_insert(fixture->writer, &put, &put.id));
    assert_ok(store_commit(fixture->writer));
    struct delivery_row got;
    assert_ok(store_delivery_by_id(fixture->reader, put.id, &got));
    assert_memory_equal(got.key, put.key, sizeof put.key);
    assert_int_equal(got.shop_id, fixture->shop_id);
    assert_int_equal(got.invoice_id, 1);
    assert_int_equal(got.state, DELIVERY_QUEUED);
    assert_int_equal(got.attempts, 0);
    assert_int_equal(got.created_at_ms, put.created_at_ms);
    assert_int_equal(got.first_attempt_at_ms, 0);
    assert_int_equal(got.next_attempt_at_ms, put.next_attempt_at_ms);
    assert_int_equal(got.delivered_at_ms, 0);
    const struct delivery_row *deliveries;
    size_t count;
    assert_ok(store_delivery_of_invoice(fixture->reader, fixture->arena, 1, &deliveries, &count));
    assert_int_equal(count, 1);
    assert_fault(store_delivery_by_id(fixture->reader, put.id + 1, &got), ERR_NOT_FOUND);
}

static void test_an_update_writes_what_attempts_change(void **state) {
    struct fixture *fixture = *state;
    put_one_in_each_state(fixture);
    struct delivery_row put = {.id = 1,
                               .state = DELIVERY_DELIVERED,
                               .attempts = 3,
                               .first_attempt_at_ms = 10,
                               .next_attempt_at_ms = 20,
                               .delivered_at_ms = 30};
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_delivery_update(fixture->writer, &put));
    assert_ok(store_commit(fixture->writer));
    struct delivery_row got;
    assert_ok(store_delivery_by_id(fixture->reader, 1, &got));
    assert_int_equal(got.state, DELIVERY_DELIVERED);
    assert_int_equal(got.attempts, 3);
    assert_int_equal(got.first_attempt_at_ms, 10);
    assert_int_equal(got.next_attempt_at_ms, 20);
    assert_int_equal(got.delivered_at_ms, 30);
    assert_int_equal(got.invoice_id, 1);
}

static void test_a_start_finds_what_is_queued_or_deferred(void **state) {
    struct fixture *fixture = *state;
    put_one_in_each_state(fixture);
    const struct delivery_row *deliveries;
    size_t count;
    assert_ok(
        store_delivery_undelivered(fixture->reader, fixture->arena, 0, 10, &deliveries, &count));
    assert_int_equal(count, 2);
    assert_int_equal(deliveries[0].state, DELIVERY_QUEUED);
    assert_int_equal(deliveries[1].state, DELIVERY_DEFERRED);
    assert_ok(
        store_delivery_undelivered(fixture->reader, fixture->arena, 1, 10, &deliveries, &count));
    assert_int_equal(count, 1);
    assert_ok(
        store_delivery_undelivered(fixture->reader, fixture->arena, 0, 1, &deliveries, &count));
    assert_int_equal(count, 1);
}

static void check_list(struct fixture *fixture, struct store_delivery_filter filter,
                       const char *ids) {
    const struct delivery_row *deliveries;
    size_t count;
    filter.limit = filter.limit == 0 ? 100 : filter.limit;
    assert_ok(store_delivery_list(fixture->reader, fixture->arena, &filter, &deliveries, &count));
    assert_int_equal(count, strlen(ids));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(deliveries[i].id, ids[i] - '0');
    }
}

/* Each query knows each part of the filter. */
static void test_parts_of_a_filter_hold_together(void **state) {
    struct fixture *fixture = *state;
    put_one_in_each_state(fixture);
    int64_t shop_id = fixture->shop_id;
    int64_t of_three_ms = a_delivery(fixture, 3).created_at_ms;
    int64_t of_four_ms = a_delivery(fixture, 4).created_at_ms;
    int64_t after_all_ms = a_delivery(fixture, 5).created_at_ms + 1;
    const struct {
        struct store_delivery_filter filter;
        const char *ids;
    } rows[] = {
        {{.shop_id = shop_id, .before_id = 3}, "21"},
        {{.created_from_ms = of_three_ms, .before_id = 5}, "43"},
        {{.created_from_ms = of_three_ms, .shop_id = shop_id}, "543"},
        {{.by_state = true, .state = DELIVERY_DELIVERED, .shop_id = shop_id}, "3"},
        {{.by_state = true, .state = DELIVERY_DELIVERED, .shop_id = shop_id + 1}, ""},
        {{.by_state = true, .state = DELIVERY_DELIVERED, .before_id = 3}, ""},
        {{.by_state = true, .state = DELIVERY_DELIVERED, .created_from_ms = of_three_ms}, "3"},
        {{.by_state = true, .state = DELIVERY_DELIVERED, .created_from_ms = of_four_ms}, ""},
        {{.by_state = true, .state = DELIVERY_PARKED, .created_from_ms = of_four_ms}, "5"},
        {{.by_state = true, .state = DELIVERY_PARKED, .created_from_ms = after_all_ms}, ""},
        {{.by_state = true, .state = DELIVERY_PARKED, .before_id = 5}, ""},
        {{.by_state = true, .state = DELIVERY_PARKED, .shop_id = shop_id + 1}, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_list(fixture, rows[i].filter, rows[i].ids);
    }
}

static void test_a_list_is_newest_first_and_obeys_its_filter(void **state) {
    struct fixture *fixture = *state;
    put_one_in_each_state(fixture);
    int64_t shop_id = fixture->shop_id;
    int64_t from_ms = a_delivery(fixture, 3).created_at_ms;
    check_list(fixture, (struct store_delivery_filter){0}, "54321");
    check_list(fixture, (struct store_delivery_filter){.shop_id = shop_id}, "54321");
    check_list(fixture, (struct store_delivery_filter){.shop_id = shop_id + 1}, "");
    check_list(fixture, (struct store_delivery_filter){.before_id = 4, .limit = 2}, "32");
    check_list(fixture, (struct store_delivery_filter){.created_from_ms = from_ms}, "543");
    check_list(fixture,
               (struct store_delivery_filter){.created_from_ms = from_ms, .shop_id = shop_id + 1},
               "");
    check_list(fixture, (struct store_delivery_filter){.by_state = true, .state = DELIVERY_PARKED},
               "5");
    check_list(fixture, (struct store_delivery_filter){.by_state = true, .state = DELIVERY_QUEUED},
               "1");
    check_list(fixture,
               (struct store_delivery_filter){.by_state = true, .state = DELIVERY_DELIVERED}, "3");
    check_list(fixture,
               (struct store_delivery_filter){
                   .by_state = true, .state = DELIVERY_DELIVERED, .shop_id = shop_id},
               "3");
    check_list(fixture,
               (struct store_delivery_filter){
                   .by_state = true, .state = DELIVERY_DELIVERED, .created_from_ms = from_ms + 1},
               "");
}

static void test_deliveries_are_counted_until_they_are_delivered(void **state) {
    struct fixture *fixture = *state;
    put_one_in_each_state(fixture);
    struct store_delivery_counts counts;
    assert_ok(store_delivery_count(fixture->reader, &counts));
    assert_int_equal(counts.by_state[DELIVERY_QUEUED], 1);
    assert_int_equal(counts.by_state[DELIVERY_DEFERRED], 1);
    assert_int_equal(counts.by_state[DELIVERY_DELIVERED], 0);
    assert_int_equal(counts.by_state[DELIVERY_WITHDRAWN], 1);
    assert_int_equal(counts.by_state[DELIVERY_PARKED], 1);
}

static void test_attempts_are_listed_in_their_sequence(void **state) {
    struct fixture *fixture = *state;
    put_one_in_each_state(fixture);
    struct attempt_row put = {.delivery_id = 2,
                              .at_ms = 5,
                              .duration_ms = 6,
                              .http_status = 503,
                              .url = STR("https://shop.example/notify"),
                              .outcome = STR("the endpoint is not well")};
    assert_ok(store_begin(fixture->writer));
    for (put.number = 2; put.number > 0; put.number--) {
        assert_ok(store_attempt_insert(fixture->writer, &put));
    }
    assert_ok(store_commit(fixture->writer));
    const struct attempt_row *attempts;
    size_t count;
    assert_ok(store_attempt_list(fixture->reader, fixture->arena, 2, &attempts, &count));
    assert_int_equal(count, 2);
    assert_int_equal(attempts[0].number, 1);
    assert_int_equal(attempts[1].number, 2);
    assert_int_equal(attempts[0].at_ms, 5);
    assert_int_equal(attempts[0].duration_ms, 6);
    assert_int_equal(attempts[0].http_status, 503);
    assert_str(attempts[0].url, "https://shop.example/notify");
    assert_str(attempts[0].outcome, "the endpoint is not well");
}

static void test_the_journal_tells_an_invoices_story_in_sequence(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    put_invoice(fixture, 1);
    put_invoice(fixture, 2);
    struct journal_row put = {
        .at_ms = 9, .invoice_id = 1, .event = STR("payment_seen"), .detail = STR("{}")};
    assert_ok(store_journal_append(fixture->writer, &put));
    assert_ok(store_commit(fixture->writer));
    const struct journal_row *entries;
    size_t count;
    assert_ok(store_journal_of_invoice(fixture->reader, fixture->arena, 1, &entries, &count));
    assert_int_equal(count, 2);
    assert_str(entries[0].event, "invoice_created");
    assert_str(entries[0].detail, "{\"price\":\"12.34 EUR\"}");
    assert_int_equal(entries[0].shop_id, fixture->shop_id);
    assert_str(entries[1].event, "payment_seen");
    assert_int_equal(entries[1].at_ms, 9);
    assert_int_equal(entries[1].shop_id, 0);
}

static void put_event(struct fixture *fixture, int64_t shop_id, int64_t invoice_id,
                      const char *event) {
    struct journal_row entry = {.at_ms = 5,
                                .shop_id = shop_id,
                                .invoice_id = invoice_id,
                                .event = str_from_c(event),
                                .detail = STR("{\"a\":1}")};
    assert_ok(store_journal_append(fixture->writer, &entry));
}

static void test_a_shop_reads_its_part_of_the_journal_from_a_place_on(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    (void)put_invoice(fixture, 1);
    put_event(fixture, fixture->shop_id, 1, "invoice_created");
    put_event(fixture, fixture->shop_id, 1, "address_issued");
    put_event(fixture, fixture->shop_id, 1, "status");
    put_event(fixture, fixture->shop_id + 1, 1, "status");
    put_event(fixture, 0, 0, "status");
    put_event(fixture, fixture->shop_id, 1, "payment_seen");
    put_event(fixture, fixture->shop_id, 99, "payment_gone");
    assert_ok(store_commit(fixture->writer));
    const struct shop_event_row *events;
    size_t count;
    assert_ok(store_journal_of_shop(fixture->reader, fixture->arena, fixture->shop_id, 0, 2,
                                    &events, &count));
    assert_int_equal(count, 2);
    assert_str(events[0].entry.event, "status");
    assert_str(events[0].entry.detail, "{\"a\":1}");
    assert_int_equal(events[0].entry.invoice_id, 1);
    assert_int_equal(events[0].entry.at_ms, 5);
    struct invoice_row invoice = an_invoice(fixture, 1);
    assert_true(str_eq(events[0].order_id, invoice.order_id));
    assert_str(events[1].entry.event, "payment_seen");
    assert_ok(store_journal_of_shop(fixture->reader, fixture->arena, fixture->shop_id,
                                    events[1].entry.id, 2, &events, &count));
    assert_int_equal(count, 1);
    assert_str(events[0].entry.event, "payment_gone");
    assert_str(events[0].order_id, ""); /* the journal outlives what it tells of */
}

static void test_alarms_are_counted_by_code_and_listed_up_to_a_limit_of_each(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    for (int i = 0; i < ALARMS_OF_CODE_MAX + 2; i++) {
        struct alarm_row many = {.code = STR("many"),
                                 .subject = str_from_c(arena_printf(fixture->arena, "%d", i)),
                                 .since_ms = 1000 - i};
        assert_ok(store_alarm_raise(fixture->writer, &many));
    }
    struct alarm_row one = {.code = STR("one"), .subject = STR("0"), .since_ms = 5000};
    assert_ok(store_alarm_raise(fixture->writer, &one));
    assert_ok(store_alarm_clear(fixture->writer, STR("many"), STR("101"), 9000));
    assert_ok(store_commit(fixture->writer));
    const struct alarm_row *alarms;
    size_t count;
    assert_ok(store_alarm_list(fixture->reader, fixture->arena, &alarms, &count));
    assert_int_equal(count, ALARMS_OF_CODE_MAX + 1);
    assert_str(alarms[0].subject, "100"); /* the oldest that stands */
    assert_str(alarms[ALARMS_OF_CODE_MAX - 1].subject, "1");
    assert_str(alarms[ALARMS_OF_CODE_MAX].code, "one");
    const struct alarm_count_row *counts;
    assert_ok(store_alarm_count(fixture->reader, fixture->arena, &counts, &count));
    assert_int_equal(count, 2);
    assert_str(counts[0].code, "many");
    assert_int_equal(counts[0].count, ALARMS_OF_CODE_MAX + 1);
    assert_int_equal(counts[1].count, 1);
}

static void test_an_alarm_is_raised_once_until_it_is_cleared(void **state) {
    struct fixture *fixture = *state;
    struct alarm_row put = {
        .code = STR("node_behind"), .subject = STR("btc"), .detail = STR("3"), .since_ms = 5};
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_alarm_raise(fixture->writer, &put));
    put.detail = STR("4");
    put.since_ms = 6;
    assert_ok(store_alarm_raise(fixture->writer, &put));
    put.subject = STR("ltc");
    assert_ok(store_alarm_raise(fixture->writer, &put));
    assert_ok(store_commit(fixture->writer));
    const struct alarm_row *alarms;
    size_t count;
    assert_ok(store_alarm_list(fixture->reader, fixture->arena, &alarms, &count));
    assert_int_equal(count, 2);
    assert_str(alarms[0].code, "node_behind");
    assert_str(alarms[0].subject, "btc");
    assert_str(alarms[0].detail, "4");
    assert_int_equal(alarms[0].since_ms, 5);

    assert_ok(store_begin(fixture->writer));
    assert_ok(store_alarm_clear(fixture->writer, STR("node_behind"), STR("btc"), 8));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_alarm_list(fixture->reader, fixture->arena, &alarms, &count));
    assert_int_equal(count, 1);
    put.subject = STR("btc");
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_alarm_raise(fixture->writer, &put));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_alarm_list(fixture->reader, fixture->arena, &alarms, &count));
    assert_int_equal(count, 2);
    assert_int_equal(alarms[1].since_ms, 6);
}

static void test_a_setting_is_what_was_set_last(void **state) {
    struct fixture *fixture = *state;
    struct str value;
    assert_fault(store_setting_get(fixture->reader, fixture->arena, STR("mark"), &value),
                 ERR_NOT_FOUND);
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_setting_set(fixture->writer, STR("mark"), STR("one")));
    assert_ok(store_setting_set(fixture->writer, STR("mark"), STR("")));
    assert_ok(store_setting_set(fixture->writer, STR("other"), STR("two")));
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_setting_get(fixture->reader, fixture->arena, STR("mark"), &value));
    assert_int_equal(value.len, 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_delivery_comes_back_as_it_was_put),
        TEST(test_an_update_writes_what_attempts_change),
        TEST(test_a_start_finds_what_is_queued_or_deferred),
        TEST(test_a_list_is_newest_first_and_obeys_its_filter),
        TEST(test_parts_of_a_filter_hold_together),
        TEST(test_deliveries_are_counted_until_they_are_delivered),
        TEST(test_attempts_are_listed_in_their_sequence),
        TEST(test_the_journal_tells_an_invoices_story_in_sequence),
        TEST(test_a_shop_reads_its_part_of_the_journal_from_a_place_on),
        TEST(test_an_alarm_is_raised_once_until_it_is_cleared),
        TEST(test_alarms_are_counted_by_code_and_listed_up_to_a_limit_of_each),
        TEST(test_a_setting_is_what_was_set_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
