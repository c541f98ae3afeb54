/* SPDX-License-Identifier: MIT */
/* What this machine can do at best, one line of JSON each.
 *
 *     bench_limits sync FOLDER SECONDS    appends 4 KiB and syncs, over and over
 *     bench_limits derive SECONDS         addresses from an account key, on one core */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/account.h"
#include "rows.h"

enum { PAGE_BYTES = 4096, SAMPLES_MAX = 1 << 20 };

static _Noreturn void fail(const char *what) {
    (void)fprintf(stderr, "bench_limits: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static void measure_sync(const char *folder, double seconds) {
    static double samples[SAMPLES_MAX];
    static const char page[PAGE_BYTES];
    char path[4096];
    if (snprintf(path, sizeof path, "%s/bench-sync", folder) >= (int)sizeof path) {
        fail("the folder's name is too long");
    }
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0 || unlink(path) != 0) {
        fail(path);
    }
    size_t count = 0;
    double start = now_s();
    for (double at = start; at - start < seconds && count < SAMPLES_MAX; count++) {
        if (write(fd, page, sizeof page) != (ssize_t)sizeof page || fdatasync(fd) != 0) {
            fail("could not write");
        }
        double end = now_s();
        samples[count] = end - at;
        at = end;
    }
    double took = now_s() - start;
    (void)close(fd);
    qsort(samples, count, sizeof *samples, compare);
    (void)printf("{\"per_s\":%.1f,\"p50_us\":%.0f,\"p99_us\":%.0f}\n", (double)count / took,
                 samples[count / 2] * 1e6, samples[count * 99 / 100] * 1e6);
}

static void measure_derive(double seconds) {
    struct account account = bench_account();
    uint32_t index = 0;
    double cpu_before = cpu_us();
    double start = now_s();
    while (now_s() - start < seconds) {
        for (int i = 0; i < 64; i++) {
            struct script script;
            must(account_script_at(&account, index++, &script));
        }
    }
    double took = now_s() - start;
    (void)printf("{\"per_s\":%.1f,\"cpu_us_each\":%.2f}\n", (double)index / took,
                 (cpu_us() - cpu_before) / (double)index);
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "sync") == 0) {
        measure_sync(argv[2], (double)strtoul(argv[3], NULL, 10));
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "derive") == 0) {
        measure_derive((double)strtoul(argv[2], NULL, 10));
        return 0;
    }
    (void)fputs("usage: bench_limits sync FOLDER SECONDS | derive SECONDS\n", stderr);
    return 2;
}
