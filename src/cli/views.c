/* SPDX-License-Identifier: MIT */
#include "cli/views.h"

#include <assert.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
/* A view with too many cells does not compile. */
#define CELLS(array)                                                                               \
    .cells = (array),                                                                              \
    .cell_count = COUNT_OF(array) + 0 * sizeof(struct {                                            \
                                        static_assert(COUNT_OF(array) <= VIEW_CELLS_MAX);          \
                                        char unused;                                               \
                                    })

/* ---- shops and keys */

static const struct cell shop_created_cells[] = {
    {"shop", "shop_id", CELL_TEXT, NULL},
    {"API key", "api_key", CELL_TEXT, NULL},
    {"secret", "secret", CELL_TEXT, NULL},
    {"postback format", "postback_format", CELL_TEXT, NULL},
};
static const struct view view_shop_created_note = {
    .kind = VIEW_SENTENCE,
    .before = "\nThe key and the secret are shown this once: keep them now. The secret verifies "
              "postbacks.",
};
const struct view view_shop_created = {
    .kind = VIEW_FIELDS, CELLS(shop_created_cells), .next = &view_shop_created_note};

static const struct cell shops_cells[] = {
    {"SHOP", "shop_id", CELL_TEXT, NULL},
    {"NAME", "name", CELL_BRIEF, NULL},
    {"TEST", "test", CELL_YESNO, NULL},
    {"FORMAT", "postback_format", CELL_TEXT, NULL},
    {"NOTIFY URL", "notify_url", CELL_TEXT, "(no postbacks)"},
};
const struct view view_shops = {
    .kind = VIEW_TABLE,
    .list = "shops",
    .empty = "no shops yet: till shop create --name NAME makes one",
    CELLS(shops_cells),
};

static const struct cell shop_cells[] = {
    {"shop", "shop_id", CELL_TEXT, NULL},
    {"name", "name", CELL_TEXT, NULL},
    {"test", "test", CELL_YESNO, NULL},
    {"notify url", "notify_url", CELL_TEXT, "none: no postbacks are sent"},
    {"postback format", "postback_format", CELL_TEXT, NULL},
    {"success url", "success_url", CELL_TEXT, NULL},
    {"fail url", "fail_url", CELL_TEXT, NULL},
    {"assets", "assets", CELL_LIST, "every one with a wallet"},
    {"underpaid tolerance", "underpaid_tolerance", CELL_TEXT, "none"},
    {"overpaid tolerance", "overpaid_tolerance", CELL_TEXT, "none"},
    {"taken for paid if short by", "auto_confirm", CELL_TEXT, "nothing"},
    {"late money is credited", "accept_late", CELL_YESNO, NULL},
    {"transfer fee", "transfer_fee", CELL_TEXT, "none"},
    {"borne by", "side_commission", CELL_TEXT, NULL},
    {"service fee", "service_fee", CELL_TEXT, "none"},
    {"borne by", "side_commission_cc", CELL_TEXT, NULL},
    {"smallest amount (USD)", "amount_min_usd", CELL_TEXT, "what the assets allow"},
    {"invoices live (s)", "invoice_ttl_s", CELL_TEXT, NULL},
    {"made", "created_at", CELL_TIME, NULL},
};
const struct view view_shop = {.kind = VIEW_FIELDS, CELLS(shop_cells)};

static const struct cell key_created_cells[] = {
    {"key", "key_id", CELL_TEXT, NULL},
    {"shop", "shop_id", CELL_TEXT, NULL},
    {"scope", "scope", CELL_TEXT, NULL},
    {"API key", "api_key", CELL_TEXT, NULL},
};
static const struct view view_key_created_note = {
    .kind = VIEW_SENTENCE, .before = "\nThe key is shown this once: keep it now."};
const struct view view_key_created = {
    .kind = VIEW_FIELDS, CELLS(key_created_cells), .next = &view_key_created_note};

static const struct cell keys_cells[] = {
    {"KEY", "key_id", CELL_TEXT, NULL},       {"ENDS WITH", "hint", CELL_TEXT, NULL},
    {"SCOPE", "scope", CELL_TEXT, NULL},      {"MADE", "created_at", CELL_TIME, NULL},
    {"USED", "last_used_at", CELL_TIME, "-"}, {"REVOKED", "revoked_at", CELL_TIME, "-"},
};
const struct view view_keys = {
    .kind = VIEW_TABLE,
    .list = "keys",
    .empty = "no API keys: till key create SHOP makes one",
    CELLS(keys_cells),
};
static const struct cell key_revoked_cells[] = {{"", "key_id", CELL_TEXT, NULL}};
const struct view view_key_revoked = {
    .kind = VIEW_SENTENCE, .before = "revoked API key ", CELLS(key_revoked_cells)};

/* ---- wallets */

static const struct cell wallet_added_cells[] = {
    {"wallet", "wallet_id", CELL_TEXT, NULL},
    {"fingerprint", "fingerprint", CELL_TEXT, NULL},
};
static const struct cell line_cells[] = {{"", "", CELL_TEXT, NULL}};
static const struct view view_wallet_added_note = {
    .kind = VIEW_SENTENCE,
    .before = "\nCompare them with the receiving addresses that your wallet software shows. If "
              "one differs, the key or\nits type is wrong: do not use this wallet.",
};
static const struct view view_first_addresses = {
    .kind = VIEW_LINES, .list = "first_addresses", .heading = "First addresses", CELLS(line_cells)};
static const struct view view_first_addresses_noted = {.kind = VIEW_LINES,
                                                       .list = "first_addresses",
                                                       .heading = "First addresses",
                                                       CELLS(line_cells),
                                                       .next = &view_wallet_added_note};
const struct view view_wallet_added = {
    .kind = VIEW_FIELDS, CELLS(wallet_added_cells), .next = &view_first_addresses_noted};

static const struct cell wallets_cells[] = {
    {"WALLET", "wallet_id", CELL_TEXT, NULL},        {"SHOP", "shop_id", CELL_TEXT, "(sandbox)"},
    {"NETWORK", "network", CELL_TEXT, NULL},         {"CHAIN", "chain", CELL_TEXT, NULL},
    {"FINGERPRINT", "fingerprint", CELL_TEXT, NULL}, {"ISSUED", "highest_issued", CELL_TEXT, NULL},
    {"USED", "highest_used", CELL_TEXT, NULL},       {"IN USE", "in_use", CELL_YESNO, NULL},
};
const struct view view_wallets = {
    .kind = VIEW_TABLE,
    .list = "wallets",
    .empty = "no wallets yet: till wallet add --shop SHOP --network btc --xpub XPUB adds one",
    CELLS(wallets_cells),
};

static const struct cell wallet_cells[] = {
    {"wallet", "wallet_id", CELL_TEXT, NULL},
    {"shop", "shop_id", CELL_TEXT, "the sandbox's own"},
    {"network", "network", CELL_TEXT, NULL},
    {"chain", "chain", CELL_TEXT, NULL},
    {"asset", "asset", CELL_TEXT, NULL},
    {"in use", "in_use", CELL_YESNO, NULL},
    {"fingerprint", "fingerprint", CELL_TEXT, NULL},
    {"descriptor", "descriptor", CELL_TEXT, NULL},
    {"highest index issued", "highest_issued", CELL_TEXT, "none"},
    {"highest index used", "highest_used", CELL_TEXT, "none"},
    {"gap limit to set", "gap_limit", CELL_TEXT, NULL},
    {"added", "created_at", CELL_TIME, NULL},
};
const struct view view_wallet = {
    .kind = VIEW_FIELDS, CELLS(wallet_cells), .next = &view_first_addresses};

/* ---- invoices */

static const struct cell invoice_cells[] = {
    {"invoice", "invoice_id", CELL_TEXT, NULL},   {"shop", "shop_id", CELL_TEXT, NULL},
    {"status", "status", CELL_TEXT, NULL},        {"flags", "flags", CELL_LIST, NULL},
    {"amount", "amount", CELL_TEXT, NULL},        {"currency", "currency", CELL_TEXT, NULL},
    {"order id", "order_id", CELL_TEXT, NULL},    {"email", "email", CELL_TEXT, NULL},
    {"made", "created_at", CELL_TIME, NULL},      {"expires", "expires_at", CELL_TIME, NULL},
    {"finished", "finished_at", CELL_TIME, NULL}, {"page", "link", CELL_TEXT, NULL},
};
static const struct cell option_cells[] = {
    {"ASSET", "asset", CELL_TEXT, NULL},
    {"DUE", "due", CELL_TEXT, NULL},
    {"PAID", "paid", CELL_TEXT, NULL},
    {"STILL DUE", "still_due", CELL_TEXT, NULL},
    {"RATE", "rate", CELL_TEXT, NULL},
    {"ADDRESS", "address", CELL_TEXT, "withheld: it does not fit its wallet"},
};
static const struct cell payment_cells[] = {
    {"SEEN", "first_seen_at", CELL_TIME, NULL}, {"AMOUNT", "amount", CELL_TEXT, NULL},
    {"ASSET", "asset", CELL_TEXT, NULL},        {"STATE", "state", CELL_TEXT, NULL},
    {"HEIGHT", "height", CELL_TEXT, NULL},      {"TRANSACTION", "txid", CELL_TEXT, NULL},
};
static const struct view view_foreign = {.kind = VIEW_TABLE,
                                         .list = "foreign",
                                         .heading = "Of another asset, which pays nothing",
                                         CELLS(payment_cells)};
static const struct view view_payments = {.kind = VIEW_TABLE,
                                          .list = "payments",
                                          .heading = "Payments",
                                          CELLS(payment_cells),
                                          .next = &view_foreign};
static const struct view view_options = {.kind = VIEW_TABLE,
                                         .list = "options",
                                         .heading = "Can be paid with",
                                         CELLS(option_cells),
                                         .next = &view_payments};
const struct view view_invoice = {.kind = VIEW_FIELDS, CELLS(invoice_cells), .next = &view_options};

static const struct cell invoices_cells[] = {
    {"INVOICE", "invoice_id", CELL_TEXT, NULL}, {"STATUS", "status", CELL_TEXT, NULL},
    {"AMOUNT", "amount", CELL_TEXT, NULL},      {"CURRENCY", "currency", CELL_TEXT, NULL},
    {"MADE", "created_at", CELL_TIME, NULL},    {"SHOP", "shop_id", CELL_TEXT, NULL},
    {"ORDER ID", "order_id", CELL_BRIEF, "-"},  {"FLAGS", "flags", CELL_LIST, ""},
};
static const struct cell total_cells[] = {{"", "total", CELL_TEXT, NULL}};
static const struct view view_invoices_total = {
    .kind = VIEW_SENTENCE, .before = "\n", CELLS(total_cells), .after = " in all"};
const struct view view_invoices = {
    .kind = VIEW_TABLE,
    .list = "invoices",
    .empty = "no invoices: till invoice create SHOP AMOUNT CURRENCY makes one",
    CELLS(invoices_cells),
    .next = &view_invoices_total,
};

static const struct cell explained_cells[] = {{"", "summary", CELL_TEXT, NULL}};
static const struct cell timeline_cells[] = {
    {"", "at", CELL_TIME, NULL},
    {"", "what", CELL_TEXT, NULL},
};
static const struct view view_timeline = {.kind = VIEW_LINES,
                                          .list = "timeline",
                                          .heading = "What happened (UTC)",
                                          CELLS(timeline_cells)};
const struct view view_invoice_explained = {
    .kind = VIEW_SENTENCE, .before = "", CELLS(explained_cells), .next = &view_timeline};

/* ---- deliveries */

static const struct cell deliveries_cells[] = {
    {"DELIVERY", "delivery_id", CELL_TEXT, NULL}, {"STATE", "state", CELL_TEXT, NULL},
    {"INVOICE", "invoice_id", CELL_TEXT, NULL},   {"SHOP", "shop_id", CELL_TEXT, NULL},
    {"ATTEMPTS", "attempts", CELL_TEXT, NULL},    {"MADE", "created_at", CELL_TIME, NULL},
    {"NEXT", "next_attempt_at", CELL_TIME, NULL}, {"DELIVERED", "delivered_at", CELL_TIME, NULL},
};
const struct view view_deliveries = {
    .kind = VIEW_TABLE,
    .list = "deliveries",
    .empty = "no deliveries: a postback is made when an invoice is paid",
    CELLS(deliveries_cells),
};

static const struct cell delivery_cells[] = {
    {"delivery", "delivery_id", CELL_TEXT, NULL},
    {"state", "state", CELL_TEXT, NULL},
    {"invoice", "invoice_id", CELL_TEXT, NULL},
    {"shop", "shop_id", CELL_TEXT, NULL},
    {"webhook id", "key", CELL_TEXT, NULL},
    {"made", "created_at", CELL_TIME, NULL},
    {"next attempt", "next_attempt_at", CELL_TIME, NULL},
    {"delivered", "delivered_at", CELL_TIME, NULL},
};
static const struct cell attempts_cells[] = {
    {"ATTEMPT", "number", CELL_TEXT, NULL},  {"AT", "at", CELL_TIME, NULL},
    {"MS", "duration_ms", CELL_TEXT, NULL},  {"STATUS", "http_status", CELL_TEXT, NULL},
    {"OUTCOME", "outcome", CELL_TEXT, NULL}, {"URL", "url", CELL_TEXT, NULL},
};
static const struct view view_attempts = {.kind = VIEW_TABLE,
                                          .list = "attempt_log",
                                          .heading = "Attempts",
                                          .empty = "\nno attempt yet",
                                          CELLS(attempts_cells)};
const struct view view_delivery = {
    .kind = VIEW_FIELDS, CELLS(delivery_cells), .next = &view_attempts};

static const struct cell resent_cells[] = {{"", "count", CELL_TEXT, NULL}};
const struct view view_resent = {
    .kind = VIEW_SENTENCE, .before = "sending again: ", CELLS(resent_cells)};

/* ---- payouts */

static const struct cell payouts_cells[] = {
    {"PAYOUT", "payout_id", CELL_TEXT, NULL}, {"STATUS", "status", CELL_TEXT, NULL},
    {"SHOP", "shop_id", CELL_TEXT, NULL},     {"AMOUNT", "amount", CELL_TEXT, NULL},
    {"ASSET", "asset", CELL_TEXT, NULL},      {"TO", "to_address", CELL_TEXT, NULL},
    {"MADE", "created_at", CELL_TIME, NULL},  {"NOTE", "note", CELL_TEXT, ""},
};
const struct view view_payouts = {
    .kind = VIEW_TABLE,
    .list = "payouts",
    .empty = "no payouts: a shop asks for one with its account key",
    CELLS(payouts_cells),
};

static const struct cell payout_cells[] = {
    {"payout", "payout_id", CELL_TEXT, NULL},
    {"status", "status", CELL_TEXT, NULL},
    {"shop", "shop_id", CELL_TEXT, NULL},
    {"asked for by key", "key_id", CELL_TEXT, NULL},
    {"network", "network", CELL_TEXT, NULL},
    {"asset", "asset", CELL_TEXT, NULL},
    {"amount", "amount", CELL_TEXT, NULL},
    {"to", "to_address", CELL_TEXT, NULL},
    {"note", "note", CELL_TEXT, "none"},
    {"made", "created_at", CELL_TIME, NULL},
    {"last export", "export_id", CELL_TEXT, "none"},
    {"finished", "finished_at", CELL_TIME, "not yet"},
};
const struct view view_payout = {.kind = VIEW_FIELDS, CELLS(payout_cells)};

static const struct cell exported_cells[] = {
    {"export", "export_id", CELL_TEXT, NULL},
    {"network", "network", CELL_TEXT, NULL},
    {"from wallet", "wallet_id", CELL_TEXT, NULL},
    {"pays out", "paid", CELL_TEXT, NULL},
    {"fee", "fee", CELL_TEXT, NULL},
    {"fee rate, sat/vB", "fee_rate", CELL_TEXT, NULL},
    {"size, vB", "vsize", CELL_TEXT, NULL},
    {"change", "change", CELL_TEXT, "none"},
    {"change to", "change_address", CELL_TEXT, NULL},
    {"coins", "inputs", CELL_COUNT, NULL},
};
static const struct cell exported_payouts_cells[] = {
    {"PAYOUT", "payout_id", CELL_TEXT, NULL},
    {"AMOUNT", "amount", CELL_TEXT, NULL},
    {"TO", "to_address", CELL_TEXT, NULL},
};
static const struct view view_exported_payouts = {
    .kind = VIEW_TABLE, .list = "payouts", .heading = "payouts", CELLS(exported_payouts_cells)};
const struct view view_payout_exported = {
    .kind = VIEW_FIELDS, CELLS(exported_cells), .next = &view_exported_payouts};

static const struct cell transfers_cells[] = {
    {"network", "network", CELL_TEXT, NULL},
    {"from wallet", "wallet_id", CELL_TEXT, NULL},
    {"keys below", "account_path", CELL_TEXT, NULL},
    {"transfers", "transfer_count", CELL_TEXT, NULL},
    {"fees, at most", "total_fee", CELL_TEXT, NULL},
    {"fees in", "fee_asset", CELL_TEXT, NULL},
    {"made", "made_at", CELL_TIME, NULL},
};
static const struct cell transfers_payouts_cells[] = {
    {"PAYOUT", "payout_id", CELL_TEXT, NULL}, {"AMOUNT", "amount", CELL_TEXT, NULL},
    {"ASSET", "asset", CELL_TEXT, NULL},      {"FROM", "address", CELL_TEXT, NULL},
    {"NONCE", "nonce", CELL_TEXT, "none"},    {"TO", "to", CELL_TEXT, NULL},
};
static const struct view view_transfers_payouts = {.kind = VIEW_TABLE,
                                                   .list = "transfers",
                                                   .heading = "in the order to send them",
                                                   CELLS(transfers_payouts_cells)};
const struct view view_payout_transfers = {
    .kind = VIEW_FIELDS, CELLS(transfers_cells), .next = &view_transfers_payouts};

/* ---- sweep plans */

static const struct cell sweep_cells[] = {
    {"plan", "plan_id", CELL_TEXT, "moves nothing"},
    {"network", "network", CELL_TEXT, NULL},
    {"wallet", "wallet_id", CELL_TEXT, NULL},
    {"keys below", "account_path", CELL_TEXT, NULL},
    {"goes to", "to", CELL_TEXT, "wherever you sign it to"},
    {"addresses looked at", "looked_at", CELL_TEXT, NULL},
    {"transfers", "transfer_count", CELL_TEXT, NULL},
    {"fees, at most", "total_fee", CELL_TEXT, NULL},
    {"top-ups needed", "top_up_count", CELL_TEXT, NULL},
    {"coin for them", "total_top_up", CELL_TEXT, NULL},
    {"fees and top-ups in", "fee_asset", CELL_TEXT, NULL},
    {"left where it is", "left_count", CELL_TEXT, NULL},
    {"others not looked at", "more", CELL_YESNO, NULL},
    {"go on with --continue", "next", CELL_TEXT, "not needed"},
};
static const struct cell sweep_total_cells[] = {
    {"ASSET", "asset", CELL_TEXT, NULL},
    {"AMOUNT", "amount", CELL_TEXT, NULL},
};
static const struct cell sweep_left_cells[] = {
    {"ADDRESS", "address", CELL_TEXT, NULL},
    {"ASSET", "asset", CELL_TEXT, NULL},
    {"AMOUNT", "amount", CELL_TEXT, NULL},
    {"WHY", "why", CELL_TEXT, NULL},
};
static const struct view view_sweep_left = {
    .kind = VIEW_TABLE, .list = "left", .heading = "left", CELLS(sweep_left_cells)};
static const struct view view_sweep_lists = {.kind = VIEW_TABLE,
                                             .list = "totals",
                                             .heading = "moves",
                                             CELLS(sweep_total_cells),
                                             .next = &view_sweep_left};
const struct view view_sweep_plan = {
    .kind = VIEW_FIELDS, CELLS(sweep_cells), .next = &view_sweep_lists};

static const struct cell sweep_plans_cells[] = {
    {"PLAN", "plan_id", CELL_TEXT, NULL},        {"WALLET", "wallet_id", CELL_TEXT, NULL},
    {"ADDRESSES", "addresses", CELL_TEXT, NULL}, {"HOLDS", "holds", CELL_YESNO, NULL},
    {"MADE", "made_at", CELL_TIME, NULL},        {"UNTIL", "holds_until", CELL_TIME, NULL},
    {"ENDED", "ended_at", CELL_TIME, NULL},
};
const struct view view_sweep_plans = {.kind = VIEW_TABLE,
                                      .list = "plans",
                                      .empty = "No sweep plan was made.",
                                      CELLS(sweep_plans_cells)};

static const struct cell sweep_ended_cells[] = {{"plan", "plan_id", CELL_TEXT, NULL}};
const struct view view_sweep_ended = {.kind = VIEW_SENTENCE,
                                      .before = "Sweep plan ",
                                      CELLS(sweep_ended_cells),
                                      .after = " is ended: throw away what was not sent."};

/* ---- networks, rates, the sandbox */

static const struct cell chains_cells[] = {
    {"NETWORK", "network", CELL_TEXT, NULL},
    {"CHAIN", "chain", CELL_TEXT, NULL},
    {"STATE", "state", CELL_TEXT, NULL},
    {"HEIGHT", "height", CELL_TEXT, NULL},
    {"NODE AT", "node_height", CELL_TEXT, NULL},
    {"TIP TIME", "tip_at", CELL_TIME, NULL},
    {"NODE", "node_version", CELL_TEXT, NULL},
    {"WHY", "reason", CELL_TEXT, ""},
    {"WARNING", "warning", CELL_TEXT, ""},
    {"UNPROVEN", "unproven_blocks", CELL_TEXT, NULL},
    {"UNREAD", "unread_transfers", CELL_TEXT, NULL},
};
static const struct cell token_cells[] = {
    {"TOKEN", "asset", CELL_TEXT, NULL},
    {"NETWORK", "network", CELL_TEXT, NULL},
    {"CONTRACT", "contract", CELL_TEXT, NULL},
    {"STATE", "state", CELL_TEXT, NULL},
    {"BEHIND IT", "implementation", CELL_TEXT, ""},
    {"NOW", "new_implementation", CELL_TEXT, ""},
    {"WHY", "reason", CELL_TEXT, ""},
};
const struct view view_token = {.kind = VIEW_FIELDS, CELLS(token_cells)};
static const struct view view_tokens = {
    .kind = VIEW_TABLE, .list = "tokens", .heading = "Tokens", CELLS(token_cells)};
const struct view view_chains = {
    .kind = VIEW_TABLE,
    .next = &view_tokens,
    .list = "chains",
    .empty = "no networks: add a [chain X] section to the configuration",
    CELLS(chains_cells),
};

static const struct cell rates_cells[] = {
    {"ASSET", "asset", CELL_TEXT, NULL},  {"CURRENCY", "currency", CELL_TEXT, NULL},
    {"RATE", "rate", CELL_TEXT, NULL},    {"SOURCE", "source", CELL_TEXT, NULL},
    {"AGE, S", "age_s", CELL_TEXT, NULL}, {"PROBLEM", "problem", CELL_TEXT, ""},
};
static const struct cell rate_sources_cells[] = {
    {"SOURCE", "source", CELL_TEXT, NULL},
    {"HEARD", "at", CELL_TIME, "never"},
    {"AGE, S", "age_s", CELL_TEXT, NULL},
    {"PROBLEM", "problem", CELL_TEXT, ""},
};
static const struct view view_rate_sources = {
    .kind = VIEW_TABLE, .list = "sources", .heading = "sources", CELLS(rate_sources_cells)};
const struct view view_rates = {
    .kind = VIEW_TABLE,
    .next = &view_rate_sources,
    .list = "rates",
    .empty = "no rates: name sources in [rates], or set fixed.LTC_USD = 80 and the like",
    CELLS(rates_cells),
};

static const struct cell sandbox_paid_cells[] = {
    {"paid", "amount", CELL_TEXT, NULL},
    {"asset", "asset", CELL_TEXT, NULL},
    {"to", "address", CELL_TEXT, NULL},
    {"transaction", "txid", CELL_TEXT, NULL},
};
const struct view view_sandbox_paid = {.kind = VIEW_FIELDS, CELLS(sandbox_paid_cells)};
static const struct cell sandbox_mined_cells[] = {{"", "blocks", CELL_TEXT, NULL}};
const struct view view_sandbox_mined = {
    .kind = VIEW_SENTENCE, .before = "blocks mined: ", CELLS(sandbox_mined_cells)};
static const struct cell sandbox_reorged_cells[] = {{"", "depth", CELL_TEXT, NULL}};
const struct view view_sandbox_reorged = {
    .kind = VIEW_SENTENCE, .before = "blocks replaced: ", CELLS(sandbox_reorged_cells)};

/* ---- the doctor */

static const struct cell doctor_cells[] = {{"", "summary", CELL_TEXT, NULL}};
static const struct cell checks_cells[] = {
    {"", "state", CELL_TEXT, NULL},
    {"", "what", CELL_TEXT, NULL},
    {"", "since", CELL_TIME, ""},
    {"", "detail", CELL_TEXT, ""},
};
static const struct view view_checks = {.kind = VIEW_LINES, .list = "checks", CELLS(checks_cells)};
const struct view view_doctor = {
    .kind = VIEW_SENTENCE, .before = "", CELLS(doctor_cells), .next = &view_checks};

static const struct cell alarms_cells[] = {
    {"ALARM", "alarm_id", CELL_TEXT, NULL},
    {"CODE", "code", CELL_TEXT, NULL},
    {"SUBJECT", "subject", CELL_TEXT, NULL},
    {"SINCE", "since", CELL_TIME, NULL},
    {"ENDS BY ITSELF", "ends_by_itself", CELL_YESNO, NULL},
    {"WHAT", "detail", CELL_TEXT, ""},
};
const struct view view_alarms = {
    .kind = VIEW_TABLE, .list = "alarms", .empty = "no alarm stands", CELLS(alarms_cells)};
static const struct cell alarms_cleared_cells[] = {
    {"CLEARED", "alarm_id", CELL_TEXT, NULL},
    {"CODE", "code", CELL_TEXT, NULL},
    {"SUBJECT", "subject", CELL_TEXT, NULL},
    {"COMES BACK IF IT STILL HOLDS", "ends_by_itself", CELL_YESNO, NULL},
    {"WHAT", "detail", CELL_TEXT, ""},
};
const struct view view_alarms_cleared = {
    .kind = VIEW_TABLE, .list = "cleared", CELLS(alarms_cleared_cells)};

static const struct cell backup_cells[] = {
    {"backup", "path", CELL_TEXT, NULL},
    {"bytes", "size_bytes", CELL_TEXT, NULL},
    {"sha256", "sha256", CELL_TEXT, NULL},
};
static const struct view view_backup_note = {
    .kind = VIEW_SENTENCE,
    .before = "\nWithout the passphrase it cannot be restored: keep it elsewhere.",
};
const struct view view_backup = {
    .kind = VIEW_FIELDS, CELLS(backup_cells), .next = &view_backup_note};
