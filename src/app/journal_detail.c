/* SPDX-License-Identifier: MIT */
#include "app/journal_detail.h"

#include <stddef.h>

#include "base/arena.h"
#include "base/json_read.h"

struct member {
    const char *key;
    size_t offset;
};

#define MEMBER(name)                                                                               \
    { #name, offsetof(struct journal_detail, name) }

static const struct member members[] = {
    MEMBER(alarm),    MEMBER(amount),      MEMBER(asset),      MEMBER(attempt),  MEMBER(cause),
    MEMBER(delivery), MEMBER(due),         MEMBER(flags_from), MEMBER(flags_to), MEMBER(from),
    MEMBER(height),   MEMBER(http_status), MEMBER(rate),       MEMBER(reason),   MEMBER(to),
    MEMBER(txid),     MEMBER(wallet),
};

static struct str *find_member(struct journal_detail *detail, struct str key) {
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (str_eq(key, str_from_c(members[i].key))) {
            return (struct str *)((char *)detail + members[i].offset);
        }
    }
    return NULL;
}

bool journal_detail_read(struct arena *arena, struct str text, struct journal_detail *ret_detail) {
    struct json_reader *reader = ARENA_NEW(arena, struct json_reader);
    struct str key;
    *ret_detail = (struct journal_detail){0};
    json_reader_init(reader, arena, bytes_from_str(text));
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        struct str *member = find_member(ret_detail, key);
        enum json_token next = json_peek(reader);
        if (member != NULL && next == JSON_STRING) {
            *member = json_read_str_copy(reader, arena);
        } else if (member != NULL && next == JSON_NUMBER) {
            *member = str_copy(arena, json_read_number(reader));
        } else {
            json_skip_value(reader);
        }
    }
    return json_reader_finish(reader);
}
