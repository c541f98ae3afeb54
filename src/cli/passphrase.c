/* SPDX-License-Identifier: MIT */
#include "cli/passphrase.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

void passphrase_wipe(struct passphrase *passphrase) {
    explicit_bzero(passphrase, sizeof *passphrase);
}

struct str passphrase_str(const struct passphrase *passphrase) {
    return (struct str){.ptr = passphrase->text, .len = passphrase->len};
}

static void put(int terminal, const char *text) {
    ssize_t written = write(terminal, text, strlen(text));
    (void)written;
}

/* One line, a byte at a time: nothing of it stays in a buffer of stdio's. */
static bool read_line(int terminal, struct passphrase *passphrase) {
    passphrase->len = 0;
    char c;
    while (read(terminal, &c, 1) == 1) {
        if (c == '\n') {
            return true;
        }
        if (passphrase->len > PASSPHRASE_BYTES_MAX) {
            return false;
        }
        passphrase->text[passphrase->len++] = c;
    }
    return false;
}

static bool ask_once(int terminal, const char *question, struct passphrase *passphrase) {
    struct termios shown;
    if (tcgetattr(terminal, &shown) != 0) {
        return false;
    }
    struct termios hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    (void)tcsetattr(terminal, TCSAFLUSH, &hidden);
    put(terminal, question);
    bool read = read_line(terminal, passphrase);
    put(terminal, "\n");
    (void)tcsetattr(terminal, TCSAFLUSH, &shown);
    return read;
}

static bool ask_terminal(int terminal, struct passphrase *passphrase, bool twice,
                         const char **ret_complaint) {
    if (!ask_once(terminal, "Passphrase: ", passphrase)) {
        *ret_complaint = "the passphrase could not be read";
        return false;
    }
    if (!twice) {
        return true;
    }
    struct passphrase again = {0};
    bool same = ask_once(terminal, "Once more: ", &again) && again.len == passphrase->len &&
                memcmp(again.text, passphrase->text, again.len) == 0;
    passphrase_wipe(&again);
    if (!same) {
        *ret_complaint = "the two are not the same";
    }
    return same;
}

bool passphrase_ask(struct passphrase *ret_passphrase, bool twice, const char **ret_complaint) {
    *ret_passphrase = (struct passphrase){0};
    const char *given = getenv("TILL_PASSPHRASE");
    if (given != NULL) {
        ret_passphrase->len = strlen(given);
        if (ret_passphrase->len > PASSPHRASE_BYTES_MAX) {
            *ret_complaint = "TILL_PASSPHRASE is too long";
            return false;
        }
        memcpy(ret_passphrase->text, given, ret_passphrase->len);
        return true;
    }
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (terminal < 0) {
        *ret_complaint = "a passphrase is needed: there is no terminal to ask on, and "
                         "TILL_PASSPHRASE is not set";
        return false;
    }
    bool asked = ask_terminal(terminal, ret_passphrase, twice, ret_complaint);
    (void)close(terminal);
    if (!asked) {
        passphrase_wipe(ret_passphrase);
    }
    return asked;
}
