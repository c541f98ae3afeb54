/* SPDX-License-Identifier: MIT */
#include "base/json_write.h"

#include "base/json_scan.h"
#include "base/result.h"

static_assert(JSON_WRITE_DEPTH_MAX <= 64, "one bit of json_writer.objects for each depth");

void json_writer_init(struct json_writer *writer, struct buf *buf) {
    *writer = (struct json_writer){.buf = buf};
}

bool json_writer_is_done(const struct json_writer *writer) {
    return writer->is_done;
}

/* ---- what may come now */

static bool in_object(const struct json_writer *writer) {
    return writer->depth > 0 && (writer->objects >> (writer->depth - 1) & 1) != 0;
}

static void begin_item(struct json_writer *writer) {
    if (writer->has_items) {
        buf_put_char(writer->buf, ',');
    }
    writer->has_items = true;
}

static void begin_value(struct json_writer *writer) {
    BUG_IF(writer->is_done);
    BUG_IF(in_object(writer) != writer->has_key);
    if (writer->has_key) {
        writer->has_key = false;
    } else if (writer->depth > 0) {
        begin_item(writer);
    }
    writer->is_done = writer->depth == 0;
}

static void begin_container(struct json_writer *writer, bool is_object) {
    begin_value(writer);
    BUG_IF(writer->depth == JSON_WRITE_DEPTH_MAX);
    uint64_t bit = (uint64_t)1 << writer->depth++;
    writer->objects = is_object ? writer->objects | bit : writer->objects & ~bit;
    writer->has_items = false;
    writer->is_done = false;
    buf_put_char(writer->buf, is_object ? '{' : '[');
}

static void end_container(struct json_writer *writer, bool is_object) {
    BUG_IF(writer->depth == 0 || in_object(writer) != is_object || writer->has_key);
    writer->depth--;
    writer->has_items = true;
    writer->is_done = writer->depth == 0;
    buf_put_char(writer->buf, is_object ? '}' : ']');
}

void json_write_object_begin(struct json_writer *writer) {
    begin_container(writer, true);
}

void json_write_object_end(struct json_writer *writer) {
    end_container(writer, true);
}

void json_write_array_begin(struct json_writer *writer) {
    begin_container(writer, false);
}

void json_write_array_end(struct json_writer *writer) {
    end_container(writer, false);
}

/* ---- text */

/* A quote, a backslash, `<`, DEL and the control characters of both blocks, and the two separators
 * that end a line in older JavaScript. */
static bool needs_escape(uint32_t code_point) {
    return code_point < ' ' || code_point == '"' || code_point == '\\' || code_point == '<' ||
           (code_point >= 0x7f && code_point <= 0x9f) || code_point == 0x2028 ||
           code_point == 0x2029;
}

/* The code point of a sequence that str_utf8_len has accepted. */
static uint32_t code_point_of(const char *sequence, size_t len) {
    uint32_t lead = (uint8_t)sequence[0];
    uint32_t code_point = len == 1 ? lead : lead & (0x7fU >> len);
    for (size_t i = 1; i < len; i++) {
        code_point = code_point << 6 | ((uint8_t)sequence[i] & 0x3f);
    }
    return code_point;
}

/* All that needs an escape lies in the Basic Multilingual Plane, so one unit is enough. */
static void put_escape(struct buf *buf, uint32_t unit) {
    static const char short_form[256] = {
        ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
        ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't',
    };
    static const char digits[] = "0123456789abcdef";
    if (unit < sizeof short_form && short_form[unit] != 0) {
        buf_put(buf, (const char[]){'\\', short_form[unit]}, 2);
        return;
    }
    const char escape[] = {'\\',
                           'u',
                           digits[unit >> 12],
                           digits[unit >> 8 & 15],
                           digits[unit >> 4 & 15],
                           digits[unit & 15]};
    buf_put(buf, escape, sizeof escape);
}

/* Most text is this, and goes out as it is. */
static bool is_plain_ascii(char c) {
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\' && c != '<';
}

static void put_quoted(struct buf *buf, struct str text) {
    buf_put_char(buf, '"');
    size_t run = 0;
    size_t at = 0;
    while (at < text.len) {
        if (is_plain_ascii(text.ptr[at])) {
            at++;
            continue;
        }
        const char *sequence = text.ptr + at;
        size_t len = str_utf8_len((struct str){.ptr = sequence, .len = text.len - at});
        uint32_t code_point = len == 0 ? 0xfffd : code_point_of(sequence, len);
        size_t next = at + (len == 0 ? 1 : len);
        if (len == 0 || needs_escape(code_point)) {
            buf_put(buf, text.ptr + run, at - run);
            put_escape(buf, code_point);
            run = next;
        }
        at = next;
    }
    if (run < text.len) {
        buf_put(buf, text.ptr + run, text.len - run);
    }
    buf_put_char(buf, '"');
}

void json_write_key(struct json_writer *writer, struct str key) {
    BUG_IF(!in_object(writer) || writer->has_key);
    begin_item(writer);
    put_quoted(writer->buf, key);
    buf_put_char(writer->buf, ':');
    writer->has_key = true;
}

void json_write_str(struct json_writer *writer, struct str text) {
    begin_value(writer);
    put_quoted(writer->buf, text);
}

/* ---- other values */

void json_write_u64(struct json_writer *writer, uint64_t value) {
    begin_value(writer);
    buf_put_u64(writer->buf, value);
}

void json_write_i64(struct json_writer *writer, int64_t value) {
    begin_value(writer);
    if (value < 0) {
        buf_put_char(writer->buf, '-');
    }
    buf_put_u64(writer->buf, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void json_write_bool(struct json_writer *writer, bool value) {
    begin_value(writer);
    buf_puts(writer->buf, value ? "true" : "false");
}

void json_write_null(struct json_writer *writer) {
    begin_value(writer);
    buf_puts(writer->buf, "null");
}

void json_write_number_text(struct json_writer *writer, struct str number) {
    BUG_IF(!json_is_number(number));
    json_write_raw(writer, number);
}

void json_write_raw(struct json_writer *writer, struct str json) {
    begin_value(writer);
    buf_put_str(writer->buf, json);
}

bool json_is_number(struct str text) {
    if (str_is_empty(text)) {
        return false;
    }
    enum json_number number = JSON_NUMBER_BEGIN;
    const uint8_t *begin = (const uint8_t *)text.ptr;
    const uint8_t *stop = json_scan_number(&number, begin, begin + text.len);
    return stop == begin + text.len && json_number_is_whole(number);
}
