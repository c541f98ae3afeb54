/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_ADAPTERS_EVM_DOUBLE_H
#define TILL_TESTS_UNIT_ADAPTERS_EVM_DOUBLE_H

/* A node that answers what a test tells it to, by method, and counts what it is asked. */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { EVM_DOUBLE_ANSWERS_MAX = 28 };

struct evm_double_answer {
    const char *method;
    const char *words; /* the parameters must hold them; NULL: any */
    const char *json;  /* the result; an error object if it begins with {"code"; NULL: nothing is
                          said at all, the answer is missing */
};

struct evm_double {
    int port;
    int fd;
    pthread_t thread;
    /* The first that fits counts; without one the node does not know the method. */
    struct evm_double_answer answers[EVM_DOUBLE_ANSWERS_MAX];
    size_t answer_count;
    bool answers_backwards;
    bool hangs_up;          /* after each request */
    atomic_size_t requests; /* each perhaps a batch */
    atomic_size_t calls;
};

void evm_double_start(struct evm_double *node);
void evm_double_stop(struct evm_double *node);
/* In place of what it answers to that method, or as one more. Between calls only. */
void evm_double_put(struct evm_double *node, const char *method, const char *words,
                    const char *json);

#endif
