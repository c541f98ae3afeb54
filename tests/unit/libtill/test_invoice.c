/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <till.h>

#include "unit/adapters/scripted_server.h"

/* One exchange with a server that answers as it is told. */
struct fixture {
    struct scripted_server server;
    struct scripted_step step;
    char answer[8192];
    struct till_client *client;
};

static int setup(void **state) {
    static struct fixture fixture;
    *state = &fixture;
    return 0;
}

static void open_with(struct fixture *fixture, struct scripted_step step) {
    fixture->step = step;
    scripted_server_start(&fixture->server, &fixture->step, 1);
    char url[64];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/", fixture->server.port);
    fixture->client = till_client_new(url, "key.of.shop");
    assert_non_null(fixture->client);
    till_client_set_timeout(fixture->client, 5000);
}

static void open_answering(struct fixture *fixture, int status, const char *body) {
    (void)snprintf(fixture->answer, sizeof fixture->answer,
                   "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
                   "Connection: close\r\n\r\n%s",
                   status, strlen(body), body);
    open_with(fixture, (struct scripted_step){.bytes = fixture->answer, .close = true});
}

static void close_all(struct fixture *fixture) {
    till_client_free(fixture->client);
    scripted_server_stop(&fixture->server);
}

static const char *sent(const struct fixture *fixture) {
    return fixture->server.requests[0];
}

static const char *sent_body(const struct fixture *fixture) {
    return strstr(sent(fixture), "\r\n\r\n") + 4;
}

#define INVOICE(uuid, status, verdict)                                                             \
    "{\"uuid\":\"" uuid "\",\"link\":\"https://pay.example/K7Q2M9XD\",\"amount\":0.30000000,"      \
    "\"status\":\"" status "\",\"invoice_status\":\"" verdict "\",\"order_id\":\"A-1\","           \
    "\"currency\":{\"code\":\"LTC\",\"fullcode\":\"LTC\",\"network\":{\"code\":\"LTC\"}},"         \
    "\"project\":{\"logo\":null},\"tx_list\":[\"aa\",\"bb\"],\"test_mode\":false}"
#define LIST(members) "{\"status\":\"success\",\"result\":[" members "]}"

static void test_create_sends_what_was_asked_and_reads_the_invoice(void **state) {
    struct fixture *fixture = *state;
    open_answering(
        fixture, 200,
        "{\"status\":\"success\",\"result\":" INVOICE("INV-K7Q2M9XD", "created", "created") "}");
    const char *const offered[] = {"LTC", "BTC", NULL};
    struct till_request request = {
        .size = sizeof request,
        .shop_id = "shop000000000000",
        .amount = "19.99",
        .currency = "EUR",
        .order_id = "A-1 \"x\"",
        .available_currencies = offered,
        .minutes_to_pay = 90,
        .idempotency_key = "A-1/1",
    };
    struct till_invoice *invoice = NULL;
    assert_int_equal(till_create(fixture->client, &request, &invoice), TILL_OK);
    assert_string_equal(till_client_error(fixture->client), "ok");
    assert_string_equal(
        sent_body(fixture),
        "{\"shop_id\":\"shop000000000000\",\"amount\":\"19.99\",\"currency\":\"EUR\","
        "\"order_id\":\"A-1 \\\"x\\\"\",\"add_fields\":{\"available_currencies\":[\"LTC\",\"BTC\"],"
        "\"time_to_pay\":{\"hours\":1,\"minutes\":30}}}");
    assert_int_equal(strncmp(sent(fixture), "POST /v2/invoice/create HTTP/1.1\r\n", 34), 0);
    assert_non_null(strstr(sent(fixture), "\r\nAuthorization: Token key.of.shop\r\n"));
    assert_non_null(strstr(sent(fixture), "\r\nIdempotency-Key: A-1/1\r\n"));
    assert_non_null(strstr(sent(fixture), "\r\nContent-Type: application/json\r\n"));
    assert_string_equal(till_invoice_get(invoice, "link"), "https://pay.example/K7Q2M9XD");
    assert_string_equal(till_invoice_get(invoice, "amount"), "0.30000000");
    assert_string_equal(till_invoice_get(invoice, "currency.network.code"), "LTC");
    assert_string_equal(till_invoice_get(invoice, "tx_list.1"), "bb");
    assert_null(till_invoice_get(invoice, "project.logo"));
    assert_int_equal(till_invoice_status(invoice), TILL_STATUS_CREATED);
    assert_false(till_invoice_is_paid(invoice));
    till_invoice_free(invoice);
    close_all(fixture);
}

static void test_info_reads_the_one_invoice_it_asked_for(void **state) {
    struct fixture *fixture = *state;
    open_answering(fixture, 200, LIST(INVOICE("INV-K7Q2M9XD", "overpaid", "success")));
    struct till_invoice *invoice = NULL;
    assert_int_equal(till_info(fixture->client, "K7Q2M9XD", &invoice), TILL_OK);
    assert_string_equal(sent_body(fixture), "{\"uuids\":[\"K7Q2M9XD\"]}");
    assert_int_equal(till_invoice_status(invoice), TILL_STATUS_OVERPAID);
    assert_true(till_invoice_is_paid(invoice));
    till_invoice_free(invoice);
    close_all(fixture);
}

static void test_invoice_is_paid_only_if_both_words_say_so(void **state) {
    static const struct {
        const char *answer;
        int is_paid;
        enum till_status status;
    } cases[] = {
        {LIST(INVOICE("INV-K7Q2M9XD", "paid", "success")), 1, TILL_STATUS_PAID},
        {LIST(INVOICE("INV-K7Q2M9XD", "paid", "dispute")), 0, TILL_STATUS_PAID},
        {LIST(INVOICE("INV-K7Q2M9XD", "created", "success")), 0, TILL_STATUS_CREATED},
        {LIST(INVOICE("INV-K7Q2M9XD", "partial", "partial")), 0, TILL_STATUS_PARTIAL},
        {LIST(INVOICE("INV-K7Q2M9XD", "canceled", "canceled")), 0, TILL_STATUS_CANCELED},
        {LIST(INVOICE("INV-K7Q2M9XD", "Paid", "success")), 0, TILL_STATUS_OTHER},
        {LIST("{\"uuid\":\"INV-K7Q2M9XD\",\"status\":\"paid\"}"), 0, TILL_STATUS_PAID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture *fixture = *state;
        open_answering(fixture, 200, cases[i].answer);
        struct till_invoice *invoice = NULL;
        assert_int_equal(till_info(fixture->client, "INV-K7Q2M9XD", &invoice), TILL_OK);
        assert_int_equal(till_invoice_is_paid(invoice), cases[i].is_paid);
        assert_int_equal(till_invoice_status(invoice), cases[i].status);
        till_invoice_free(invoice);
        close_all(fixture);
    }
}

static enum till_error info_of(struct fixture *fixture, int status, const char *body) {
    open_answering(fixture, status, body);
    struct till_invoice *invoice = NULL;
    enum till_error error = till_info(fixture->client, "INV-K7Q2M9XD", &invoice);
    assert_int_equal(error == TILL_OK, invoice != NULL);
    till_invoice_free(invoice);
    return error;
}

static void test_info_of_an_unknown_or_another_invoice_is_no_invoice(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(info_of(fixture, 200, LIST("")), TILL_ERROR_NOT_FOUND);
    close_all(fixture);
    assert_int_equal(info_of(fixture, 200, LIST(INVOICE("INV-ZZZZZZZZ", "paid", "success"))),
                     TILL_ERROR_ANSWER);
    close_all(fixture);
    assert_int_equal(info_of(fixture, 200,
                             LIST(INVOICE("INV-K7Q2M9XD", "paid", "success") "," INVOICE(
                                 "INV-ZZZZZZZZ", "paid", "success"))),
                     TILL_ERROR_ANSWER);
    close_all(fixture);
}

static void test_answers_that_are_not_tills_are_not_believed(void **state) {
    static const char *const bodies[] = {
        "<html>ok</html>",
        "",
        "{}",
        "[]",
        "{\"status\":\"error\",\"result\":[]}",
        "{\"status\":\"success\",\"result\":[{\"uuid\":\"INV-K7Q2M9XD\"}]}",
        "{\"status\":\"success\",\"result\":[{\"status\":\"paid\"}]}",
        "{\"status\":\"success\",\"status\":\"success\",\"result\":[]}",
        "{\"status\":\"success\",\"result\":[",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct fixture *fixture = *state;
        assert_int_equal(info_of(fixture, 200, bodies[i]), TILL_ERROR_ANSWER);
        close_all(fixture);
    }
}

static void test_refusals_have_their_kind_and_their_words(void **state) {
    static const struct {
        int status;
        const char *body;
        enum till_error error;
        const char *words;
    } cases[] = {
        {400, "{\"status\":\"error\",\"result\":{\"amount\":\"Invalid value amount.\"}}",
         TILL_ERROR_REFUSED, "amount: Invalid value amount."},
        {400, "{\"status\":\"error\",\"result\":{\"amount\":\"a\",\"shop_id\":\"b\"}}",
         TILL_ERROR_REFUSED, "amount: a; shop_id: b"},
        {400, "{\"status\":\"error\",\"result\":{\"authorization\":\"Unauthorized request.\"}}",
         TILL_ERROR_KEY, "authorization: Unauthorized request."},
        {403, "{\"detail\":\"Signature verification failed\",\"status\":\"error\"}", TILL_ERROR_KEY,
         "Signature verification failed"},
        {409, "{\"detail\":\"other body\"}", TILL_ERROR_REFUSED, "other body"},
        {429, "{\"detail\":\"slow down\"}", TILL_ERROR_LIMITED, "slow down"},
        {503, "nothing here", TILL_ERROR_UNAVAILABLE, NULL},
        {302, "", TILL_ERROR_ANSWER, NULL},
        {201, LIST(INVOICE("INV-K7Q2M9XD", "paid", "success")), TILL_ERROR_ANSWER, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture *fixture = *state;
        assert_int_equal(info_of(fixture, cases[i].status, cases[i].body), cases[i].error);
        if (cases[i].words != NULL) {
            assert_string_equal(till_client_error(fixture->client), cases[i].words);
        }
        close_all(fixture);
    }
}

static void test_redirect_is_not_followed(void **state) {
    struct fixture *fixture = *state;
    open_with(fixture, (struct scripted_step){
                           .bytes = "HTTP/1.1 307 X\r\nLocation: /elsewhere\r\n"
                                    "Content-Length: 0\r\n\r\n",
                       });
    struct till_invoice *invoice = NULL;
    assert_int_equal(till_info(fixture->client, "K7Q2M9XD", &invoice), TILL_ERROR_ANSWER);
    assert_int_equal(fixture->server.steps_done, 1);
    close_all(fixture);
}

static void test_silence_and_half_an_answer_are_unreachable(void **state) {
    struct fixture *fixture = *state;
    struct till_invoice *invoice = NULL;
    open_with(fixture, (struct scripted_step){.bytes = "", .hang = true});
    till_client_set_timeout(fixture->client, 200);
    assert_int_equal(till_info(fixture->client, "K7Q2M9XD", &invoice), TILL_ERROR_UNREACHABLE);
    close_all(fixture);
    open_with(fixture, (struct scripted_step){
                           .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"status\":",
                           .close = true,
                       });
    assert_int_equal(till_info(fixture->client, "K7Q2M9XD", &invoice), TILL_ERROR_UNREACHABLE);
    close_all(fixture);
}

static void test_endless_answer_is_cut_off(void **state) {
    struct fixture *fixture = *state;
    static char again[65537];
    memset(again, ' ', sizeof again - 1);
    open_with(fixture, (struct scripted_step){
                           .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
                           .repeat = 100,
                           .again = again,
                           .close = true,
                       });
    struct till_invoice *invoice = NULL;
    assert_int_equal(till_info(fixture->client, "K7Q2M9XD", &invoice), TILL_ERROR_ANSWER);
    assert_string_equal(till_client_error(fixture->client), "the answer is too large");
    close_all(fixture);
}

static void test_list_reads_members_and_the_total(void **state) {
    struct fixture *fixture = *state;
    open_answering(
        fixture, 200,
        "{\"status\":\"success\",\"result\":[" INVOICE(
            "INV-AAAAAAAA", "paid", "success") "," INVOICE("INV-BBBBBBBB", "created",
                                                           "created") "],\"all_count\":12}");
    struct till_invoices *invoices = NULL;
    assert_int_equal(till_list(fixture->client, "01.01.2027", "31.01.2027", 10, 2, &invoices),
                     TILL_OK);
    assert_string_equal(
        sent_body(fixture),
        "{\"start\":\"01.01.2027\",\"end\":\"31.01.2027\",\"offset\":10,\"limit\":2}");
    assert_int_equal(till_invoices_count(invoices), 2);
    assert_int_equal(till_invoices_total(invoices), 12);
    assert_string_equal(till_invoice_get(till_invoices_at(invoices, 0), "uuid"), "INV-AAAAAAAA");
    assert_string_equal(till_invoice_get(till_invoices_at(invoices, 1), "uuid"), "INV-BBBBBBBB");
    assert_true(till_invoice_is_paid(till_invoices_at(invoices, 0)));
    assert_false(till_invoice_is_paid(till_invoices_at(invoices, 1)));
    assert_null(till_invoices_at(invoices, 2));
    till_invoices_free(invoices);
    close_all(fixture);
}

static void test_empty_list_is_a_list(void **state) {
    struct fixture *fixture = *state;
    open_answering(fixture, 200, "{\"status\":\"success\",\"result\":[],\"all_count\":0}");
    struct till_invoices *invoices = NULL;
    assert_int_equal(till_list(fixture->client, "01.01.2027", "01.01.2027", 0, 100, &invoices),
                     TILL_OK);
    assert_int_equal(till_invoices_count(invoices), 0);
    till_invoices_free(invoices);
    close_all(fixture);
}

static void test_cancel_tells_success_from_refusal(void **state) {
    struct fixture *fixture = *state;
    open_answering(fixture, 200, "{\"status\":\"success\",\"result\":[\"ok\"]}");
    assert_int_equal(till_cancel(fixture->client, "INV-K7Q2M9XD"), TILL_OK);
    assert_string_equal(sent_body(fixture), "{\"uuid\":\"INV-K7Q2M9XD\"}");
    close_all(fixture);
    open_answering(fixture, 400,
                   "{\"status\":\"error\",\"result\":{\"validate_error\":\"Invoice is not "
                   "created\"}}");
    assert_int_equal(till_cancel(fixture->client, "INV-K7Q2M9XD"), TILL_ERROR_REFUSED);
    assert_string_equal(till_client_error(fixture->client),
                        "validate_error: Invoice is not created");
    close_all(fixture);
}

static void test_wrong_arguments_are_not_sent(void **state) {
    struct fixture *fixture = *state;
    open_answering(fixture, 200, "");
    struct till_client *client = fixture->client;
    struct till_invoice *invoice = NULL;
    struct till_invoices *invoices = NULL;
    static const char *const uuids[] = {NULL,         "",         "INV-",      "INV-k7q2m9xd",
                                        "K7Q2M9XD\"", "K7Q2M9X",  "K7Q2M9XDD", "INV-INV-K7Q2",
                                        "../K7Q2M9",  "K7Q2M9X\n"};
    for (size_t i = 0; i < sizeof uuids / sizeof uuids[0]; i++) {
        assert_int_equal(till_info(client, uuids[i], &invoice), TILL_ERROR_ARGUMENT);
        assert_int_equal(till_cancel(client, uuids[i]), TILL_ERROR_ARGUMENT);
    }
    struct till_request request = {.size = sizeof request, .shop_id = "s", .amount = "1"};
    request.size = 8;
    assert_int_equal(till_create(client, &request, &invoice), TILL_ERROR_ARGUMENT);
    request.size = sizeof request;
    request.idempotency_key = "a\r\nX-Evil: 1";
    assert_int_equal(till_create(client, &request, &invoice), TILL_ERROR_ARGUMENT);
    request.idempotency_key = NULL;
    request.amount = NULL;
    assert_int_equal(till_create(client, &request, &invoice), TILL_ERROR_ARGUMENT);
    assert_int_equal(till_list(client, "01.01.2027", NULL, 0, 1, &invoices), TILL_ERROR_ARGUMENT);
    assert_int_equal(till_list(client, "a", "b", 0, 101, &invoices), TILL_ERROR_ARGUMENT);
    assert_int_equal(fixture->server.connections, 0);
    close_all(fixture);
}

static void test_client_refuses_what_is_no_url_and_no_key(void **state) {
    (void)state;
    assert_null(till_client_new("ftp://pay.example", "key"));
    assert_null(till_client_new("pay.example", "key"));
    assert_null(till_client_new("https://", "key"));
    assert_null(till_client_new("https://pay.example/?a=b", "key"));
    assert_null(till_client_new("https://pay.example", ""));
    assert_null(till_client_new("https://pay.example", "key\r\nX-Evil: 1"));
    assert_null(till_client_new("https://pay.example", NULL));
    till_client_free(NULL);
    till_invoice_free(NULL);
    till_invoices_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_sends_what_was_asked_and_reads_the_invoice),
        cmocka_unit_test(test_info_reads_the_one_invoice_it_asked_for),
        cmocka_unit_test(test_invoice_is_paid_only_if_both_words_say_so),
        cmocka_unit_test(test_info_of_an_unknown_or_another_invoice_is_no_invoice),
        cmocka_unit_test(test_answers_that_are_not_tills_are_not_believed),
        cmocka_unit_test(test_refusals_have_their_kind_and_their_words),
        cmocka_unit_test(test_redirect_is_not_followed),
        cmocka_unit_test(test_silence_and_half_an_answer_are_unreachable),
        cmocka_unit_test(test_endless_answer_is_cut_off),
        cmocka_unit_test(test_list_reads_members_and_the_total),
        cmocka_unit_test(test_empty_list_is_a_list),
        cmocka_unit_test(test_cancel_tells_success_from_refusal),
        cmocka_unit_test(test_wrong_arguments_are_not_sent),
        cmocka_unit_test(test_client_refuses_what_is_no_url_and_no_key),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
