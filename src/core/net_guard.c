/* SPDX-License-Identifier: MIT */
#include "core/net_guard.h"

#include <string.h>

#include "base/arena.h"
#include "core/error.h"

struct net_range {
    uint8_t bytes[16];
    unsigned prefix_bits;
    enum net_class class;
};

/* IANA IPv4 Special-Purpose Address Registry (RFC 6890), and what clouds put elsewhere. */
static const struct net_range v4_ranges[] = {
    {{0}, 8, NET_UNSPECIFIED},
    {{10}, 8, NET_PRIVATE},
    {{100, 64}, 10, NET_SHARED},
    {{127}, 8, NET_LOOPBACK},
    {{168, 63, 129, 16}, 32, NET_METADATA},
    {{169, 254}, 16, NET_LINK_LOCAL},
    {{172, 16}, 12, NET_PRIVATE},
    {{192, 0, 0}, 24, NET_RESERVED},
    {{192, 0, 2}, 24, NET_RESERVED},
    {{192, 88, 99}, 24, NET_RESERVED},
    {{192, 168}, 16, NET_PRIVATE},
    {{198, 18}, 15, NET_RESERVED},
    {{198, 51, 100}, 24, NET_RESERVED},
    {{203, 0, 113}, 24, NET_RESERVED},
    {{224}, 4, NET_MULTICAST},
    {{240}, 4, NET_RESERVED},
};

/* The first match counts. Only 2000::/3 is assigned for global use, so the list ends by taking
 * that and refusing all else. An IPv4 address inside an IPv6 one has no honest use in a URL, except
 * behind 64:ff9b::/96, which hosts without IPv4 need; there the inner address decides. */
static const struct net_range v6_ranges[] = {
    {{[15] = 0}, 128, NET_UNSPECIFIED},
    {{[15] = 1}, 128, NET_LOOPBACK},
    {{[10] = 0xff, 0xff}, 96, NET_TUNNELLED},
    {{0}, 96, NET_TUNNELLED},
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, NET_TUNNELLED},
    {{0xfe, 0x80}, 10, NET_LINK_LOCAL},
    {{0xfc}, 7, NET_PRIVATE},
    {{0xff}, 8, NET_MULTICAST},
    {{0x20, 0x01, 0x00, 0x00}, 32, NET_TUNNELLED},
    {{0x20, 0x01, 0x00}, 23, NET_RESERVED},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, NET_RESERVED},
    {{0x20, 0x02}, 16, NET_TUNNELLED},
    {{0x3f, 0xff}, 20, NET_RESERVED},
    {{0x20}, 3, NET_PUBLIC},
};

/* RFC 6052, 2.1: the well-known prefix of NAT64. */
static const struct net_range nat64 = {{0x00, 0x64, 0xff, 0x9b}, 96, NET_PUBLIC};

static bool range_has(const struct net_range *range, const uint8_t *bytes) {
    size_t whole = range->prefix_bits / 8;
    unsigned rest_bits = range->prefix_bits % 8;
    if (memcmp(range->bytes, bytes, whole) != 0) {
        return false;
    }
    return rest_bits == 0 || (range->bytes[whole] ^ bytes[whole]) >> (8 - rest_bits) == 0;
}

static enum net_class classify_v4(const uint8_t *bytes) {
    for (size_t i = 0; i < sizeof v4_ranges / sizeof v4_ranges[0]; i++) {
        if (range_has(&v4_ranges[i], bytes)) {
            return v4_ranges[i].class;
        }
    }
    return NET_PUBLIC;
}

static enum net_class classify_v6(const uint8_t *bytes) {
    if (range_has(&nat64, bytes)) {
        return classify_v4(bytes + 12);
    }
    for (size_t i = 0; i < sizeof v6_ranges / sizeof v6_ranges[0]; i++) {
        if (range_has(&v6_ranges[i], bytes)) {
            return v6_ranges[i].class;
        }
    }
    return NET_RESERVED;
}

enum net_class net_classify(const struct net_address *address) {
    return address->is_v6 ? classify_v6(address->bytes) : classify_v4(address->bytes);
}

const char *net_class_name(enum net_class class) {
    switch (class) {
    case NET_PUBLIC:
        return "a public address";
    case NET_UNSPECIFIED:
        return "an unspecified address";
    case NET_LOOPBACK:
        return "a loopback address";
    case NET_PRIVATE:
        return "a private address";
    case NET_SHARED:
        return "a shared address";
    case NET_LINK_LOCAL:
        return "a link-local address";
    case NET_METADATA:
        return "a cloud's metadata address";
    case NET_MULTICAST:
        return "a multicast address";
    case NET_RESERVED:
        return "a reserved address";
    case NET_TUNNELLED:
        return "an IPv6 address with another inside";
    }
    bug_stop(__FILE__, __LINE__, "unknown net_class");
}

static bool name_is_plain(struct str name) {
    if (name.len == 0 || name.len > 253) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool plain =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
        if (!plain) {
            return false;
        }
    }
    return true;
}

static struct str lower_copy(struct arena *arena, struct str text) {
    char *copy = arena_copy(arena, text.ptr, text.len);
    for (size_t i = 0; i < text.len; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z') {
            copy[i] = (char)(copy[i] - 'A' + 'a');
        }
    }
    return (struct str){.ptr = copy, .len = text.len};
}

static size_t find_last(struct str text, char c) {
    size_t at = text.len;
    while (at > 0 && text.ptr[at - 1] != c) {
        at--;
    }
    return at == 0 ? text.len : at - 1;
}

/* `host:port`, or `[v6]:port`. */
static bool allowed_parse(struct arena *arena, struct str text, struct net_allowed *ret_allowed) {
    size_t colon = find_last(text, ':');
    if (colon == text.len) {
        return false;
    }
    uint64_t port;
    if (!str_to_u64(str_slice(text, colon + 1, text.len), &port) || port == 0 || port > 65535) {
        return false;
    }
    struct str host = lower_copy(arena, str_slice(text, 0, colon));
    bool is_bracketed = str_starts_with(host, STR("[")) && str_ends_with(host, STR("]"));
    if (is_bracketed) {
        host = str_slice(host, 1, host.len - 1);
    }
    struct net_allowed allowed = {.host = host, .port = (uint16_t)port};
    allowed.is_literal = net_address_parse(host, &allowed.address);
    bool is_sound = allowed.is_literal ? allowed.address.is_v6 == is_bracketed
                                       : !is_bracketed && name_is_plain(host);
    if (is_sound) {
        *ret_allowed = allowed;
    }
    return is_sound;
}

static bool is_separator(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',';
}

static bool entry_next(struct str *rest, struct str *ret_entry) {
    size_t from = 0;
    while (from < rest->len && is_separator(rest->ptr[from])) {
        from++;
    }
    size_t to = from;
    while (to < rest->len && !is_separator(rest->ptr[to])) {
        to++;
    }
    *ret_entry = str_slice(*rest, from, to);
    *rest = str_slice(*rest, to, rest->len);
    return to > from;
}

struct result net_allow_list_parse(struct arena *arena, struct str text,
                                   struct net_allow_list *ret_list) {
    size_t count = 0;
    struct str entry;
    for (struct str rest = text; entry_next(&rest, &entry);) {
        count++;
    }
    struct net_allowed *entries = ARENA_ARRAY(arena, struct net_allowed, count);
    size_t i = 0;
    for (struct str rest = text; entry_next(&rest, &entry); i++) {
        if (!allowed_parse(arena, entry, &entries[i])) {
            return result_failf(arena, &ERR_ALLOW_LIST_INVALID,
                                "\"%.*s\" is not host:port, as in 127.0.0.1:5000 or [::1]:5000",
                                STR_ARG(entry));
        }
    }
    *ret_list = (struct net_allow_list){.entries = entries, .count = count};
    return RESULT_OK;
}

bool net_guard_permits(const struct net_allow_list *list, const struct net_target *target) {
    if (net_classify(&target->address) == NET_PUBLIC) {
        return true;
    }
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct net_allowed *allowed = &list->entries[i];
        bool host_fits = allowed->is_literal ? net_address_eq(&allowed->address, &target->address)
                                             : str_eq(allowed->host, target->host);
        if (host_fits && allowed->port == target->port) {
            return true;
        }
    }
    return false;
}
