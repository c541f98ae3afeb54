/* SPDX-License-Identifier: MIT */
#include "app/doctor.h"

#include "app/app.h"
#include "app/rate_list.h"
#include "base/arena.h"
#include "ports/store_delivery.h"
#include "ports/store_journal.h"
#include "ports/store_shop.h"

/* What each alarm asks of the operator. */
struct advice {
    const char *alarm;
    const char *text;
};

static const struct advice advices[] = {
    {"contracts_unseen",
     "look at its node; invoices that contracts paid have an alarm of their own, "
     "static wallets have none: look at their addresses"},
    {"delivery_parked", "put the shop's endpoint right, then till delivery resend"},
    {"invoice_disputed", "tell the shop; till invoice explain says what happened"},
    {"native_unattributed", "a contract may have paid; till invoice confirm takes it for enough"},
    {"native_unwatched", "coin that contracts send may go unnoticed; look at its node"},
    {"network_blind", "nothing on this network becomes paid or expires until its node is well"},
    {"nodes_disagree",
     "find out which node is wrong, and why; till chain status shows if all waits"},
    {"nodes_missing", "put it right: the network waits if too many of the others are lost, too"},
    {"finality_silent",
     "find a node that tells it; a number in confirmations helps only payments to come"},
    {"dust_flood", "worthless transfers to one invoice are not recorded any more; nothing is owed"},
    {"dust_in_static_wallet", "worthless transfers make no receipts; nothing is owed"},
    {"payment_foreign", "give it back, or till invoice confirm takes the invoice for paid"},
    {"payment_late", "till invoice confirm takes it for enough; else give it back"},
    {"payment_quarantined", "find out whose it is: the invoice was made after the backup"},
    {"payment_repeated", "the node shows the same output twice; look at its log"},
    {"receipt_of_another_asset", "whoever paid into the static wallet sent another coin"},
    {"rate_missing", "invoices that need these rates are refused; till rate list tells why"},
    {"rate_source_silent", "the others go on without it; is its address reachable from here?"},
    {"rollups_wrong", "restart tilld, which counts statistics and balances anew, and report it"},
    {"token_changed", "find out why; till chain accept-token takes it as it is now"},
    {"taken_on_trust", "upgrade Till, then take trust_node out of the configuration again"},
    {"token_unusable", "put token.CODE of its network right; it is looked at again every minute"},
    {"stablecoin_depeg", "if you know better, fix its rate in [rates]"},
};

static void add(struct diagnosis *diagnosis, struct finding finding) {
    if (diagnosis->count == FINDINGS_MAX) {
        return;
    }
    diagnosis->findings[diagnosis->count++] = finding;
    diagnosis->bad_count += finding.state == FINDING_BAD;
    diagnosis->note_count += finding.state == FINDING_NOTE;
}

static const char *advice_for(struct str alarm) {
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++) {
        if (str_eq(alarm, str_from_c(advices[i].alarm))) {
            return advices[i].text;
        }
    }
    return NULL;
}

static struct result look_at_alarms(struct store_conn *reader, struct arena *arena,
                                    struct diagnosis *diagnosis) {
    const struct alarm_row *alarms;
    size_t count;
    TRY(store_alarm_list(reader, arena, &alarms, &count));
    for (size_t i = 0; i < count; i++) {
        const struct alarm_row *alarm = &alarms[i];
        const char *advice = advice_for(alarm->code);
        const char *what =
            arena_printf(arena, "%.*s %.*s", STR_ARG(alarm->code), STR_ARG(alarm->subject));
        const char *detail = advice == NULL
                                 ? str_to_c(arena, alarm->detail)
                                 : arena_printf(arena, "%.*s; %s", STR_ARG(alarm->detail), advice);
        add(diagnosis,
            (struct finding){FINDING_BAD, str_from_c(what), str_from_c(detail), alarm->since_ms});
    }
    return RESULT_OK;
}

static void look_at_networks(const struct app *app, struct arena *arena,
                             struct diagnosis *diagnosis) {
    for (size_t i = 0; i < app->networks.count; i++) {
        struct followed_network *followed = app->networks.followed[i];
        struct network_health health = network_health_get(followed);
        struct finding finding = {
            .what = str_from_c(arena_printf(arena, "network %s", followed->network->key)),
        };
        if (health.blind) {
            finding.state = FINDING_BAD;
            finding.detail = str_from_c(arena_printf(arena, "blind: %s", health.reason));
        } else if (!health.ready) {
            finding.state = FINDING_NOTE;
            finding.detail = STR("not seen yet; invoices are refused until it is");
        } else {
            finding.detail = str_from_c(arena_printf(
                arena, "%s, at block %lld", followed->chain_name, (long long)health.height));
        }
        add(diagnosis, finding);
    }
}

static struct result look_at_deliveries(struct store_conn *reader, struct arena *arena,
                                        struct diagnosis *diagnosis) {
    struct store_delivery_counts counts;
    TRY(store_delivery_count(reader, &counts));
    long long deferred = (long long)counts.by_state[DELIVERY_DEFERRED];
    long long parked = (long long)counts.by_state[DELIVERY_PARKED];
    struct finding finding = {.what = STR("postbacks")};
    if (parked > 0) {
        finding.state = FINDING_BAD;
    } else if (deferred > 0) {
        finding.state = FINDING_NOTE;
    }
    finding.detail =
        str_from_c(arena_printf(arena, "%lld delivered, %lld waiting, %lld deferred, %lld parked",
                                (long long)counts.by_state[DELIVERY_DELIVERED],
                                (long long)counts.by_state[DELIVERY_QUEUED], deferred, parked));
    add(diagnosis, finding);
    return RESULT_OK;
}

static void look_at_rates(const struct app *app, struct arena *arena, struct diagnosis *diagnosis) {
    struct rate_listing listing = rate_list(app, arena);
    size_t count = listing.rate_count - listing.missing_count;
    struct finding finding = {.what = STR("rates")};
    if (count == 0) {
        finding.state = FINDING_BAD;
        finding.detail = STR("there are none, so no invoice can be made: see [rates]");
    } else if (listing.missing_count > 0) {
        finding.state = FINDING_NOTE;
        finding.detail = str_from_c(arena_printf(
            arena, "%zu known, %zu missing: till rate list tells", count, listing.missing_count));
    } else {
        finding.detail = str_from_c(arena_printf(arena, "%zu known", count));
    }
    add(diagnosis, finding);
}

/* A shop that nobody can pay, or that hears of nothing. */
static struct result look_at_shops(const struct app *app, struct store_conn *reader,
                                   struct arena *arena, struct diagnosis *diagnosis) {
    const struct shop_row *shops;
    size_t count;
    TRY(store_shop_list(reader, arena, &shops, &count));
    for (size_t i = 0; i < count; i++) {
        const struct wallet_row *wallets;
        size_t wallet_count;
        TRY(store_wallet_list(reader, arena, shops[i].id, &wallets, &wallet_count));
        struct finding finding = {
            .state = FINDING_NOTE,
            .what = str_from_c(arena_printf(arena, "shop %.*s", STR_ARG(shops[i].public_id))),
        };
        if (!shops[i].test && wallet_count == 0) {
            finding.detail = STR("has no wallet: till wallet add gives it one");
            add(diagnosis, finding);
        }
        if (str_is_empty(shops[i].notify_url)) {
            finding.detail = STR("has no notify_url, so it hears of no payment");
            add(diagnosis, finding);
        }
        if (shops[i].test && app->sandbox == NULL) {
            finding.detail = STR("is a test shop, and the sandbox is switched off");
            add(diagnosis, finding);
        }
    }
    return RESULT_OK;
}

struct result doctor_look(const struct app *app, struct store_conn *reader, struct arena *arena,
                          struct diagnosis *ret_diagnosis) {
    struct diagnosis diagnosis = {.findings = ARENA_ARRAY(arena, struct finding, FINDINGS_MAX)};
    look_at_networks(app, arena, &diagnosis);
    look_at_rates(app, arena, &diagnosis);
    TRY(look_at_deliveries(reader, arena, &diagnosis));
    TRY(look_at_shops(app, reader, arena, &diagnosis));
    TRY(look_at_alarms(reader, arena, &diagnosis));
    *ret_diagnosis = diagnosis;
    return RESULT_OK;
}
