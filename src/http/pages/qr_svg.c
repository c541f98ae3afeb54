/* SPDX-License-Identifier: MIT */
#include "http/pages/qr_svg.h"

#include <qrencode.h>

#include "base/arena.h"
#include "http/pages/qr_cache.h"

/* "The quiet zone is a region 4X wide" (ISO/IEC 18004, 9.1). */
enum { QUIET_MODULES = 4 };

/* The smallest size at which phones read it without effort. A whole number of pixels for each
 * module keeps all of them equal. */
enum { SIZE_MIN_PX = 240 };

static void qr_cleanup(QRcode **code) {
    QRcode_free(*code);
}

static bool is_dark(const QRcode *code, int x, int y) {
    return x < code->width && (code->data[y * code->width + x] & 1) != 0;
}

/* Strokes one module high through the middle of each row; the runs of a row follow each other by
 * relative moves, which are the shortest. */
static void put_row(struct buf *out, const QRcode *code, int y) {
    int pen = -1; /* where the last run ended; nothing drawn yet */
    for (int x = 0; x < code->width; x++) {
        if (!is_dark(code, x, y)) {
            continue;
        }
        int run = 1;
        while (is_dark(code, x + run, y)) {
            run++;
        }
        if (pen < 0) {
            buf_putf(out, "M%d %d.5h", x + QUIET_MODULES, y + QUIET_MODULES);
        } else {
            buf_put_char(out, 'm');
            buf_put_u64(out, (uint64_t)(x - pen));
            buf_put_str(out, STR(" 0h"));
        }
        buf_put_u64(out, (uint64_t)run);
        x += run;
        pen = x;
    }
}

static bool draw(struct buf *out, struct str text, int *ret_modules) {
    /* Version 0: the smallest that fits. Bytes as they are: a URI must not change its case. */
    CLEANUP(qr_cleanup)
    QRcode *code =
        QRcode_encodeData((int)text.len, (const unsigned char *)text.ptr, 0, QR_ECLEVEL_M);
    if (code == NULL) {
        return false;
    }
    for (int y = 0; y < code->width; y++) {
        put_row(out, code, y);
    }
    *ret_modules = code->width;
    return true;
}

static bool find_or_draw(struct buf *out, struct qr_cache *cache, struct str text,
                         int *ret_modules) {
    if (cache != NULL && qr_cache_get(cache, text, out, ret_modules)) {
        return true;
    }
    if (!draw(out, text, ret_modules)) {
        return false;
    }
    if (cache != NULL && !out->failed) {
        qr_cache_put(cache, text, buf_str(out), *ret_modules);
    }
    return true;
}

bool qr_svg(struct buf *out, struct qr_cache *cache, struct str text, struct str label) {
    struct buf path = buf_in(out->arena);
    int modules;
    if (!find_or_draw(&path, cache, text, &modules)) {
        return false;
    }
    int size = modules + 2 * QUIET_MODULES;
    int size_px = (SIZE_MIN_PX + size - 1) / size * size;
    buf_puts(out, "<svg class=\"code\" role=\"img\" aria-label=\"");
    buf_put_str(out, label);
    buf_putf(out,
             "\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
             "<path fill=\"#fff\" d=\"M0 0h%dv%dH0\"/><path stroke=\"#000\" d=\"",
             size_px, size_px, size, size, size, size);
    buf_put_str(out, buf_str(&path));
    buf_puts(out, "\"/></svg>");
    return true;
}
