/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_STORE_SQL_FAULTY_DISK_H
#define TILL_TESTS_UNIT_STORE_SQL_FAULTY_DISK_H

/* A disk that fails when it is told to: SQLite's own file layer with a plan in front of it. */

#include <stdbool.h>
#include <stdint.h>

enum disk_call { DISK_WRITE, DISK_SYNC, DISK_READ };

/* Puts itself below every database opened from now on. */
void faulty_disk_install(void);
/* The `call`-th call of this kind from now, and all behind it until the plan is taken back, answer
 * `code` (SQLITE_FULL, ...) instead of doing anything. */
void faulty_disk_plan(enum disk_call kind, uint64_t call, int code);
/* From now on the disk is sound; says if the plan came to pass. */
bool faulty_disk_repair(void);

#endif
