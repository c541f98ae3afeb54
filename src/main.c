/* SPDX-License-Identifier: MIT */
/* You are here: tilld begins. Arguments, configuration, signals; everything else is in gateway.c.
 */
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "config.h"
#include "config_check.h"
#include "gateway.h"

enum { START_ARENA_BYTES = 64 << 20, EXIT_OK = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

struct arguments {
    const char *config_path;
    bool check_only;
};

static void print_help(FILE *to) {
    (void)fputs(
        "usage: tilld [--config FILE] [--check-config]\n"
        "\n"
        "The Till payment gateway: serves the merchant API and the payment pages, follows the\n"
        "configured chains and brings postbacks.\n"
        "\n"
        "  --config FILE    read the configuration from FILE (else defaults and TILL_* variables)\n"
        "  --check-config   read the configuration, say what is wrong with it, and end\n"
        "  --version        print the version and end\n"
        "  --help           print this and end\n"
        "\n"
        "The operator's commands are in `till`. Manuals: tilld(8), till(1), till.ini(5).\n",
        to);
}

/* -1: go on; else the exit status. */
static int read_arguments(int argc, char **argv, struct arguments *ret_arguments) {
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"check-config", no_argument, NULL, 'k'},
        {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'c':
            ret_arguments->config_path = optarg;
            break;
        case 'k':
            ret_arguments->check_only = true;
            break;
        case 'v':
            (void)puts("tilld " TILL_VERSION);
            return EXIT_OK;
        case 'h':
            print_help(stdout);
            return EXIT_OK;
        default:
            print_help(stderr);
            return EXIT_USAGE;
        }
    }
    if (optind < argc) {
        (void)fprintf(stderr, "tilld: unexpected argument \"%s\"\n", argv[optind]);
        print_help(stderr);
        return EXIT_USAGE;
    }
    return -1;
}

static int refuse(struct result refused) {
    (void)fprintf(stderr, "tilld: %s\n", result_text(refused));
    return EXIT_REFUSED;
}

static void tell_ignored(const struct config *config) {
    for (const struct config_ignored *at = config->ignored; at != NULL; at = at->next) {
        log_event(LOG_WARN, "variable_ignored", LOG_STR("name", str_from_c(at->name)),
                  LOG_STR("why", STR("the configuration has no such section")));
    }
}

/* The first signal ends in order, a second one at once. */
static void *end_at_once(void *context) {
    int got;
    (void)sigwait(context, &got);
    _exit(EXIT_REFUSED);
}

static void wait_for_signal(sigset_t *signals) {
    int got;
    (void)sigwait(signals, &got);
    log_event(LOG_INFO, "stopping", LOG_I64("signal", (int64_t)got));
    pthread_t second;
    if (pthread_create(&second, NULL, end_at_once, signals) == 0) {
        (void)pthread_detach(second);
    }
}

static int serve(struct arena *arena, const struct config *config, sigset_t *signals) {
    struct gateway *gateway;
    struct result opened = gateway_open(arena, config, &gateway);
    if (!result_is_ok(opened)) {
        return refuse(opened);
    }
    struct result started = gateway_start(gateway);
    if (!result_is_ok(started)) {
        gateway_close(gateway);
        return refuse(started);
    }
    log_event(LOG_INFO, "serving", LOG_STR("listen", str_from_c(config->http.listen)),
              LOG_STR("base_url", str_from_c(config->http.base_url)),
              LOG_STR("version", STR(TILL_VERSION)));
    wait_for_signal(signals);
    gateway_stop(gateway);
    gateway_close(gateway);
    log_event(LOG_INFO, "stopped");
    return EXIT_OK;
}

int main(int argc, char **argv) {
    struct arguments arguments = {0};
    int ended = read_arguments(argc, argv, &arguments);
    if (ended >= 0) {
        return ended;
    }
    /* Every thread inherits the mask; only the main thread waits for these. */
    static sigset_t signals;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(START_ARENA_BYTES);
    static struct config config;
    struct result good = config_read(arena, arguments.config_path, &config);
    if (result_is_ok(good)) {
        good = config_check(arena, &config);
    }
    if (!result_is_ok(good)) {
        return refuse(good);
    }
    enum log_level level;
    BUG_IF(!log_level_by_name(str_from_c(config.log_level), &level));
    log_set_level(level);
    tell_ignored(&config);
    if (arguments.check_only) {
        (void)puts("the configuration is good");
        return EXIT_OK;
    }
    return serve(arena, &config, &signals);
}
