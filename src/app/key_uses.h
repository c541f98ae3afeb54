/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_KEY_USES_H
#define TILL_APP_KEY_USES_H

/* When each API key was last used, gathered in memory and written now and then: a key that makes a
 * thousand calls a second costs one write an hour. What is gathered when the process ends is lost,
 * and so is what does not fit; nothing but the operator's curiosity depends on it. */

#include "app/job.h"
#include "ports/rows_shop.h"

struct key_uses;

enum { KEY_USE_STEP_MS = 3600 * 1000, KEY_USES_MAX = 1024 };

struct key_uses *key_uses_new(void);
/* NULL is fine. */
void key_uses_free(struct key_uses *uses);

/* Any thread. Nothing if what is stored is recent enough. */
void key_uses_note(struct key_uses *uses, const struct api_key_row *key, int64_t now_ms);

/* Input of the use case: taken out of `uses`, at most once for each key. */
struct key_uses_write {
    size_t count;
    struct key_use {
        int64_t key_id;
        int64_t used_at_ms;
    } uses[KEY_USES_MAX];
};
void key_uses_take(struct key_uses *uses, struct key_uses_write *ret_write);
extern const struct use_case key_uses_use_case;

#endif
