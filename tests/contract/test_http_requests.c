/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <ctype.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "support/http_sample.h"
#include "support/raw_client.h"

/* Runs http_requests.txt against the sample server: test_http_requests FILE. Prints TAP. */

enum {
    ROW_BYTES_MAX = 2 << 20,
    LINE_BYTES_MAX = 4096,
    STATUSES_MAX = 128,
    REPLY_MS = 20000,
    QUIET_MS = 60, /* a request that waits gets nothing for this long */
};

enum row_end { END_KEEP, END_CLOSE, END_WAITS };

struct row {
    char name[LINE_BYTES_MAX];
    char *bytes;
    size_t len;
    int statuses[STATUSES_MAX];
    size_t status_count;
    enum row_end end;
    bool eof, only_whole, may_continue, is_head, has_body;
    char body[LINE_BYTES_MAX];
};

static void put(struct row *row, char c) {
    assert(row->len < ROW_BYTES_MAX);
    row->bytes[row->len++] = c;
}

static void put_escaped(struct row *row, const char *at, const char *end);

/* At "{N*text}": puts it and returns what follows. */
static const char *put_repeated(struct row *row, const char *at) {
    char *text;
    unsigned long count = strtoul(at + 1, &text, 10);
    const char *end = ++text;
    for (int depth = 1; depth > 0; end++) {
        assert(*end != '\0');
        depth += *end == '{' ? 1 : *end == '}' ? -1 : 0;
    }
    for (unsigned long i = 0; i < count; i++) {
        put_escaped(row, text, end - 1);
    }
    return end;
}

static void put_escaped(struct row *row, const char *at, const char *end) {
    static const char letters[] = "rnt0\\";
    static const char bytes[] = "\r\n\t\0\\";
    while (at < end) {
        if (*at != '\\') {
            put(row, *at++);
            continue;
        }
        at++;
        const char *letter = strchr(letters, *at);
        if (*at == '{') {
            at = put_repeated(row, at);
        } else if (*at == 'x') {
            const char hex[3] = {at[1], at[2], '\0'};
            put(row, (char)strtoul(hex, NULL, 16));
            at += 3;
        } else {
            assert(letter != NULL);
            put(row, bytes[letter - letters]);
            at++;
        }
    }
}

static void read_word(struct row *row, const char *word) {
    unsigned long count = 1;
    char *rest;
    if (strcmp(word, "keep") == 0) {
        row->end = END_KEEP;
    } else if (strcmp(word, "close") == 0) {
        row->end = END_CLOSE;
    } else if (strcmp(word, "waits") == 0) {
        row->end = END_WAITS;
    } else if (strcmp(word, "eof") == 0) {
        row->eof = true;
    } else if (strcmp(word, "head") == 0) {
        row->is_head = true;
    } else if (strcmp(word, "whole") == 0) {
        row->only_whole = true;
    } else if (strcmp(word, "maybe100") == 0) {
        row->may_continue = true;
    } else {
        unsigned long value = strtoul(word, &rest, 10);
        if (*rest == 'x') {
            count = value;
            value = strtoul(rest + 1, &rest, 10);
        }
        assert(*rest == '\0' && value >= 100 && value < 600);
        for (unsigned long i = 0; i < count; i++) {
            assert(row->status_count < STATUSES_MAX);
            row->statuses[row->status_count++] = (int)value;
        }
    }
}

static void read_wanted(struct row *row, char *text) {
    char *rest = NULL;
    for (char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        read_word(row, word);
    }
}

/* ---- running */

static const char *check_reply(const struct row *row, size_t i, const struct raw_reply *reply) {
    char value[128];
    bool is_head = row->is_head && i == 0;
    if (reply->status != row->statuses[i]) {
        return "another status";
    }
    if (reply->status == 100) {
        return NULL;
    }
    if (!raw_header(reply, "Date", value, sizeof value)) {
        return "no Date";
    }
    bool has_length = raw_header(reply, "Content-Length", value, sizeof value);
    if (has_length == (reply->status == 204)) {
        return "Content-Length missing or too much";
    }
    if (reply->status == 405 && !raw_header(reply, "Allow", value, sizeof value)) {
        return "405 without Allow";
    }
    if (reply->status >= 400 &&
        (!raw_header(reply, "Content-Type", value, sizeof value) ||
         strcmp(value, "application/json") != 0 || (!is_head && reply->body[0] != '{'))) {
        return "an error without a JSON body";
    }
    if (row->has_body && i + 1 == row->status_count && strcmp(reply->body, row->body) != 0) {
        return "another body";
    }
    return NULL;
}

static const char *check_end(const struct row *row, struct raw_client *client) {
    struct raw_reply reply;
    bool answered;
    switch (row->end) {
    case END_CLOSE:
        return raw_is_closed(client, REPLY_MS) ? NULL : "not closed";
    case END_WAITS:
        if (client->len > 0 || raw_receive(client, QUIET_MS) || client->eof) {
            return "did not wait";
        }
        return NULL;
    case END_KEEP:
        if (client->len > 0) {
            return "more than was asked for";
        }
        (void)raw_send_text(client, "GET /thing/next HTTP/1.1\r\nHost: a\r\n\r\n");
        answered = raw_read_reply(client, false, REPLY_MS, &reply);
        if (!answered || reply.status != 200 || strcmp(reply.body, "next") != 0) {
            return "not kept open";
        }
        raw_reply_free(&reply);
        return NULL;
    }
    return "bug";
}

/* What comes before the end of sending does not matter: the server may refuse early. */
static void send_row(const struct row *row, struct raw_client *client, bool is_split) {
    size_t step = is_split ? 1 : row->len;
    for (size_t at = 0; at < row->len; at += step) {
        if (!raw_send(client, row->bytes + at, step)) {
            return;
        }
        if (is_split && row->len < 1000) {
            (void)sched_yield();
        }
    }
    if (row->eof) {
        (void)shutdown(client->fd, SHUT_WR);
    }
}

static const char *run_row(const struct row *row, uint16_t port, bool is_split) {
    struct raw_client client;
    const char *problem = NULL;
    raw_connect(&client, port);
    send_row(row, &client, is_split);
    for (size_t i = 0; i < row->status_count && problem == NULL; i++) {
        struct raw_reply reply;
        if (!raw_read_reply(&client, row->is_head && i == 0, REPLY_MS, &reply)) {
            problem = "no reply";
            break;
        }
        if (row->may_continue && reply.status == 100) {
            i--; /* the reply itself is still to come */
        } else {
            problem = check_reply(row, i, &reply);
        }
        if (problem != NULL) {
            printf("# %.*s\n", (int)strcspn(reply.head, "\r"), reply.head);
        }
        raw_reply_free(&reply);
    }
    if (problem == NULL) {
        problem = check_end(row, &client);
    }
    raw_close(&client);
    return problem;
}

static int report(const struct row *row, uint16_t port, bool is_split) {
    static int number;
    if (is_split && row->only_whole) {
        return 0;
    }
    const char *problem = run_row(row, port, is_split);
    number++;
    printf("%s %d - %s%s%s%s\n", problem == NULL ? "ok" : "not ok", number, row->name,
           is_split ? ", byte by byte" : "", problem == NULL ? "" : ": ",
           problem == NULL ? "" : problem);
    return 1;
}

static int finish_row(struct row *row, uint16_t port) {
    int count = 0;
    if (row->name[0] != '\0') {
        count += report(row, port, false);
        count += report(row, port, true);
    }
    char *bytes = row->bytes;
    *row = (struct row){.bytes = bytes};
    return count;
}

static int run_file(FILE *file, uint16_t port) {
    static char line[LINE_BYTES_MAX];
    static struct row row;
    int count = 0;
    row.bytes = malloc(ROW_BYTES_MAX);
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "== ", 3) == 0) {
            count += finish_row(&row, port);
            (void)snprintf(row.name, sizeof row.name, "%s", line + 3);
        } else if (strncmp(line, "-> ", 3) == 0) {
            read_wanted(&row, line + 3);
        } else if (strncmp(line, "= ", 2) == 0) {
            row.has_body = true;
            (void)snprintf(row.body, sizeof row.body, "%s", line + 2);
        } else if (line[0] != '#' && row.name[0] != '\0' && row.status_count == 0) {
            put_escaped(&row, line, line + strlen(line));
        }
    }
    count += finish_row(&row, port);
    free(row.bytes);
    return count;
}

int main(int argc, char **argv) {
    struct http_limits limits = sample_limits();
    FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
    assert(file != NULL);
    struct sample *sample = sample_start(&limits, 1, NULL);
    int count = run_file(file, sample_port(sample));
    printf("1..%d\n", count);
    sample_stop(sample);
    (void)fclose(file);
    return 0;
}
