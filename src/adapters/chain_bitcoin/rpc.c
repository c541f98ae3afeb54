/* SPDX-License-Identifier: MIT */
#include "adapters/chain_bitcoin/rpc.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/chain_bitcoin/node_login.h"
#include "adapters/chain_bitcoin/rpc_answer.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"

enum {
    BUFFER_BYTES = 64 << 10,      /* there are two: one is decoded while the other fills */
    SCRATCH_BYTES_MAX = 64 << 20, /* a transaction of 4 MB in hex, in a buffer that doubles */
    CONNECT_TIMEOUT_MS = 5000,
    POLL_MS_MAX = 1000,
};

struct rpc {
    CURL *easy;
    CURLM *multi;
    struct curl_slist *headers;
    struct arena *memory; /* lives as long as the rpc */
    struct arena *scratch;
    const char *url;
    const char *cookie_file; /* NULL if the URL has the login */
    struct node_login login;
    uint32_t timeout_ms;
    uint64_t last_id;
    bool is_running; /* started and not finished */
    bool is_done;    /* the transfer has ended: `outcome` */
    bool is_paused;  /* a buffer was full */
    CURLcode outcome;
    uint8_t *filling;
    uint8_t *draining;
    size_t filled;
    bool took_connection;
    bool has_new_login; /* the last call was refused, the cookie has changed */
    atomic_bool woken;
};

/* ---- the transfer */

static size_t take_bytes(char *from, size_t size, size_t count, void *context) {
    struct rpc *rpc = context;
    size_t len = size * count;
    if (len > BUFFER_BYTES - rpc->filled) {
        rpc->is_paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    memcpy(rpc->filling + rpc->filled, from, len);
    rpc->filled += len;
    return len;
}

static void move(struct rpc *rpc) {
    int running;
    if (curl_multi_perform(rpc->multi, &running) != CURLM_OK) {
        rpc->is_done = true;
        rpc->outcome = CURLE_FAILED_INIT;
        return;
    }
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(rpc->multi, &left)) != NULL;) {
        if (message->msg == CURLMSG_DONE) {
            rpc->is_done = true;
            rpc->outcome = message->data.result;
            long connections = 0;
            curl_easy_getinfo(rpc->easy, CURLINFO_NUM_CONNECTS, &connections);
            rpc->took_connection = connections > 0 || rpc->took_connection;
        }
    }
}

/* Until there are bytes or there will be no more. libcurl's own deadline ends it. */
static void move_until_bytes(struct rpc *rpc) {
    while (rpc->filled == 0 && !rpc->is_done) {
        if (rpc->is_paused) {
            rpc->is_paused = false;
            curl_easy_pause(rpc->easy, CURLPAUSE_CONT);
        }
        move(rpc);
        if (rpc->filled == 0 && !rpc->is_done) {
            curl_multi_poll(rpc->multi, NULL, 0, POLL_MS_MAX, NULL);
        }
    }
}

static bool refill(void *context, struct bytes *ret_chunk) {
    struct rpc *rpc = context;
    move_until_bytes(rpc);
    if (rpc->filled == 0) {
        return false;
    }
    uint8_t *full = rpc->filling;
    *ret_chunk = (struct bytes){.ptr = full, .len = rpc->filled};
    rpc->filling = rpc->draining;
    rpc->draining = full;
    rpc->filled = 0;
    return true;
}

void rpc_cancel(struct rpc *rpc) {
    if (rpc->is_running) {
        curl_multi_remove_handle(rpc->multi, rpc->easy);
    }
    rpc->is_running = false;
}

/* ---- starting */

static struct result need_login(struct rpc *rpc, struct arena *arena) {
    if (rpc->cookie_file == NULL || !node_login_is_empty(&rpc->login)) {
        return RESULT_OK;
    }
    if (!node_login_from_cookie(rpc->cookie_file, &rpc->login)) {
        return result_failf(arena, &ERR_NODE_UNREACHABLE, "could not read the cookie file \"%s\"",
                            rpc->cookie_file);
    }
    return RESULT_OK;
}

static void set_request(struct rpc *rpc, const struct rpc_call *call) {
    arena_reset(rpc->scratch);
    struct buf body = buf_in(rpc->scratch);
    rpc->last_id++;
    buf_putf(&body, "{\"jsonrpc\":\"1.0\",\"id\":%llu,\"method\":\"%s\",\"params\":",
             (unsigned long long)rpc->last_id, call->method);
    buf_put_str(&body, call->params);
    buf_put_char(&body, '}');
    BUG_IF(body.failed);
    uint32_t timeout_ms = call->timeout_ms ? call->timeout_ms : rpc->timeout_ms;
    curl_easy_setopt(rpc->easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(rpc->easy, CURLOPT_POSTFIELDSIZE, (long)body.len);
    curl_easy_setopt(rpc->easy, CURLOPT_COPYPOSTFIELDS, body.ptr);
    curl_easy_setopt(rpc->easy, CURLOPT_USERPWD,
                     node_login_is_empty(&rpc->login) ? NULL : rpc->login.user_password);
}

struct result rpc_start(struct rpc *rpc, struct arena *arena, const struct rpc_call *call) {
    BUG_IF(rpc->is_running);
    TRY(need_login(rpc, arena));
    set_request(rpc, call);
    rpc->is_done = false;
    rpc->is_paused = false;
    rpc->filled = 0;
    BUG_IF(curl_multi_add_handle(rpc->multi, rpc->easy) != CURLM_OK);
    rpc->is_running = true;
    move(rpc);
    return RESULT_OK;
}

bool rpc_is_running(const struct rpc *rpc) {
    return rpc->is_running;
}

static int64_t monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool rpc_wait(struct rpc *rpc, uint32_t timeout_ms) {
    int64_t until_ms = monotonic_ms() + timeout_ms;
    while (!atomic_exchange(&rpc->woken, false)) {
        if (rpc->is_running) {
            move(rpc);
        }
        int64_t left_ms = until_ms - monotonic_ms();
        bool is_full = rpc->is_running && (rpc->is_done || rpc->is_paused);
        if (is_full || left_ms <= 0) {
            return is_full;
        }
        curl_multi_poll(rpc->multi, NULL, 0, left_ms < POLL_MS_MAX ? (int)left_ms : POLL_MS_MAX,
                        NULL);
    }
    return false;
}

void rpc_wake(struct rpc *rpc) {
    atomic_store(&rpc->woken, true);
    curl_multi_wakeup(rpc->multi);
}

/* ---- finishing */

static struct result unreachable(const struct rpc *rpc, struct arena *arena,
                                 const struct rpc_call *call, const char *why) {
    return result_failf(arena, &ERR_NODE_UNREACHABLE, "could not call %s at %s: %s", call->method,
                        rpc->url, why);
}

static struct result judge_status(const struct rpc *rpc, struct arena *arena,
                                  const struct rpc_call *call, long status) {
    switch (status) {
    case 200: /* these three come with JSON */
    case 404:
    case 500:
        return RESULT_OK;
    case 401:
    case 403:
        return unreachable(rpc, arena, call, "the node refuses the login");
    case 429:
    case 502:
    case 503:
    case 504:
        return unreachable(rpc, arena, call, "the node is too busy");
    default:
        return result_failf(arena, &ERR_NODE_ANSWER, "%s at %s: HTTP status %ld", call->method,
                            rpc->url, status);
    }
}

static struct result decode_answer(struct rpc *rpc, struct arena *arena,
                                   const struct rpc_call *call) {
    struct rpc_question question = {
        .call = call, .id = rpc->last_id, .label = rpc->url, .scratch = rpc->scratch};
    struct json_source source = {.refill = refill, .context = rpc};
    struct result decoded = rpc_answer_decode(&question, arena, source);
    if (rpc->is_done && rpc->outcome != CURLE_OK) {
        return unreachable(rpc, arena, call, curl_easy_strerror(rpc->outcome));
    }
    return decoded;
}

static struct result finish_running(struct rpc *rpc, struct arena *arena,
                                    const struct rpc_call *call) {
    move_until_bytes(rpc);
    if (rpc->is_done && rpc->outcome != CURLE_OK) {
        return unreachable(rpc, arena, call, curl_easy_strerror(rpc->outcome));
    }
    long status = 0;
    curl_easy_getinfo(rpc->easy, CURLINFO_RESPONSE_CODE, &status);
    TRY(judge_status(rpc, arena, call, status));
    TRY(decode_answer(rpc, arena, call));
    if (status != 200) {
        return result_failf(arena, &ERR_NODE_ANSWER, "%s at %s: a result with HTTP status %ld",
                            call->method, rpc->url, status);
    }
    return RESULT_OK;
}

/* The node may have been restarted and have written another cookie. What was refused is not tried
 * again. */
static bool read_new_cookie(struct rpc *rpc) {
    struct node_login login;
    bool is_new =
        node_login_from_cookie(rpc->cookie_file, &login) && !node_login_eq(&login, &rpc->login);
    node_login_wipe(&rpc->login);
    if (is_new) {
        rpc->login = login;
    }
    node_login_wipe(&login);
    return is_new;
}

struct result rpc_finish(struct rpc *rpc, struct arena *arena, const struct rpc_call *call) {
    BUG_IF(!rpc->is_running);
    struct result done = finish_running(rpc, arena, call);
    rpc_cancel(rpc);
    long status = 0;
    curl_easy_getinfo(rpc->easy, CURLINFO_RESPONSE_CODE, &status);
    rpc->has_new_login = status == 401 && rpc->cookie_file != NULL && read_new_cookie(rpc);
    return done;
}

struct result rpc_call(struct rpc *rpc, struct arena *arena, const struct rpc_call *call) {
    TRY(rpc_start(rpc, arena, call));
    struct result done = rpc_finish(rpc, arena, call);
    if (rpc->has_new_login) {
        TRY(rpc_start(rpc, arena, call));
        return rpc_finish(rpc, arena, call);
    }
    return done;
}

bool rpc_took_connection(struct rpc *rpc) {
    bool took = rpc->took_connection;
    rpc->took_connection = false;
    return took;
}

/* ---- life cycle */

static void set_options(struct rpc *rpc) {
    long connect_ms =
        rpc->timeout_ms < CONNECT_TIMEOUT_MS ? (long)rpc->timeout_ms : CONNECT_TIMEOUT_MS;
    CURL *easy = rpc->easy;
    curl_easy_setopt(easy, CURLOPT_URL, rpc->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, rpc->headers);
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL); /* Debian's folder costs 25 ms a connection */
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, rpc);
}

static void start_curl(struct rpc *rpc) {
    rpc->easy = curl_easy_init();
    rpc->multi = curl_multi_init();
    rpc->headers = curl_slist_append(NULL, "Content-Type: application/json");
    BUG_IF(rpc->easy == NULL || rpc->multi == NULL || rpc->headers == NULL);
    BUG_IF(curl_slist_append(rpc->headers, "Expect:") == NULL);
}

static void set_cookie_file(struct rpc *rpc, const char *path) {
    if (path != NULL && path[0] != '\0' && node_login_is_empty(&rpc->login)) {
        rpc->cookie_file = arena_copy(rpc->memory, path, strlen(path));
    }
}

struct result rpc_new(const struct rpc_options *options, struct arena *arena,
                      struct rpc **ret_rpc) {
    static_assert(BUFFER_BYTES >= 2 * CURL_MAX_WRITE_SIZE, "an empty buffer takes any piece");
    BUG_IF(options->timeout_ms == 0);
    struct rpc *rpc = calloc(1, sizeof(*rpc));
    BUG_IF(rpc == NULL);
    rpc->memory = arena_new(SCRATCH_BYTES_MAX);
    rpc->scratch = arena_new(SCRATCH_BYTES_MAX);
    rpc->filling = arena_alloc(rpc->memory, BUFFER_BYTES);
    rpc->draining = arena_alloc(rpc->memory, BUFFER_BYTES);
    rpc->timeout_ms = options->timeout_ms;
    start_curl(rpc);
    struct result parsed = node_login_from_url(rpc->memory, options->url, &rpc->login, &rpc->url);
    if (!result_is_ok(parsed)) {
        rpc_free(rpc);
        return parsed;
    }
    set_cookie_file(rpc, options->cookie_file);
    set_options(rpc);
    *ret_rpc = rpc;
    return RESULT_OK;
}

void rpc_free(struct rpc *rpc) {
    if (rpc == NULL) {
        return;
    }
    rpc_cancel(rpc);
    curl_easy_cleanup(rpc->easy);
    curl_multi_cleanup(rpc->multi);
    curl_slist_free_all(rpc->headers);
    node_login_wipe(&rpc->login);
    arena_free(rpc->memory);
    arena_free(rpc->scratch);
    free(rpc);
}

const char *rpc_label(const struct rpc *rpc) {
    return rpc->url;
}
