/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/http_sample.h"

/* Runs the sample until it is told to stop, to be measured from outside: http_sample [LOOPS]. */
int main(int argc, char **argv) {
    sigset_t stops;
    int signal_number;
    struct http_limits limits = HTTP_LIMITS_DEFAULT;
    limits.connections_per_ip_max = limits.connections_max;
    (void)sigemptyset(&stops);
    (void)sigaddset(&stops, SIGTERM);
    (void)sigaddset(&stops, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &stops, NULL);
    unsigned loops = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1;
    struct sample *sample = sample_start(&limits, loops, NULL);
    (void)printf("http://127.0.0.1:%u/ok\n", sample_port(sample));
    (void)fflush(stdout);
    (void)sigwait(&stops, &signal_number);
    sample_stop(sample);
    return 0;
}
