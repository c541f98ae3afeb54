/* SPDX-License-Identifier: MIT */
#include "faulty_disk.h"

#include <assert.h>
#include <sqlite3.h>
#include <string.h>

struct faulty_file {
    sqlite3_file base; /* first: SQLite sees this */
    sqlite3_file *real;
};

static struct {
    enum disk_call kind;
    uint64_t calls_left; /* 0: no plan, 1: the next one fails */
    int code;
    bool has_failed;
} plan;

static sqlite3_vfs *real_vfs;

static int planned_fault(enum disk_call kind) {
    if (plan.calls_left == 0 || plan.kind != kind) {
        return SQLITE_OK;
    }
    if (plan.calls_left > 1) {
        plan.calls_left--;
        return SQLITE_OK;
    }
    plan.has_failed = true;
    return plan.code;
}

static sqlite3_file *real_of(sqlite3_file *file) {
    return ((struct faulty_file *)file)->real;
}

#define REAL(file) real_of(file)->pMethods

static int file_close(sqlite3_file *file) {
    return REAL(file)->xClose(real_of(file));
}

static int file_read(sqlite3_file *file, void *to, int size, sqlite3_int64 offset) {
    int code = planned_fault(DISK_READ);
    return code != SQLITE_OK ? code : REAL(file)->xRead(real_of(file), to, size, offset);
}

static int file_write(sqlite3_file *file, const void *from, int size, sqlite3_int64 offset) {
    int code = planned_fault(DISK_WRITE);
    return code != SQLITE_OK ? code : REAL(file)->xWrite(real_of(file), from, size, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    return REAL(file)->xTruncate(real_of(file), size);
}

static int file_sync(sqlite3_file *file, int flags) {
    int code = planned_fault(DISK_SYNC);
    return code != SQLITE_OK ? code : REAL(file)->xSync(real_of(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size) {
    return REAL(file)->xFileSize(real_of(file), ret_size);
}

static int file_lock(sqlite3_file *file, int lock) {
    return REAL(file)->xLock(real_of(file), lock);
}

static int file_unlock(sqlite3_file *file, int lock) {
    return REAL(file)->xUnlock(real_of(file), lock);
}

static int file_is_reserved(sqlite3_file *file, int *ret_is_reserved) {
    return REAL(file)->xCheckReservedLock(real_of(file), ret_is_reserved);
}

static int file_control(sqlite3_file *file, int op, void *argument) {
    return REAL(file)->xFileControl(real_of(file), op, argument);
}

static int file_sector_size(sqlite3_file *file) {
    return REAL(file)->xSectorSize(real_of(file));
}

static int file_characteristics(sqlite3_file *file) {
    return REAL(file)->xDeviceCharacteristics(real_of(file));
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend,
                        void volatile **ret_memory) {
    return REAL(file)->xShmMap(real_of(file), page, size, extend, ret_memory);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
    return REAL(file)->xShmLock(real_of(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file) {
    REAL(file)->xShmBarrier(real_of(file));
}

static int file_shm_unmap(sqlite3_file *file, int remove) {
    return REAL(file)->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_is_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *ret_flags) {
    struct faulty_file *faulty = (struct faulty_file *)file;
    faulty->real = (sqlite3_file *)(faulty + 1);
    int code = real_vfs->xOpen(real_vfs, name, faulty->real, flags, ret_flags);
    file->pMethods = faulty->real->pMethods != NULL ? &methods : NULL;
    return code;
}

void faulty_disk_install(void) {
    static sqlite3_vfs disk;
    if (real_vfs != NULL) {
        return;
    }
    real_vfs = sqlite3_vfs_find(NULL);
    disk = *real_vfs;
    disk.zName = "faulty";
    disk.szOsFile = (int)sizeof(struct faulty_file) + real_vfs->szOsFile;
    disk.xOpen = disk_open;
    assert(sqlite3_vfs_register(&disk, 1) == SQLITE_OK);
}

void faulty_disk_plan(enum disk_call kind, uint64_t call, int code) {
    plan.kind = kind;
    plan.calls_left = call;
    plan.code = code;
    plan.has_failed = false;
}

bool faulty_disk_repair(void) {
    plan.calls_left = 0;
    return plan.has_failed;
}
