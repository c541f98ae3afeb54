/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CLOCK_OS_H
#define TILL_ADAPTERS_CLOCK_OS_H

/* The operating system's clocks behind the clock port. */

#include "ports/clock.h"

struct clock clock_os(void);

#endif
