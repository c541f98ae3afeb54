/* SPDX-License-Identifier: MIT */
#include "base/json_scan.h"

#include <string.h>

#include "base/str.h"

/* Sets the high bit of each byte of `word` that equals the byte repeated in `pattern`, or some byte
 * if none does not; exact for "is there any". */
static inline uint64_t bytes_equal(uint64_t word, uint64_t pattern) {
    uint64_t difference = word ^ pattern;
    return (difference - 0x0101010101010101) & ~difference & 0x8080808080808080;
}

/* The first byte from `p` on that is not plain ASCII text: a quote, a backslash, a control
 * character, or part of a longer sequence. Eight bytes at a time, since most of a block is hex. */
static const uint8_t *plain_end(const uint8_t *p, const uint8_t *end) {
    while (end - p >= 8) {
        uint64_t word;
        memcpy(&word, p, sizeof word);
        uint64_t control = (word - 0x2020202020202020) & ~word;
        uint64_t special = bytes_equal(word, 0x2222222222222222) |
                           bytes_equal(word, 0x5c5c5c5c5c5c5c5c) | control | word;
        if ((special & 0x8080808080808080) != 0) {
            break;
        }
        p += 8;
    }
    while (p < end && *p >= ' ' && *p < 0x80 && *p != '"' && *p != '\\') {
        p++;
    }
    return p;
}

const uint8_t *json_scan_text(const uint8_t *p, const uint8_t *end) {
    for (;;) {
        p = plain_end(p, end);
        if (p == end || *p < 0x80) {
            return p;
        }
        size_t len = str_utf8_len((struct str){.ptr = (const char *)p, .len = (size_t)(end - p)});
        if (len == 0) {
            return p;
        }
        p += len;
    }
}

enum byte_class { OTHER, MINUS, PLUS, DIGIT_ZERO, DIGIT, POINT, LETTER_E, BYTE_CLASSES };

static const unsigned char class_of[256] = {
    ['-'] = MINUS,      ['+'] = PLUS,  ['.'] = POINT, ['e'] = LETTER_E, ['E'] = LETTER_E,
    ['0'] = DIGIT_ZERO, ['1'] = DIGIT, ['2'] = DIGIT, ['3'] = DIGIT,    ['4'] = DIGIT,
    ['5'] = DIGIT,      ['6'] = DIGIT, ['7'] = DIGIT, ['8'] = DIGIT,    ['9'] = DIGIT,
};

/* What is not named here stops. */
static const unsigned char moves[JSON_NUMBER_STATES][BYTE_CLASSES] = {
    [JSON_NUMBER_BEGIN] = {[MINUS] = JSON_NUMBER_MINUS,
                           [DIGIT_ZERO] = JSON_NUMBER_ZERO,
                           [DIGIT] = JSON_NUMBER_INTEGER},
    [JSON_NUMBER_MINUS] = {[DIGIT_ZERO] = JSON_NUMBER_ZERO, [DIGIT] = JSON_NUMBER_INTEGER},
    [JSON_NUMBER_ZERO] = {[POINT] = JSON_NUMBER_POINT, [LETTER_E] = JSON_NUMBER_E},
    [JSON_NUMBER_INTEGER] = {[DIGIT_ZERO] = JSON_NUMBER_INTEGER,
                             [DIGIT] = JSON_NUMBER_INTEGER,
                             [POINT] = JSON_NUMBER_POINT,
                             [LETTER_E] = JSON_NUMBER_E},
    [JSON_NUMBER_POINT] = {[DIGIT_ZERO] = JSON_NUMBER_FRACTION, [DIGIT] = JSON_NUMBER_FRACTION},
    [JSON_NUMBER_FRACTION] = {[DIGIT_ZERO] = JSON_NUMBER_FRACTION,
                              [DIGIT] = JSON_NUMBER_FRACTION,
                              [LETTER_E] = JSON_NUMBER_E},
    [JSON_NUMBER_E] = {[MINUS] = JSON_NUMBER_E_SIGN,
                       [PLUS] = JSON_NUMBER_E_SIGN,
                       [DIGIT_ZERO] = JSON_NUMBER_EXPONENT,
                       [DIGIT] = JSON_NUMBER_EXPONENT},
    [JSON_NUMBER_E_SIGN] = {[DIGIT_ZERO] = JSON_NUMBER_EXPONENT, [DIGIT] = JSON_NUMBER_EXPONENT},
    [JSON_NUMBER_EXPONENT] = {[DIGIT_ZERO] = JSON_NUMBER_EXPONENT, [DIGIT] = JSON_NUMBER_EXPONENT},
};

const uint8_t *json_scan_number(enum json_number *number, const uint8_t *p, const uint8_t *end) {
    enum json_number state = *number;
    for (; p < end; p++) {
        enum json_number next = (enum json_number)moves[state][class_of[*p]];
        if (next == JSON_NUMBER_STOP) {
            break;
        }
        state = next;
    }
    *number = state;
    return p;
}

bool json_number_is_whole(enum json_number number) {
    return number == JSON_NUMBER_ZERO || number == JSON_NUMBER_INTEGER ||
           number == JSON_NUMBER_FRACTION || number == JSON_NUMBER_EXPONENT;
}
