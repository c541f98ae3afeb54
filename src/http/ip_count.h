/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_IP_COUNT_H
#define TILL_HTTP_IP_COUNT_H

/* How many of something each client has open, over all threads. Fixed size: there are at most as
 * many clients as things. */

#include <stdbool.h>
#include <stddef.h>

#include "http/ip.h"

struct ip_count;

struct ip_count *ip_count_new(size_t things_max);
void ip_count_free(struct ip_count *count);

/* False, and nothing counted, if the client has `per_ip_max` already. Give the key of
 * ip_client_key; an unknown address always passes and is not counted. */
bool ip_count_add(struct ip_count *count, const struct ip *key, size_t per_ip_max);
void ip_count_remove(struct ip_count *count, const struct ip *key);

#endif
