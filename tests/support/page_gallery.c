/* SPDX-License-Identifier: MIT */
/* page_gallery FOLDER: writes every state of the payer's page in every language, as
 * FOLDER/<state>.<language>.html, with the policy it would be sent with inside. */
#include <stdio.h>

#include "base/arena.h"
#include "http/pages/checkout_page.h"
#include "http/pages/words.h"
#include "support/page_views.h"

enum { PAGE_BYTES_MAX = 1 << 20 };

static bool write_file(struct arena *arena, const char *folder, const char *name,
                       const struct language *language, const struct buf *page) {
    const char *path = arena_printf(arena, "%s/%s.%s.html", folder, name, language->code);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return false;
    }
    bool written = fwrite(page->ptr, 1, page->len, file) == page->len;
    return fclose(file) == 0 && written;
}

static bool write_language(struct arena *arena, const char *folder,
                           const struct language *language) {
    for (int state = 0; state < CHECKOUT_STATE_COUNT; state++) {
        struct checkout_view view = page_view_of((enum checkout_state)state, language);
        struct buf page = buf_in(arena);
        checkout_page(&page, &view);
        if (page.failed || !write_file(arena, folder, page_state_names[state], language, &page)) {
            return false;
        }
        arena_reset(arena);
    }
    struct checkout_view token = page_view_of_token(language);
    struct buf page = buf_in(arena);
    checkout_page(&page, &token);
    if (page.failed || !write_file(arena, folder, "token", language, &page)) {
        return false;
    }
    arena_reset(arena);
    page = buf_in(arena);
    checkout_not_found_page(&page, language);
    bool written = write_file(arena, folder, "not_found", language, &page);
    arena_reset(arena);
    return written;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: page_gallery FOLDER\n");
        return 2;
    }
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(PAGE_BYTES_MAX);
    const struct language *language;
    for (size_t i = 0; (language = language_at(i)) != NULL; i++) {
        if (!write_language(arena, argv[1], language)) {
            fprintf(stderr, "could not write to %s\n", argv[1]);
            return 1;
        }
    }
    printf("%s\n", arena_copy(arena, checkout_policy(arena, STR("*")).ptr,
                              checkout_policy(arena, STR("*")).len));
    return 0;
}
