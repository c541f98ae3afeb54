/* SPDX-License-Identifier: MIT */
#include "app/untraced.h"

#include "app/ledger.h"
#include "base/arena.h"
#include "core/asset.h"
#include "ports/store_journal.h"
#include "ports/store_payment.h"

static struct result tell(struct ledger *ledger, const struct network *network) {
    struct str subject = str_from_c(network->key);
    struct untraced_sum sum;
    TRY(store_untraced_sum(ledger_conn(ledger), network, &sum));
    if (sum.count == 0) {
        return store_alarm_clear(ledger_conn(ledger), STR("contracts_unseen"), subject,
                                 ledger_now_ms(ledger));
    }
    const char *detail =
        arena_printf(ledger_arena(ledger),
                     "coin that contracts paid in %lld block%s, from %lld to %lld, was not seen: "
                     "the node did not trace them",
                     (long long)sum.count, sum.count == 1 ? "" : "s", (long long)sum.first_height,
                     (long long)sum.last_height);
    return ledger_alarm(ledger, "contracts_unseen", subject, str_from_c(detail));
}

struct result untraced_add(struct ledger *ledger, const struct network *network, int64_t height) {
    TRY(store_untraced_add(ledger_conn(ledger), network, height));
    return tell(ledger, network);
}

struct result untraced_remove(struct ledger *ledger, const struct network *network,
                              int64_t height) {
    bool was_there;
    TRY(store_untraced_remove(ledger_conn(ledger), network, height, &was_there));
    return was_there ? tell(ledger, network) : RESULT_OK;
}
