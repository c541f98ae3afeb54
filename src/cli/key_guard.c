/* SPDX-License-Identifier: MIT */
#include "cli/key_guard.h"

#include <string.h>

#include "core/account_key.h"

enum { PHRASE_BYTES_MAX = 1024, PHRASE_WORDS_MAX = 24 };

const char key_guard_explanation[] =
    "that is a PRIVATE key: whoever has it can spend the money. Till never takes one.\n"
    "\n"
    "It was not sent anywhere, and this command has wiped it. But the shell's history, the\n"
    "terminal's scrollback or a log may still hold it: clear them, and move the money to a\n"
    "new wallet if anybody else could have read it.\n"
    "\n"
    "Give the account's PUBLIC key instead. It starts with xpub, ypub, zpub, tpub, Ltub or the\n"
    "like; wallet software shows it as \"extended public key\" or \"master public key\".\n";

static bool is_private(const char *text) {
    struct str whole = str_from_c(text);
    size_t equals = str_find(whole, '=');
    return key_text_is_private(whole) ||
           (equals < whole.len && key_text_is_private(str_slice(whole, equals + 1, whole.len)));
}

/* Arguments from `first` on as one text, up to the next option. */
static bool phrase_is_private(int argc, char *const *argv, int first) {
    char phrase[PHRASE_BYTES_MAX];
    size_t used = 0;
    bool found = false;
    for (int i = first; i < argc && i < first + PHRASE_WORDS_MAX && !found; i++) {
        size_t len = strlen(argv[i]);
        if (argv[i][0] == '-' || used + len + 1 > sizeof phrase) {
            break;
        }
        memcpy(phrase + used, argv[i], len);
        used += len;
        found = key_text_is_private((struct str){.ptr = phrase, .len = used});
        phrase[used++] = ' ';
    }
    key_text_wipe(phrase, sizeof phrase);
    return found;
}

/* Elsewhere a long sentence could be taken for a phrase. */
static bool is_about_wallets(int argc, char *const *argv) {
    for (int i = 1; i < argc; i++) {
        struct str text = str_from_c(argv[i]);
        if (str_eq(text, STR("wallet")) || str_starts_with(text, STR("--xpub")) ||
            str_starts_with(text, STR("--descriptor"))) {
            return true;
        }
    }
    return false;
}

bool key_guard_wipes(int argc, char **argv) {
    if (!is_about_wallets(argc, argv)) {
        return false;
    }
    bool found = false;
    for (int i = 1; i < argc && !found; i++) {
        found = is_private(argv[i]) || phrase_is_private(argc, argv, i);
    }
    for (int i = 1; found && i < argc; i++) {
        key_text_wipe(argv[i], strlen(argv[i]));
    }
    return found;
}
