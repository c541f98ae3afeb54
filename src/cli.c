/* SPDX-License-Identifier: MIT */
/* The composition root of `till`: finds the command in the table, asks tilld, shows the answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/arguments.h"
#include "cli/client.h"
#include "cli/help.h"
#include "cli/key_guard.h"
#include "cli/request.h"
#include "cli/view.h"
#include "config.h"

enum exit_status { EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, EXIT_UNREACHABLE };

enum { ARENA_BYTES_MAX = 512 << 20 };

/* Where tilld listens when nobody says: as packaged, or beside the source. */
static const char *const default_sockets[] = {"var/till.sock", "/run/till/till.sock"};

static void put_out(FILE *stream, struct str text) {
    (void)fwrite(text.ptr, 1, text.len, stream);
    (void)fflush(stream);
}

static enum exit_status complain(enum exit_status status, const char *complaint) {
    (void)fprintf(stderr, "till: %s\n", complaint);
    return status;
}

/* ---- where tilld is */

static const char *default_socket(void) {
    for (size_t i = 0; i < sizeof default_sockets / sizeof default_sockets[0]; i++) {
        if (access(default_sockets[i], F_OK) == 0) {
            return default_sockets[i];
        }
    }
    return default_sockets[0];
}

/* False: `*ret_socket` is the complaint. */
static bool find_socket(struct arena *arena, const struct arguments *arguments,
                        const char **ret_socket) {
    const char *named = getenv("TILL_HTTP_SOCKET");
    if (arguments->socket.len > 0) {
        *ret_socket = str_to_c(arena, arguments->socket);
    } else if (named != NULL && *named != '\0') {
        *ret_socket = named;
    } else if (arguments->config.len > 0) {
        struct config *config = ARENA_NEW(arena, struct config);
        struct result read = config_read(arena, str_to_c(arena, arguments->config), config);
        *ret_socket = result_is_ok(read) ? config->http.socket : result_text(read);
        return result_is_ok(read);
    } else {
        *ret_socket = default_socket();
    }
    return true;
}

/* ---- requests */

static enum exit_status show_refusal(struct arena *arena, const struct arguments *arguments,
                                     const struct client_answer *answer) {
    if (arguments->json) {
        put_out(stdout, answer->body);
        put_out(stdout, STR("\n"));
    }
    struct str detail = node_text(document_parse(arena, answer->body), "detail");
    if (detail.len == 0) {
        return complain(EXIT_REFUSED,
                        arena_printf(arena, "tilld answered with status %ld", answer->status));
    }
    struct buf out = buf_in(arena);
    put_harmless(&out, detail);
    return complain(EXIT_REFUSED, str_to_c(arena, buf_str(&out)));
}

static enum exit_status show_answer(struct arena *arena, const struct arguments *arguments,
                                    const struct client_answer *answer) {
    if (arguments->json) {
        put_out(stdout, answer->body);
        put_out(stdout, STR("\n"));
        return EXIT_DONE;
    }
    const struct node *document = document_parse(arena, answer->body);
    if (document == NULL) {
        return complain(EXIT_UNREACHABLE, "tilld's answer is not JSON; is it another program?");
    }
    struct buf out = buf_in(arena);
    view_print(&out, arguments->command->view, document);
    put_out(stdout, buf_str(&out));
    return EXIT_DONE;
}

static enum exit_status run_request(struct arena *arena, const struct arguments *arguments) {
    const char *socket;
    if (!find_socket(arena, arguments, &socket)) {
        return complain(EXIT_USAGE, socket);
    }
    struct client_request request = {
        .socket = socket,
        .method = arguments->command->method,
        .target = request_target(arena, arguments),
        .body = request_body(arena, arguments, NULL, 0),
    };
    struct client_answer answer;
    const char *complaint;
    if (!client_ask(arena, &request, &answer, &complaint)) {
        return complain(EXIT_UNREACHABLE, complaint);
    }
    return answer.status < 400 ? show_answer(arena, arguments, &answer)
                               : show_refusal(arena, arguments, &answer);
}

/* ---- help */

static enum exit_status run_help(struct arena *arena, const struct arguments *arguments) {
    struct buf out = buf_in(arena);
    bool is_help = arguments->command != NULL && arguments->command->runner == RUN_HELP;
    const struct str *topic = arguments->words + (is_help ? 1 : 0);
    size_t topic_count = arguments->word_count - (is_help ? 1 : 0);
    if (arguments->command != NULL && !is_help) {
        help_command(&out, arguments->command);
    } else if (arguments->word_count == 0 || topic_count == 0) {
        help_overview(&out, &till_commands);
    } else if (!help_topic(&out, &till_commands, topic, topic_count)) {
        return complain(EXIT_USAGE, "there is no such command; till help lists them all");
    }
    put_out(stdout, buf_str(&out));
    return EXIT_DONE;
}

static enum exit_status run(struct arena *arena, const struct arguments *arguments) {
    if (arguments->version) {
        put_out(stdout, STR("till " TILL_VERSION "\n"));
        return EXIT_DONE;
    }
    if (arguments->help || arguments->command->runner == RUN_HELP) {
        return run_help(arena, arguments);
    }
    return run_request(arena, arguments);
}

int main(int argc, char **argv) {
    if (key_guard_wipes(argc, argv)) {
        return (int)complain(EXIT_REFUSED, key_guard_explanation);
    }
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct arguments *arguments = ARENA_NEW(arena, struct arguments);
    const char *complaint;
    if (!arguments_parse(arena, &till_commands, argc, argv, arguments, &complaint)) {
        return (int)complain(EXIT_USAGE, complaint);
    }
    return (int)run(arena, arguments);
}
