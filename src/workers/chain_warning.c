/* SPDX-License-Identifier: MIT */
#include "workers/chain_warning.h"

#include <stdio.h>
#include <string.h>

#include "app/alarm_set.h"
#include "app/app.h"
#include "base/log.h"
#include "ports/chain.h"

static struct result raise_or_clear(const struct app *app, const struct chain *chain,
                                    struct arena *arena, const char *code, const char *text) {
    struct alarm_set set = {.code = str_from_c(code),
                            .subject = str_from_c(chain->network->key),
                            .detail = str_from_c(text),
                            .clear = text[0] == '\0'};
    return job_run(app->queue, &alarm_set_use_case, &set, arena);
}

bool chain_warning_note(struct chain_warning *warning, const struct app *app, struct chain *chain,
                        struct arena *arena, bool looked_well, struct network_health *health) {
    const char *found = chain->ops->warning == NULL ? NULL : chain->ops->warning(chain, arena);
    if (found == NULL && !looked_well) {
        return false; /* nobody was heard, so nothing is over */
    }
    char text[NETWORK_WARNING_BYTES];
    (void)snprintf(text, sizeof text, "%s", found == NULL ? "" : found);
    bool is_other = strcmp(text, health->warning) != 0;
    if (warning->is_told && !is_other) {
        return false;
    }
    struct result told = raise_or_clear(app, chain, arena, "nodes_disagree", text);
    warning->is_told = result_is_ok(told);
    if (is_other) {
        log_event(LOG_WARN, "nodes_disagree", LOG_STR("network", str_from_c(chain->network->key)),
                  LOG_BOOL("disagree", found != NULL), LOG_STR("warning", str_from_c(text)));
    }
    if (!warning->is_told) {
        log_event(LOG_WARN, "alarm_not_stored", LOG_RESULT(told));
    }
    memcpy(health->warning, text, sizeof text);
    return is_other;
}

void chain_trust_note(struct chain_warning *warning, const struct app *app, struct chain *chain,
                      struct arena *arena) {
    const char *found = chain->ops->believed == NULL ? NULL : chain->ops->believed(chain);
    if (warning->is_trust_told && found == warning->believed) {
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
}
