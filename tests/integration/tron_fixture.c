/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tron_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/node_http/node_http.h"
#include "base/buf.h"
#include "base/json_read.h"
#include "core/asset.h"
#include "core/error.h"

#define DOUBLE "tests/support/java_tron/double.mjs"
#define NODEJS "/usr/bin/node"

enum { START_TRIES = 1200, TRY_US = 50000 };

struct node_fixture node;
struct chain *chain;
struct arena *arena;
struct token_list tokens;
char double_url[64];
static pid_t double_pid;
static struct node_http *control;

void must(struct result result) {
    if (!result_is_ok(result)) {
        fail_msg("%s: %s", result.code->name, result_text(result));
    }
}

void refused(struct result result, const struct error_code *code) {
    if (result.code != code) {
        fail_msg("%s, not %s: %s", result.code ? result.code->name : "ok", code->name,
                 result_text(result));
    }
}

/* ---- the double */

static struct result read_json(struct json_source source, struct arena *memory, void *context) {
    (void)context;
    struct json_limits limits = {
        .depth_max = 32, .text_bytes_max = 1 << 20, .total_bytes_max = 1 << 24, .keys_max = 4096};
    struct json_reader reader;
    json_reader_init_source(&reader, memory, source, limits);
    json_skip_value(&reader);
    return json_reader_finish(&reader) ? RESULT_OK : result_fail(&ERR_NODE_ANSWER);
}

static struct result tell(const char *path, const char *body) {
    struct node_http_request request = {
        .name = path, .path = path, .body = str_from_c(body), .read = read_json};
    return node_http_call(control, arena, &request);
}

void set(const char *settings) {
    must(tell("/double/settings", settings));
}

void spoil(const char *faults) {
    must(tell("/double/faults", faults));
}

static struct result count_read(struct json_source source, struct arena *memory, void *context) {
    uint64_t *sum = context;
    struct json_reader reader;
    json_reader_init_source(&reader, memory, source, json_limits_default);
    struct str key;
    json_object_begin(&reader);
    while (json_object_next(&reader, &key)) {
        uint64_t count = json_read_u64(&reader);
        *sum += str_starts_with(key, STR("/")) ? count : 0; /* a method is below its path */
    }
    return json_reader_finish(&reader) ? RESULT_OK : result_fail(&ERR_NODE_ANSWER);
}

/* Requests that the double has answered. */
uint64_t requests(void) {
    uint64_t sum = 0;
    struct node_http_request request = {
        .name = "calls", .path = "/double/calls", .read = count_read, .context = &sum};
    must(node_http_call(control, arena, &request));
    return sum;
}

static void run_double(int port) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that dies leaves nothing behind */
    char node_port[16];
    char own_port[16];
    char chain_id[16];
    snprintf(node_port, sizeof node_port, "%d", node.port);
    snprintf(own_port, sizeof own_port, "%d", port);
    snprintf(chain_id, sizeof chain_id, "%d", CHAIN_ID);
    int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    execl(NODEJS, "node", DOUBLE, node_port, own_port, chain_id, (char *)NULL);
    _exit(127);
}

static void start_double(void) {
    int port = node_fixture_free_port();
    snprintf(double_url, sizeof double_url, "http://127.0.0.1:%d", port);
    struct node_http_options options = {.url = str_from_c(double_url), .timeout_ms = 60000};
    must(node_http_new(&options, arena, &control));
    double_pid = fork();
    assert_true(double_pid >= 0);
    if (double_pid == 0) {
        run_double(port);
    }
    for (int i = 0; i < START_TRIES; i++) {
        if (result_is_ok(tell("/double/settings", "{}"))) {
            return;
        }
        usleep(TRY_US);
    }
    fail_msg("the double does not answer");
}

/* ---- the chain */

struct chain_tron_options options_for(const char *url) {
    return (struct chain_tron_options){
        .network = network_by_key(STR("tron")),
        .chain = "regtest",
        .chain_id = CHAIN_ID,
        .url = str_from_c(url),
        .tokens = &tokens,
        .poll_ms = POLL_MS,
        .timeout_ms = 60000,
    };
}

struct chain *open_chain(void) {
    struct chain_tron_options options = options_for(double_url);
    struct chain *opened;
    must(chain_tron_new(&options, arena, &opened));
    return opened;
}

void mine(int count) {
    node_tell(&node, "anvil_mine", "[%d]", count);
}

struct block_header tip_of(struct chain *from) {
    struct block_header header;
    usleep(POLL_US); /* the poll's time */
    must(from->ops->tip(from, arena, &header));
    return header;
}

struct chain_block block_at(struct chain *from, int64_t height) {
    struct block_hash hash;
    struct chain_block block;
    must(from->ops->hash_at(from, arena, height, &hash));
    must(from->ops->block(from, arena, hash, &block));
    assert_int_equal(block.header.height, height);
    return block;
}

/* Mines a block with what waits, and makes it solid. */
struct chain_block settle(void) {
    mine(1 + SOLID_LAG);
    return block_at(chain, tip_of(chain).height);
}

struct str pay(const char *fields) {
    return node_ask(&node, "eth_sendTransaction", "[{\"from\":\"" PAYER "\",%s}]", fields);
}

struct str outputs_to_shop(const struct chain_output *outputs, size_t count) {
    struct buf text = buf_in(arena);
    for (size_t i = 0; i < count; i++) {
        struct str to = hex_encode(arena, script_bytes(&outputs[i].program));
        if (str_ends_with(to, STR("5107e5"))) {
            struct str amount = amount_to_text(arena, outputs[i].amount);
            buf_putf(&text, "%.*s %s at %x\n", STR_ARG(amount), outputs[i].amount.asset->code,
                     outputs[i].ordinal);
        }
    }
    return buf_str(&text);
}

void assert_outputs(const struct chain_output *outputs, size_t count, const char *expected) {
    assert_string_equal(str_to_c(arena, outputs_to_shop(outputs, count)), expected);
}

void assert_shop(const struct chain_block *block, const char *expected) {
    assert_outputs(block->outputs, block->output_count, expected);
}

/* Each test begins without faults, with a chain that knows nothing. */
int tron_begin(void **state) {
    (void)state;
    spoil("[]");
    set("{\"json_rpc\":true,\"finalized_tag\":true,\"internal_transactions\":false,"
        "\"timestamp_divisor\":1,\"omit\":[],\"contract_ret\":{},\"solid_number\":null,"
        "\"results_max\":10000,\"api_key\":null}");
    chain = open_chain();
    return 0;
}

int tron_end(void **state) {
    (void)state;
    spoil("[]");
    chain->ops->close(chain);
    return 0;
}

/* ---- the stage */

int tron_start(void **state) {
    (void)state;
    arena = arena_new(1 << 30);
    node_fixture_init(&node, NODE_ANVIL);
    node_fixture_start(&node);
    node_tell(&node, "anvil_setCode", "[\"" TOKEN "\",\"" CODE_ONCE "\"]");
    node_tell(&node, "anvil_setCode", "[\"" FAKE "\",\"" CODE_ONCE "\"]");
    must(token_from_text(network_by_key(STR("tron")), STR("USDT_TRC20"), STR(TOKEN_BASE58 ":6"),
                         &tokens.tokens[0]));
    tokens.count = 1;
    start_double();
    mine(2 * SOLID_LAG);
    return 0;
}

int tron_stop(void **state) {
    (void)state;
    kill(double_pid, SIGTERM);
    waitpid(double_pid, NULL, 0);
    node_http_free(control);
    node_fixture_release(&node);
    arena_free(arena);
    return 0;
}

const char *tron_missing(void) {
    const char *missing = node_fixture_missing(NODE_ANVIL);
    return missing == NULL && access(NODEJS, X_OK) != 0 ? "nodejs is not installed" : missing;
}
