/* SPDX-License-Identifier: MIT */
#include "http/wire/icon.h"

#include "base/buf.h"
#include "http/handlers/handlers.h"
#include "http/reply.h"
#include "http/request.h"

/* GET /img/{kind}/{icon}: what the `icon` fields of replies point to. The checkout page asks for
 * none. */
struct reply handle_icon(struct request *request) {
    struct buf picture = buf_in(request->arena);
    if (!icon_draw(request->arena, request->path, &picture) || picture.failed) {
        return reply_error(request, 404, NULL);
    }
    struct reply reply = reply_ok(request, STR("image/svg+xml"), buf_str(&picture));
    return reply_with_header(request, reply, STR("Cache-Control"), STR("public, max-age=604800"));
}
