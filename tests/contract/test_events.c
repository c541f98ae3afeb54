/* SPDX-License-Identifier: MIT */
#include "api_client.h"

#include <string.h>

#include "app/delivery_record.h"
#include "app/journal_jump.h"
#include "base/arena.h"
#include "ports/store_delivery.h"

#define EVENTS "/v2/invoice/merchant/events"

enum { MANY = 60, EVENTS_EACH = 4 };

static const struct shop_row wanted_shop = {.name = STR("Demo")};

static struct answer events_of(struct app_fixture *fixture, const struct fixture_shop *shop,
                               const char *query) {
    return ask(fixture, arena_printf(fixture->arena,
                                     "GET " EVENTS "%s HTTP/1.1\r\nHost: x\r\n"
                                     "Authorization: Token %s\r\n\r\n",
                                     query, shop->api_key));
}

static struct answer events_after(struct app_fixture *fixture, const struct fixture_shop *shop,
                                  const char *place) {
    return events_of(fixture, shop, arena_printf(fixture->arena, "?after=%s", place));
}

static const char *member(struct app_fixture *fixture, const struct answer *answer, unsigned i,
                          const char *name) {
    return value(fixture, answer, arena_printf(fixture->arena, "result.events.%u.%s", i, name));
}

struct made {
    const char *uuid;
    const char *address;
};

static struct made make(struct app_fixture *fixture, const struct fixture_shop *shop) {
    struct answer answer =
        create_as(fixture, shop, FORM_BODY,
                  "shop_id=@&amount=50&order_id=order-5&add_fields[cryptocurrency]=LTC");
    return (struct made){value(fixture, &answer, "result.uuid"),
                         value(fixture, &answer, "result.address")};
}

static struct made make_paid(struct app_fixture *fixture, const struct fixture_shop *shop,
                             const char *amount) {
    struct made made = make(fixture, shop);
    const struct fixture_payment payment = {made.address, amount};
    fixture_mine(fixture, &payment, 1);
    return made;
}

static void attempt(struct app_fixture *fixture, const struct fixture_shop *shop,
                    enum delivery_state state, int http_status) {
    struct store_conn *reader;
    const struct delivery_row *deliveries;
    size_t count;
    struct store_delivery_filter filter = {.shop_id = shop->id, .limit = 1};
    assert_true(result_is_ok(reader_take(fixture->service.readers, &reader)));
    assert_true(
        result_is_ok(store_delivery_list(reader, fixture->arena, &filter, &deliveries, &count)));
    reader_give(fixture->service.readers, reader);
    assert_int_equal(count, 1);
    struct delivery_record record = {
        .attempt = {.delivery_id = deliveries[0].id,
                    .at_ms = FIXTURE_NOW_MS,
                    .http_status = http_status,
                    .url = STR("https://shop.example/postback"),
                    .outcome = STR("told")},
        .state = state,
    };
    fixture_run(fixture, &delivery_record_use_case, &record);
}

/* ---- what is told */

static void test_a_shop_reads_what_happened_in_its_sequence(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct made made = make_paid(fixture, &shop, "0.5");
    attempt(fixture, &shop, DELIVERY_DEFERRED, 503);
    attempt(fixture, &shop, DELIVERY_DELIVERED, 200);
    struct answer answer = events_of(fixture, &shop, "");
    assert_int_equal(answer.status, 200);
    static const char *const types[] = {"payment_mined",   "payment_confirmed",
                                        "invoice_status",  "postback_queued",
                                        "postback_failed", "postback_delivered"};
    for (unsigned i = 0; i < sizeof types / sizeof types[0]; i++) {
        assert_string_equal(member(fixture, &answer, i, "type"), types[i]);
        assert_string_equal(member(fixture, &answer, i, "uuid"), made.uuid);
        assert_string_equal(member(fixture, &answer, i, "order_id"), "order-5");
        assert_string_equal(member(fixture, &answer, i, "created"), "2027-03-04 09:15:00.120000");
        assert_int_equal(strlen(member(fixture, &answer, i, "id")), 8);
    }
    assert_string_equal(value(fixture, &answer, "result.more"), "false");
    assert_string_equal(value(fixture, &answer, "result.next"), member(fixture, &answer, 5, "id"));
}

#define BEFORE_ID "{\"status\":\"success\",\"result\":{\"events\":[{\"id\":\""

static void test_each_event_has_its_members_and_no_others(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct made made = make_paid(fixture, &shop, "0.75");
    attempt(fixture, &shop, DELIVERY_PARKED, 0);
    static const char *const wanted[] = {
        "\"type\":\"payment_mined\",\"created\":\"2027-03-04 09:15:00.120000\",\"uuid\":\"%s\","
        "\"order_id\":\"order-5\",\"data\":{\"txid\":"
        "\"0000000100000000000000000000000000000000000000000000000000000002\","
        "\"currency\":\"LTC\",\"amount\":0.75,\"height\":2}}",
        "\"type\":\"payment_confirmed\",\"created\":\"2027-03-04 09:15:00.120000\",\"uuid\":\"%s\","
        "\"order_id\":\"order-5\",\"data\":{\"txid\":"
        "\"0000000100000000000000000000000000000000000000000000000000000002\","
        "\"currency\":\"LTC\",\"amount\":0.75,\"height\":2}}",
        "\"type\":\"invoice_status\",\"created\":\"2027-03-04 09:15:00.120000\",\"uuid\":\"%s\","
        "\"order_id\":\"order-5\",\"data\":{\"status_before\":\"created\",\"status\":\"overpaid\","
        "\"cause\":\"confirmed\",\"flags\":[]}}",
        "\"type\":\"postback_queued\",\"created\":\"2027-03-04 09:15:00.120000\",\"uuid\":\"%s\","
        "\"order_id\":\"order-5\",\"data\":{}}",
        "\"type\":\"postback_parked\",\"created\":\"2027-03-04 09:15:00.120000\",\"uuid\":\"%s\","
        "\"order_id\":\"order-5\",\"data\":{\"attempt\":1,\"http_status\":null}}",
    };
    struct answer answer = events_of(fixture, &shop, "");
    assert_memory_equal(answer.body, BEFORE_ID, strlen(BEFORE_ID));
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct str text = STR("");
        const char *at = wanted[i];
        size_t hole = (size_t)(strstr(at, "%s") - at);
        text = str_from_c(
            arena_printf(fixture->arena, "%.*s%s%s", (int)hole, at, made.uuid, at + hole + 2));
        if (strstr(answer.body, text.ptr) == NULL) {
            print_message("# %s\n# is not in\n# %s\n", text.ptr, answer.body);
        }
        assert_non_null(strstr(answer.body, text.ptr));
    }
}

static void test_a_shop_to_which_nothing_happened_reads_nothing(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    (void)make(fixture, &shop);
    struct answer answer = events_of(fixture, &shop, "");
    assert_answer(
        answer, 200,
        "{\"status\":\"success\",\"result\":{\"events\":[],\"next\":\"\",\"more\":false}}");
}

/* ---- places */

static void test_a_shop_goes_on_from_where_it_was(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    (void)make_paid(fixture, &shop, "0.5");
    struct answer first = events_of(fixture, &shop, "");
    const char *next = value(fixture, &first, "result.next");
    struct answer nothing = events_after(fixture, &shop, next);
    assert_answer(nothing, 200,
                  arena_printf(fixture->arena,
                               "{\"status\":\"success\",\"result\":{\"events\":[],\"next\":\"%s\","
                               "\"more\":false}}",
                               next));
    struct made later = make_paid(fixture, &shop, "0.2");
    struct answer news = events_after(fixture, &shop, next);
    assert_string_equal(member(fixture, &news, 0, "uuid"), later.uuid);
    assert_string_equal(member(fixture, &news, 2, "data.status"), "partial");
    struct answer again = events_after(fixture, &shop, next);
    assert_string_equal(again.body, news.body);
}

static void test_pages_of_any_size_make_the_same_sequence(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    for (unsigned i = 0; i < MANY; i++) {
        (void)make_paid(fixture, &shop, "0.5");
    }
    static const unsigned limits[] = {1, 7, 100};
    const char *first_run[EVENTS_EACH * MANY];
    for (size_t l = 0; l < sizeof limits / sizeof limits[0]; l++) {
        const char *place = "";
        bool more = true;
        unsigned count = 0;
        while (more) {
            struct answer answer =
                events_of(fixture, &shop,
                          arena_printf(fixture->arena, "?limit=%u&after=%s", limits[l], place));
            unsigned left = EVENTS_EACH * MANY - count;
            unsigned here = left < limits[l] ? left : limits[l];
            for (unsigned i = 0; i < here; i++, count++) {
                const char *id = member(fixture, &answer, i, "id");
                if (l == 0) {
                    first_run[count] = id;
                }
                assert_string_equal(id, first_run[count]);
            }
            place = value(fixture, &answer, "result.next");
            more = strcmp(value(fixture, &answer, "result.more"), "true") == 0;
            assert_int_equal(more, count < EVENTS_EACH * MANY);
        }
        assert_int_equal(count, EVENTS_EACH * MANY);
    }
}

static void test_what_is_no_place_is_refused(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    /* The last two are another instance's: after them this one would be silent for ever. */
    static const char *const places[] = {"x",   "12345678901", "INV-K7Q2M9XD", "K7Q2M9X!",
                                         "%30", "K7Q2M9XD",    "8F3K2M1Z"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct answer answer = events_after(fixture, &shop, places[i]);
        assert_refused(fixture, &answer, "after", "Invalid value after.");
    }
    static const char *const limits[] = {"0", "-1", "101", "many", "99999999999999999999"};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct answer answer =
            events_of(fixture, &shop, arena_printf(fixture->arena, "?limit=%s", limits[i]));
        assert_refused(fixture, &answer, "limit", "Invalid value limit.");
    }
}

/* ---- after a restore */

static void test_after_a_restore_the_journal_goes_on_above_what_was_lost(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    (void)make_paid(fixture, &shop, "0.5");
    struct answer before = events_of(fixture, &shop, "");
    struct journal_jump jump;
    fixture_run(fixture, &journal_jump_use_case, &jump);
    assert_int_equal(jump.jumped_to, FIXTURE_NOW_MS - INT64_C(1577836800000));
    struct answer after = events_of(fixture, &shop, "");
    assert_string_equal(after.body, before.body);
    struct made later = make_paid(fixture, &shop, "0.5");
    struct answer news = events_after(fixture, &shop, value(fixture, &before, "result.next"));
    assert_string_equal(member(fixture, &news, 0, "uuid"), later.uuid);
    /* Once is enough. */
    fixture_run(fixture, &journal_jump_use_case, &jump);
    assert_int_equal(jump.jumped_to, 0);
}

/* ---- whose they are */

static void test_a_shop_reads_nothing_of_another(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop mine = fixture_add_shop(fixture, &wanted_shop);
    struct fixture_shop other = fixture_add_shop(fixture, &wanted_shop);
    struct made of_other = make_paid(fixture, &other, "0.5");
    struct made of_mine = make_paid(fixture, &mine, "0.5");
    struct answer theirs = events_of(fixture, &other, "");
    struct answer ours = events_of(fixture, &mine, "");
    assert_null(strstr(ours.body, of_other.uuid));
    assert_null(strstr(theirs.body, of_mine.uuid));
    /* Another shop's place is a place, and shows nothing of it. */
    struct answer from_theirs =
        events_after(fixture, &mine, value(fixture, &theirs, "result.next"));
    assert_string_equal(from_theirs.body, ours.body);
}

static void test_a_place_is_not_the_name_of_an_invoice(void **state) {
    struct app_fixture *fixture = *state;
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    const char *uuids[8];
    for (unsigned i = 0; i < 8; i++) {
        uuids[i] = make_paid(fixture, &shop, "0.5").uuid;
    }
    struct answer answer = events_of(fixture, &shop, "");
    for (unsigned e = 0; e < 8; e++) {
        for (unsigned i = 0; i < 8; i++) {
            assert_string_not_equal(member(fixture, &answer, e, "id"), uuids[i] + strlen("INV-"));
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_shop_reads_what_happened_in_its_sequence),
        TEST(test_each_event_has_its_members_and_no_others),
        TEST(test_a_shop_to_which_nothing_happened_reads_nothing),
        TEST(test_a_shop_goes_on_from_where_it_was),
        TEST(test_pages_of_any_size_make_the_same_sequence),
        TEST(test_what_is_no_place_is_refused),
        TEST(test_after_a_restore_the_journal_goes_on_above_what_was_lost),
        TEST(test_a_shop_reads_nothing_of_another),
        TEST(test_a_place_is_not_the_name_of_an_invoice),
    };
    return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
