/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SUPPORT_JSON_FIND_H
#define TILL_TESTS_SUPPORT_JSON_FIND_H

/* One value out of a JSON document, for tests that look at replies. */

struct arena;

/* "result.0.uuid": the text of a string or number, "true", "false", "null", "{" or "[" of what was
 * found; NULL if there is no such value. A document that is not JSON stops the test. */
const char *json_find(struct arena *arena, const char *json, const char *path);

#endif
