/* SPDX-License-Identifier: MIT */
/* When an invoice ends: our clock and its chain must both say so, and the chain must be seen. */
#include "api_client.h"

#include "app/app.h"
#include "app/invoice_expire.h"
#include "base/arena.h"
#include "ports/store.h"
#include "ports/store_invoice.h"

static const struct shop_row wanted_shop = {.name = STR("Demo")};

static struct invoice_row invoice_of(struct app_fixture *fixture, int64_t id) {
    struct invoice_row invoice;
    struct store_conn *reader;
    assert_true(result_is_ok(reader_take(fixture->service.readers, &reader)));
    assert_true(result_is_ok(store_invoice_by_id(reader, fixture->arena, id, &invoice)));
    reader_give(fixture->service.readers, reader);
    return invoice;
}

static int64_t create(struct app_fixture *fixture, const char **ret_address) {
    struct fixture_shop shop = fixture_add_shop(fixture, &wanted_shop);
    struct answer made =
        create_as(fixture, &shop, FORM_BODY, "shop_id=@&amount=50&add_fields[cryptocurrency]=LTC");
    *ret_address = value(fixture, &made, "result.address");
    int64_t id;
    assert_true(result_is_ok(app_invoice_id_parse(
        &fixture->app, str_from_c(value(fixture, &made, "result.uuid")), &id)));
    return id;
}

static void set_blind(struct app_fixture *fixture, bool blind) {
    struct network_health health = network_health_get(&fixture->ltc);
    health.blind = blind;
    network_health_set(&fixture->ltc, &health);
}

/* Whether it ends, tried at that time by our clock when the chain has proven that one. */
static bool ends(struct app_fixture *fixture, int64_t id, int64_t proven_ms, int64_t now_ms,
                 bool blind) {
    atomic_store(&fixture->now_ms, proven_ms);
    fixture_mine(fixture, NULL, 0);
    set_blind(fixture, blind);
    atomic_store(&fixture->now_ms, now_ms);
    struct invoice_expire expire = {.invoice_ids = {id}, .count = 1};
    fixture_run(fixture, &invoice_expire_use_case, &expire);
    bool is_canceled = invoice_of(fixture, id).status == INVOICE_CANCELED;
    assert_int_equal(expire.ended, is_canceled ? 1 : 0);
    return is_canceled;
}

static void test_an_invoice_ends_when_our_clock_and_its_chain_say_so(void **state) {
    struct app_fixture *fixture = *state;
    const char *address;
    int64_t id = create(fixture, &address);
    int64_t deadline_ms = invoice_of(fixture, id).expires_at_ms;
    assert_true(deadline_ms > FIXTURE_NOW_MS);
    assert_false(ends(fixture, id, deadline_ms, deadline_ms + 1, false));
    assert_false(ends(fixture, id, deadline_ms + 1, deadline_ms, false));
    assert_false(ends(fixture, id, deadline_ms + 1, deadline_ms + 1, true));
    assert_true(ends(fixture, id, deadline_ms + 1, deadline_ms + 1, false));
}

static void test_what_has_ended_stays_so_while_nobody_can_prove_it(void **state) {
    struct app_fixture *fixture = *state;
    const char *address;
    int64_t id = create(fixture, &address);
    int64_t late_ms = invoice_of(fixture, id).expires_at_ms + 1;
    assert_true(ends(fixture, id, late_ms, late_ms, false));
    set_blind(fixture, true);
    const struct fixture_payment both[] = {{address, "0.5"}, {address, "0.5"}};
    fixture_mine(fixture, both, 2);
    assert_int_equal(invoice_of(fixture, id).status, INVOICE_CANCELED);
    assert_true(invoice_of(fixture, id).flags & INVOICE_FLAG_LATE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_an_invoice_ends_when_our_clock_and_its_chain_say_so),
        TEST(test_what_has_ended_stays_so_while_nobody_can_prove_it),
    };
    return cmocka_run_group_tests_name("deadline", tests, NULL, NULL);
}
