/* SPDX-License-Identifier: MIT */
/* Opens an SQLite store: finds the file, makes sure that we are alone with it, brings the schema up
 * to date. */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "adapters/store_sql/migrate.h"
#include "adapters/store_sql/sqlite.h"

/* Write-ahead logs need shared memory and locks that work; on these file systems they may not. */
static const struct {
    unsigned magic;
    const char *name;
} refused_file_systems[] = {
    {0x00006969, "NFS"}, {0x0000517b, "SMB"},    {0xff534d42, "CIFS"},  {0xfe534d42, "SMB2"},
    {0x01021997, "9p"},  {0x5346414f, "AFS"},    {0x00c36400, "Ceph"},  {0x73757245, "Coda"},
    {0x0000564c, "NCP"}, {0x0bd00bd0, "Lustre"}, {0x7461636f, "OCFS2"}, {0x01161970, "GFS2"},
};

static struct result check_file_system(struct arena *arena, const char *path) {
    struct statfs about;
    if (statfs(path, &about) != 0) {
        return result_failf(arena, &ERR_STORE_BROKEN, "could not look at \"%s\": %s", path,
                            strerror(errno));
    }
    for (size_t i = 0; i < sizeof(refused_file_systems) / sizeof(*refused_file_systems); i++) {
        if ((unsigned)about.f_type == refused_file_systems[i].magic) {
            return result_failf(arena, &ERR_STORE_BROKEN,
                                "\"%s\" lies on a network file system (%s); the store needs a "
                                "local disk",
                                path, refused_file_systems[i].name);
        }
    }
    return RESULT_OK;
}

/* A store for tests and trials: a real file with all its behaviour, in memory where there is such a
 * place, gone with store_close. */
static struct result make_temporary(struct arena *arena, struct store *store) {
    const char *folders[] = {"/dev/shm", "/tmp"};
    for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
        char folder[64];
        snprintf(folder, sizeof(folder), "%s/till-XXXXXX", folders[i]);
        if (mkdtemp(folder) != NULL) {
            snprintf(store->path, sizeof(store->path), "%s/till.db", folder);
            store->is_temporary = true;
            return RESULT_OK;
        }
    }
    return result_failf(arena, &ERR_STORE_BROKEN, "could not make a folder for a temporary store");
}

static struct result set_path(struct arena *arena, struct store *store, struct str url) {
    struct str scheme = STR("sqlite:");
    if (!str_starts_with(url, scheme)) {
        return result_failf(arena, &ERR_STORE_BROKEN, "cannot open a store at \"%.*s\"",
                            STR_ARG(url));
    }
    struct str path = str_slice(url, scheme.len, url.len);
    if (str_eq(path, STR(":memory:"))) {
        return make_temporary(arena, store);
    }
    /* Room for the names beside it. */
    if (path.len == 0 || path.len + sizeof(".lock") > sizeof(store->path)) {
        return result_failf(arena, &ERR_STORE_BROKEN, "the path of the store is empty or too long");
    }
    memcpy(store->path, path.ptr, path.len);
    return RESULT_OK;
}

static struct result refuse_second(struct arena *arena, const struct store *store, int fd) {
    char owner[24] = {0};
    ssize_t size = pread(fd, owner, sizeof(owner) - 1, 0);
    owner[size > 0 ? strcspn(owner, "\n") : 0] = '\0';
    return result_failf(arena, &ERR_STORE_LOCKED, "another process (%s) uses the store \"%s\"",
                        owner[0] != '\0' ? owner : "unknown", store->path);
}

/* An open file description lock on a file beside the database: it falls with the process, however
 * that ends, and holds against a second store in this process too. It must not be on the database
 * itself, where closing a descriptor would drop SQLite's own locks. */
static struct result take_lock(struct arena *arena, struct store *store) {
    const char *path = arena_printf(arena, "%s.lock", store->path);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return result_failf(arena, &ERR_STORE_BROKEN, "could not open \"%s\": %s", path,
                            strerror(errno));
    }
    store->lock_fd = fd;
    TRY(check_file_system(arena, path));
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_OFD_SETLK, &whole) != 0) {
        return refuse_second(arena, store, fd);
    }
    char owner[24];
    int size = snprintf(owner, sizeof(owner), "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, owner, (size_t)size, 0) != size) {
        return result_failf(arena, &ERR_STORE_FULL, "could not write \"%s\"", path);
    }
    return RESULT_OK;
}

/* Made by us, before SQLite sees it, so that only our user can read it. */
static struct result make_file(struct arena *arena, struct store *store) {
    int fd = open(store->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct stat about;
    bool is_sound = fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
    int cause = errno;
    if (fd >= 0) {
        close(fd);
    }
    if (!is_sound) {
        return result_failf(arena, &ERR_STORE_BROKEN, "could not open \"%s\": %s", store->path,
                            fd >= 0 ? "not a file" : strerror(cause));
    }
    store->device = about.st_dev;
    store->inode = about.st_ino;
    return RESULT_OK;
}

static struct result load_networks(struct store *store) {
    struct store_conn *writer = store->writer;
    TRY(store_begin(writer));
    struct result result = network_map_load(writer, &store->networks);
    if (result_is_ok(result)) {
        result = store_commit(writer);
    }
    store_rollback(writer);
    return result;
}

/* Counting memory costs SQLite a lock at each allocation. Must come before its first use. */
static void configure_once(void) {
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static struct result open_files(struct arena *arena, struct store *store, struct str url) {
    TRY(set_path(arena, store, url));
    TRY(take_lock(arena, store));
    TRY(make_file(arena, store));
    TRY(conn_open(store, true, &store->writer));
    TRY(migrate(store->writer, arena, &migrations_sqlite));
    TRY(load_networks(store));
    return store_checkpoint(store->writer, true);
}

static struct store *store_new(void) {
    struct store *store = calloc(1, sizeof(*store));
    BUG_IF(store == NULL);
    store->lock_fd = -1;
    return store;
}

struct result store_open(struct arena *arena, struct str url, struct store **ret_store) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    BUG_IF(pthread_once(&once, configure_once) != 0);
    struct store *store = store_new();
    struct result result = open_files(arena, store, url);
    if (!result_is_ok(result)) {
        if (result.detail != NULL) {
            result.detail = arena_printf(arena, "%s", result.detail);
        }
        store_close(store);
        return result;
    }
    *ret_store = store;
    return RESULT_OK;
}

static void remove_temporary(struct store *store) {
    static const char *const endings[] = {"", "-wal", "-shm", "-journal", ".lock"};
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        char path[PATH_MAX + 16];
        snprintf(path, sizeof(path), "%s%s", store->path, endings[i]);
        (void)unlink(path);
    }
    *strrchr(store->path, '/') = '\0';
    (void)rmdir(store->path);
}

void store_close(struct store *store) {
    if (store == NULL) {
        return;
    }
    BUG_IF(store->reader_count != 0);
    conn_close(store->writer);
    if (store->is_temporary) {
        remove_temporary(store);
    }
    if (store->lock_fd >= 0) {
        close(store->lock_fd);
    }
    free(store);
}

struct store_conn *store_writer(struct store *store) {
    return store->writer;
}

struct result store_reader_open(struct store *store, struct store_conn **ret_conn) {
    struct store_conn *conn = NULL;
    struct result result = conn_open(store, false, &conn);
    if (!result_is_ok(result)) {
        result.detail = NULL; /* lives in the connection */
        conn_close(conn);
        return result;
    }
    store->reader_count++;
    *ret_conn = conn;
    return RESULT_OK;
}

void store_reader_close(struct store_conn *conn) {
    if (conn == NULL) {
        return;
    }
    BUG_IF(conn->is_writer);
    conn->store->reader_count--;
    conn_close(conn);
}
