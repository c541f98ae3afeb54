/* SPDX-License-Identifier: MIT */
#ifndef TILL_CLI_EXPORT_FILE_H
#define TILL_CLI_EXPORT_FILE_H

/* A new file for something to sign. Nothing is overwritten, and a file that was not written to its
 * end does not stay. */

#include "base/bytes.h"

struct arena;

struct export_file {
    int fd; /* -1: none */
    const char *path;
    bool is_whole;
};

/* False: `*ret_complaint` says why. */
bool export_file_open(struct arena *arena, struct str path, struct export_file *ret_file,
                      const char **ret_complaint);
bool export_file_write(struct arena *arena, struct export_file *file, struct bytes bytes,
                       const char **ret_complaint);
/* For CLEANUP. */
void export_file_close(struct export_file *file);

#endif
