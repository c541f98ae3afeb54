/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "core/asset.h"
#include "http/wire/icon.h"

static void test_every_asset_has_all_its_pictures(void **state) {
    (void)state;
    for (const struct asset *const *asset = asset_list(); *asset != NULL; asset++) {
        for (enum icon_kind kind = 0; kind < ICON_KIND_COUNT; kind++) {
            CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 20);
            struct buf out = buf_in(arena);
            const char *path = icon_path(arena, kind, *asset);
            assert_true(icon_draw(arena, str_from_c(path), &out));
            struct str svg = buf_str(&out);
            assert_true(str_starts_with(svg, STR("<svg xmlns=\"http://www.w3.org/2000/svg\" ")));
            assert_true(str_ends_with(svg, STR("</svg>\n")));
            assert_true(svg.len < 2000);
            assert_null(strpbrk((*asset)->name, "<>&\"'"));
            assert_null(strpbrk((*asset)->network->name, "<>&\"'"));
            /* A document of its own: it asks for nothing and runs nothing. */
            const char *text = str_to_c(arena, svg);
            assert_null(strstr(text, "href"));
            assert_null(strstr(text, "url("));
            assert_null(strstr(text, "script"));
        }
    }
}

static void test_the_names_are_those_that_clients_know(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
    const struct asset *usdt = asset_by_code(STR("USDT_TRC20"));
    assert_string_equal(icon_path(arena, ICON_CURRENCY, usdt), "/img/currency/USDT.svg");
    assert_string_equal(icon_path(arena, ICON_NETWORK, usdt), "/img/network/TRC20.svg");
    assert_string_equal(icon_path(arena, ICON_CURRENCY_NETWORK, usdt),
                        "/img/currency_network/USDT_TRC.svg");
    assert_string_equal(icon_path(arena, ICON_STROKE, usdt), "/img/stroke/USDT_STROKE.svg");
}

static void test_there_is_no_other_picture(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
    static const char *const paths[] = {"/img/currency/LTC", "/img/currency/GOLD.svg",
                                        "/img/network/ltc.svg", "/img/stroke/LTC.svg", ""};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct buf out = buf_in(arena);
        assert_false(icon_draw(arena, str_from_c(paths[i]), &out));
        assert_int_equal(out.len, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_asset_has_all_its_pictures),
        cmocka_unit_test(test_the_names_are_those_that_clients_know),
        cmocka_unit_test(test_there_is_no_other_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
