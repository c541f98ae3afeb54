/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_CONTRACT_API_CLIENT_H
#define TILL_TESTS_CONTRACT_API_CLIENT_H

/* Calls of the merchant API as shops' programs make them, and what came back. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/app_fixture.h"

struct answer {
    int status;
    const char *head;
    const char *body; /* all in the fixture's arena */
};

#define JSON_BODY "application/json"
#define FORM_BODY "application/x-www-form-urlencoded"

/* As it is. */
struct answer ask(struct app_fixture *fixture, const char *request);
struct answer ask_port(struct app_fixture *fixture, uint16_t port, const char *request);
/* A POST; `authorization` NULL: no such header. */
struct answer post(struct app_fixture *fixture, const char *path, const char *authorization,
                   const char *type, const char *body);
/* With the shop's key. */
struct answer post_as(struct app_fixture *fixture, const struct fixture_shop *shop,
                      const char *path, const char *type, const char *body);
/* The same; every '@' in the body becomes the shop's public id. */
struct answer create_as(struct app_fixture *fixture, const struct fixture_shop *shop,
                        const char *type, const char *body);

/* json_find in the answer's body; the value must be there. */
const char *value(struct app_fixture *fixture, const struct answer *answer, const char *path);

void assert_refused(struct app_fixture *fixture, const struct answer *answer, const char *key,
                    const char *sentence);
#define assert_answer(answer, wanted_status, wanted_body)                                          \
    do {                                                                                           \
        assert_string_equal((answer).body, (wanted_body));                                         \
        assert_int_equal((answer).status, (wanted_status));                                        \
    } while (0)

int fixture_setup(void **state);
int fixture_teardown(void **state);

#endif
