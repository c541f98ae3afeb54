/* SPDX-License-Identifier: MIT */
/* The composition root of `till`: finds the command in the table, asks tilld, shows the answer. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backup.h"
#include "base/arena.h"
#include "cli/arguments.h"
#include "cli/client.h"
#include "cli/export_file.h"
#include "cli/help.h"
#include "cli/key_guard.h"
#include "cli/passphrase.h"
#include "cli/request.h"
#include "cli/rescan.h"
#include "cli/view.h"
#include "cli/views.h"
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

static enum exit_status show_as(struct arena *arena, const struct arguments *arguments,
                                const struct view *view, const struct client_answer *answer) {
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
    view_print(&out, view, document);
    put_out(stdout, buf_str(&out));
    return EXIT_DONE;
}

static enum exit_status show_answer(struct arena *arena, const struct arguments *arguments,
                                    const struct client_answer *answer) {
    return show_as(arena, arguments, arguments->command->view, answer);
}

/* EXIT_DONE: there is an answer, though it may be a refusal. */
static enum exit_status send_request(struct arena *arena, const struct arguments *arguments,
                                     struct str body, struct client_answer *ret_answer) {
    const char *socket;
    if (!find_socket(arena, arguments, &socket)) {
        return complain(EXIT_USAGE, socket);
    }
    struct client_request request = {
        .socket = socket,
        .method = arguments->command->method,
        .target = request_target(arena, arguments),
        .body = body,
    };
    const char *complaint;
    return client_ask(arena, &request, ret_answer, &complaint)
               ? EXIT_DONE
               : complain(EXIT_UNREACHABLE, complaint);
}

static enum exit_status ask(struct arena *arena, const struct arguments *arguments,
                            struct str body) {
    struct client_answer answer;
    enum exit_status sent = send_request(arena, arguments, body, &answer);
    if (sent != EXIT_DONE) {
        return sent;
    }
    return answer.status < 400 ? show_answer(arena, arguments, &answer)
                               : show_refusal(arena, arguments, &answer);
}

/* ---- a transaction to sign */

/* Of whatever has no file it is printed below: it must not be lost. */
static enum exit_status show_below(enum exit_status shown, const struct arguments *arguments,
                                   struct str exported) {
    if (shown == EXIT_DONE && !arguments->json) {
        put_out(stdout, STR("\n"));
        put_out(stdout, exported);
        put_out(stdout, STR("\n"));
    }
    return shown;
}

/* Chains of accounts: the answer is the file. */
static enum exit_status show_transfers(struct arena *arena, const struct arguments *arguments,
                                       const struct client_answer *answer,
                                       struct export_file *file) {
    const char *complaint;
    if (file != NULL && !export_file_write(arena, file, bytes_from_str(answer->body), &complaint)) {
        return complain(EXIT_REFUSED, complaint);
    }
    enum exit_status shown = show_as(arena, arguments, &view_payout_transfers, answer);
    return file == NULL ? show_below(shown, arguments, answer->body) : shown;
}

static enum exit_status show_exported(struct arena *arena, const struct arguments *arguments,
                                      const struct client_answer *answer,
                                      struct export_file *file) {
    const struct node *document = document_parse(arena, answer->body);
    struct str psbt = node_text(document, "psbt");
    if (node_text(document, "format").len > 0) {
        return show_transfers(arena, arguments, answer, file);
    }
    struct bytes bytes; /* binary, as BIP 174 has its files */
    const char *complaint;
    if (file == NULL) {
        return show_below(show_answer(arena, arguments, answer), arguments, psbt);
    }
    if (psbt.len == 0 || !base64_decode(arena, psbt, &bytes)) {
        return complain(EXIT_REFUSED, "tilld's answer has no transaction in it");
    }
    if (!export_file_write(arena, file, bytes, &complaint)) {
        return complain(EXIT_REFUSED, complaint);
    }
    return show_answer(arena, arguments, answer);
}

static enum exit_status show_plan(struct arena *arena, const struct arguments *arguments,
                                  const struct client_answer *answer, struct export_file *file) {
    const char *complaint;
    if (file != NULL && !export_file_write(arena, file, bytes_from_str(answer->body), &complaint)) {
        return complain(EXIT_REFUSED, complaint);
    }
    return show_answer(arena, arguments, answer);
}

/* The file is made before anything is asked: an export that cannot be written would reserve coins
 * for nothing. */
static enum exit_status run_into_file(struct arena *arena, const struct arguments *arguments,
                                      enum exit_status (*show)(struct arena *arena,
                                                               const struct arguments *arguments,
                                                               const struct client_answer *answer,
                                                               struct export_file *file)) {
    struct str path = arguments_value(arguments, "output");
    CLEANUP(export_file_close) struct export_file file = {.fd = -1};
    const char *complaint;
    if (path.len > 0 && !export_file_open(arena, path, &file, &complaint)) {
        return complain(EXIT_USAGE, complaint);
    }
    struct client_answer answer;
    struct str body = request_body(arena, arguments, NULL, 0);
    enum exit_status sent = send_request(arena, arguments, body, &answer);
    if (sent != EXIT_DONE) {
        return sent;
    }
    return answer.status < 400 ? show(arena, arguments, &answer, path.len > 0 ? &file : NULL)
                               : show_refusal(arena, arguments, &answer);
}

/* ---- blocks, a part at a time */

/* A line of its own that whatever comes next is written over. */
static void show_progress(const struct rescan_sum *sum) {
    int64_t wanted = sum->to - sum->from + 1;
    (void)fprintf(stderr, "\033[K%lld of %lld blocks read, %lld payments found\r",
                  (long long)sum->blocks_read, (long long)wanted, (long long)sum->payments_found);
}

/* What was read is told also when the rest was not. */
static enum exit_status show_rescan(struct arena *arena, const struct arguments *arguments,
                                    const struct rescan_sum *sum) {
    const struct client_answer answer = {.body = rescan_answer(arena, sum)};
    enum exit_status shown = show_answer(arena, arguments, &answer);
    if (sum->payments_found > 0 && !arguments->json) {
        put_out(stdout, STR("what was found counts from the next block on\n"));
    }
    return shown;
}

static enum exit_status read_part(struct arena *arena, const struct arguments *arguments,
                                  struct rescan_sum *sum) {
    struct client_answer answer;
    enum exit_status sent = send_request(arena, arguments, rescan_body(arena, sum), &answer);
    if (sent != EXIT_DONE) {
        return sent;
    }
    if (answer.status >= 400) {
        struct arguments told = *arguments;
        told.json = arguments->json && sum->blocks_read == 0; /* else the sum is the answer */
        return show_refusal(arena, &told, &answer);
    }
    return rescan_add(sum, document_parse(arena, answer.body))
               ? EXIT_DONE
               : complain(EXIT_UNREACHABLE, "tilld's answer tells nothing of blocks");
}

static enum exit_status run_rescan(struct arena *arena, const struct arguments *arguments) {
    struct rescan_sum sum = rescan_wanted(arguments);
    bool shows = !arguments->json && isatty(STDERR_FILENO) == 1;
    enum exit_status status = EXIT_DONE;
    while (status == EXIT_DONE && sum.next >= 0) {
        status = read_part(arena, arguments, &sum);
        if (shows && status == EXIT_DONE) {
            show_progress(&sum);
        }
    }
    if (shows) {
        (void)fputs("\033[K", stderr);
    }
    if (sum.blocks_read == 0) {
        return status;
    }
    enum exit_status shown = show_rescan(arena, arguments, &sum);
    return status == EXIT_DONE ? shown : status;
}

/* tilld has its own working directory. */
static const char *whole_path(struct arena *arena, struct str path) {
    char folder[PATH_MAX];
    if (path.len == 0 || path.ptr[0] == '/' || getcwd(folder, sizeof folder) == NULL) {
        return str_to_c(arena, path);
    }
    return arena_printf(arena, "%s/%.*s", folder, STR_ARG(path));
}

static enum exit_status run_backup(struct arena *arena, const struct arguments *arguments) {
    struct passphrase passphrase;
    const char *complaint;
    if (!passphrase_ask(&passphrase, true, &complaint)) {
        return complain(EXIT_USAGE, complaint);
    }
    const struct extra_field extras[] = {
        {"path", str_from_c(whole_path(arena, arguments_value(arguments, "file")))},
        {"passphrase", passphrase_str(&passphrase)},
    };
    struct str body = request_body(arena, arguments, extras, sizeof extras / sizeof extras[0]);
    passphrase_wipe(&passphrase);
    enum exit_status status = ask(arena, arguments, body);
    explicit_bzero((void *)(uintptr_t)body.ptr, body.len);
    return status;
}

/* ---- backups, with tilld stopped */

static enum exit_status show_verified(const struct arguments *arguments, struct arena *arena,
                                      const struct backup_report *report) {
    long long size = (long long)report->size_bytes;
    const char *text =
        arguments->json
            ? arena_printf(arena, "{\"sound\":true,\"size_bytes\":%lld,\"sha256\":\"%s\"}\n", size,
                           report->sha256)
            : arena_printf(arena, "sound, %lld bytes, sha256 %s\n", size, report->sha256);
    put_out(stdout, str_from_c(text));
    return EXIT_DONE;
}

static enum exit_status run_verify(struct arena *arena, const struct arguments *arguments) {
    struct passphrase passphrase = {0};
    const char *complaint;
    if (arguments_value(arguments, "key").ptr != NULL &&
        !passphrase_ask(&passphrase, false, &complaint)) {
        return complain(EXIT_USAGE, complaint);
    }
    struct backup_report report;
    const char *file = str_to_c(arena, arguments_value(arguments, "file"));
    struct result verified = backup_verify(arena, file, passphrase_str(&passphrase), &report);
    passphrase_wipe(&passphrase);
    return result_is_ok(verified) ? show_verified(arguments, arena, &report)
                                  : complain(EXIT_REFUSED, result_text(verified));
}

static enum exit_status show_restored(const struct arguments *arguments, struct arena *arena,
                                      const struct restore_wanted *wanted, const char *aside) {
    if (arguments->json) {
        put_out(stdout, STR("{\"restored\":true}\n"));
        return EXIT_DONE;
    }
    const char *text = arena_printf(
        arena,
        "restored %s\n%s%s%sAt its next start tilld jumps ahead: no address and no invoice number "
        "is given out again,\nand what happened since the backup is found on the chains.\n",
        wanted->paths.store, aside[0] == '\0' ? "" : "what was there has now the ending ", aside,
        aside[0] == '\0' ? "" : "\n");
    put_out(stdout, str_from_c(text));
    return EXIT_DONE;
}

static struct result read_restore(struct arena *arena, const struct arguments *arguments,
                                  struct restore_wanted *ret_wanted) {
    struct config *config = ARENA_NEW(arena, struct config);
    const char *path = arguments->config.len == 0 ? NULL : str_to_c(arena, arguments->config);
    TRY(config_read(arena, path, config));
    uint64_t margin = RESTORE_MARGIN;
    struct str given = arguments_value(arguments, "margin");
    BUG_IF(given.ptr != NULL && !str_to_u64(given, &margin));
    *ret_wanted = (struct restore_wanted){
        .file = str_to_c(arena, arguments_value(arguments, "file")),
        .margin = (int64_t)margin,
        .replace = arguments_value(arguments, "replace").ptr != NULL,
    };
    return instance_paths_of(arena, config, &ret_wanted->paths);
}

static enum exit_status run_restore(struct arena *arena, const struct arguments *arguments) {
    struct restore_wanted wanted;
    struct result read = read_restore(arena, arguments, &wanted);
    if (!result_is_ok(read)) {
        return complain(EXIT_USAGE, result_text(read));
    }
    struct passphrase passphrase;
    const char *complaint;
    if (!passphrase_ask(&passphrase, false, &complaint)) {
        return complain(EXIT_USAGE, complaint);
    }
    wanted.passphrase = passphrase_str(&passphrase);
    const char *aside = "";
    struct result restored = backup_restore(arena, &wanted, &aside);
    passphrase_wipe(&passphrase);
    return result_is_ok(restored) ? show_restored(arguments, arena, &wanted, aside)
                                  : complain(EXIT_REFUSED, result_text(restored));
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
    if (arguments->help) {
        return run_help(arena, arguments);
    }
    switch (arguments->command->runner) {
    case RUN_REQUEST:
        return ask(arena, arguments, request_body(arena, arguments, NULL, 0));
    case RUN_EXPORT:
        return run_into_file(arena, arguments, show_exported);
    case RUN_PLAN:
        return run_into_file(arena, arguments, show_plan);
    case RUN_RESCAN:
        return run_rescan(arena, arguments);
    case RUN_BACKUP:
        return run_backup(arena, arguments);
    case RUN_VERIFY:
        return run_verify(arena, arguments);
    case RUN_RESTORE:
        return run_restore(arena, arguments);
    case RUN_HELP:
        return run_help(arena, arguments);
    }
    BUG_IF(true);
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
