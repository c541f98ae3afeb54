/* SPDX-License-Identifier: MIT */
/* The chain port on a node of Bitcoin's family that becomes another one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapters/chain_bitcoin/chain_bitcoin.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "ports/chain.h"
#include "scripted_server.h"

#define GENESIS    "\"530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9\""
#define STATE_OF   "{\"chain\":\"%s\",\"blocks\":0,\"headers\":0,\"bestblockhash\":" GENESIS "}"
#define SOFTWARE   "{\"subversion\":\"/LitecoinCore:0.21.4/\",\"version\":210400}"
#define KEPT_ALIVE ""
#define LAST       "Connection: close\r\n"

static struct arena *arena;

static struct scripted_step step(int id, const char *head, const char *result) {
    const char *body = arena_printf(arena, "{\"result\":%s,\"error\":null,\"id\":%d}", result, id);
    return (struct scripted_step){
        .bytes = arena_printf(arena, "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n%s", head,
                              strlen(body), body),
        .close = head[0] != '\0'};
}

static struct result ask_hash(struct chain *chain) {
    struct block_hash hash;
    return chain->ops->hash_at(chain, arena, 0, &hash);
}

static void test_a_node_swapped_for_one_of_another_network_is_noticed(void **state) {
    (void)state;
    arena = arena_new(1 << 20);
    const struct scripted_step steps[] = {
        step(1, KEPT_ALIVE, arena_printf(arena, STATE_OF, "regtest")),
        step(2, KEPT_ALIVE, GENESIS),
        step(3, KEPT_ALIVE, SOFTWARE),
        step(4, KEPT_ALIVE, GENESIS),
        step(5, LAST, GENESIS),
        step(6, KEPT_ALIVE, GENESIS), /* another node's answer */
        step(7, KEPT_ALIVE, arena_printf(arena, STATE_OF, "test")),
        step(8, KEPT_ALIVE, GENESIS),
    };
    struct scripted_server server;
    scripted_server_start(&server, steps, sizeof steps / sizeof steps[0]);
    struct chain_bitcoin_options options = {
        .network = network_by_key(STR("ltc")),
        .chain = "regtest",
        .url = str_from_c(arena_printf(arena, "http://127.0.0.1:%d", server.port))};
    struct chain *chain;
    assert_true(result_is_ok(chain_bitcoin_new(&options, arena, &chain)));
    assert_true(result_is_ok(ask_hash(chain)));
    assert_true(result_is_ok(ask_hash(chain)));
    assert_ptr_equal(ask_hash(chain).code, &ERR_NODE_WRONG_NETWORK);
    chain->ops->close(chain);
    scripted_server_stop(&server);
    assert_int_equal(server.connections, 2);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_node_swapped_for_one_of_another_network_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
