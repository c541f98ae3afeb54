/* SPDX-License-Identifier: MIT */
/* What a payer is told, and never told, in each state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "http/pages/checkout_page.h"
#include "http/pages/words.h"
#include "support/page_views.h"

enum { ARENA_BYTES = 1 << 20 };

static int make_arena(void **state) {
    *state = arena_new(ARENA_BYTES);
    return 0;
}

static int free_arena(void **state) {
    arena_free(*state);
    return 0;
}

static const char *page_of(struct arena *arena, const struct checkout_view *view) {
    struct buf out = buf_in(arena);
    checkout_page(&out, view);
    assert_false(out.failed);
    return str_to_c(arena, buf_str(&out));
}

static struct checkout_view english(enum checkout_state state) {
    return page_view_of(state, language_at(0));
}

static bool says(const char *page, const char *text) {
    return strstr(page, text) != NULL;
}

static bool is_payable(enum checkout_state state) {
    return state == CHECKOUT_WAITING || state == CHECKOUT_PARTIAL || state == CHECKOUT_OFFLINE;
}

static void test_an_address_is_shown_only_while_it_may_be_paid(void **state) {
    for (int i = 0; i < CHECKOUT_STATE_COUNT; i++) {
        struct checkout_view view = english((enum checkout_state)i);
        bool shown = says(page_of(*state, &view), "id=\"address\"");
        assert_int_equal(shown, is_payable(view.state));
        arena_reset(*state);
    }
}

static void test_the_title_says_the_state(void **state) {
    for (int i = 0; i < CHECKOUT_STATE_COUNT; i++) {
        struct checkout_view view = english((enum checkout_state)i);
        const char *page = page_of(*state, &view);
        const char *title = strstr(page, "<title>");
        const char *head = strstr(page, "<h1 id=\"head\">") + strlen("<h1 id=\"head\">");
        assert_non_null(title);
        size_t head_len = strcspn(head, "<");
        assert_non_null(memmem(title, strcspn(title + 1, "<"), head, head_len));
        assert_true(says(page, "INV-K7Q2M9XD"));
        arena_reset(*state);
    }
    struct checkout_view paid = english(CHECKOUT_PAID);
    assert_true(says(page_of(*state, &paid), "<title>✓ Paid – Bücher &amp; Tee</title>"));
}

static void test_a_payment_may_wait_for_its_block_to_become_final(void **state) {
    struct checkout_view view = english(CHECKOUT_SEEN);
    assert_true(says(page_of(*state, &view), "Confirmations: <bdi>3</bdi> of <bdi>6</bdi>"));
    struct checkout_payment payment = view.payments[0];
    payment.awaits_final = true;
    payment.depth_blocks = 0;
    payment.needed_blocks = 1;
    view.payments = &payment;
    view.awaits_final = true;
    const char *page = page_of(*state, &view);
    assert_true(says(page, "Waiting until the network makes the block final"));
    assert_false(says(page, "Confirmations:"));
}

static void test_what_is_paid_says_when_the_payment_arrived(void **state) {
    static const char *const time =
        "<time dir=\"auto\" datetime=\"2030-01-01T11:02Z\">2030-01-01 11:02 UTC</time>";
    for (int i = 0; i < CHECKOUT_STATE_COUNT; i++) {
        struct checkout_view view = english((enum checkout_state)i);
        const char *page = page_of(*state, &view);
        bool is_paid = view.state == CHECKOUT_PAID || view.state == CHECKOUT_OVERPAID;
        const char *told = strstr(page, "<p class=\"quiet\" id=\"paid-at\">");
        assert_int_equal(told != NULL, is_paid);
        assert_true(!is_paid || says(told, time));
        const char *list = strstr(page, "<ul class=\"payments\">");
        assert_int_equal(list != NULL, view.payment_count > 0);
        assert_true(list == NULL || says(list, time));
        arena_reset(*state);
    }
}

static void test_another_coin_is_told_and_named(void **state) {
    struct checkout_view view = english(CHECKOUT_WAITING);
    const struct checkout_payment payment = {.amount = STR("12"),
                                             .unit = STR("USDC<"),
                                             .txid = STR("6f7c"),
                                             .needed_blocks = 6,
                                             .foreign = true};
    view.payments = &payment;
    view.payment_count = 1;
    view.foreign = STR("12 USDC<");
    const char *page = page_of(*state, &view);
    assert_true(says(page, "Another coin arrived: <bdi>12 USDC&lt;</bdi>. It does not pay this "
                           "invoice."));
    assert_true(says(page, "name <bdi>INV-K7Q2M9XD</bdi>"));
    assert_true(says(page, "<bdi>12 USDC&lt;</bdi></b> not the coin that was asked for"));
    assert_true(says(page, "id=\"address\""));
    assert_false(says(page, "Confirmations:"));
}

static void test_what_to_send_stands_in_the_page_itself(void **state) {
    struct checkout_view view = english(CHECKOUT_WAITING);
    const char *page = page_of(*state, &view);
    assert_true(says(page, "<b id=\"amount\">0.31248047</b> LTC"));
    assert_true(says(page, "<span>ltc1</span><wbr><span>q8c6</span>"));
    assert_true(says(page, "data-copy=\"ltc1q8c6fshw2dlwun7ekn9qwf37cu2rn755u9ym7p0\""));
    assert_true(says(page, "Send only <bdi>LTC</bdi> on the <bdi>Litecoin</bdi> network"));
    assert_true(says(page, ">12:00</b>"));
    assert_true(says(page, "2030-01-01 11:15 UTC"));
}

static void test_a_part_payment_asks_for_the_rest(void **state) {
    struct checkout_view view = english(CHECKOUT_PARTIAL);
    const char *page = page_of(*state, &view);
    assert_true(says(page, "Still to send"));
    assert_true(says(page, "<b id=\"amount\">0.21248047</b> LTC"));
    assert_false(says(page, "amount=0.31248047"));
}

static void test_the_bare_address_is_the_only_code_without_a_uri(void **state) {
    struct checkout_view view = english(CHECKOUT_WAITING);
    view.uri = STR("");
    const char *page = page_of(*state, &view);
    const char *first = strstr(page, "<svg class=\"code\"");
    assert_non_null(first);
    assert_null(strstr(first + 1, "<svg class=\"code\""));
    assert_false(says(page, "Open in wallet"));
}

static void test_a_tokens_first_code_is_the_address_and_no_link_opens_a_wallet(void **state) {
    struct checkout_view view = page_view_of_token(language_at(0));
    const char *page = page_of(*state, &view);
    const char *first = strstr(page, "<div class=\"qr1\">");
    const char *second = strstr(page, "<div class=\"qr2\">");
    assert_non_null(first);
    assert_non_null(second);
    const char *address_only = strstr(page, "<label for=\"qr1\">Address only</label>");
    assert_non_null(address_only);
    assert_non_null(strstr(address_only, "<label for=\"qr2\">For wallets</label>"));
    assert_false(says(page, "Open in wallet"));
    assert_false(says(page, "href=\"ethereum:"));
    view.address_first = false;
    assert_true(says(page_of(*state, &view), "<label for=\"qr1\">For wallets</label>"));
}

static void test_coins_are_buttons_of_a_form_that_needs_no_script(void **state) {
    struct checkout_view view = english(CHECKOUT_CHOOSE);
    const char *page = page_of(*state, &view);
    assert_true(says(page, "method=\"post\" action=\"/K7Q2M9XD/choose?lang=en\""));
    assert_true(says(page, "<button name=\"asset\" value=\"USDT_TRC20\""));
    assert_true(says(page, "Tether · Tron (TRC20)</span> <bdi>27.18 USDT</bdi>"));
    view = english(CHECKOUT_WAITING);
    view.changeable = false;
    assert_false(says(page_of(*state, &view), "choose=1"));
    view.changeable = true;
    assert_true(says(page_of(*state, &view), "href=\"?choose=1&amp;lang=en\""));
}

static void test_buttons_that_pay_are_on_test_invoices_only(void **state) {
    for (int i = 0; i < CHECKOUT_STATE_COUNT; i++) {
        struct checkout_view view = english((enum checkout_state)i);
        view.test = false;
        assert_false(says(page_of(*state, &view), "/sandbox"));
        view.test = true;
        bool has_buttons = view.state != CHECKOUT_PROBLEM;
        assert_int_equal(says(page_of(*state, &view), "/K7Q2M9XD/sandbox?lang=en"), has_buttons);
        arena_reset(*state);
    }
}

static void test_what_strangers_wrote_stays_text(void **state) {
    struct str evil = STR("<script>x</script>\"><img src=x onerror=x>'&\xE2\x80\xAE");
    for (int i = 0; i < CHECKOUT_STATE_COUNT; i++) {
        struct checkout_view view = english((enum checkout_state)i);
        view.shop_name = evil;
        view.return_url = evil;
        view.unit = view.unit.len > 0 ? evil : view.unit;
        view.network = evil;
        view.price_currency = evil;
        const char *page = page_of(*state, &view);
        assert_false(says(page, "<script>x"));
        assert_false(says(page, "<img"));
        assert_false(says(page, "\xE2\x80\xAE"));
        assert_true(says(page, "&lt;script&gt;x&lt;/script&gt;&#34;&gt;"));
        arena_reset(*state);
    }
}

static void test_a_fragment_is_the_same_as_in_the_page(void **state) {
    struct checkout_view view = english(CHECKOUT_SEEN);
    struct buf fragment = buf_in(*state);
    checkout_fragment(&fragment, &view);
    const char *text = str_to_c(*state, buf_str(&fragment));
    assert_false(says(text, "<style>"));
    assert_true(says(page_of(*state, &view), strstr(text, "<main")));
}

static void test_the_version_follows_what_is_shown_and_not_the_time(void **state) {
    (void)state;
    struct checkout_view seen = english(CHECKOUT_SEEN);
    uint64_t version = checkout_version(&seen);
    struct checkout_view later = seen;
    later.now_ms += 1;
    assert_true(checkout_version(&later) == version);
    struct checkout_payment deeper = seen.payments[0];
    deeper.depth_blocks++;
    later.payments = &deeper;
    assert_false(checkout_version(&later) == version);
    struct checkout_view paid = seen;
    paid.state = CHECKOUT_PAID;
    assert_false(checkout_version(&paid) == version);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_arena, free_arena)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_an_address_is_shown_only_while_it_may_be_paid),
        TEST(test_the_title_says_the_state),
        TEST(test_a_payment_may_wait_for_its_block_to_become_final),
        TEST(test_what_is_paid_says_when_the_payment_arrived),
        TEST(test_another_coin_is_told_and_named),
        TEST(test_what_to_send_stands_in_the_page_itself),
        TEST(test_a_part_payment_asks_for_the_rest),
        TEST(test_the_bare_address_is_the_only_code_without_a_uri),
        TEST(test_a_tokens_first_code_is_the_address_and_no_link_opens_a_wallet),
        TEST(test_coins_are_buttons_of_a_form_that_needs_no_script),
        TEST(test_buttons_that_pay_are_on_test_invoices_only),
        TEST(test_what_strangers_wrote_stays_text),
        TEST(test_a_fragment_is_the_same_as_in_the_page),
        TEST(test_the_version_follows_what_is_shown_and_not_the_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
