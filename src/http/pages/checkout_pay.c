/* SPDX-License-Identifier: MIT */
#include "http/pages/checkout_parts.h"

#include "base/arena.h"
#include "http/pages/checkout_view.h"
#include "http/pages/html.h"
#include "http/pages/qr_svg.h"
#include "http/pages/words.h"

/* People compare addresses in groups. The gaps are drawn, not written, so that whatever is copied
 * has none. */
enum { ADDRESS_GROUP_CHARS = 4 };

static void put_code(struct buf *out, const struct checkout_view *view, struct str text) {
    struct str what = str_from_c(
        arena_printf(out->arena, "%.*s %.*s", STR_ARG(view->unit), STR_ARG(view->address)));
    struct buf label = buf_in(out->arena);
    html_sentence_plain(&label, view->language->words[WORD_QR_LABEL], GAPS(what));
    if (!qr_svg(out, view->codes, text, buf_str(&label))) {
        buf_puts(out, "<p>–</p>");
    }
}

/* Two codes with two buttons that need no script: wallets want the URI, many exchanges the bare
 * address. What most understand comes first. */
static void put_codes(struct buf *out, const struct checkout_view *view) {
    buf_puts(out, "<div class=\"codes\">");
    if (str_is_empty(view->uri)) {
        put_code(out, view, view->address);
        buf_puts(out, "</div>");
        return;
    }
    html_fill(out,
              "<input type=\"radio\" name=\"qr\" id=\"qr1\" checked>"
              "<input type=\"radio\" name=\"qr\" id=\"qr2\">"
              "<div class=\"qr1\">",
              NO_GAPS);
    bool swapped = view->address_first;
    put_code(out, view, swapped ? view->address : view->uri);
    buf_puts(out, "</div><div class=\"qr2\">");
    put_code(out, view, swapped ? view->uri : view->address);
    html_fill(out,
              "</div><p class=\"tabs\"><label for=\"qr1\">{1}</label>"
              "<label for=\"qr2\">{2}</label></p></div>",
              GAPS(checkout_word(view, swapped ? WORD_QR_ADDRESS : WORD_QR_WALLET),
                   checkout_word(view, swapped ? WORD_QR_WALLET : WORD_QR_ADDRESS)));
}

static void put_copy(struct buf *out, const struct checkout_view *view, struct str text,
                     enum word label) {
    html_fill(out,
              "<button type=\"button\" class=\"copy\" id=\"copy-{1}\" data-copy=\"{2}\" "
              "data-done=\"{3}\" aria-label=\"{4}\">{5}</button>",
              GAPS(label == WORD_COPY_AMOUNT ? STR("amount") : STR("address"), text,
                   checkout_word(view, WORD_COPIED), checkout_word(view, label),
                   checkout_word(view, WORD_COPY)));
}

static void put_amount(struct buf *out, const struct checkout_view *view) {
    enum word label = view->state == CHECKOUT_PARTIAL ? WORD_REST : WORD_AMOUNT;
    html_fill(out,
              "<h2>{1}</h2><p class=\"row\"><span class=\"amount\" dir=\"ltr\">"
              "<b id=\"amount\">{2}</b> {3}</span>",
              GAPS(checkout_word(view, label), view->still_due, view->unit));
    put_copy(out, view, view->still_due, WORD_COPY_AMOUNT);
    buf_puts(out, "</p>");
}

static void put_address(struct buf *out, const struct checkout_view *view) {
    html_fill(out, "<h2>{1}</h2><p class=\"row\"><code id=\"address\" dir=\"ltr\">",
              GAPS(checkout_word(view, WORD_ADDRESS)));
    for (size_t at = 0; at < view->address.len; at += ADDRESS_GROUP_CHARS) {
        size_t end = at + ADDRESS_GROUP_CHARS;
        struct str group =
            str_slice(view->address, at, end < view->address.len ? end : view->address.len);
        html_fill(out, "<span>{1}</span><wbr>", GAPS(group));
    }
    buf_puts(out, "</code>");
    put_copy(out, view, view->address, WORD_COPY_ADDRESS);
    buf_puts(out, "</p>");
}

static void put_warnings(struct buf *out, const struct checkout_view *view) {
    const char *const *words = view->language->words;
    buf_puts(out, "<p class=\"only\">");
    html_sentence(out, words[WORD_ONLY], GAPS(view->unit, view->network));
    buf_puts(out, "</p><p class=\"quiet\">");
    html_sentence(out, words[WORD_FEE_NOTE],
                  GAPS(checkout_amount(out, view->still_due, view->unit)));
    buf_puts(out, "</p>");
}

void checkout_pay(struct buf *out, const struct checkout_view *view) {
    buf_puts(out, "<section class=\"pay\">");
    put_codes(out, view);
    put_amount(out, view);
    put_address(out, view);
    /* Behind a link a URI that is misread pays the wrong thing with one touch. */
    if (!str_is_empty(view->uri) && !view->address_first && !view->test) {
        html_fill(out, "<p><a class=\"button\" href=\"{1}\">{2}</a></p>",
                  GAPS(view->uri, checkout_word(view, WORD_OPEN_WALLET)));
    }
    put_warnings(out, view);
    buf_puts(out, "</section>");
}
