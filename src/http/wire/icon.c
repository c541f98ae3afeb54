/* SPDX-License-Identifier: MIT */
#include "http/wire/icon.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/result.h"
#include "core/asset.h"

/* USDT_TRC.svg, but USDT_BSC.svg: the picture's name drops the 20 of TRC20 and ERC20. */
static struct str token_name(const struct asset *asset) {
    struct str code = str_from_c(asset->code);
    if (str_ends_with(code, STR("20"))) {
        code.len -= 2;
    }
    return code;
}

const char *icon_path(struct arena *arena, enum icon_kind kind, const struct asset *asset) {
    struct str token = token_name(asset);
    switch (kind) {
    case ICON_CURRENCY:
        return arena_printf(arena, "/img/currency/%s.svg", asset->short_code);
    case ICON_NETWORK:
        return arena_printf(arena, "/img/network/%s.svg", asset->network->wire_code);
    case ICON_CURRENCY_NETWORK:
        return arena_printf(arena, "/img/currency_network/%.*s.svg", STR_ARG(token));
    case ICON_STROKE:
        return arena_printf(arena, "/img/stroke/%s_STROKE.svg", asset->short_code);
    case ICON_KIND_COUNT:
        break;
    }
    BUG_IF(true);
}

/* A colour of its own for each code, the same in every program that runs. */
static unsigned hue_of(const char *code) {
    unsigned hue = 0;
    for (const char *c = code; *c != '\0'; c++) {
        hue = hue * 31 + (unsigned char)*c;
    }
    return hue % 360;
}

/* Codes are capital letters and digits: nothing to escape. */
static void put_letters(struct buf *out, const char *code, const char *place) {
    size_t len = str_from_c(code).len;
    buf_putf(out,
             "<text %s font-family=\"sans-serif\" font-weight=\"700\" font-size=\"%zu\" "
             "text-anchor=\"middle\" dominant-baseline=\"central\">%s</text>",
             place, len <= 3 ? (size_t)20 : 68 / len, code);
}

static void draw_disc(struct buf *out, const char *code) {
    buf_putf(out, "<circle cx=\"32\" cy=\"32\" r=\"32\" fill=\"hsl(%u,55%%,38%%)\"/>",
             hue_of(code));
    put_letters(out, code, "x=\"32\" y=\"32\" fill=\"#fff\"");
}

static void draw_outline(struct buf *out, const char *code) {
    buf_puts(out, "<circle cx=\"32\" cy=\"32\" r=\"30\" fill=\"#fff\" stroke=\"#111\" "
                  "stroke-width=\"3\"/>");
    put_letters(out, code, "x=\"32\" y=\"32\" fill=\"#111\"");
}

/* A quarter of the size, at the lower right. */
static void draw_badge(struct buf *out, const struct network *network) {
    buf_puts(out, "<circle cx=\"50\" cy=\"50\" r=\"14\" fill=\"#fff\"/>"
                  "<g transform=\"translate(38 38) scale(.375)\">");
    draw_disc(out, network->wire_code);
    buf_puts(out, "</g>");
}

static void draw(struct buf *out, enum icon_kind kind, const struct asset *asset) {
    const char *label = kind == ICON_NETWORK ? asset->network->name : asset->name;
    buf_putf(out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\" width=\"64\" "
             "height=\"64\" role=\"img\" aria-label=\"%s\">",
             label);
    switch (kind) {
    case ICON_CURRENCY:
        draw_disc(out, asset->short_code);
        break;
    case ICON_NETWORK:
        draw_disc(out, asset->network->wire_code);
        break;
    case ICON_CURRENCY_NETWORK:
        draw_disc(out, asset->short_code);
        draw_badge(out, asset->network);
        break;
    case ICON_STROKE:
        draw_outline(out, asset->short_code);
        break;
    case ICON_KIND_COUNT:
        BUG_IF(true);
    }
    buf_puts(out, "</svg>\n");
}

bool icon_draw(struct arena *arena, struct str path, struct buf *out) {
    for (const struct asset *const *asset = asset_list(); *asset != NULL; asset++) {
        for (enum icon_kind kind = 0; kind < ICON_KIND_COUNT; kind++) {
            if (str_eq(path, str_from_c(icon_path(arena, kind, *asset)))) {
                draw(out, kind, *asset);
                return true;
            }
        }
    }
    return false;
}
