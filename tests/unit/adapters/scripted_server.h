/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_ADAPTERS_SCRIPTED_SERVER_H
#define TILL_TESTS_UNIT_ADAPTERS_SCRIPTED_SERVER_H

/* An HTTP server on a loopback port that answers each request with the next bytes of a script, as
 * rude as they may be. */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { SCRIPTED_STEPS_MAX = 8, SCRIPTED_REQUEST_BYTES_MAX = 8192 };

struct scripted_step {
    const char *bytes; /* the whole answer, head and body */
    size_t repeat;     /* `again` is sent that many times behind it */
    const char *again;
    unsigned pause_us; /* before each `again` */
    bool hang;         /* then neither speaks nor closes, until the client does */
    bool close;        /* then closes */
};

struct scripted_server {
    int port;
    int fd;
    pthread_t thread;
    const struct scripted_step *steps;
    size_t step_count;
    atomic_size_t steps_done;
    size_t connections;
    char requests[SCRIPTED_STEPS_MAX][SCRIPTED_REQUEST_BYTES_MAX];
};

void scripted_server_start(struct scripted_server *server, const struct scripted_step *steps,
                           size_t step_count);
void scripted_server_stop(struct scripted_server *server);

#endif
