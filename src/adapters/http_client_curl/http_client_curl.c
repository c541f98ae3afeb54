/* SPDX-License-Identifier: MIT */
#include "adapters/http_client_curl/http_client_curl.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "adapters/http_client_curl/lookup.h"
#include "adapters/http_client_curl/post.h"
#include "core/error.h"

enum {
    CONNECT_TIMEOUT_MS = 5000,
    TOTAL_TIMEOUT_MS = 15000,
    IDLE_EASIES_MAX = 64,
    CONNECTIONS_KEPT_MAX = 256,
};

TAILQ_HEAD(post_list, post);

struct http_client_curl {
    struct http_client port; /* first: the port's pointer is ours */
    struct event_base *base;
    const struct net_allow_list *allow_list;
    struct post_settings settings;
    uint32_t total_timeout_ms;
    uint32_t lookup_timeout_ms;
    CURLM *multi;
    struct event *timer;
    struct lookup *lookup;
    struct sockets sockets;
    struct post_list posts;  /* looked up or sent */
    struct post_list failed; /* to be completed from the event loop */
    struct event *complete_failed;
    size_t post_count;
    CURL *idle_easies[IDLE_EASIES_MAX];
    size_t idle_easy_count;
};
static_assert(offsetof(struct http_client_curl, port) == 0);

static int64_t monotonic_ms(void) {
    struct timespec now;
    BUG_IF(clock_gettime(CLOCK_MONOTONIC, &now) != 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct timeval ms_to_timeval(int64_t ms) {
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

/* ---- the life of a post */

static struct post *post_new(struct http_client_curl *client, const struct http_post *request) {
    struct post *post = calloc(1, sizeof *post);
    BUG_IF(post == NULL);
    post->client = client;
    post->request = *request;
    post->allow_list = client->allow_list;
    post->sockets = &client->sockets;
    post->started_at_ms = monotonic_ms();
    client->post_count++;
    return post;
}

static CURL *take_easy(struct http_client_curl *client) {
    if (client->idle_easy_count > 0) {
        return client->idle_easies[--client->idle_easy_count];
    }
    return curl_easy_init();
}

static void give_back_easy(struct http_client_curl *client, struct post *post) {
    if (post->easy == NULL) {
        return;
    }
    (void)curl_multi_remove_handle(client->multi, post->easy);
    if (client->idle_easy_count < IDLE_EASIES_MAX) {
        curl_easy_reset(post->easy);
        client->idle_easies[client->idle_easy_count++] = post->easy;
    } else {
        curl_easy_cleanup(post->easy);
    }
    post->easy = NULL;
}

static void stop_lookup(struct post *post) {
    lookup_cancel(&post->waiter);
    if (post->lookup_deadline != NULL) {
        event_free(post->lookup_deadline);
        post->lookup_deadline = NULL;
    }
}

/* Not in a list any more. */
static void post_free(struct post *post) {
    stop_lookup(post);
    give_back_easy(post->client, post);
    post_release(post);
    post->client->post_count--;
    free(post);
}

/* The caller's completion may post again, so nothing of ours is half done when it is called. */
static void complete(struct post *post, struct http_answer answer) {
    answer.duration_ms = monotonic_ms() - post->started_at_ms;
    post->done(post->context, &answer);
    post_free(post);
}

static void fail_later(struct http_client_curl *client, struct post *post) {
    TAILQ_REMOVE(&client->posts, post, link);
    TAILQ_INSERT_TAIL(&client->failed, post, link);
    event_active(client->complete_failed, EV_TIMEOUT, 0);
}

static void on_complete_failed(evutil_socket_t fd, short what, void *context) {
    (void)fd;
    (void)what;
    struct http_client_curl *client = context;
    struct post_list failed = TAILQ_HEAD_INITIALIZER(failed);
    TAILQ_CONCAT(&failed, &client->failed, link);
    struct post *post;
    while ((post = TAILQ_FIRST(&failed)) != NULL) {
        TAILQ_REMOVE(&failed, post, link);
        complete(post, (struct http_answer){.fault = post->fault,
                                            .error = post->error,
                                            .address = post->address,
                                            .retry_after_s = -1});
    }
}

/* ---- sending: each step answers false when it noted why the post cannot go on */

static bool send_now(struct http_client_curl *client, struct post *post) {
    int64_t left_ms = post->started_at_ms + (int64_t)client->total_timeout_ms - monotonic_ms();
    post->easy = take_easy(client);
    if (post->easy == NULL) {
        post_fail(post, HTTP_FAULT_BUSY, "out of memory");
        return false;
    }
    if (!post_configure(post, &client->settings, left_ms > 1 ? (long)left_ms : 1L)) {
        return false;
    }
    if (curl_multi_add_handle(client->multi, post->easy) != CURLM_OK) {
        post_fail(post, HTTP_FAULT_REQUEST, "libcurl does not take the request");
        return false;
    }
    return true;
}

static void on_lookup_deadline(evutil_socket_t fd, short what, void *context) {
    (void)fd;
    (void)what;
    struct post *post = context;
    stop_lookup(post);
    post_fail(post, HTTP_FAULT_LOOKUP, "\"%.*s\" could not be resolved: no answer after %u ms",
              STR_ARG(post->request.url.host), post->client->lookup_timeout_ms);
    fail_later(post->client, post);
}

static bool send_to(struct post *post, const struct lookup_answer *answer) {
    if (answer->count == 0) {
        post_fail(post, HTTP_FAULT_LOOKUP, "\"%.*s\" could not be resolved: %s",
                  STR_ARG(post->request.url.host), answer->error);
        return false;
    }
    return post_set_addresses(post, answer) && send_now(post->client, post);
}

static void on_lookup_done(void *context, const struct lookup_answer *answer) {
    struct post *post = context;
    stop_lookup(post);
    if (!send_to(post, answer)) {
        fail_later(post->client, post);
    }
}

static bool look_up(struct http_client_curl *client, struct post *post) {
    post->waiter = (struct lookup_waiter){.done = on_lookup_done, .context = post};
    struct lookup_answer answer;
    switch (lookup_begin(client->lookup, post->request.url.host, &post->waiter, &answer)) {
    case LOOKUP_KNOWN:
        return send_to(post, &answer);
    case LOOKUP_BUSY:
        post_fail(post, HTTP_FAULT_BUSY, "too many names are looked up");
        return false;
    case LOOKUP_STARTED:
        break;
    }
    struct timeval deadline = ms_to_timeval(client->lookup_timeout_ms);
    post->lookup_deadline = evtimer_new(client->base, on_lookup_deadline, post);
    BUG_IF(post->lookup_deadline == NULL || evtimer_add(post->lookup_deadline, &deadline) != 0);
    return true;
}

static bool begin(struct http_client_curl *client, struct post *post) {
    if (client->post_count > HTTP_CLIENT_REQUESTS_MAX) {
        post_fail(post, HTTP_FAULT_BUSY, "too many requests are under way");
        return false;
    }
    if (!post_prepare(post)) {
        return false;
    }
    if (post->request.url.is_literal) {
        return post_check_literal(post) && send_now(client, post);
    }
    return look_up(client, post);
}

static void client_post(struct http_client *port, const struct http_post *request,
                        http_done_fn *done, void *context) {
    struct http_client_curl *client = (struct http_client_curl *)(void *)port;
    struct post *post = post_new(client, request);
    post->done = done;
    post->context = context;
    TAILQ_INSERT_TAIL(&client->posts, post, link);
    if (!begin(client, post)) {
        fail_later(client, post);
    }
}

/* ---- libcurl on the event loop */

static void finish(struct http_client_curl *client, struct post *post, CURLcode code) {
    if (post->found_stale_connection && !post->wants_fresh_connection) {
        give_back_easy(client, post);
        post->wants_fresh_connection = true;
        if (!send_now(client, post)) {
            fail_later(client, post);
        }
        return;
    }
    struct http_answer answer = post_answer(post, code);
    TAILQ_REMOVE(&client->posts, post, link);
    complete(post, answer);
}

static void finish_all_done(struct http_client_curl *client) {
    const CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            char *context = NULL;
            BUG_IF(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context) != CURLE_OK);
            finish(client, (struct post *)(void *)context, message->data.result);
        }
    }
}

static void on_socket(evutil_socket_t fd, short what, void *context) {
    struct http_client_curl *client = context;
    int ready = (what & EV_READ ? CURL_CSELECT_IN : 0) | (what & EV_WRITE ? CURL_CSELECT_OUT : 0);
    int running;
    (void)curl_multi_socket_action(client->multi, fd, ready, &running);
    finish_all_done(client);
}

static void on_timer(evutil_socket_t fd, short what, void *context) {
    (void)fd;
    (void)what;
    struct http_client_curl *client = context;
    int running;
    (void)curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    finish_all_done(client);
}

/* libcurl says what it wants to know of a socket; its event hangs at the socket. */
static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *socket_event) {
    (void)easy;
    struct http_client_curl *client = context;
    struct event *event = socket_event;
    if (event != NULL) {
        event_free(event);
    }
    if (what == CURL_POLL_REMOVE) {
        (void)curl_multi_assign(client->multi, fd, NULL);
        return 0;
    }
    int wanted = (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0);
    event = event_new(client->base, fd, (short)(wanted | EV_PERSIST), on_socket, client);
    if (event == NULL || event_add(event, NULL) != 0) {
        return -1;
    }
    return curl_multi_assign(client->multi, fd, event) == CURLM_OK ? 0 : -1;
}

/* Only notes the time: acting on it here would enter libcurl twice. */
static int set_timer(CURLM *multi, long timeout_ms, void *context) {
    (void)multi;
    struct http_client_curl *client = context;
    if (timeout_ms < 0) {
        return evtimer_del(client->timer);
    }
    struct timeval wait = ms_to_timeval(timeout_ms);
    return evtimer_add(client->timer, &wait);
}

static bool multi_configure(struct http_client_curl *client) {
    CURLM *multi = client->multi;
    return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch_socket) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, client) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_TIMERDATA, client) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT_MAX) == CURLM_OK;
}

/* ---- public */

struct result http_client_curl_new(const struct http_client_curl_options *options,
                                   struct http_client_curl **ret_client) {
    ENSURE(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, ERR_HTTP_CLIENT);
    struct http_client_curl *client = calloc(1, sizeof *client);
    BUG_IF(client == NULL);
    client->port.post = client_post;
    client->base = options->base;
    client->allow_list = options->allow_list;
    uint32_t connect_ms = options->connect_timeout_ms;
    client->settings = (struct post_settings){
        .user_agent = options->user_agent,
        .ca_file = options->ca_file,
        .connect_timeout_ms = connect_ms == 0 ? CONNECT_TIMEOUT_MS : connect_ms,
    };
    client->lookup_timeout_ms = client->settings.connect_timeout_ms;
    client->total_timeout_ms =
        options->total_timeout_ms == 0 ? TOTAL_TIMEOUT_MS : options->total_timeout_ms;
    TAILQ_INIT(&client->posts);
    TAILQ_INIT(&client->failed);
    client->timer = evtimer_new(options->base, on_timer, client);
    client->complete_failed = evtimer_new(options->base, on_complete_failed, client);
    client->lookup = lookup_new(options->base, options->lookup);
    client->multi = curl_multi_init();
    bool is_whole = client->timer != NULL && client->complete_failed != NULL &&
                    client->lookup != NULL && client->multi != NULL && multi_configure(client);
    if (!is_whole) {
        http_client_curl_free(client);
        return result_fail(&ERR_HTTP_CLIENT);
    }
    *ret_client = client;
    return RESULT_OK;
}

static void drop_all(struct post_list *posts) {
    while (!TAILQ_EMPTY(posts)) {
        struct post *post = TAILQ_FIRST(posts);
        TAILQ_REMOVE(posts, post, link);
        post_free(post);
    }
}

void http_client_curl_free(struct http_client_curl *client) {
    if (client == NULL) {
        return;
    }
    drop_all(&client->posts);
    drop_all(&client->failed);
    while (client->idle_easy_count > 0) {
        curl_easy_cleanup(client->idle_easies[--client->idle_easy_count]);
    }
    if (client->multi != NULL) {
        (void)curl_multi_cleanup(client->multi);
    }
    lookup_free(client->lookup);
    if (client->complete_failed != NULL) {
        event_free(client->complete_failed);
    }
    if (client->timer != NULL) {
        event_free(client->timer);
    }
    free(client);
}

struct http_client *http_client_curl_port(struct http_client_curl *client) {
    return &client->port;
}
