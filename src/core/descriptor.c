/* SPDX-License-Identifier: MIT */
#include "core/descriptor.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"

/* The functions around a key, outermost first. */
struct wrapper {
    enum account_type type;
    const char *open;
    const char *close;
};

static const struct wrapper wrappers[] = {
    {ACCOUNT_P2PKH, "pkh(", ")"},   {ACCOUNT_P2SH_P2WPKH, "sh(wpkh(", "))"},
    {ACCOUNT_P2WPKH, "wpkh(", ")"}, {ACCOUNT_P2TR, "tr(", ")"},
    {ACCOUNT_EVM, "evm(", ")"},     {ACCOUNT_TRON, "tron(", ")"},
};

/* Behind a key. BIP-389's <0;1> names receiving and change branch; Till derives the first. */
static const struct branch_text {
    const char *text;
    enum account_branch branch;
    bool written;
} branch_texts[] = {
    {"/0/*", ACCOUNT_BRANCH_EXTERNAL, true},
    {"/<0;1>/*", ACCOUNT_BRANCH_EXTERNAL, true},
    {"/*", ACCOUNT_BRANCH_SELF, true},
    {"", ACCOUNT_BRANCH_EXTERNAL, false},
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static struct result refuse(const char *detail) {
    return (struct result){.code = &ERR_DESCRIPTOR_INVALID, .detail = detail};
}

/* BIP-380's alphabet: a character's place says what goes into the checksum. */
static int checksum_symbol(char c) {
    static const char alphabet[] = "0123456789()[],'/*abcdefgh@:$%{}"
                                   "IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~"
                                   "ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
    const char *at = c == '\0' ? NULL : strchr(alphabet, c);
    return at == NULL ? -1 : (int)(at - alphabet);
}

static uint64_t checksum_step(uint64_t checksum, unsigned value) {
    static const uint64_t generator[] = {0xf5dee51989, 0xa9fdca3312, 0x1bab10e32d, 0x3706b1677a,
                                         0x644d626ffd};
    uint64_t top = checksum >> 35;
    checksum = (checksum & 0x7ffffffff) << 5 ^ value;
    for (size_t i = 0; i < COUNT_OF(generator); i++) {
        checksum ^= top >> i & 1 ? generator[i] : 0;
    }
    return checksum;
}

bool descriptor_checksum(struct str text, char ret_checksum[DESCRIPTOR_CHECKSUM_LEN]) {
    static const char charset[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    uint64_t checksum = 1;
    unsigned groups = 0;
    unsigned held = 0;
    for (size_t i = 0; i < text.len; i++) {
        int symbol = checksum_symbol(text.ptr[i]);
        if (symbol < 0) {
            return false;
        }
        checksum = checksum_step(checksum, (unsigned)symbol & 31);
        groups = groups * 3 + ((unsigned)symbol >> 5);
        if (++held == 3) {
            checksum = checksum_step(checksum, groups);
            groups = 0;
            held = 0;
        }
    }
    if (held > 0) {
        checksum = checksum_step(checksum, groups);
    }
    for (size_t i = 0; i < DESCRIPTOR_CHECKSUM_LEN; i++) {
        checksum = checksum_step(checksum, 0);
    }
    checksum ^= 1;
    for (size_t i = 0; i < DESCRIPTOR_CHECKSUM_LEN; i++) {
        ret_checksum[i] = charset[checksum >> (5 * (DESCRIPTOR_CHECKSUM_LEN - 1 - i)) & 31];
    }
    return true;
}

/* Takes a verified "#checksum" off the end, if there is one. */
static struct result take_checksum(struct str *text) {
    char expected[DESCRIPTOR_CHECKSUM_LEN];
    size_t at = str_find(*text, '#');
    struct str body = str_slice(*text, 0, at);
    if (!descriptor_checksum(body, expected)) {
        return refuse("the descriptor holds a foreign character");
    }
    if (at < text->len) {
        struct str given = str_slice(*text, at + 1, text->len);
        if (!str_eq(given, (struct str){.ptr = expected, .len = sizeof expected})) {
            return refuse("the descriptor's checksum is wrong");
        }
    }
    *text = body;
    return RESULT_OK;
}

static struct result take_wrapper(struct str *text, enum account_type *ret_type) {
    for (size_t i = 0; i < COUNT_OF(wrappers); i++) {
        struct str open = str_from_c(wrappers[i].open);
        struct str close = str_from_c(wrappers[i].close);
        if (str_starts_with(*text, open) && str_ends_with(*text, close) &&
            text->len >= open.len + close.len) {
            *text = str_slice(*text, open.len, text->len - close.len);
            *ret_type = wrappers[i].type;
            return RESULT_OK;
        }
    }
    return refuse(
        "only pkh(), wpkh(), sh(wpkh()), tr(), evm() and tron() around one key are supported");
}

static bool origin_step_parse(struct str text, uint32_t *ret_step) {
    char last = (char)(text.len == 0 ? '\0' : text.ptr[text.len - 1]);
    bool hardened = last == 'h' || last == 'H' || last == '\'';
    uint64_t number;
    if (!str_to_u64(hardened ? str_slice(text, 0, text.len - 1) : text, &number) ||
        number >= CHILD_HARDENED) {
        return false;
    }
    *ret_step = (uint32_t)number | (hardened ? CHILD_HARDENED : 0);
    return true;
}

/* "fingerprint/step/step" between the brackets. */
static bool origin_parse(struct str text, struct key_origin *ret_origin) {
    struct key_origin origin = {.present = true};
    struct str part;
    if (!str_split_next(&text, '/', &part) ||
        !hex_decode(part, origin.fingerprint, FINGERPRINT_BYTES)) {
        return false;
    }
    while (str_split_next(&text, '/', &part)) {
        if (origin.step_count == KEY_ORIGIN_STEPS_MAX ||
            !origin_step_parse(part, &origin.steps[origin.step_count])) {
            return false;
        }
        origin.step_count++;
    }
    *ret_origin = origin;
    return true;
}

static struct result take_origin(struct str *text, struct key_origin *ret_origin) {
    *ret_origin = (struct key_origin){0};
    if (!str_starts_with(*text, STR("["))) {
        return RESULT_OK;
    }
    size_t end = str_find(*text, ']');
    if (end == text->len || !origin_parse(str_slice(*text, 1, end), ret_origin)) {
        return refuse("the key origin in brackets is malformed");
    }
    *text = str_slice(*text, end + 1, text->len);
    return RESULT_OK;
}

static struct result branch_parse(struct str text, struct descriptor *ret_descriptor) {
    for (size_t i = 0; i < COUNT_OF(branch_texts); i++) {
        if (str_eq(text, str_from_c(branch_texts[i].text))) {
            ret_descriptor->branch = branch_texts[i].branch;
            ret_descriptor->branch_written = branch_texts[i].written;
            return RESULT_OK;
        }
    }
    return refuse("behind the key only /0/*, /<0;1>/*, /* or nothing is supported");
}

struct result descriptor_parse(struct str text, struct descriptor *ret_descriptor) {
    struct descriptor descriptor = {0};
    if (text.len > DESCRIPTOR_TEXT_MAX) {
        return refuse("the descriptor is too long");
    }
    TRY(take_checksum(&text));
    TRY(take_wrapper(&text, &descriptor.type));
    TRY(take_origin(&text, &descriptor.origin));
    size_t key_end = str_find(text, '/');
    descriptor.key_text = str_slice(text, 0, key_end);
    TRY(branch_parse(str_slice(text, key_end, text.len), &descriptor));
    *ret_descriptor = descriptor;
    return RESULT_OK;
}

static const struct wrapper *wrapper_of(enum account_type type) {
    for (size_t i = 0; i < COUNT_OF(wrappers); i++) {
        if (wrappers[i].type == type) {
            return &wrappers[i];
        }
    }
    return NULL;
}

static void put_origin(struct buf *buf, const struct key_origin *origin) {
    buf_put_char(buf, '[');
    buf_putf(buf, "%08x", u32_load_be(origin->fingerprint));
    for (size_t i = 0; i < origin->step_count; i++) {
        uint32_t step = origin->steps[i];
        buf_putf(buf, "/%u%s", step & ~CHILD_HARDENED, step & CHILD_HARDENED ? "h" : "");
    }
    buf_put_char(buf, ']');
}

struct str descriptor_text(struct arena *arena, const struct descriptor *descriptor) {
    const struct wrapper *wrapper = wrapper_of(descriptor->type);
    struct buf buf = buf_in(arena);
    char checksum[DESCRIPTOR_CHECKSUM_LEN];
    BUG_IF(wrapper == NULL);
    buf_puts(&buf, wrapper->open);
    if (descriptor->origin.present) {
        put_origin(&buf, &descriptor->origin);
    }
    buf_put_str(&buf, descriptor->key_text);
    buf_puts(&buf, descriptor->branch == ACCOUNT_BRANCH_SELF ? "/*" : "/0/*");
    buf_puts(&buf, wrapper->close);
    bool known = descriptor_checksum(buf_str(&buf), checksum);
    BUG_IF(!known || buf.failed);
    buf_put_char(&buf, '#');
    buf_put(&buf, checksum, sizeof checksum);
    BUG_IF(buf.failed);
    return buf_str(&buf);
}
