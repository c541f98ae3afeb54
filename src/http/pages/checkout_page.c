/* SPDX-License-Identifier: MIT */
#include "http/pages/checkout_page.h"

#include "base/arena.h"
#include "http/pages/checkout_gen.h"
#include "http/pages/checkout_parts.h"
#include "http/pages/html.h"

/* Seconds after which a page that cannot run our script asks again. */
#define RELOAD_S "15"
#define POLL_S   "10"

static void put_title(struct buf *out, const struct checkout_view *view) {
    const struct checkout_state_row *row = checkout_state_row(view->state);
    html_fill(
        out, "<title>{1}{2} – {3}</title>",
        GAPS(row->succeeds ? STR("✓ ") : STR(""), checkout_word(view, row->head), view->shop_name));
}

static void put_head_start(struct buf *out, const struct language *language) {
    html_fill(out,
              "<!doctype html><html lang=\"{1}\" dir=\"{2}\"><head><meta charset=\"utf-8\">"
              "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
              "<meta name=\"color-scheme\" content=\"light dark\">"
              "<meta name=\"robots\" content=\"noindex\"><link rel=\"icon\" href=\"data:,\">",
              GAPS(str_from_c(language->code), language->rtl ? STR("rtl") : STR("ltr")));
}

static void put_style(struct buf *out) {
    buf_puts(out, "<style>");
    buf_puts(out, checkout_css);
    buf_puts(out, "</style>");
}

/* What the script needs to know; times are the server's. */
static void put_main_start(struct buf *out, const struct checkout_view *view) {
    const struct checkout_state_row *row = checkout_state_row(view->state);
    html_fill(out, "<main id=\"main\" class=\"{1}\" data-poll=\"{2}\"",
              GAPS(str_from_c(row->name), row->polls ? STR(POLL_S) : STR("0")));
    buf_putf(out, " data-version=\"%016llx\"", (unsigned long long)checkout_version(view));
    if (row->counts_down) {
        buf_putf(out, " data-left=\"%lld\"", (long long)(view->expires_at_ms - view->now_ms));
    }
    if (view->live) {
        html_fill(out, " data-events=\"/{1}/events\"", GAPS(view->public_id));
    }
    html_fill(out, " data-fragment=\"/{1}/fragment?lang={2}{3}\"",
              GAPS(view->public_id, str_from_c(view->language->code),
                   view->rechoosing ? STR("&choose=1") : STR("")));
    buf_puts(out, ">");
}

static void put_shop(struct buf *out, const struct checkout_view *view) {
    html_fill(out,
              "<header><p class=\"shop\"><bdi>{1}</bdi></p><p class=\"price\"><bdi>{2}</bdi></p>"
              "</header>",
              GAPS(view->shop_name, checkout_amount(out, view->price, view->price_currency)));
}

static void put_payment_details(struct buf *out, const struct checkout_view *view) {
    if (str_is_empty(view->address)) {
        return;
    }
    if (view->state != CHECKOUT_OFFLINE) {
        checkout_pay(out, view);
        return;
    }
    html_fill(out, "<details id=\"anyway\"><summary>{1}</summary>",
              GAPS(checkout_word(view, WORD_SHOW_ANYWAY)));
    checkout_pay(out, view);
    buf_puts(out, "</details>");
}

static void put_way_back(struct buf *out, const struct checkout_view *view) {
    const struct checkout_state_row *row = checkout_state_row(view->state);
    if (row->succeeds) {
        html_fill(out, "<button type=\"button\" class=\"copy\" id=\"print\">{1}</button>",
                  GAPS(checkout_word(view, WORD_PRINT)));
    }
    if (str_is_empty(view->return_url)) {
        return;
    }
    html_fill(out,
              "<p class=\"back\"><a class=\"button\" id=\"back\" href=\"{1}\" target=\"_top\" "
              "rel=\"noreferrer\">{2}</a>",
              GAPS(view->return_url, checkout_word(view, WORD_BACK)));
    if (row->succeeds) {
        html_fill(out,
                  "<button type=\"button\" class=\"copy\" id=\"stay\" data-leaving=\"{1}\" hidden>"
                  "{2}</button>",
                  GAPS(checkout_word(view, WORD_LEAVING), checkout_word(view, WORD_STAY)));
    }
    buf_puts(out, "</p>");
}

static void put_footer(struct buf *out, const struct checkout_view *view) {
    html_fill(out,
              "<footer><p>{1} <b class=\"number\" dir=\"ltr\">{2}</b></p>"
              "<details id=\"languages\"><summary aria-label=\"{3}: {4}\">{4}</summary><p>",
              GAPS(checkout_word(view, WORD_INVOICE), checkout_number(out, view),
                   checkout_word(view, WORD_LANGUAGE), str_from_c(view->language->name)));
    const struct language *language;
    for (size_t i = 0; (language = language_at(i)) != NULL; i++) {
        html_fill(out, "<a href=\"?lang={1}\" lang=\"{1}\">{2}</a> ",
                  GAPS(str_from_c(language->code), str_from_c(language->name)));
    }
    buf_puts(out, "</p></details></footer>");
}

static void put_main(struct buf *out, const struct checkout_view *view) {
    put_main_start(out, view);
    put_shop(out, view);
    checkout_status(out, view);
    if (view->test) {
        checkout_sandbox(out, view);
    }
    if (view->state == CHECKOUT_CHOOSE) {
        checkout_choices(out, view);
    }
    put_payment_details(out, view);
    if (view->changeable) {
        checkout_change(out, view);
    }
    put_way_back(out, view);
    checkout_details(out, view);
    put_footer(out, view);
    buf_puts(out, "</main>");
}

void checkout_fragment(struct buf *out, const struct checkout_view *view) {
    buf_puts(out, "<!doctype html><meta charset=\"utf-8\">");
    put_title(out, view);
    put_main(out, view);
}

void checkout_page(struct buf *out, const struct checkout_view *view) {
    put_head_start(out, view->language);
    put_title(out, view);
    if (view->live) {
        buf_puts(out,
                 "<noscript><meta http-equiv=\"refresh\" content=\"" RELOAD_S "\"></noscript>");
    }
    put_style(out);
    /* Outside of what is exchanged, or a screen reader would not notice the change. */
    buf_puts(out, "</head><body><p id=\"live\" role=\"status\"></p>");
    put_main(out, view);
    buf_puts(out, "<script>");
    buf_puts(out, checkout_js);
    buf_puts(out, "</script></body></html>");
}

void checkout_not_found_page(struct buf *out, const struct language *language) {
    put_head_start(out, language);
    struct str head = str_from_c(language->words[WORD_HEAD_NOT_FOUND]);
    html_fill(out, "<title>{1}</title>", GAPS(head));
    put_style(out);
    html_fill(out,
              "</head><body><main class=\"canceled\"><section class=\"state\"><svg class=\"icon\" "
              "viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"{3}\"/></svg><h1>{1}</h1><p>{2}"
              "</p></section></main></body></html>",
              GAPS(head, str_from_c(language->words[WORD_SAY_NOT_FOUND]),
                   str_from_c(checkout_state_row(CHECKOUT_CANCELED)->icon)));
}

/* FNV-1a. Only equality counts, and only between two looks at one invoice. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t size) {
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ at[i]) * 0x100000001B3ULL;
    }
    return hash;
}

static uint64_t mix_text(uint64_t hash, struct str text) {
    return mix(mix(hash, &text.len, sizeof text.len), text.ptr, text.len);
}

uint64_t checkout_version(const struct checkout_view *view) {
    uint64_t hash = 0xCBF29CE484222325ULL;
    hash = mix(hash, &view->state, sizeof view->state);
    hash = mix(hash, &view->lag_min, sizeof view->lag_min);
    hash = mix(hash, &view->changeable, sizeof view->changeable);
    hash = mix_text(hash, view->address);
    hash = mix_text(hash, view->received);
    hash = mix_text(hash, view->still_due);
    for (size_t i = 0; i < view->payment_count; i++) {
        const struct checkout_payment *payment = &view->payments[i];
        hash = mix_text(hash, payment->txid);
        hash = mix(hash, &payment->depth_blocks, sizeof payment->depth_blocks);
    }
    return hash;
}

struct str checkout_policy(struct arena *arena, struct str frame_ancestors) {
    return str_from_c(arena_printf(
        arena,
        "default-src 'none'; style-src '%s'; script-src '%s'; img-src data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'; frame-ancestors %.*s",
        checkout_css_hash, checkout_js_hash, STR_ARG(frame_ancestors)));
}
