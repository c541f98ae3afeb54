/* SPDX-License-Identifier: MIT */
#include "backup.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/backup_file/backup_file.h"
#include "adapters/bounds_file/bounds_file.h"
#include "adapters/clock_os/clock_os.h"
#include "adapters/vault_sodium/vault_sodium.h"
#include "base/arena.h"
#include "base/json_write.h"
#include "base/utc.h"
#include "config.h"
#include "core/error.h"
#include "ports/clock.h"
#include "ports/store.h"

#define SECTION_ABOUT   "about"
#define SECTION_KEY     "key"
#define SECTION_BOUNDS  "bounds"
#define SECTION_SANDBOX "sandbox"
#define SECTION_STORE   "store"

static bool exists(const char *path) {
    return access(path, F_OK) == 0;
}

struct result instance_paths_of(struct arena *arena, const struct config *config,
                                struct instance_paths *ret_paths) {
    static const char prefix[] = "sqlite:";
    const char *url = config->store.url;
    if (strncmp(url, prefix, sizeof prefix - 1) != 0 || url[sizeof prefix - 1] == '\0') {
        struct result wrong = result_failf(arena, &ERR_CONFIG,
                                           "must be sqlite:PATH in this version, not \"%s\"", url);
        return config_refusal(arena, config, "store", "url", wrong);
    }
    const char *store = url + sizeof prefix - 1;
    const char *key = config->store.key_file;
    *ret_paths = (struct instance_paths){
        .store = store,
        .key = key[0] == '\0' ? arena_printf(arena, "%s.key", store) : key,
        .bounds = arena_printf(arena, "%s.bounds", store),
        .sandbox = arena_printf(arena, "%s.sandbox", store),
    };
    return RESULT_OK;
}

/* ---- making */

static struct bytes about_text(struct arena *arena) {
    struct clock clock = clock_os();
    char memory[UTC_TEXT_BYTES];
    struct buf out = buf_in(arena);
    struct json_writer json;
    json_writer_init(&json, &out);
    json_write_object_begin(&json);
    json_write_key(&json, STR("version"));
    json_write_str(&json, STR(TILL_VERSION));
    json_write_key(&json, STR("made_at"));
    json_write_str(&json, utc_text(clock_wall_ms(&clock), memory));
    json_write_object_end(&json);
    return buf_bytes(&out);
}

/* The copy of the store comes first: bounds and the sandbox's chain only grow, so what is read
 * after it covers it. */
static struct result gather(const struct backup_of_instance *instance, struct arena *arena,
                            const char *path, const char *copy, struct str passphrase,
                            struct backup_report *ret_report) {
    const char *bounds = arena_printf(arena, "%s.bounds", instance->store_path);
    const char *sandbox = arena_printf(arena, "%s.sandbox", instance->store_path);
    struct bytes key;
    TRY(vault_export(instance->vault, arena, passphrase, &key));
    struct backup_section sections[BACKUP_SECTIONS_MAX] = {
        {.name = SECTION_ABOUT, .bytes = about_text(arena)},
        {.name = SECTION_KEY, .bytes = key},
    };
    size_t count = 2;
    if (exists(bounds)) {
        sections[count++] = (struct backup_section){.name = SECTION_BOUNDS, .path = bounds};
    }
    if (exists(sandbox)) {
        sections[count++] = (struct backup_section){.name = SECTION_SANDBOX, .path = sandbox};
    }
    sections[count++] = (struct backup_section){.name = SECTION_STORE, .path = copy};
    return backup_file_write(arena, path, sections, count, ret_report);
}

static struct result make(struct backup *backup, struct arena *arena, const char *path,
                          struct str passphrase, struct backup_report *ret_report) {
    const struct backup_of_instance *instance = (const struct backup_of_instance *)backup;
    const char *copy = arena_printf(arena, "%s.store", path);
    if (exists(path)) {
        return result_failf(arena, &ERR_BACKUP_FILE, "%s exists; it is not overwritten", path);
    }
    struct store_conn *reader;
    TRY(store_reader_open(instance->store, &reader));
    struct result made = store_backup(reader, arena, copy);
    store_reader_close(reader);
    TRY(made);
    made = gather(instance, arena, path, copy, passphrase, ret_report);
    (void)unlink(copy);
    return made;
}

void backup_of_instance_init(struct backup_of_instance *instance, struct store *store,
                             struct vault *vault, const char *store_path) {
    *instance = (struct backup_of_instance){
        .backup = {make}, .store = store, .vault = vault, .store_path = store_path};
}

/* ---- verifying */

/* Opening runs the migrations, so this is done with a copy that nobody needs afterwards. */
static struct result verify_store(struct arena *arena, const char *path) {
    struct store *store;
    TRY(store_open(arena, str_from_c(arena_printf(arena, "sqlite:%s", path)), &store));
    struct store_conn *reader;
    struct result sound = store_reader_open(store, &reader);
    if (result_is_ok(sound)) {
        sound = store_verify(reader, arena);
        if (sound.detail != NULL) {
            sound.detail = arena_printf(arena, "%s", sound.detail);
        }
        store_reader_close(reader);
    }
    store_close(store);
    return sound;
}

static void remove_store(struct arena *arena, const char *path) {
    static const char *const endings[] = {"", "-wal", "-shm", "-journal", ".lock"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        (void)unlink(arena_printf(arena, "%s%s", path, endings[i]));
    }
}

static struct result verify_key(struct arena *arena, struct backup_file *file,
                                struct str passphrase, const char *scratch) {
    struct bytes sealed;
    TRY(backup_file_read(file, arena, SECTION_KEY, &sealed));
    struct result opened = vault_import(arena, sealed, passphrase, scratch);
    (void)unlink(scratch);
    if (opened.code == &ERR_VAULT_SEAL) {
        return result_failf(arena, &ERR_BACKUP_FILE,
                            "the passphrase does not open the key in the backup");
    }
    return opened;
}

static struct result verify_parts(struct arena *arena, struct backup_file *file,
                                  struct str passphrase, const char *folder) {
    const char *copy = arena_printf(arena, "%s/store", folder);
    TRY(backup_file_extract(file, arena, SECTION_STORE, copy));
    struct result sound = verify_store(arena, copy);
    remove_store(arena, copy);
    TRY(sound);
    return passphrase.len == 0
               ? RESULT_OK
               : verify_key(arena, file, passphrase, arena_printf(arena, "%s/key", folder));
}

static void file_cleanup(struct backup_file **file) {
    backup_file_close(*file);
}

struct result backup_verify(struct arena *arena, const char *path, struct str passphrase,
                            struct backup_report *ret_report) {
    CLEANUP(file_cleanup) struct backup_file *file = NULL;
    TRY(backup_file_open(arena, path, &file));
    char *folder = arena_printf(arena, "%s.verify.XXXXXX", path);
    if (mkdtemp(folder) == NULL) {
        return result_failf(arena, &ERR_BACKUP_FILE, "cannot make a folder beside %s: %s", path,
                            strerror(errno));
    }
    struct result sound = verify_parts(arena, file, passphrase, folder);
    (void)rmdir(folder);
    TRY(sound);
    *ret_report = *backup_file_report(file);
    return RESULT_OK;
}

/* ---- restoring */

/* A store that tilld uses cannot be opened; one that is damaged can be replaced. */
static struct result check_unused(struct arena *arena, const char *path) {
    if (!exists(path)) {
        return RESULT_OK;
    }
    struct store *store;
    struct result opened =
        store_open(arena, str_from_c(arena_printf(arena, "sqlite:%s", path)), &store);
    if (result_is_ok(opened)) {
        store_close(store);
    }
    return opened.code == &ERR_STORE_LOCKED ? opened : RESULT_OK;
}

static struct result check_free(struct arena *arena, const struct restore_wanted *wanted) {
    const struct instance_paths *paths = &wanted->paths;
    TRY(check_unused(arena, paths->store));
    const char *there = exists(paths->store) ? paths->store : paths->key;
    if (!wanted->replace && exists(there)) {
        return result_failf(arena, &ERR_BACKUP_FILE,
                            "%s exists; --replace puts it aside and restores in its place", there);
    }
    return RESULT_OK;
}

/* Raised before anything is replaced: a bound too high costs nothing but numbers. */
static struct result raise_bounds(struct arena *arena, struct backup_file *file,
                                  const struct restore_wanted *wanted) {
    if (!backup_file_has(file, SECTION_BOUNDS)) {
        return RESULT_OK;
    }
    const char *from_path = arena_printf(arena, "%s.restoring", wanted->paths.bounds);
    (void)unlink(from_path);
    TRY(backup_file_extract(file, arena, SECTION_BOUNDS, from_path));
    struct bounds *from = NULL;
    struct bounds *to = NULL;
    bool found;
    struct result raised = bounds_file_open(arena, from_path, &from, &found);
    if (result_is_ok(raised)) {
        raised = bounds_file_open(arena, wanted->paths.bounds, &to, &found);
    }
    if (result_is_ok(raised)) {
        raised = bounds_file_raise_all(to, from, wanted->margin);
    }
    bounds_file_close(from);
    bounds_file_close(to);
    (void)unlink(from_path);
    return raised;
}

static void put_aside(struct arena *arena, const char *path, const char *ending,
                      const char **ret_aside) {
    if (exists(path) && rename(path, arena_printf(arena, "%s%s", path, ending)) == 0) {
        *ret_aside = ending;
    }
}

/* The log goes with its database: what it holds is part of it. */
static void put_old_aside(struct arena *arena, const struct instance_paths *paths,
                          const char **ret_aside) {
    struct clock clock = clock_os();
    const char *ending =
        arena_printf(arena, ".before-%lld", (long long)(clock_wall_ms(&clock) / 1000));
    static const char *const parts[] = {"-wal", "-shm", "-journal"};
    *ret_aside = "";
    put_aside(arena, paths->store, ending, ret_aside);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const char *path = arena_printf(arena, "%s%s", paths->store, parts[i]);
        if (exists(path)) {
            (void)rename(path, arena_printf(arena, "%s%s%s", paths->store, ending, parts[i]));
        }
    }
    put_aside(arena, paths->key, ending, ret_aside);
    put_aside(arena, paths->sandbox, ending, ret_aside);
}

static struct result sync_folder(struct arena *arena, const char *path) {
    int fd = open(dirname(arena_printf(arena, "%s", path)), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    return synced ? RESULT_OK
                  : result_failf(arena, &ERR_BACKUP_FILE, "could not sync the folder of %s", path);
}

static struct result put_in_place(struct arena *arena, const char *from, const char *to) {
    if (rename(from, to) != 0) {
        return result_failf(arena, &ERR_BACKUP_FILE, "could not put %s in place: %s", to,
                            strerror(errno));
    }
    return sync_folder(arena, to);
}

/* Everything that can fail for want of space or of the right passphrase happens beside the old
 * files; then they are put aside, and the store comes last. */
static struct result restore_parts(struct arena *arena, struct backup_file *file,
                                   const struct restore_wanted *wanted, const char **ret_aside) {
    const struct instance_paths *paths = &wanted->paths;
    const char *key = arena_printf(arena, "%s.restoring", paths->key);
    const char *store = arena_printf(arena, "%s.restoring", paths->store);
    const char *sandbox = arena_printf(arena, "%s.restoring", paths->sandbox);
    (void)unlink(key);
    (void)unlink(sandbox);
    remove_store(arena, store);
    struct bytes sealed;
    TRY(backup_file_read(file, arena, SECTION_KEY, &sealed));
    struct result opened = vault_import(arena, sealed, wanted->passphrase, key);
    if (opened.code == &ERR_VAULT_SEAL) {
        return result_failf(arena, &ERR_BACKUP_FILE,
                            "the passphrase does not open the key in the backup");
    }
    TRY(opened);
    TRY(backup_file_extract(file, arena, SECTION_STORE, store));
    if (backup_file_has(file, SECTION_SANDBOX)) {
        TRY(backup_file_extract(file, arena, SECTION_SANDBOX, sandbox));
    }
    TRY(raise_bounds(arena, file, wanted));
    put_old_aside(arena, paths, ret_aside);
    if (backup_file_has(file, SECTION_SANDBOX)) {
        TRY(put_in_place(arena, sandbox, paths->sandbox));
    }
    TRY(put_in_place(arena, key, paths->key));
    return put_in_place(arena, store, paths->store);
}

struct result backup_restore(struct arena *arena, const struct restore_wanted *wanted,
                             const char **ret_aside) {
    CLEANUP(file_cleanup) struct backup_file *file = NULL;
    TRY(backup_file_open(arena, wanted->file, &file));
    TRY(check_free(arena, wanted));
    return restore_parts(arena, file, wanted, ret_aside);
}
