/* SPDX-License-Identifier: MIT */
#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "core/error.h"
#include "http/limits.h"

enum { UNIX_SOCKET_MODE = 0600 };

bool listen_address_is_unix(struct str address, struct str *ret_path) {
    if (!str_starts_with(address, STR("unix:"))) {
        return false;
    }
    *ret_path = str_slice(address, 5, address.len);
    return true;
}

static struct result refuse(struct arena *arena, struct str address, const char *doing) {
    return result_failf(arena, &ERR_HTTP_LISTEN, "cannot %s %.*s: %s", doing, STR_ARG(address),
                        strerror(errno));
}

static bool parse_tcp(struct arena *arena, struct str address, struct sockaddr_storage *ret_address,
                      socklen_t *ret_len) {
    size_t colon = address.len;
    while (colon > 0 && address.ptr[colon - 1] != ':') {
        colon--;
    }
    uint64_t port;
    if (colon == 0 || !str_to_u64(str_slice(address, colon, address.len), &port) || port > 65535) {
        return false;
    }
    struct str host = str_slice(address, 0, colon - 1);
    *ret_address = (struct sockaddr_storage){0};
    if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']') {
        struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
        const char *text = str_to_c(arena, str_slice(host, 1, host.len - 1));
        if (inet_pton(AF_INET6, text, &in6.sin6_addr) != 1) {
            return false;
        }
        memcpy(ret_address, &in6, sizeof in6);
        *ret_len = sizeof in6;
        return true;
    }
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, str_to_c(arena, host), &in.sin_addr) != 1) {
        return false;
    }
    memcpy(ret_address, &in, sizeof in);
    *ret_len = sizeof in;
    return true;
}

static struct result refuse_address(struct arena *arena, struct str text) {
    return result_failf(arena, &ERR_HTTP_LISTEN,
                        "\"%.*s\" is not an address like 127.0.0.1:8080, [::1]:8080 or "
                        "unix:PATH",
                        STR_ARG(text));
}

struct result listen_address_check(struct arena *arena, struct str address) {
    struct str path;
    struct sockaddr_storage parsed;
    socklen_t len;
    return listen_address_is_unix(address, &path) || parse_tcp(arena, address, &parsed, &len)
               ? RESULT_OK
               : refuse_address(arena, address);
}

static void set_port(struct sockaddr_storage *address, uint16_t port) {
    if (address->ss_family == AF_INET6) {
        ((struct sockaddr_in6 *)(void *)address)->sin6_port = htons(port);
    } else {
        ((struct sockaddr_in *)(void *)address)->sin_port = htons(port);
    }
}

static uint16_t port_of(int fd) {
    struct sockaddr_in6 address = {0}; /* the port is in the same place in both families */
    static_assert(offsetof(struct sockaddr_in, sin_port) ==
                  offsetof(struct sockaddr_in6, sin6_port));
    socklen_t len = sizeof address;
    return getsockname(fd, (struct sockaddr *)&address, &len) == 0 ? ntohs(address.sin6_port) : 0;
}

static int open_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static bool set_on(int fd, int level, int option) {
    int on = 1;
    return setsockopt(fd, level, option, &on, sizeof on) == 0;
}

/* SO_REUSEPORT lets a second tilld of the same user share the port in silence, and half of the
 * requests would go to it. A socket without the option finds out. */
static bool is_free(const struct sockaddr_storage *address, socklen_t len) {
    int fd = open_socket(address->ss_family);
    if (fd < 0) {
        return false;
    }
    bool is_bound = set_on(fd, SOL_SOCKET, SO_REUSEADDR) &&
                    (address->ss_family != AF_INET6 || set_on(fd, IPPROTO_IPV6, IPV6_V6ONLY)) &&
                    bind(fd, (const struct sockaddr *)address, len) == 0 && listen(fd, 1) == 0;
    int error = errno;
    (void)close(fd);
    errno = error;
    return is_bound;
}

static struct result open_tcp(struct arena *arena, const struct listen_request *request,
                              int *ret_fd, uint16_t *ret_port) {
    struct sockaddr_storage address;
    socklen_t len;
    if (!parse_tcp(arena, request->address, &address, &len)) {
        return refuse_address(arena, request->address);
    }
    if (request->port != 0) {
        set_port(&address, request->port);
    }
    if (!request->joins && !is_free(&address, len)) {
        return refuse(arena, request->address, "listen on");
    }
    int fd = open_socket(address.ss_family);
    if (fd < 0 || !set_on(fd, SOL_SOCKET, SO_REUSEADDR) ||
        (address.ss_family == AF_INET6 && !set_on(fd, IPPROTO_IPV6, IPV6_V6ONLY)) ||
        (request->shared && !set_on(fd, SOL_SOCKET, SO_REUSEPORT)) ||
        bind(fd, (struct sockaddr *)&address, len) != 0 || listen(fd, HTTP_LISTEN_BACKLOG) != 0) {
        struct result result = refuse(arena, request->address, "listen on");
        if (fd >= 0) {
            (void)close(fd);
        }
        return result;
    }
    *ret_fd = fd;
    *ret_port = port_of(fd);
    return RESULT_OK;
}

/* A socket file nobody listens on is left over from a process that was killed. */
static struct result remove_stale(struct arena *arena, struct str address,
                                  const struct sockaddr_un *at) {
    struct stat status;
    if (lstat(at->sun_path, &status) != 0) {
        return errno == ENOENT ? RESULT_OK : refuse(arena, address, "look at");
    }
    if (!S_ISSOCK(status.st_mode)) {
        return result_failf(arena, &ERR_HTTP_LISTEN, "%.*s exists and is not a socket",
                            STR_ARG(address));
    }
    int fd = open_socket(AF_UNIX);
    if (fd < 0) {
        return refuse(arena, address, "look at");
    }
    int answer = connect(fd, (const struct sockaddr *)at, sizeof *at);
    int error = answer == 0 ? 0 : errno;
    (void)close(fd);
    if (error != ECONNREFUSED) {
        return result_failf(arena, &ERR_HTTP_LISTEN, "another process listens on %.*s",
                            STR_ARG(address));
    }
    return unlink(at->sun_path) == 0 ? RESULT_OK : refuse(arena, address, "remove the stale");
}

static struct result open_unix(struct arena *arena, struct str address, struct str path,
                               int *ret_fd) {
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    if (path.len == 0 || path.len >= sizeof at.sun_path) {
        return result_failf(arena, &ERR_HTTP_LISTEN,
                            "the path of %.*s must have 1 to %zu characters", STR_ARG(address),
                            sizeof at.sun_path - 1);
    }
    memcpy(at.sun_path, path.ptr, path.len);
    TRY(remove_stale(arena, address, &at));
    int fd = open_socket(AF_UNIX);
    /* The mode of the unbound socket becomes the file's, so there is no moment at which others
     * could connect. */
    if (fd < 0 || fchmod(fd, UNIX_SOCKET_MODE) != 0 ||
        bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, HTTP_LISTEN_BACKLOG) != 0) {
        struct result result = refuse(arena, address, "listen on");
        if (fd >= 0) {
            (void)close(fd);
        }
        return result;
    }
    *ret_fd = fd;
    return RESULT_OK;
}

struct result listen_open(struct arena *arena, const struct listen_request *request, int *ret_fd,
                          uint16_t *ret_port) {
    struct str path;
    if (listen_address_is_unix(request->address, &path)) {
        *ret_port = 0;
        return open_unix(arena, request->address, path, ret_fd);
    }
    return open_tcp(arena, request, ret_fd, ret_port);
}
