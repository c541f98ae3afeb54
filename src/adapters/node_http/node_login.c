/* SPDX-License-Identifier: MIT */
#include "adapters/node_http/node_login.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "core/error.h"

static void close_url(CURLU **url) {
    curl_url_cleanup(*url);
}

static void free_text(char **text) {
    if (*text != NULL) {
        explicit_bzero(*text, strlen(*text));
    }
    curl_free(*text);
}

static bool set_login(struct node_login *login, const char *user, const char *password) {
    int size = snprintf(login->user_password, sizeof(login->user_password), "%s:%s", user,
                        password ? password : "");
    return size > 0 && (size_t)size < sizeof(login->user_password);
}

/* A user name that holds a colon could not be told from the password behind it. */
static bool take_login(CURLU *url, struct node_login *ret_login) {
    CLEANUP(free_text) char *user = NULL;
    CLEANUP(free_text) char *password = NULL;
    if (curl_url_get(url, CURLUPART_USER, &user, CURLU_URLDECODE) != CURLUE_OK) {
        ret_login->user_password[0] = '\0';
        return true;
    }
    (void)curl_url_get(url, CURLUPART_PASSWORD, &password, CURLU_URLDECODE);
    return strchr(user, ':') == NULL && set_login(ret_login, user, password) &&
           curl_url_set(url, CURLUPART_USER, NULL, 0) == CURLUE_OK &&
           curl_url_set(url, CURLUPART_PASSWORD, NULL, 0) == CURLUE_OK;
}

static bool is_http(CURLU *url) {
    CLEANUP(free_text) char *scheme = NULL;
    return curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
           (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
}

/* The URL as it now stands, or what of it may be shown. */
static bool copy_url(CURLU *url, char ret_text[NODE_URL_BYTES_MAX]) {
    CLEANUP(free_text) char *text = NULL;
    if (curl_url_get(url, CURLUPART_URL, &text, 0) != CURLUE_OK ||
        strlen(text) >= NODE_URL_BYTES_MAX) {
        return false;
    }
    memcpy(ret_text, text, strlen(text) + 1);
    return true;
}

static bool take_url(CURLU *url, struct node_url *ret_url) {
    return curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK &&
           copy_url(url, ret_url->text) &&
           curl_url_set(url, CURLUPART_QUERY, NULL, 0) == CURLUE_OK &&
           curl_url_set(url, CURLUPART_PATH, "/", 0) == CURLUE_OK && copy_url(url, ret_url->label);
}

struct result node_login_from_url(struct str url, struct node_login *ret_login,
                                  struct node_url *ret_url) {
    static const struct result invalid = {.code = &ERR_URL_INVALID,
                                          .detail = "a node's url must be http://host:port or "
                                                    "http://user:password@host:port"};
    char text[NODE_URL_BYTES_MAX];
    CLEANUP(close_url) CURLU *parsed = curl_url();
    if (url.len >= sizeof(text) || parsed == NULL) {
        return invalid;
    }
    memcpy(text, url.ptr, url.len);
    text[url.len] = '\0';
    CURLUcode code = curl_url_set(parsed, CURLUPART_URL, text, 0);
    explicit_bzero(text, sizeof(text));
    if (code != CURLUE_OK || !is_http(parsed) || !take_login(parsed, ret_login) ||
        !take_url(parsed, ret_url)) {
        node_login_wipe(ret_login);
        return invalid;
    }
    return RESULT_OK;
}

bool node_login_from_cookie(const char *path, struct node_login *ret_login) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    struct node_login login;
    ssize_t size = read(fd, login.user_password, sizeof(login.user_password));
    close(fd);
    bool fits = size > 0 && (size_t)size < sizeof(login.user_password);
    if (fits) {
        login.user_password[size] = '\0';
        login.user_password[strcspn(login.user_password, "\r\n")] = '\0';
        fits = strchr(login.user_password, ':') != NULL;
    }
    if (fits) {
        *ret_login = login;
    }
    node_login_wipe(&login);
    return fits;
}

bool node_login_eq(const struct node_login *a, const struct node_login *b) {
    return strcmp(a->user_password, b->user_password) == 0;
}

bool node_login_is_empty(const struct node_login *login) {
    return login->user_password[0] == '\0';
}

void node_login_wipe(struct node_login *login) {
    explicit_bzero(login, sizeof(*login));
}

bool node_url_join(const struct node_url *url, const char *path,
                   char ret_text[NODE_URL_BYTES_MAX]) {
    int base = (int)strcspn(url->text, "?");
    const char *query = url->text + base;
    if (base > 0 && path[0] == '/' && url->text[base - 1] == '/') {
        base--;
    }
    int size = snprintf(ret_text, NODE_URL_BYTES_MAX, "%.*s%s%s", base, url->text, path, query);
    return size > 0 && size < NODE_URL_BYTES_MAX;
}
