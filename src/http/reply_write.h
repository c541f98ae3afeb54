/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_REPLY_WRITE_H
#define TILL_HTTP_REPLY_WRITE_H

/* Puts a reply's status line and headers into bytes. Inside src/http only. */

#include "base/buf.h"
#include "http/reply.h"

struct reply_frame {
    unsigned version_minor;
    bool keep_alive;
    bool is_cors;
    struct str date;
};

void reply_head_put(struct buf *buf, const struct reply *reply, const struct reply_frame *frame);
/* Status 204 and 304 have neither body nor length. */
bool reply_has_body(const struct reply *reply);

#endif
