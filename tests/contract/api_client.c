/* SPDX-License-Identifier: MIT */
#include "api_client.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "support/json_find.h"
#include "support/raw_client.h"

enum { WAIT_MS = 20000 };

struct answer ask_port(struct app_fixture *fixture, uint16_t port, const char *request) {
    struct raw_client client;
    struct raw_reply reply;
    raw_connect(&client, port);
    assert_true(raw_send_text(&client, request));
    assert_true(raw_read_reply(&client, strncmp(request, "HEAD", 4) == 0, WAIT_MS, &reply));
    struct answer answer = {
        .status = reply.status,
        .head = arena_printf(fixture->arena, "%s", reply.head),
        .body = arena_copy(fixture->arena, reply.body, reply.body_len),
    };
    raw_reply_free(&reply);
    raw_close(&client);
    return answer;
}

struct answer ask(struct app_fixture *fixture, const char *request) {
    return ask_port(fixture, fixture->port, request);
}

struct answer post(struct app_fixture *fixture, const char *path, const char *authorization,
                   const char *type, const char *body) {
    struct buf text = buf_in(fixture->arena);
    buf_puts(&text, "POST ");
    buf_puts(&text, path);
    buf_puts(&text, " HTTP/1.1\r\nHost: pay.example\r\n");
    if (authorization != NULL) {
        buf_puts(&text, "Authorization: ");
        buf_puts(&text, authorization);
        buf_puts(&text, "\r\n");
    }
    buf_putf(&text, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n", type, strlen(body));
    buf_puts(&text, body);
    return ask(fixture, str_to_c(fixture->arena, buf_str(&text)));
}

struct answer post_as(struct app_fixture *fixture, const struct fixture_shop *shop,
                      const char *path, const char *type, const char *body) {
    return post(fixture, path, arena_printf(fixture->arena, "Token %s", shop->api_key), type, body);
}

struct answer create_as(struct app_fixture *fixture, const struct fixture_shop *shop,
                        const char *type, const char *body) {
    struct buf text = buf_in(fixture->arena);
    for (; *body != '\0'; body++) {
        if (*body == '@') {
            buf_puts(&text, shop->public_id);
        } else {
            buf_put_char(&text, *body);
        }
    }
    return post_as(fixture, shop, "/v2/invoice/create", type,
                   str_to_c(fixture->arena, buf_str(&text)));
}

const char *value(struct app_fixture *fixture, const struct answer *answer, const char *path) {
    const char *found = json_find(fixture->arena, answer->body, path);
    if (found == NULL) {
        (void)fprintf(stderr, "# no %s in %d %s\n", path, answer->status, answer->body);
    }
    assert_non_null(found);
    return found;
}

void assert_refused(struct app_fixture *fixture, const struct answer *answer, const char *key,
                    const char *sentence) {
    const char *body = arena_printf(
        fixture->arena, "{\"status\":\"error\",\"result\":{\"%s\":\"%s\"}}", key, sentence);
    assert_answer(*answer, 400, body);
}

int fixture_setup(void **state) {
    *state = app_fixture_new();
    return 0;
}

int fixture_teardown(void **state) {
    app_fixture_free(*state);
    return 0;
}
