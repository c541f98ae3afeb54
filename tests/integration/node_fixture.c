/* SPDX-License-Identifier: MIT */
#include "node_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/node_http/rpc.h"
#include "base/json_write.h"

enum { START_TRIES = 1200, TRY_US = 50000, ANSWER_BYTES_MAX = 16 << 20 };
enum { PORT_FIRST = 5000, PORT_COUNT = 10000, PORT_TRIES = 200 };

/* What the kinds do not share. */
static const struct {
    const char *variable;
    const char *program;
    const char *missing;
    const char *options[4];
} kinds[] = {
    [NODE_LITECOIN] = {"LITECOIND",
                       "/usr/lib/litecoin/litecoind",
                       "the Debian package litecoind is not installed",
                       {"-upnp=0", "-mempoolreplacement=1", "-vbparams=mweb:-2:0"}},
    [NODE_LITECOIN_MWEB] = {"LITECOIND",
                            "/usr/lib/litecoin/litecoind",
                            "the Debian package litecoind is not installed",
                            {"-upnp=0", "-mempoolreplacement=1"}},
    [NODE_BITCOIN] = {"BITCOIND",
                      "build/nodes/knots/bitcoind",
                      "no bitcoind: name one by BITCOIND, or run tools/nodes.sh bitcoind",
                      {"-fixedseeds=0"}},
    [NODE_ANVIL] =
        {"ANVIL",
         "tests/e2e/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil",
         "npm's @foundry-rs/anvil is not installed: npm ci in tests/e2e, or name one by ANVIL",
         {NULL}},
};

static const char *program_of(enum node_kind kind) {
    const char *given = getenv(kinds[kind].variable);
    return given != NULL ? given : kinds[kind].program;
}

const char *node_fixture_missing(enum node_kind kind) {
    return access(program_of(kind), X_OK) == 0 ? NULL : kinds[kind].missing;
}

/* Below the range from which the kernel takes ports by itself, and drawn at random: between this
 * and the node's own bind() nobody else takes it. */
int node_fixture_free_port(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    bool is_free = false;
    for (int i = 0; i < PORT_TRIES && !is_free; i++) {
        uint16_t drawn;
        assert_int_equal(getrandom(&drawn, sizeof(drawn), 0), sizeof(drawn));
        address.sin_port = htons(PORT_FIRST + drawn % PORT_COUNT);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        is_free = bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
        close(fd);
    }
    assert_true(is_free);
    return ntohs(address.sin_port);
}

void node_fixture_init(struct node_fixture *node, enum node_kind kind) {
    *node = (struct node_fixture){
        .kind = kind,
        .arena = arena_new(256 << 20),
        .port = node_fixture_free_port(),
        .chain_option = "-regtest",
    };
    snprintf(node->folder, sizeof(node->folder), "/tmp/till-node-XXXXXX");
    assert_non_null(mkdtemp(node->folder));
    snprintf(node->cookie, sizeof(node->cookie), "%s/cookie", node->folder);
    snprintf(node->url, sizeof(node->url), "http://127.0.0.1:%d", node->port);
    bool is_evm = kind == NODE_ANVIL;
    struct rpc_options options = {
        .http = {.url = str_from_c(node->url),
                 .cookie_file = is_evm ? NULL : node->cookie,
                 .timeout_ms = 60000},
        .dialect = is_evm ? &rpc_dialect_evm : &rpc_dialect_bitcoin,
    };
    assert_true(result_is_ok(rpc_new(&options, node->arena, &node->rpc)));
}

static void run_anvil(const struct node_fixture *node) {
    char port[16];
    snprintf(port, sizeof(port), "%d", node->port);
    execl(program_of(NODE_ANVIL), "anvil", "--host", "127.0.0.1", "--port", port, "--quiet",
          "--no-mining", "--slots-in-an-epoch", "2", (char *)NULL);
}

/* The short server timeout is for stopping: this litecoind waits until idle connections are over.
 */
static void run_program(const struct node_fixture *node) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that dies leaves no node behind */
    char folder[96];
    char cookie[128];
    char port[32];
    snprintf(folder, sizeof(folder), "-datadir=%s", node->folder);
    snprintf(cookie, sizeof(cookie), "-rpccookiefile=%s", node->cookie);
    snprintf(port, sizeof(port), "-rpcport=%d", node->port);
    int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    if (node->kind == NODE_ANVIL) {
        run_anvil(node);
        _exit(127);
    }
    const char *const *options = kinds[node->kind].options;
    execl(program_of(node->kind), "node", node->chain_option, folder, cookie, port, "-listen=0",
          "-connect=0", "-dnsseed=0", "-discover=0", "-txindex=1", "-rpcservertimeout=2",
          "-fallbackfee=0.0002", "-rpcbind=127.0.0.1", "-rpcallowip=127.0.0.1", "-printtoconsole=0",
          options[0], options[1], options[2], (char *)NULL);
    _exit(127);
}

void node_fixture_start(struct node_fixture *node) {
    const char *question = node->kind == NODE_ANVIL ? "eth_blockNumber" : "getblockcount";
    node->pid = fork();
    assert_true(node->pid >= 0);
    if (node->pid == 0) {
        run_program(node);
    }
    for (int i = 0; i < START_TRIES; i++) {
        struct str answer;
        if (result_is_ok(node_try(node, question, "[]", &answer))) {
            return;
        }
        if (waitpid(node->pid, NULL, WNOHANG) == node->pid) {
            node->pid = 0;
            fail_msg("the node ended as it started");
        }
        usleep(TRY_US);
    }
    fail_msg("the node does not answer");
}

void node_fixture_stop(struct node_fixture *node) {
    if (node->pid > 0) {
        kill(node->pid, SIGTERM);
        waitpid(node->pid, NULL, 0);
    }
    node->pid = 0;
}

void node_fixture_release(struct node_fixture *node) {
    node_fixture_stop(node);
    char command[] = "/bin/rm";
    pid_t child = fork();
    if (child == 0) {
        execl(command, "rm", "-rf", node->folder, (char *)NULL);
        _exit(127);
    }
    waitpid(child, NULL, 0);
    rpc_free(node->rpc);
    arena_free(node->arena);
}

/* One value of any kind, as text again. */
static void copy_value(struct json_reader *reader, void *context) {
    struct json_writer writer;
    json_writer_init(&writer, context);
    size_t depth = 0;
    do {
        switch (json_next(reader)) {
        case JSON_OBJECT_BEGIN:
            json_write_object_begin(&writer);
            depth++;
            break;
        case JSON_OBJECT_END:
            json_write_object_end(&writer);
            depth--;
            break;
        case JSON_ARRAY_BEGIN:
            json_write_array_begin(&writer);
            depth++;
            break;
        case JSON_ARRAY_END:
            json_write_array_end(&writer);
            depth--;
            break;
        case JSON_KEY:
            json_write_key(&writer, reader->text);
            break;
        case JSON_STRING:
            json_write_str(&writer, reader->text);
            break;
        case JSON_NUMBER:
            json_write_number_text(&writer, reader->text);
            break;
        case JSON_TRUE:
        case JSON_FALSE:
            json_write_bool(&writer, reader->token == JSON_TRUE);
            break;
        case JSON_NULL:
            json_write_null(&writer);
            break;
        case JSON_END:
        case JSON_ERROR:
            return;
        }
    } while (depth > 0);
}

struct result node_try(struct node_fixture *node, const char *method, const char *params,
                       struct str *ret_answer) {
    struct buf answer = buf_in(node->arena);
    struct rpc_call call = {
        .method = method,
        .params = str_from_c(params),
        .answer_bytes_max = ANSWER_BYTES_MAX,
        .decode = copy_value,
        .context = &answer,
    };
    TRY(rpc_call(node->rpc, node->arena, &call));
    struct str text = buf_str(&answer);
    bool is_string = str_starts_with(text, STR("\""));
    *ret_answer = is_string ? str_slice(text, 1, text.len - 1) : text;
    return RESULT_OK;
}

struct str node_ask(struct node_fixture *node, const char *method, const char *params, ...) {
    va_list args;
    va_start(args, params);
    const char *text = arena_vprintf(node->arena, params, args);
    va_end(args);
    struct str answer;
    struct result done = node_try(node, method, text, &answer);
    if (!result_is_ok(done)) {
        fail_msg("%s: %s", method, result_text(done));
    }
    return answer;
}

void node_tell(struct node_fixture *node, const char *method, const char *params, ...) {
    va_list args;
    va_start(args, params);
    const char *text = arena_vprintf(node->arena, params, args);
    va_end(args);
    struct rpc_call call = {
        .method = method, .params = str_from_c(text), .answer_bytes_max = ANSWER_BYTES_MAX};
    struct result done = rpc_call(node->rpc, node->arena, &call);
    if (!result_is_ok(done)) {
        fail_msg("%s: %s", method, result_text(done));
    }
}
