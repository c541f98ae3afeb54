/* SPDX-License-Identifier: MIT */
#include "adapters/rates_http/fetch.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"

enum {
    /* A buffer that grows by doubling leaves as much behind; a decoder needs some too. */
    ARENA_BYTES_MAX = 4 * FETCH_ANSWER_BYTES_MAX,
    CONNECT_TIMEOUT_MS = 5000,
    POLL_MS = 1000,
};

struct transfer {
    CURL *easy;
    struct arena *arena; /* of the answer under way */
    struct buf answer;
    bool is_running;
    bool is_too_long;
};

struct fetch {
    CURLM *multi;
    struct curl_slist *headers;
    struct fetch_options options;
    struct transfer transfers[FETCH_URLS_MAX];
    size_t count;
    atomic_bool stopping;
};

static size_t take_bytes(char *from, size_t size, size_t count, void *context) {
    struct transfer *transfer = context;
    size_t len = size * count;
    if (len > FETCH_ANSWER_BYTES_MAX - transfer->answer.len) {
        transfer->is_too_long = true;
        return 0;
    }
    buf_put(&transfer->answer, from, len);
    return len;
}

/* ---- a run */

static void start(struct fetch *fetch, struct transfer *transfer) {
    BUG_IF(transfer->is_running);
    arena_reset(transfer->arena);
    transfer->answer = buf_in(transfer->arena);
    transfer->is_too_long = false;
    transfer->is_running = curl_multi_add_handle(fetch->multi, transfer->easy) == CURLM_OK;
    BUG_IF(!transfer->is_running);
}

static void end(struct fetch *fetch, struct transfer *transfer) {
    if (transfer->is_running) {
        curl_multi_remove_handle(fetch->multi, transfer->easy);
        transfer->is_running = false;
    }
}

/* ---- life cycle */

struct fetch *fetch_new(const struct fetch_options *options) {
    struct fetch *fetch = calloc(1, sizeof *fetch);
    BUG_IF(fetch == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK);
    fetch->options = *options;
    fetch->multi = curl_multi_init();
    fetch->headers = curl_slist_append(NULL, "Accept: application/json");
    BUG_IF(fetch->multi == NULL || fetch->headers == NULL);
    return fetch;
}

void fetch_free(struct fetch *fetch) {
    if (fetch == NULL) {
        return;
    }
    for (size_t i = 0; i < fetch->count; i++) {
        end(fetch, &fetch->transfers[i]);
        curl_easy_cleanup(fetch->transfers[i].easy);
        arena_free(fetch->transfers[i].arena);
    }
    curl_multi_cleanup(fetch->multi);
    curl_slist_free_all(fetch->headers);
    free(fetch);
}

size_t fetch_add_url(struct fetch *fetch, const char *url) {
    BUG_IF(fetch->count == FETCH_URLS_MAX);
    struct transfer *transfer = &fetch->transfers[fetch->count];
    transfer->easy = curl_easy_init();
    BUG_IF(transfer->easy == NULL);
    transfer->arena = arena_new(ARENA_BYTES_MAX);
    CURL *easy = transfer->easy;
    long connect_ms = fetch->options.timeout_ms < CONNECT_TIMEOUT_MS
                          ? (long)fetch->options.timeout_ms
                          : CONNECT_TIMEOUT_MS;
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, fetch->options.user_agent);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fetch->headers);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL); /* Debian's folder costs 25 ms a connection */
    if (fetch->options.ca_file != NULL) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, fetch->options.ca_file);
    }
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)fetch->options.timeout_ms);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L); /* half a minute is long for a connection */
    /* A look-up that hangs is left to itself: stopping does not wait for it. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    return fetch->count++;
}

/* ---- what ends */

/* In our words, and libcurl's: nothing that the source wrote. */
static struct result judge(const struct transfer *transfer, CURLcode outcome) {
    if (transfer->is_too_long) {
        return result_failf(transfer->arena, &ERR_RATE_ANSWER, "the answer is longer than %d bytes",
                            FETCH_ANSWER_BYTES_MAX);
    }
    if (outcome != CURLE_OK) {
        return (struct result){&ERR_RATE_ANSWER, curl_easy_strerror(outcome)};
    }
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 300 && status < 400) {
        return result_failf(transfer->arena, &ERR_RATE_ANSWER,
                            "HTTP status %ld: redirects are not followed", status);
    }
    if (status != 200) {
        return result_failf(transfer->arena, &ERR_RATE_ANSWER, "HTTP status %ld", status);
    }
    return RESULT_OK;
}

/* How many. */
static size_t tell_ended(struct fetch *fetch, fetched_fn *fetched, void *context) {
    size_t told = 0;
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(fetch->multi, &left)) != NULL;) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        CURLcode outcome = message->data.result;
        struct transfer *transfer;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        struct result judged = judge(transfer, outcome);
        end(fetch, transfer);
        struct bytes answer = {0};
        if (result_is_ok(judged)) {
            answer = buf_bytes(&transfer->answer);
        }
        fetched(context, (size_t)(transfer - fetch->transfers), judged, answer, transfer->arena);
        told++;
    }
    return told;
}

static int64_t now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void fetch_run(struct fetch *fetch, uint32_t wanted, int64_t wait_ms, fetched_fn *fetched,
               void *context) {
    for (size_t i = 0; i < fetch->count; i++) {
        if ((wanted & (1u << i)) != 0) {
            start(fetch, &fetch->transfers[i]);
        }
    }
    int64_t until_ms = now_ms() + wait_ms;
    for (;;) {
        int running;
        BUG_IF(curl_multi_perform(fetch->multi, &running) != CURLM_OK);
        int64_t left_ms = until_ms - now_ms();
        if (tell_ended(fetch, fetched, context) > 0 || left_ms <= 0 ||
            atomic_load(&fetch->stopping)) {
            return;
        }
        /* With nothing under way it waits all the same. */
        (void)curl_multi_poll(fetch->multi, NULL, 0, left_ms < POLL_MS ? (int)left_ms : POLL_MS,
                              NULL);
    }
}

void fetch_stop(struct fetch *fetch) {
    atomic_store(&fetch->stopping, true);
    (void)curl_multi_wakeup(fetch->multi);
}
