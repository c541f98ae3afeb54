/* SPDX-License-Identifier: MIT */
#ifndef TILL_BASE_CHECKED_H
#define TILL_BASE_CHECKED_H

/* Integer arithmetic that says when it overflows: `u64_add(a, b, &ret)` answers true and stores the
 * exact value, or answers false and leaves `*ret` alone. For size_t, uint64_t, int64_t and u128. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A base type of the compiler that C gives no short name. */
typedef unsigned __int128 u128;

#define CHECKED_OPERATION(type, name, builtin)                                                     \
    __attribute__((warn_unused_result)) static inline bool name(type a, type b, type *ret_value) { \
        type value;                                                                                \
        if (builtin(a, b, &value)) {                                                               \
            return false;                                                                          \
        }                                                                                          \
        *ret_value = value;                                                                        \
        return true;                                                                               \
    }

CHECKED_OPERATION(size_t, size_add, __builtin_add_overflow)
CHECKED_OPERATION(size_t, size_sub, __builtin_sub_overflow)
CHECKED_OPERATION(size_t, size_mul, __builtin_mul_overflow)
CHECKED_OPERATION(uint64_t, u64_add, __builtin_add_overflow)
CHECKED_OPERATION(uint64_t, u64_sub, __builtin_sub_overflow)
CHECKED_OPERATION(uint64_t, u64_mul, __builtin_mul_overflow)
CHECKED_OPERATION(int64_t, i64_add, __builtin_add_overflow)
CHECKED_OPERATION(int64_t, i64_sub, __builtin_sub_overflow)
CHECKED_OPERATION(int64_t, i64_mul, __builtin_mul_overflow)
CHECKED_OPERATION(u128, u128_add, __builtin_add_overflow)
CHECKED_OPERATION(u128, u128_sub, __builtin_sub_overflow)
CHECKED_OPERATION(u128, u128_mul, __builtin_mul_overflow)

#undef CHECKED_OPERATION

#endif
