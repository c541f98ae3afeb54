/* SPDX-License-Identifier: MIT */
#include "workers/chain_warning.h"

#include <stdio.h>
#include <string.h>

#include "app/alarm_set.h"
#include "app/app.h"
#include "base/arena.h"
#include "base/log.h"
#include "ports/chain.h"
#include "workers/finality_watch.h"

static struct result raise_or_clear(const struct app *app, const struct chain *chain,
                                    struct arena *arena, const char *code, const char *text) {
    struct alarm_set set = {.code = str_from_c(code),
                            .subject = str_from_c(chain->network->key),
                            .detail = str_from_c(text),
                            .clear = text[0] == '\0'};
    return job_run(app->queue, &alarm_set_use_case, &set, arena);
}

/* It was told, stands as it was, and may have been cleared meanwhile. */
static bool is_due_again(const struct app *app, int64_t told_at_tick_ms) {
    return app_tick_ms(app) - told_at_tick_ms >= ALARM_AGAIN_MS;
}

static const char *const alarms[CHAIN_MATTERS] = {
    [CHAIN_NODES_DISAGREE] = "nodes_disagree",
    [CHAIN_NODES_MISSING] = "nodes_missing",
    [CHAIN_FINALITY_SILENT] = "finality_silent",
};

/* "" if there is nothing, NULL while nobody knows. */
static const char *find(enum chain_matter matter, const struct chain_warners *warners,
                        struct arena *arena) {
    struct chain *chain = warners->chain;
    const struct chain_ops *ops = chain->ops;
    const char *nothing = warners->looked_well ? "" : NULL;
    const char *found = NULL;
    switch (matter) {
    case CHAIN_NODES_DISAGREE:
        found = ops->warning == NULL ? NULL : ops->warning(chain, arena);
        return found == NULL ? nothing : found;
    case CHAIN_NODES_MISSING:
        found = ops->missing == NULL ? NULL : ops->missing(chain, arena);
        return found == NULL ? nothing : found;
    case CHAIN_FINALITY_SILENT:
        return finality_watch_warning(warners->finality);
    }
    return NULL;
}

static bool has_come_back(const struct chain_warning *warning, enum chain_matter matter,
                          const struct app *app) {
    return warning->matters[matter].text[0] != '\0' &&
           is_due_again(app, warning->matters[matter].told_at_tick_ms);
}

/* True if `text` is news. */
static bool note_one(struct chain_warning *warning, enum chain_matter matter, const struct app *app,
                     const struct chain *chain, struct arena *arena, const char *found) {
    char text[NETWORK_WARNING_BYTES];
    (void)snprintf(text, sizeof text, "%s", found);
    bool is_other = strcmp(text, warning->matters[matter].text) != 0;
    if (warning->matters[matter].is_told && !is_other && !has_come_back(warning, matter, app)) {
        return false;
    }
    struct result told = raise_or_clear(app, chain, arena, alarms[matter], text);
    warning->matters[matter].is_told = result_is_ok(told);
    warning->matters[matter].told_at_tick_ms = app_tick_ms(app);
    if (is_other) {
        log_event(LOG_WARN, "network_warning", LOG_STR("alarm", str_from_c(alarms[matter])),
                  LOG_STR("network", str_from_c(chain->network->key)),
                  LOG_BOOL("stands", text[0] != '\0'), LOG_STR("warning", str_from_c(text)));
    }
    if (!result_is_ok(told)) {
        log_event(LOG_WARN, "alarm_not_stored", LOG_RESULT(told));
    }
    memcpy(warning->matters[matter].text, text, sizeof text);
    return is_other;
}

/* All that there is, one after another. */
static void write_health(const struct chain_warning *warning, struct network_health *health) {
    size_t len = 0;
    health->warning[0] = '\0';
    for (size_t i = 0; i < CHAIN_MATTERS; i++) {
        const char *text = warning->matters[i].text;
        if (text[0] != '\0' && len < sizeof health->warning) {
            len += (size_t)snprintf(health->warning + len, sizeof health->warning - len, "%s%s",
                                    len == 0 ? "" : "; ", text);
        }
    }
}

bool chain_warning_note(struct chain_warning *warning, const struct app *app, struct arena *arena,
                        const struct chain_warners *warners, struct network_health *health) {
    bool is_news = false;
    for (int at = 0; at < CHAIN_MATTERS; at++) {
        enum chain_matter matter = (enum chain_matter)at;
        const char *found = find(matter, warners, arena);
        if (found != NULL && note_one(warning, matter, app, warners->chain, arena, found)) {
            is_news = true;
        }
    }
    if (is_news) {
        write_health(warning, health);
    }
    return is_news;
}

void chain_trust_note(struct chain_warning *warning, const struct app *app, struct chain *chain,
                      struct arena *arena) {
    const char *found = chain->ops->believed == NULL ? NULL : chain->ops->believed(chain);
    bool has_come_back = found != NULL && is_due_again(app, warning->trust_told_at_tick_ms);
    if (warning->is_trust_told && found == warning->believed && !has_come_back) {
        return;
    }
    struct result told =
        raise_or_clear(app, chain, arena, "taken_on_trust", found == NULL ? "" : found);
    if (found != NULL && found != warning->believed) {
        log_event(LOG_WARN, "taken_on_trust", LOG_STR("network", str_from_c(chain->network->key)),
                  LOG_STR("what", str_from_c(found)));
    }
    warning->believed = found;
    warning->is_trust_told = result_is_ok(told);
    warning->trust_told_at_tick_ms = app_tick_ms(app);
}

void chain_blind_note(struct chain_warning *warning, const struct app *app,
                      const struct chain *chain, struct arena *arena,
                      const struct network_health *health) {
    bool is_other = !warning->is_blind_known || warning->is_blind != health->blind;
    bool has_come_back = health->blind && is_due_again(app, warning->blind_told_at_tick_ms);
    if (warning->is_blind_told && !is_other && !has_come_back) {
        return;
    }
    if (is_other) {
        (void)snprintf(warning->blind_text, sizeof warning->blind_text, "%s",
                       health->blind ? health->reason : "");
        log_event(health->blind ? LOG_WARN : LOG_INFO, "network_health",
                  LOG_STR("network", str_from_c(chain->network->key)),
                  LOG_BOOL("blind", health->blind), LOG_STR("reason", str_from_c(health->reason)));
    }
    struct result told = raise_or_clear(app, chain, arena, "network_blind", warning->blind_text);
    if (!result_is_ok(told)) {
        log_event(LOG_WARN, "alarm_not_stored", LOG_RESULT(told));
    }
    warning->is_blind_known = true;
    warning->is_blind = health->blind;
    warning->is_blind_told = result_is_ok(told);
    warning->blind_told_at_tick_ms = app_tick_ms(app);
}

static void log_flaw(const struct chain *chain, const struct chain_block *block, const char *what,
                     struct str txid) {
    log_event(LOG_WARN, "block_flaw", LOG_STR("network", str_from_c(chain->network->key)),
              LOG_I64("height", block->header.height), LOG_STR("what", str_from_c(what)),
              LOG_STR("txid", txid));
}

void chain_flaws_note(const struct chain *chain, struct arena *arena,
                      const struct chain_block *block, struct network_health *health) {
    const struct chain_flaws *flaws = &block->flaws;
    if (flaws->is_untraced) {
        log_flaw(chain, block, "the node did not trace it: what contracts paid is not known",
                 STR(""));
    }
    if (flaws->is_unproven) {
        health->unproven_blocks++;
        log_flaw(chain, block, "it does not fit its hash, and the node was believed", STR(""));
    }
    if (flaws->unread_count > 0) {
        health->unread_transfers += flaws->unread_count;
        log_flaw(chain, block,
                 "a token's transfer is of another form or too large, and pays nobody",
                 network_txid_text(arena, chain->network, flaws->unread_txid));
    }
}
