/* SPDX-License-Identifier: MIT */
#include "adapters/http_client_curl/post.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapters/http_client_curl/sockaddr.h"

/* How long a name's addresses stay with libcurl, which must hold from the start of a transfer to
 * its connection, and no connection is made later. */
enum { ADDRESSES_KEPT_S = 60, CONNECTION_LIFE_S = 300, CONNECTION_IDLE_S = 60 };

void post_fail(struct post *post, enum http_fault fault, const char *format, ...) {
    post->fault = fault;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(post->error, sizeof post->error, format, args);
    va_end(args);
}

void post_release(struct post *post) {
    curl_slist_free_all(post->headers);
    curl_slist_free_all(post->addresses);
    post->headers = NULL;
    post->addresses = NULL;
}

/* ---- addresses */

static bool address_is_permitted(struct post *post, const struct net_address *address,
                                 uint16_t port) {
    struct net_target target = {.host = post->request.url.host, .address = *address, .port = port};
    if (net_guard_permits(post->allow_list, &target)) {
        return true;
    }
    /* Not which address: that would let a stranger read our name server's inner view. */
    post_fail(post, HTTP_FAULT_DENIED, "\"%.*s\" leads to %s, which is not permitted",
              STR_ARG(post->request.url.host), net_class_name(net_classify(address)));
    return false;
}

bool post_check_literal(struct post *post) {
    const struct endpoint_url *url = &post->request.url;
    return address_is_permitted(post, &url->address, url->port);
}

static void address_text(const struct net_address *address, char ret_text[INET6_ADDRSTRLEN]) {
    int family = address->is_v6 ? AF_INET6 : AF_INET;
    BUG_IF(inet_ntop(family, address->bytes, ret_text, INET6_ADDRSTRLEN) == NULL);
}

bool post_set_addresses(struct post *post, const struct lookup_answer *answer) {
    /* "+" lets libcurl forget the entry by itself: "+host:port:address[,address]..." */
    enum {
        ENTRY_CHARS =
            ENDPOINT_HOST_BYTES_MAX + 16 + HTTP_CLIENT_LOOKUP_ADDRESSES_MAX * (INET6_ADDRSTRLEN + 3)
    };
    char entry[ENTRY_CHARS];
    const struct endpoint_url *url = &post->request.url;
    int len = snprintf(entry, sizeof entry, "+%.*s:%u:", STR_ARG(url->host), url->port);
    for (size_t i = 0; i < answer->count; i++) {
        const struct net_address *address = &answer->addresses[i];
        if (!address_is_permitted(post, address, url->port)) {
            return false;
        }
        char text[INET6_ADDRSTRLEN];
        address_text(address, text);
        len += snprintf(entry + len, sizeof entry - (size_t)len, "%s%s%s%s", i == 0 ? "" : ",",
                        address->is_v6 ? "[" : "", text, address->is_v6 ? "]" : "");
        BUG_IF((size_t)len >= sizeof entry);
    }
    post->addresses = curl_slist_append(NULL, entry);
    BUG_IF(post->addresses == NULL);
    return true;
}

/* ---- headers */

static bool header_is_sound(const char *name, struct str value) {
    static const char token_marks[] = "!#$%&'*+-.^_`|~"; /* RFC 9110, 5.6.2 */
    if (*name == '\0') {
        return false;
    }
    for (const char *c = name; *c != '\0'; c++) {
        bool is_alphanumeric =
            (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z');
        if (!is_alphanumeric && strchr(token_marks, *c) == NULL) {
            return false;
        }
    }
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c < 0x20 || c == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool add_header(struct post *post, const char *name, struct str value) {
    enum { HEADER_CHARS_MAX = 1024 };
    char line[HEADER_CHARS_MAX];
    if (!header_is_sound(name, value) || value.len > sizeof line) {
        return false;
    }
    /* libcurl writes "Name;" as a header without a value; "Name:" would remove it. */
    int len = value.len == 0 ? snprintf(line, sizeof line, "%s;", name)
                             : snprintf(line, sizeof line, "%s: %.*s", name, STR_ARG(value));
    if (len < 0 || (size_t)len >= sizeof line) {
        return false;
    }
    struct curl_slist *longer = curl_slist_append(post->headers, line);
    BUG_IF(longer == NULL);
    post->headers = longer;
    return true;
}

bool post_prepare(struct post *post) {
    const struct http_post *request = &post->request;
    bool is_sound = add_header(post, "Content-Type", request->content_type);
    for (size_t i = 0; is_sound && i < request->header_count; i++) {
        is_sound = add_header(post, request->headers[i].name, request->headers[i].value);
    }
    if (!is_sound) {
        post_fail(post, HTTP_FAULT_REQUEST, "a header has a character that must not stand in it");
        return false;
    }
    /* A body of a few kilobytes is sent at once, not after a "100 Continue". */
    struct curl_slist *longer = curl_slist_append(post->headers, "Expect:");
    BUG_IF(longer == NULL);
    post->headers = longer;
    return true;
}

/* ---- libcurl's callbacks */

static curl_socket_t open_socket(void *context, curlsocktype purpose,
                                 struct curl_sockaddr *address) {
    struct post *post = context;
    struct net_address target;
    uint16_t port;
    if (purpose != CURLSOCKTYPE_IPCXN || !sockaddr_read(&address->addr, &target, &port)) {
        post_fail(post, HTTP_FAULT_DENIED, "only IP addresses are dialled");
        return CURL_SOCKET_BAD;
    }
    if (post->fault == HTTP_FAULT_DENIED || !address_is_permitted(post, &target, port)) {
        return CURL_SOCKET_BAD;
    }
    char text[INET6_ADDRSTRLEN];
    address_text(&target, text);
    (void)snprintf(post->address, sizeof post->address, target.is_v6 ? "[%s]:%u" : "%s:%u", text,
                   port);
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0 && !sockets_add(post->sockets, fd)) {
        (void)close(fd);
        return CURL_SOCKET_BAD;
    }
    return fd;
}

/* libcurl is given every address beforehand. Were it to ask a name server itself, that would be a
 * thread for each look-up, and a wait for it at the end: so it may not. */
static int refuse_look_up(void *state, void *reserved, void *context) {
    (void)state;
    (void)reserved;
    const struct post *post = context;
    return post->request.url.is_literal ? 0 : 1;
}

/* A kept connection on which something arrived since its last answer: whatever it is, it must not
 * be taken for the answer to what we are about to ask. libcurl itself would. */
static int before_request(void *context, char *remote_ip, char *local_ip, int remote_port,
                          int local_port) {
    (void)remote_ip;
    (void)local_ip;
    (void)remote_port;
    struct post *post = context;
    long new_connections = 0;
    if (curl_easy_getinfo(post->easy, CURLINFO_NUM_CONNECTS, &new_connections) != CURLE_OK) {
        return CURL_PREREQFUNC_ABORT;
    }
    if (new_connections > 0) {
        sockets_learn_ports(post->sockets);
        return CURL_PREREQFUNC_OK;
    }
    post->found_stale_connection = sockets_has_input(post->sockets, (uint16_t)local_port);
    return post->found_stale_connection ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static int close_socket(void *context, curl_socket_t fd) {
    sockets_close(context, fd);
    return 0;
}

static size_t take_head(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes;
    struct post *post = context;
    post->head_bytes += size * count;
    if (post->head_bytes > HTTP_CLIENT_HEAD_BYTES_MAX) {
        post_fail(post, HTTP_FAULT_ANSWER, "the answer's head is longer than %d bytes",
                  HTTP_CLIENT_HEAD_BYTES_MAX);
        return 0;
    }
    return size * count;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes;
    struct post *post = context;
    post->body_bytes += size * count;
    if (post->body_bytes > HTTP_CLIENT_ANSWER_BYTES_MAX) {
        post_fail(post, HTTP_FAULT_ANSWER, "the answer is longer than %d bytes",
                  HTTP_CLIENT_ANSWER_BYTES_MAX);
        return 0;
    }
    return size * count;
}

/* ---- options */

/* The first refusal sticks. */
#define SET(option, value)                                                                         \
    (code = code != CURLE_OK ? code : curl_easy_setopt(post->easy, (option), (value)))

static CURLcode set_request(struct post *post, const char *user_agent) {
    const struct http_post *request = &post->request;
    CURLcode code = CURLE_OK;
    SET(CURLOPT_URL, request->url.url.ptr);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
    SET(CURLOPT_POSTFIELDS, request->body.len == 0 ? "" : request->body.ptr);
    SET(CURLOPT_HTTPHEADER, post->headers);
    SET(CURLOPT_USERAGENT, user_agent);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HEADERFUNCTION, take_head);
    SET(CURLOPT_HEADERDATA, post);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, post);
    SET(CURLOPT_PRIVATE, post);
    return code;
}

static CURLcode set_route(struct post *post, const struct post_settings *settings,
                          long timeout_ms) {
    CURLcode code = CURLE_OK;
    SET(CURLOPT_PROTOCOLS_STR, post->request.url.is_https ? "https" : "http");
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOPROXY, "*");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_RESOLVE, post->addresses);
    SET(CURLOPT_DNS_CACHE_TIMEOUT, (long)ADDRESSES_KEPT_S);
    SET(CURLOPT_RESOLVER_START_FUNCTION, refuse_look_up);
    SET(CURLOPT_RESOLVER_START_DATA, post);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, post);
    SET(CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    SET(CURLOPT_CLOSESOCKETDATA, post->sockets); /* lives as long as the connection */
    SET(CURLOPT_PREREQFUNCTION, before_request);
    SET(CURLOPT_PREREQDATA, post);
    SET(CURLOPT_FRESH_CONNECT, post->wants_fresh_connection ? 1L : 0L);
    SET(CURLOPT_MAXAGE_CONN, (long)CONNECTION_IDLE_S);
    SET(CURLOPT_MAXLIFETIME_CONN, (long)CONNECTION_LIFE_S);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)settings->connect_timeout_ms);
    SET(CURLOPT_TIMEOUT_MS, timeout_ms);
    return code;
}

static CURLcode set_tls(struct post *post, const char *ca_file) {
    CURLcode code = CURLE_OK;
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    /* Debian's default is bundle and directory. With the directory, libcurl cannot keep the parsed
     * bundle, and each new connection costs 25 ms of CPU. */
    SET(CURLOPT_CAPATH, NULL);
    if (ca_file != NULL) {
        SET(CURLOPT_CAINFO, ca_file);
    }
    return code;
}
#undef SET

bool post_configure(struct post *post, const struct post_settings *settings, long timeout_ms) {
    post->error[0] = '\0';
    post->fault = HTTP_FAULT_NONE;
    CURLcode code = curl_easy_setopt(post->easy, CURLOPT_ERRORBUFFER, post->error);
    code = code != CURLE_OK ? code : set_request(post, settings->user_agent);
    code = code != CURLE_OK ? code : set_route(post, settings, timeout_ms);
    code = code != CURLE_OK ? code : set_tls(post, settings->ca_file);
    if (code != CURLE_OK) {
        post_fail(post, HTTP_FAULT_REQUEST, "%s", curl_easy_strerror(code));
    }
    return code == CURLE_OK;
}

/* ---- the end */

static enum http_fault fault_of(CURLcode code) {
    /* An enum of a hundred, of which few can come; the rest is our request's fault. */
    static const struct {
        CURLcode code;
        enum http_fault fault;
    } faults[] = {
        {CURLE_COULDNT_RESOLVE_HOST, HTTP_FAULT_LOOKUP},
        {CURLE_COULDNT_CONNECT, HTTP_FAULT_CONNECT},
        {CURLE_OPERATION_TIMEDOUT, HTTP_FAULT_TIMEOUT},
        {CURLE_SSL_CONNECT_ERROR, HTTP_FAULT_TLS},
        {CURLE_PEER_FAILED_VERIFICATION, HTTP_FAULT_TLS},
        {CURLE_SSL_CACERT_BADFILE, HTTP_FAULT_TLS},
        {CURLE_SSL_CERTPROBLEM, HTTP_FAULT_TLS},
        {CURLE_SSL_CIPHER, HTTP_FAULT_TLS},
        {CURLE_SSL_ISSUER_ERROR, HTTP_FAULT_TLS},
        {CURLE_GOT_NOTHING, HTTP_FAULT_ANSWER},
        {CURLE_PARTIAL_FILE, HTTP_FAULT_ANSWER},
        {CURLE_RECV_ERROR, HTTP_FAULT_ANSWER},
        {CURLE_SEND_ERROR, HTTP_FAULT_ANSWER},
        {CURLE_WEIRD_SERVER_REPLY, HTTP_FAULT_ANSWER},
        {CURLE_UNSUPPORTED_PROTOCOL, HTTP_FAULT_ANSWER}, /* HTTP/0.9 */
        {CURLE_HTTP2, HTTP_FAULT_ANSWER},
        {CURLE_BAD_CONTENT_ENCODING, HTTP_FAULT_ANSWER},
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        if (faults[i].code == code) {
            return faults[i].fault;
        }
    }
    return HTTP_FAULT_REQUEST;
}

struct http_answer post_answer(struct post *post, CURLcode code) {
    struct http_answer answer = {
        .is_complete = code == CURLE_OK,
        .error = "",
        .address = post->address,
        .retry_after_s = -1,
        .body_bytes = post->body_bytes,
    };
    long status = 0;
    if (curl_easy_getinfo(post->easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK) {
        answer.status = (int)status;
    }
    curl_off_t retry_after_s = 0;
    if (curl_easy_getinfo(post->easy, CURLINFO_RETRY_AFTER, &retry_after_s) == CURLE_OK &&
        retry_after_s > 0) {
        answer.retry_after_s = retry_after_s;
    }
    const char *ip = NULL;
    long port = 0;
    if (curl_easy_getinfo(post->easy, CURLINFO_PRIMARY_IP, &ip) == CURLE_OK &&
        curl_easy_getinfo(post->easy, CURLINFO_PRIMARY_PORT, &port) == CURLE_OK && ip != NULL &&
        *ip != '\0') {
        bool is_v6 = strchr(ip, ':') != NULL;
        (void)snprintf(post->address, sizeof post->address, is_v6 ? "[%s]:%ld" : "%s:%ld", ip,
                       port);
    }
    if (code != CURLE_OK) {
        answer.fault = post->fault != HTTP_FAULT_NONE ? post->fault : fault_of(code);
        answer.error = post->error[0] != '\0' ? post->error : curl_easy_strerror(code);
    }
    return answer;
}
