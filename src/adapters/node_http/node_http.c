/* SPDX-License-Identifier: MIT */
#include "adapters/node_http/node_http.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/node_http/node_login.h"
#include "base/arena.h"
#include "core/error.h"

enum {
    BUFFER_BYTES = 64 << 10, /* there are two: one is decoded while the other fills */
    MEMORY_BYTES_MAX = 256 << 10,
    CONNECT_TIMEOUT_MS = 5000,
    POLL_MS_MAX = 1000,
    PAUSE_S_MAX = 60, /* a node that asks for a longer one is asked again all the same */
};

struct node_http {
    CURL *easy;
    CURLM *multi;
    struct curl_slist *headers;
    struct arena *memory;    /* lives as long as the connection */
    const char *cookie_file; /* NULL if the URL has the login */
    struct node_url url;
    struct node_login login;
    uint32_t timeout_ms;
    bool is_running; /* started and not finished */
    bool is_done;    /* the transfer has ended: `outcome` */
    bool is_paused;  /* a buffer was full */
    CURLcode outcome;
    uint8_t *filling;
    uint8_t *draining;
    size_t filled;
    int64_t pause_until_ms; /* as the node asked, by the monotonic clock */
    long status;            /* of the latest answer; 0: none */
    bool took_connection;
    bool has_new_login; /* the last request was refused, the cookie has changed */
    atomic_bool woken;
    atomic_bool stopped; /* for good */
};

static int64_t monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct result unreachable(const struct node_http *http, struct arena *arena,
                                 const struct node_http_request *request, const char *why) {
    if (atomic_load(&http->stopped)) {
        return result_fail(&ERR_NODE_STOPPED);
    }
    return result_failf(arena, &ERR_NODE_UNREACHABLE, "could not call %s at %s: %s", request->name,
                        http->url.label, why);
}

/* ---- the transfer */

static size_t take_bytes(char *from, size_t size, size_t count, void *context) {
    struct node_http *http = context;
    size_t len = size * count;
    if (len > BUFFER_BYTES - http->filled) {
        http->is_paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    memcpy(http->filling + http->filled, from, len);
    http->filled += len;
    return len;
}

static void move(struct node_http *http) {
    int running;
    if (curl_multi_perform(http->multi, &running) != CURLM_OK) {
        http->is_done = true;
        http->outcome = CURLE_FAILED_INIT;
        return;
    }
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(http->multi, &left)) != NULL;) {
        if (message->msg == CURLMSG_DONE) {
            http->is_done = true;
            http->outcome = message->data.result;
            long connections = 0;
            curl_easy_getinfo(http->easy, CURLINFO_NUM_CONNECTS, &connections);
            http->took_connection = connections > 0 || http->took_connection;
        }
    }
}

/* Until there are bytes or there will be no more. libcurl's own deadline ends it. */
static void move_until_bytes(struct node_http *http) {
    while (http->filled == 0 && !http->is_done) {
        if (atomic_load(&http->stopped)) {
            http->is_done = true;
            http->outcome = CURLE_ABORTED_BY_CALLBACK;
            return;
        }
        if (http->is_paused) {
            http->is_paused = false;
            curl_easy_pause(http->easy, CURLPAUSE_CONT);
        }
        move(http);
        if (http->filled == 0 && !http->is_done) {
            curl_multi_poll(http->multi, NULL, 0, POLL_MS_MAX, NULL);
        }
    }
}

static bool refill(void *context, struct bytes *ret_chunk) {
    struct node_http *http = context;
    move_until_bytes(http);
    if (http->filled == 0) {
        return false;
    }
    uint8_t *full = http->filling;
    *ret_chunk = (struct bytes){.ptr = full, .len = http->filled};
    http->filling = http->draining;
    http->draining = full;
    http->filled = 0;
    return true;
}

void node_http_cancel(struct node_http *http) {
    if (http->is_running) {
        curl_multi_remove_handle(http->multi, http->easy);
    }
    http->is_running = false;
}

/* ---- starting */

static struct result need_login(struct node_http *http, struct arena *arena) {
    if (http->cookie_file == NULL || !node_login_is_empty(&http->login)) {
        return RESULT_OK;
    }
    if (!node_login_from_cookie(http->cookie_file, &http->login)) {
        return result_failf(arena, &ERR_NODE_UNREACHABLE, "could not read the cookie file \"%s\"",
                            http->cookie_file);
    }
    return RESULT_OK;
}

static bool set_url(struct node_http *http, const char *path) {
    char url[NODE_URL_BYTES_MAX];
    bool fits = node_url_join(&http->url, path ? path : "", url);
    if (fits) {
        curl_easy_setopt(http->easy, CURLOPT_URL, url);
    }
    explicit_bzero(url, sizeof(url));
    return fits;
}

static void set_request(struct node_http *http, const struct node_http_request *request) {
    uint32_t timeout_ms = request->timeout_ms ? request->timeout_ms : http->timeout_ms;
    BUG_IF(!set_url(http, request->path));
    curl_easy_setopt(http->easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    if (request->body.ptr != NULL) {
        curl_easy_setopt(http->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(http->easy, CURLOPT_POSTFIELDSIZE, (long)request->body.len);
        curl_easy_setopt(http->easy, CURLOPT_COPYPOSTFIELDS, request->body.ptr);
    } else {
        curl_easy_setopt(http->easy, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(http->easy, CURLOPT_USERPWD,
                     node_login_is_empty(&http->login) ? NULL : http->login.user_password);
}

struct result node_http_start(struct node_http *http, struct arena *arena,
                              const struct node_http_request *request) {
    BUG_IF(http->is_running);
    http->status = 0;
    ENSURE(!atomic_load(&http->stopped), ERR_NODE_STOPPED);
    TRY(need_login(http, arena));
    if (monotonic_ms() < http->pause_until_ms) {
        return unreachable(http, arena, request, "the node has asked for a pause");
    }
    set_request(http, request);
    http->is_done = false;
    http->is_paused = false;
    http->filled = 0;
    BUG_IF(curl_multi_add_handle(http->multi, http->easy) != CURLM_OK);
    http->is_running = true;
    move(http);
    return RESULT_OK;
}

bool node_http_is_running(const struct node_http *http) {
    return http->is_running;
}

bool node_http_wait(struct node_http *http, uint32_t timeout_ms) {
    int64_t until_ms = monotonic_ms() + timeout_ms;
    while (!atomic_load(&http->stopped) && !atomic_exchange(&http->woken, false)) {
        if (http->is_running) {
            move(http);
        }
        int64_t left_ms = until_ms - monotonic_ms();
        bool is_full = http->is_running && (http->is_done || http->is_paused);
        if (is_full || left_ms <= 0) {
            return is_full;
        }
        curl_multi_poll(http->multi, NULL, 0, left_ms < POLL_MS_MAX ? (int)left_ms : POLL_MS_MAX,
                        NULL);
    }
    return false;
}

void node_http_wake(struct node_http *http) {
    atomic_store(&http->woken, true);
    curl_multi_wakeup(http->multi);
}

void node_http_stop(struct node_http *http) {
    atomic_store(&http->stopped, true);
    node_http_wake(http);
}

/* ---- finishing */

static struct result busy(struct node_http *http, struct arena *arena,
                          const struct node_http_request *request, long status) {
    curl_off_t pause_s = 0;
    curl_easy_getinfo(http->easy, CURLINFO_RETRY_AFTER, &pause_s);
    if (pause_s > 0) {
        pause_s = pause_s < PAUSE_S_MAX ? pause_s : PAUSE_S_MAX;
        http->pause_until_ms = monotonic_ms() + pause_s * 1000;
    }
    return result_failf(arena, &ERR_NODE_UNREACHABLE,
                        "could not call %s at %s: the node refuses us or is too busy (HTTP status "
                        "%ld)",
                        request->name, http->url.label, status);
}

static struct result judge_status(struct node_http *http, struct arena *arena,
                                  const struct node_http_request *request, long status) {
    switch (status) {
    case 200: /* these come with JSON */
    case 400:
    case 404:
    case 500:
        return RESULT_OK;
    case 401:
        return unreachable(http, arena, request, "the node refuses the login");
    case 403:
    case 429:
    case 502:
    case 503:
    case 504:
        return busy(http, arena, request, status);
    default:
        return result_failf(arena, &ERR_NODE_ANSWER, "%s at %s: HTTP status %ld", request->name,
                            http->url.label, status);
    }
}

static struct result read_answer(struct node_http *http, struct arena *arena,
                                 const struct node_http_request *request) {
    struct json_source source = {.refill = refill, .context = http};
    struct result read = request->read(source, arena, request->context);
    if (http->is_done && http->outcome != CURLE_OK) {
        return unreachable(http, arena, request, curl_easy_strerror(http->outcome));
    }
    return read;
}

static struct result finish_running(struct node_http *http, struct arena *arena,
                                    const struct node_http_request *request) {
    move_until_bytes(http);
    if (http->is_done && http->outcome != CURLE_OK) {
        return unreachable(http, arena, request, curl_easy_strerror(http->outcome));
    }
    long status = 0;
    curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &status);
    TRY(judge_status(http, arena, request, status));
    struct result read = read_answer(http, arena, request);
    if (status != 200 && read.code == &ERR_NODE_ANSWER) {
        return result_failf(arena, read.code, "%s (HTTP status %ld)", result_text(read), status);
    }
    TRY(read);
    if (status != 200) {
        return result_failf(arena, &ERR_NODE_ANSWER, "%s at %s: a result with HTTP status %ld",
                            request->name, http->url.label, status);
    }
    return RESULT_OK;
}

/* The node may have been restarted and have written another cookie. What was refused is not tried
 * again. */
static bool read_new_cookie(struct node_http *http) {
    struct node_login login;
    bool is_new =
        node_login_from_cookie(http->cookie_file, &login) && !node_login_eq(&login, &http->login);
    node_login_wipe(&http->login);
    if (is_new) {
        http->login = login;
    }
    node_login_wipe(&login);
    return is_new;
}

struct result node_http_finish(struct node_http *http, struct arena *arena,
                               const struct node_http_request *request) {
    BUG_IF(!http->is_running);
    struct result done = finish_running(http, arena, request);
    node_http_cancel(http);
    curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &http->status);
    http->has_new_login = http->status == 401 && http->cookie_file != NULL && read_new_cookie(http);
    return done;
}

struct result node_http_call(struct node_http *http, struct arena *arena,
                             const struct node_http_request *request) {
    TRY(node_http_start(http, arena, request));
    struct result done = node_http_finish(http, arena, request);
    if (http->has_new_login) {
        TRY(node_http_start(http, arena, request));
        return node_http_finish(http, arena, request);
    }
    return done;
}

long node_http_status(const struct node_http *http) {
    return http->status;
}

bool node_http_took_connection(struct node_http *http) {
    bool took = http->took_connection;
    http->took_connection = false;
    return took;
}

/* ---- life cycle */

static void set_options(struct node_http *http) {
    long connect_ms =
        http->timeout_ms < CONNECT_TIMEOUT_MS ? (long)http->timeout_ms : CONNECT_TIMEOUT_MS;
    CURL *easy = http->easy;
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, http->headers);
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL); /* Debian's folder costs 25 ms a connection */
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
    /* Else whoever gives up a request waits until its name has been looked up. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, http);
}

static void add_header(struct node_http *http, const char *line) {
    struct curl_slist *longer = curl_slist_append(http->headers, line);
    BUG_IF(longer == NULL);
    http->headers = longer;
}

static void start_curl(struct node_http *http, const char *header) {
    http->easy = curl_easy_init();
    http->multi = curl_multi_init();
    BUG_IF(http->easy == NULL || http->multi == NULL);
    add_header(http, "Content-Type: application/json");
    add_header(http, "Expect:");
    if (header != NULL && header[0] != '\0') {
        add_header(http, header);
    }
}

static void free_headers(struct node_http *http) {
    for (struct curl_slist *line = http->headers; line != NULL; line = line->next) {
        explicit_bzero(line->data, strlen(line->data));
    }
    curl_slist_free_all(http->headers);
}

static void set_cookie_file(struct node_http *http, const char *path) {
    if (path != NULL && path[0] != '\0' && node_login_is_empty(&http->login)) {
        http->cookie_file = arena_copy(http->memory, path, strlen(path));
    }
}

struct result node_http_new(const struct node_http_options *options, struct arena *arena,
                            struct node_http **ret_http) {
    (void)arena;
    static_assert(BUFFER_BYTES >= 2 * CURL_MAX_WRITE_SIZE, "an empty buffer takes any piece");
    BUG_IF(options->timeout_ms == 0);
    struct node_http *http = calloc(1, sizeof(*http));
    BUG_IF(http == NULL);
    http->memory = arena_new(MEMORY_BYTES_MAX);
    http->filling = arena_alloc(http->memory, BUFFER_BYTES);
    http->draining = arena_alloc(http->memory, BUFFER_BYTES);
    http->timeout_ms = options->timeout_ms;
    start_curl(http, options->header);
    struct result parsed = node_login_from_url(options->url, &http->login, &http->url);
    if (!result_is_ok(parsed)) {
        node_http_free(http);
        return parsed;
    }
    set_cookie_file(http, options->cookie_file);
    set_options(http);
    *ret_http = http;
    return RESULT_OK;
}

void node_http_free(struct node_http *http) {
    if (http == NULL) {
        return;
    }
    node_http_cancel(http);
    curl_easy_cleanup(http->easy);
    curl_multi_cleanup(http->multi);
    free_headers(http);
    arena_free(http->memory);
    explicit_bzero(http, sizeof(*http)); /* the login, and a key in the URL */
    free(http);
}

const char *node_http_label(const struct node_http *http) {
    return http->url.label;
}
