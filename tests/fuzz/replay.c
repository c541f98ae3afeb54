/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target on every file of a folder, so that inputs once found stay fixed. */
#include <assert.h>
#include <dirent.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void replay(const char *path) {
    FILE *file = fopen(path, "rb");
    struct stat status;
    if (file == NULL || fstat(fileno(file), &status) != 0) {
        perror(path);
        exit(1);
    }
    /* Exactly as large as the input, so that the sanitizer sees a read past its end. */
    size_t size = (size_t)status.st_size;
    uint8_t *input = malloc(size > 0 ? size : 1);
    assert(input != NULL);
    size_t got = fread(input, 1, size, file);
    assert(got == size);
    LLVMFuzzerTestOneInput(input, size);
    free(input);
    fclose(file);
}

int main(int argc, char **argv) {
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (folder == NULL) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    int count = 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[PATH_MAX];
        if (entry->d_name[0] == '.') {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        replay(path);
        count++;
    }
    closedir(folder);
    printf("%d inputs\n", count);
    return count > 0 ? 0 : 1;
}
