/* SPDX-License-Identifier: MIT */
#include "libtill/client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

enum {
    URL_BYTES_MAX = 1024,
    KEY_BYTES_MAX = 2048,
    HEADER_BYTES_MAX = KEY_BYTES_MAX + 64,
    WORDS_BYTES_MAX = 512,
    ANSWER_BYTES_MAX = 4 << 20, /* a hundred invoices are a tenth of it */
    CONNECT_TIMEOUT_MS = 10 * 1000,
    TIMEOUT_MS = 30 * 1000,
};

struct till_client {
    CURL *easy;                           /* keeps the connection between calls */
    char base_url[URL_BYTES_MAX];         /* without a slash at the end */
    char authorization[HEADER_BYTES_MAX]; /* secret, wiped at the end */
    char words[WORDS_BYTES_MAX];
    long timeout_ms;
};

/* ---- life cycle */

static bool is_url(struct str url) {
    return url.len < URL_BYTES_MAX - 128 && str_find(url, ' ') == url.len &&
           str_find(url, '?') == url.len && str_find(url, '#') == url.len &&
           ((str_starts_with(url, STR("https://")) && url.len > strlen("https://")) ||
            (str_starts_with(url, STR("http://")) && url.len > strlen("http://")));
}

/* Visible ASCII: nothing that could end a header. */
static bool is_header_word(struct str word) {
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] < 0x21 || word.ptr[i] > 0x7e) {
            return false;
        }
    }
    return word.len > 0 && word.len <= KEY_BYTES_MAX;
}

struct till_client *till_client_new(const char *base_url, const char *api_key) {
    if (base_url == NULL || api_key == NULL || !is_url(str_from_c(base_url)) ||
        !is_header_word(str_from_c(api_key))) {
        return NULL;
    }
    struct till_client *client = calloc(1, sizeof *client);
    CURL *easy = curl_easy_init();
    if (client == NULL || easy == NULL) {
        curl_easy_cleanup(easy);
        free(client);
        return NULL;
    }
    struct str url = str_from_c(base_url);
    while (str_ends_with(url, STR("/"))) {
        url = str_slice(url, 0, url.len - 1);
    }
    client->easy = easy;
    client->timeout_ms = TIMEOUT_MS;
    memcpy(client->base_url, url.ptr, url.len);
    (void)snprintf(client->authorization, sizeof client->authorization, "Authorization: Token %s",
                   api_key);
    (void)client_fail(client, TILL_OK, NULL);
    return client;
}

void till_client_free(struct till_client *client) {
    if (client == NULL) {
        return;
    }
    curl_easy_cleanup(client->easy);
    explicit_bzero(client, sizeof *client);
    free(client);
}

void till_client_set_timeout(struct till_client *client, unsigned timeout_ms) {
    client->timeout_ms = timeout_ms == 0 ? TIMEOUT_MS : (long)timeout_ms;
}

const char *till_client_error(const struct till_client *client) {
    return client->words;
}

enum till_error client_fail(struct till_client *client, enum till_error error, const char *words) {
    (void)snprintf(client->words, sizeof client->words, "%s",
                   words == NULL ? till_error_text(error) : words);
    return error;
}

/* ---- the exchange */

static size_t take_body(char *from, size_t size, size_t count, void *context) {
    struct buf *body = context;
    if (body->len + size * count > ANSWER_BYTES_MAX) {
        return 0;
    }
    buf_put(body, from, size * count);
    return body->failed ? 0 : size * count;
}

static void headers_cleanup(struct curl_slist **headers) {
    curl_slist_free_all(*headers);
}

/* False when memory is out. */
static bool add_header(struct curl_slist **headers, const char *header) {
    struct curl_slist *longer = curl_slist_append(*headers, header);
    if (longer != NULL) {
        *headers = longer;
    }
    return longer != NULL;
}

static bool make_headers(const struct till_client *client, struct arena *arena,
                         const struct client_call *call, struct curl_slist **headers) {
    bool complete = add_header(headers, client->authorization) &&
                    add_header(headers, "Content-Type: application/json") &&
                    add_header(headers, "Expect:");
    if (call->idempotency_key == NULL) {
        return complete;
    }
    return complete &&
           add_header(headers, arena_printf(arena, "Idempotency-Key: %s", call->idempotency_key));
}

/* A redirect is not followed: it would carry the key elsewhere. */
static void set_options(struct till_client *client, const char *url, const struct client_call *call,
                        struct curl_slist *headers, struct buf *body) {
    CURL *easy = client->easy;
    curl_easy_reset(easy);
    (void)curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https,http");
    (void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "libtill/" TILL_VERSION);
    (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(easy, CURLOPT_POST, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)call->body.len);
    (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body.ptr);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, client->timeout_ms);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
}

static enum till_error exchange(struct till_client *client, struct arena *arena,
                                const struct client_call *call, long *ret_status,
                                struct str *ret_body) {
    CLEANUP(headers_cleanup) struct curl_slist *headers = NULL;
    if (!make_headers(client, arena, call, &headers)) {
        return client_fail(client, TILL_ERROR_UNREACHABLE, "there is no memory left");
    }
    struct buf body = buf_in(arena);
    set_options(client, arena_printf(arena, "%s%s", client->base_url, call->path), call, headers,
                &body);
    CURLcode code = curl_easy_perform(client->easy);
    if (code == CURLE_WRITE_ERROR) {
        return client_fail(client, TILL_ERROR_ANSWER, "the answer is too large");
    }
    if (code != CURLE_OK) {
        return client_fail(client, TILL_ERROR_UNREACHABLE, curl_easy_strerror(code));
    }
    (void)curl_easy_getinfo(client->easy, CURLINFO_RESPONSE_CODE, ret_status);
    *ret_body = buf_str(&body);
    return TILL_OK;
}

/* ---- the verdict */

/* Refusals come as {"status":"error","result":{"<field>":"<sentence>"}} and as
 * {"detail":"<sentence>"}, or as both in one. */
static const char *refusal_words(struct arena *arena, const struct document *answer) {
    const char *detail = document_get(answer, "detail");
    if (detail != NULL) {
        return detail;
    }
    struct buf words = buf_in(arena);
    struct str result = STR("result.");
    for (size_t i = 0; i < answer->count; i++) {
        struct str path = str_from_c(answer->pairs[i].path);
        if (str_starts_with(path, result)) {
            struct str field = str_slice(path, result.len, path.len);
            buf_putf(&words, "%s%.*s: %s", words.len == 0 ? "" : "; ", STR_ARG(field),
                     answer->pairs[i].value);
        }
    }
    return words.len == 0 || words.failed ? NULL : str_to_c(arena, buf_str(&words));
}

static enum till_error refusal_error(long status, const struct document *answer) {
    if (status == 401 || status == 403 || document_get(answer, "result.authorization") != NULL) {
        return TILL_ERROR_KEY;
    }
    if (status == 429) {
        return TILL_ERROR_LIMITED;
    }
    if (status >= 500) {
        return TILL_ERROR_UNAVAILABLE;
    }
    return status >= 400 ? TILL_ERROR_REFUSED : TILL_ERROR_ANSWER;
}

enum till_error client_ask(struct till_client *client, struct arena *arena,
                           const struct client_call *call, struct document *ret_answer) {
    if (call->idempotency_key != NULL && !is_header_word(str_from_c(call->idempotency_key))) {
        return client_fail(client, TILL_ERROR_ARGUMENT, "the idempotency key is not visible ASCII");
    }
    long status;
    struct str body;
    enum till_error error = exchange(client, arena, call, &status, &body);
    if (error != TILL_OK) {
        return error;
    }
    struct document answer = {0};
    bool is_json = document_from_json(arena, body, &answer);
    if (status != 200) {
        return client_fail(client, refusal_error(status, &answer), refusal_words(arena, &answer));
    }
    const char *verdict = is_json ? document_get(&answer, "status") : NULL;
    if (verdict == NULL || strcmp(verdict, "success") != 0) {
        return client_fail(client, TILL_ERROR_ANSWER, NULL);
    }
    *ret_answer = answer;
    return client_fail(client, TILL_OK, NULL);
}
