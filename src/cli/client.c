/* SPDX-License-Identifier: MIT */
#include "cli/client.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"

enum {
    ANSWER_BYTES_MAX = 64 << 20,
    CONNECT_TIMEOUT_MS = 5000,
    /* A backup copies a whole store before it answers. */
    ANSWER_TIMEOUT_MS = 60 * 60 * 1000
};

static size_t take_body(char *from, size_t size, size_t count, void *context) {
    struct buf *body = context;
    if (body->len + size * count > ANSWER_BYTES_MAX) {
        return 0;
    }
    buf_put(body, from, size * count);
    return body->failed ? 0 : size * count;
}

static void easy_cleanup(CURL **easy) {
    curl_easy_cleanup(*easy);
}

static void headers_cleanup(struct curl_slist **headers) {
    curl_slist_free_all(*headers);
}

static const char *why_not(struct arena *arena, const char *socket, CURLcode code) {
    struct stat found;
    if (stat(socket, &found) != 0) {
        return errno == ENOENT
                   ? arena_printf(arena,
                                  "there is no socket %s: is tilld running? (--socket PATH or "
                                  "--config FILE says where its socket is)",
                                  socket)
                   : arena_printf(arena, "cannot look at %s: %s", socket, strerror(errno));
    }
    if (code == CURLE_COULDNT_CONNECT) {
        return arena_printf(arena,
                            "could not connect to %s: tilld does not listen there, or this user "
                            "may not use the socket",
                            socket);
    }
    return arena_printf(arena, "tilld at %s did not answer: %s", socket, curl_easy_strerror(code));
}

static void set_options(CURL *easy, struct arena *arena, const struct client_request *request,
                        struct buf *body) {
    const char *url = arena_printf(arena, "http://till%.*s", STR_ARG(request->target));
    (void)curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, request->socket);
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
    (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)ANSWER_TIMEOUT_MS);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
    if (request->body.ptr != NULL) {
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)request->body.len);
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.ptr);
    }
}

bool client_ask(struct arena *arena, const struct client_request *request,
                struct client_answer *ret_answer, const char **ret_complaint) {
    CLEANUP(easy_cleanup) CURL *easy = curl_easy_init();
    CLEANUP(headers_cleanup)
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    if (easy == NULL || headers == NULL) {
        *ret_complaint = "libcurl cannot be started";
        return false;
    }
    struct buf body = buf_in(arena);
    set_options(easy, arena, request, &body);
    (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    CURLcode code = curl_easy_perform(easy);
    if (code != CURLE_OK) {
        *ret_complaint = why_not(arena, request->socket, code);
        return false;
    }
    *ret_answer = (struct client_answer){.body = buf_str(&body)};
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &ret_answer->status);
    return true;
}
