/* SPDX-License-Identifier: MIT */
#include "http/ip.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "core/error.h"

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

enum { BITS_OF_MAPPED_PREFIX = 96, BITS_MAX = 128, CLIENT_PREFIX_BYTES = 8 };

static struct ip ip_from_v4(const void *four_bytes) {
    struct ip ip = {.known = true};
    memcpy(ip.bytes, mapped_prefix, sizeof mapped_prefix);
    memcpy(ip.bytes + sizeof mapped_prefix, four_bytes, 4);
    return ip;
}

static bool is_v4(const struct ip *ip) {
    return ip->known && memcmp(ip->bytes, mapped_prefix, sizeof mapped_prefix) == 0;
}

struct ip ip_from_sockaddr(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return ip_from_v4(&in.sin_addr);
    }
    struct ip ip = {0};
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, address, sizeof in6);
        ip.known = true;
        memcpy(ip.bytes, &in6.sin6_addr, sizeof ip.bytes);
    }
    return ip;
}

bool ip_from_text(struct str text, struct ip *ret_ip) {
    char c_text[INET6_ADDRSTRLEN];
    if (text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']') {
        text = str_slice(text, 1, text.len - 1);
    }
    if (text.len >= sizeof c_text || str_find(text, '\0') < text.len) {
        return false;
    }
    if (text.len > 0) {
        memcpy(c_text, text.ptr, text.len);
    }
    c_text[text.len] = '\0';
    uint8_t raw[16];
    if (inet_pton(AF_INET, c_text, raw) == 1) {
        *ret_ip = ip_from_v4(raw);
        return true;
    }
    if (inet_pton(AF_INET6, c_text, raw) != 1) {
        return false;
    }
    *ret_ip = (struct ip){.known = true};
    memcpy(ret_ip->bytes, raw, sizeof raw);
    return true;
}

static bool bit_is_set(const struct ip *ip, unsigned bit) {
    return (ip->bytes[bit / 8] >> (7 - bit % 8) & 1) != 0;
}

bool ip_network_from_text(struct str text, struct ip_network *ret_network) {
    struct ip ip;
    size_t slash = str_find(text, '/');
    if (!ip_from_text(str_slice(text, 0, slash), &ip)) {
        return false;
    }
    uint64_t bits = BITS_MAX;
    if (slash < text.len) {
        if (!str_to_u64(str_slice(text, slash + 1, text.len), &bits) || bits > BITS_MAX) {
            return false;
        }
        /* 10.0.0.0/8 is written for four bytes and kept for sixteen. */
        if (str_find(text, ':') == text.len) {
            bits += BITS_OF_MAPPED_PREFIX;
        }
    }
    if (bits > BITS_MAX) {
        return false;
    }
    for (unsigned bit = (unsigned)bits; bit < BITS_MAX; bit++) {
        if (bit_is_set(&ip, bit)) {
            return false;
        }
    }
    *ret_network = (struct ip_network){.ip = ip, .prefix_bits = (unsigned)bits};
    return true;
}

struct result ip_networks_from_text(struct arena *arena, struct str text,
                                    struct ip_network *ret_networks, size_t max,
                                    size_t *ret_count) {
    size_t count = 0;
    struct str part;
    while (str_split_next(&text, ',', &part)) {
        struct str word;
        while (str_split_next(&part, ' ', &word)) {
            if (word.len == 0) {
                continue;
            }
            if (count == max || !ip_network_from_text(word, &ret_networks[count])) {
                return result_failf(arena, &ERR_HTTP_LIMITS,
                                    "\"%.*s\" is not an address or network, or is one too many",
                                    STR_ARG(word));
            }
            count++;
        }
    }
    *ret_count = count;
    return RESULT_OK;
}

bool ip_eq(const struct ip *a, const struct ip *b) {
    return a->known == b->known && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool ip_is_in(const struct ip *ip, const struct ip_network *network) {
    if (!ip->known) {
        return false;
    }
    unsigned whole = network->prefix_bits / 8;
    unsigned rest = network->prefix_bits % 8;
    if (memcmp(ip->bytes, network->ip.bytes, whole) != 0) {
        return false;
    }
    if (rest == 0) {
        return true;
    }
    unsigned mask = 0xff00u >> rest & 0xff;
    return (ip->bytes[whole] & mask) == (network->ip.bytes[whole] & mask);
}

struct ip ip_client_key(const struct ip *ip) {
    struct ip key = *ip;
    if (!is_v4(ip)) {
        memset(key.bytes + CLIENT_PREFIX_BYTES, 0, sizeof key.bytes - CLIENT_PREFIX_BYTES);
    }
    return key;
}

struct str ip_to_text(struct arena *arena, const struct ip *ip) {
    char text[INET6_ADDRSTRLEN] = "";
    if (!ip->known) {
        return STR("unix");
    }
    if (is_v4(ip)) {
        (void)inet_ntop(AF_INET, ip->bytes + sizeof mapped_prefix, text, sizeof text);
    } else {
        (void)inet_ntop(AF_INET6, ip->bytes, text, sizeof text);
    }
    return str_copy(arena, str_from_c(text));
}

bool ip_take_last_forwarded(struct str *list, struct ip *ret_ip) {
    size_t from = list->len;
    while (from > 0 && list->ptr[from - 1] != ',') {
        from--;
    }
    struct str last = str_trim(str_slice(*list, from, list->len));
    *list = str_slice(*list, 0, from == 0 ? 0 : from - 1);
    return ip_from_text(last, ret_ip);
}
