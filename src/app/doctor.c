/* SPDX-License-Identifier: MIT */
#include "app/doctor.h"

#include "app/alarm_list.h"
#include "app/app.h"
#include "app/rate_list.h"
#include "base/arena.h"
#include "ports/store_delivery.h"
#include "ports/store_journal.h"
#include "ports/store_shop.h"

static void add(struct diagnosis *diagnosis, struct finding finding) {
    diagnosis->bad_count += finding.state == FINDING_BAD;
    diagnosis->note_count += finding.state == FINDING_NOTE;
    if (diagnosis->count < FINDINGS_MAX) {
        diagnosis->findings[diagnosis->count++] = finding;
    }
}

/* With the command that takes it off, where nothing else does. */
static const char *detail_of(struct arena *arena, const struct alarm_shown *alarm) {
    const char *advice = arena_printf(arena, "%.*s%s%s", STR_ARG(alarm->detail),
                                      *alarm->advice == '\0' ? "" : "; ", alarm->advice);
    return alarm->ends_by_itself ? advice
                                 : arena_printf(arena, "%s (once seen to: till alarm clear %lld)",
                                                advice, (long long)alarm->id);
}

/* The finding of its network says the same, and why at present: one matter, one line. */
static bool is_told_by_network(const struct app *app, const struct alarm_shown *alarm,
                               struct diagnosis *diagnosis) {
    if (!str_eq(alarm->code, STR("network_blind"))) {
        return false;
    }
    for (size_t i = 0; i < app->networks.count; i++) {
        struct finding *finding = &diagnosis->findings[i]; /* the first are the networks' */
        const char *key = app->networks.followed[i]->network->key;
        if (finding->state == FINDING_BAD && str_eq(alarm->subject, str_from_c(key))) {
            finding->since_ms = alarm->since_ms;
            return true;
        }
    }
    return false;
}

/* So many alarms of one code are told one by one. */
enum { LINES_OF_CODE_MAX = 10 };

static size_t place_in_code(const struct alarm_shown *alarms, size_t at) {
    size_t place = 0;
    for (size_t i = 0; i < at; i++) {
        place += str_eq(alarms[i].code, alarms[at].code);
    }
    return place;
}

static struct result add_further_alarms(struct store_conn *reader, struct arena *arena,
                                        struct diagnosis *diagnosis) {
    const struct alarm_count_row *rows;
    size_t count;
    TRY(store_alarm_count(reader, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].count <= LINES_OF_CODE_MAX) {
            continue;
        }
        struct finding finding = {
            .state = FINDING_BAD,
            .what = rows[i].code,
            .detail = str_from_c(arena_printf(
                arena,
                "%lld more of these: till alarm list; till alarm clear %.*s takes off a hundred",
                (long long)rows[i].count - LINES_OF_CODE_MAX, STR_ARG(rows[i].code))),
        };
        add(diagnosis, finding);
    }
    return RESULT_OK;
}

static struct result look_at_alarms(const struct app *app, struct store_conn *reader,
                                    struct arena *arena, struct diagnosis *diagnosis) {
    const struct alarm_shown *alarms;
    size_t count;
    TRY(alarm_list_load(app, reader, arena, &alarms, &count));
    for (size_t i = 0; i < count; i++) {
        const struct alarm_shown *alarm = &alarms[i];
        if (is_told_by_network(app, alarm, diagnosis) ||
            place_in_code(alarms, i) >= LINES_OF_CODE_MAX) {
            continue;
        }
        const char *what =
            arena_printf(arena, "%.*s %.*s", STR_ARG(alarm->code), STR_ARG(alarm->about));
        add(diagnosis, (struct finding){FINDING_BAD, str_from_c(what),
                                        str_from_c(detail_of(arena, alarm)), alarm->since_ms});
    }
    return add_further_alarms(reader, arena, diagnosis);
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
            finding.detail = str_from_c(arena_printf(
                arena, "blind: %s; nothing here becomes paid or expires until that is over",
                health.reason));
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

/* Each one parked that its shop wanted has an alarm, until somebody has seen to it. */
static struct result look_at_deliveries(struct store_conn *reader, struct arena *arena,
                                        struct diagnosis *diagnosis) {
    struct store_delivery_counts counts;
    TRY(store_delivery_count(reader, &counts));
    long long deferred = (long long)counts.by_state[DELIVERY_DEFERRED];
    long long parked = (long long)counts.by_state[DELIVERY_PARKED];
    struct finding finding = {
        .state = parked + deferred > 0 ? FINDING_NOTE : FINDING_GOOD,
        .what = STR("postbacks"),
        .detail = str_from_c(
            arena_printf(arena, "%lld delivered, %lld waiting, %lld deferred, %lld parked%s",
                         (long long)counts.by_state[DELIVERY_DELIVERED],
                         (long long)counts.by_state[DELIVERY_QUEUED], deferred, parked,
                         parked > 0 ? " (till delivery list --state parked)" : "")),
    };
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

/* What must be seen to first, else as it was looked at. */
static struct finding *sorted(struct arena *arena, const struct diagnosis *diagnosis) {
    static const enum finding_state ranks[] = {FINDING_BAD, FINDING_NOTE, FINDING_GOOD};
    struct finding *findings = ARENA_ARRAY(arena, struct finding, diagnosis->count + 1);
    size_t count = 0;
    for (size_t rank = 0; rank < sizeof ranks / sizeof ranks[0]; rank++) {
        for (size_t i = 0; i < diagnosis->count; i++) {
            if (diagnosis->findings[i].state == ranks[rank]) {
                findings[count++] = diagnosis->findings[i];
            }
        }
    }
    BUG_IF(count != diagnosis->count);
    return findings;
}

struct result doctor_look(const struct app *app, struct store_conn *reader, struct arena *arena,
                          struct diagnosis *ret_diagnosis) {
    struct diagnosis diagnosis = {.findings = ARENA_ARRAY(arena, struct finding, FINDINGS_MAX)};
    look_at_networks(app, arena, &diagnosis);
    look_at_rates(app, arena, &diagnosis);
    TRY(look_at_deliveries(reader, arena, &diagnosis));
    TRY(look_at_shops(app, reader, arena, &diagnosis));
    TRY(look_at_alarms(app, reader, arena, &diagnosis));
    diagnosis.findings = sorted(arena, &diagnosis);
    *ret_diagnosis = diagnosis;
    return RESULT_OK;
}
