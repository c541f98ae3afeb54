/* SPDX-License-Identifier: MIT */
/* The one table of commands. What is here is what `till help` lists, what the command line accepts
 * and what is asked of tilld; the interface of tilld's side is http/admin/admin_routes.c. */
#include "cli/command.h"

#include "cli/views.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define PARAMS(array)   .params = (array), .param_count = COUNT_OF(array)

static const struct param global_options[] = {
    {"--json", "", PARAM_FLAG, PARAM_LOCAL, false, "print tilld's answer as JSON", NULL},
    {"--socket", "", PARAM_TEXT, PARAM_LOCAL, false, "where tilld listens (a path)", NULL},
    {"--config", "", PARAM_TEXT, PARAM_LOCAL, false, "tilld's configuration, to find its socket",
     NULL},
    {"--help", "", PARAM_FLAG, PARAM_LOCAL, false, "what the command takes", NULL},
    {"--version", "", PARAM_FLAG, PARAM_LOCAL, false, "which version this is", NULL},
};

const struct param_list till_global_options = {global_options, COUNT_OF(global_options)};

static const struct param shop_create_params[] = {
    {"--name", "name", PARAM_TEXT, PARAM_BODY, true, "what payers see", NULL},
    {"--notify-url", "notify_url", PARAM_TEXT, PARAM_BODY, false, "where postbacks go", NULL},
    {"--success-url", "success_url", PARAM_TEXT, PARAM_BODY, false, "where a payer goes on to",
     NULL},
    {"--fail-url", "fail_url", PARAM_TEXT, PARAM_BODY, false, "the same after an unpaid invoice",
     NULL},
    {"--postback-format", "postback_format", PARAM_TEXT, PARAM_BODY, false,
     "json (the default) or form, which older shop plug-ins want", NULL},
    {"--test", "test", PARAM_FLAG, PARAM_BODY, false, "pays on the sandbox, needs no wallet", NULL},
};
static const struct param shop_params[] = {
    {"SHOP", "shop", PARAM_TEXT, PARAM_PATH, true, "a shop's id", NULL},
};
static const char *const shop_keys[] = {"name",
                                        "notify_url",
                                        "success_url",
                                        "fail_url",
                                        "postback_format",
                                        "underpaid_tolerance",
                                        "overpaid_tolerance",
                                        "auto_confirm",
                                        "accept_late",
                                        "side_commission",
                                        "transfer_fee",
                                        "side_commission_cc",
                                        "service_fee",
                                        "amount_min_usd",
                                        "assets",
                                        "invoice_ttl_s",
                                        NULL};
static const struct param shop_set_params[] = {
    {"SHOP", "shop", PARAM_TEXT, PARAM_PATH, true, "a shop's id", NULL},
    {"key=value", "", PARAM_PAIRS, PARAM_BODY, true,
     "name, notify_url, success_url, fail_url, postback_format,\n"
     "                             underpaid_tolerance (\"0.5%\", \"1USD\"), overpaid_tolerance,\n"
     "                             auto_confirm (\"2%\", \"1USD\"), accept_late,\n"
     "                             side_commission, side_commission_cc (client, merchant),\n"
     "                             transfer_fee, service_fee (\"1.9% + 0.5USD\"), amount_min_usd,\n"
     "                             assets (\"BTC LTC\", empty for all), invoice_ttl_s",
     shop_keys},
};
static const struct param key_create_params[] = {
    {"SHOP", "shop", PARAM_TEXT, PARAM_PATH, true, "a shop's id", NULL},
    {"--scope", "scope", PARAM_TEXT, PARAM_BODY, false,
     "all (the default), read or create: what the key is good for", NULL},
    {"--account", "account", PARAM_FLAG, PARAM_BODY, false,
     "an account key: asks for payouts and is good for nothing else", NULL},
};
static const struct param key_params[] = {
    {"KEY", "key", PARAM_NUMBER, PARAM_PATH, true, "an API key's number, from till key list", NULL},
};
static const struct param wallet_add_params[] = {
    {"--shop", "shop_id", PARAM_TEXT, PARAM_BODY, true, "a shop's id", NULL},
    {"--network", "network", PARAM_TEXT, PARAM_BODY, true, "btc, ltc, eth, tron, ...", NULL},
    {"--xpub", "xpub", PARAM_TEXT, PARAM_BODY, false,
     "the account's public key (xpub, ypub, zpub, ...)", NULL},
    {"--descriptor", "descriptor", PARAM_TEXT, PARAM_BODY, false,
     "an output descriptor instead: wpkh([...]xpub.../0/*)", NULL},
    {"--type", "type", PARAM_TEXT, PARAM_BODY, false,
     "wpkh, sh-wpkh, pkh or tr, for keys that do not say it", NULL},
    {"--first-index", "first_index", PARAM_NUMBER, PARAM_BODY, false,
     "start here, above what other software has used", NULL},
};
static const struct param wallet_list_params[] = {
    {"--shop", "shop", PARAM_TEXT, PARAM_QUERY, false, "of this shop only", NULL},
};
static const struct param wallet_params[] = {
    {"WALLET", "wallet", PARAM_NUMBER, PARAM_PATH, true, "a wallet's number", NULL},
};
static const struct param invoice_create_params[] = {
    {"SHOP", "shop_id", PARAM_TEXT, PARAM_BODY, true, "a shop's id", NULL},
    {"AMOUNT", "amount", PARAM_TEXT, PARAM_BODY, true, "how much: 10 or 10.50", NULL},
    {"CURRENCY", "currency", PARAM_TEXT, PARAM_BODY, true, "USD, EUR, ...", NULL},
    {"--crypto", "crypto", PARAM_TEXT, PARAM_BODY, false,
     "what it is paid in (LTC, USDT_TRC20, ...); the payer chooses without it", NULL},
    {"--order-id", "order_id", PARAM_TEXT, PARAM_BODY, false, "the shop's own reference", NULL},
    {"--email", "email", PARAM_TEXT, PARAM_BODY, false, "the payer's", NULL},
    {"--ttl", "ttl_s", PARAM_NUMBER, PARAM_BODY, false, "how many seconds it can be paid", NULL},
};
static const struct param invoice_params[] = {
    {"INVOICE", "invoice", PARAM_TEXT, PARAM_PATH, true, "INV-XXXXXXXX", NULL},
};
static const struct param invoice_list_params[] = {
    {"--shop", "shop", PARAM_TEXT, PARAM_QUERY, false, "of this shop only", NULL},
    {"--limit", "limit", PARAM_NUMBER, PARAM_QUERY, false, "at most so many (50)", NULL},
    {"--offset", "offset", PARAM_NUMBER, PARAM_QUERY, false, "leave out the first so many", NULL},
};
static const struct param invoice_confirm_params[] = {
    {"INVOICE", "invoice", PARAM_TEXT, PARAM_PATH, true, "INV-XXXXXXXX", NULL},
    {"--reason", "reason", PARAM_TEXT, PARAM_BODY, false, "why, for the journal", NULL},
    {"--without-payment", "without_payment", PARAM_FLAG, PARAM_BODY, false,
     "a test shop's invoice, as if it had been paid; needs no reason", NULL},
};
static const struct param delivery_list_params[] = {
    {"--shop", "shop", PARAM_TEXT, PARAM_QUERY, false, "of this shop only", NULL},
    {"--state", "state", PARAM_TEXT, PARAM_QUERY, false,
     "queued, deferred, delivered, withdrawn or parked", NULL},
    {"--limit", "limit", PARAM_NUMBER, PARAM_QUERY, false, "at most so many (50)", NULL},
    {"--before", "before", PARAM_NUMBER, PARAM_QUERY, false, "older than this delivery", NULL},
};
static const struct param delivery_params[] = {
    {"DELIVERY", "delivery", PARAM_NUMBER, PARAM_PATH, true, "a delivery's number", NULL},
};
static const struct param delivery_resend_params[] = {
    {"WHAT", "what", PARAM_TEXT, PARAM_BODY, false,
     "a delivery's number, or INV-XXXXXXXX for all of an invoice", NULL},
    {"--since", "since", PARAM_TEXT, PARAM_BODY, false,
     "all since then: 2h, 3d, 2025-01-31 or 2025-01-31T23:59:59Z", NULL},
};
static const struct param payout_list_params[] = {
    {"--shop", "shop", PARAM_TEXT, PARAM_QUERY, false, "of this shop only", NULL},
    {"--status", "status", PARAM_TEXT, PARAM_QUERY, false, "created, done or canceled", NULL},
    {"--limit", "limit", PARAM_NUMBER, PARAM_QUERY, false, "at most so many (50)", NULL},
    {"--before", "before", PARAM_TEXT, PARAM_QUERY, false, "older than this payout", NULL},
};
static const struct param payout_params[] = {
    {"PAYOUT", "payout", PARAM_TEXT, PARAM_PATH, true, "INV-XXXXXXXX", NULL},
};
static const struct param payout_export_params[] = {
    {"PAYOUT", "payouts", PARAM_WORDS, PARAM_BODY, true,
     "INV-XXXXXXXX, one or more, of one shop and one network", NULL},
    {"--output", "output", PARAM_TEXT, PARAM_LOCAL, false,
     "a new file for what is to be signed; it is printed without", NULL},
    {"--fee-rate", "fee_rate", PARAM_TEXT, PARAM_BODY, false,
     "BTC, LTC: in sat/vB (2, 12.5); what the node estimates without", NULL},
    {"--change", "change_address", PARAM_TEXT, PARAM_BODY, false,
     "BTC, LTC: where the rest goes; a fresh address of the wallet without", NULL},
    {"--from", "from_address", PARAM_TEXT, PARAM_BODY, false,
     "EVM, Tron: the address that sends; without, one that can", NULL},
    {"--wallet", "wallet_id", PARAM_NUMBER, PARAM_BODY, false,
     "spend from this wallet; from the shop's present one without", NULL},
};
static const struct param sweep_params[] = {
    {"--wallet", "wallet", PARAM_NUMBER, PARAM_PATH, true, "its id, as wallet list has it", NULL},
    {"--asset", "asset", PARAM_TEXT, PARAM_BODY, false, "USDT_ERC20; everything without", NULL},
    {"--to", "to", PARAM_TEXT, PARAM_BODY, false,
     "where it will go; fees are reckoned with that address", NULL},
    {"--continue", "start", PARAM_NUMBER, PARAM_BODY, false,
     "go on where an earlier plan's `next` says", NULL},
    {"--output", "output", PARAM_TEXT, PARAM_LOCAL, false,
     "a new file for the plan; --json prints it", NULL},
};
static const struct param sweep_list_params[] = {
    {"--limit", "limit", PARAM_NUMBER, PARAM_QUERY, false, "at most so many (50)", NULL},
};
static const struct param sweep_end_params[] = {
    {"PLAN", "plan", PARAM_NUMBER, PARAM_PATH, true, "a plan's number, as sweep list has it", NULL},
};
static const struct param payout_finish_params[] = {
    {"PAYOUT", "payout", PARAM_TEXT, PARAM_PATH, true, "INV-XXXXXXXX", NULL},
    {"--note", "note", PARAM_TEXT, PARAM_BODY, false, "a transaction id, a reason", NULL},
};
static const struct param rescan_params[] = {
    {"NETWORK", "network", PARAM_TEXT, PARAM_PATH, true, "eth, btc, ...", NULL},
    {"--from", "from", PARAM_NUMBER, PARAM_BODY, true, "the first block's height", NULL},
    {"--to", "to", PARAM_NUMBER, PARAM_BODY, false,
     "the last one's; without, as far as Till has read", NULL},
};
static const struct param token_params[] = {
    {"TOKEN", "token", PARAM_TEXT, PARAM_PATH, true, "its code, like USDT_ERC20", NULL},
};
static const struct param sandbox_pay_params[] = {
    {"INVOICE", "invoice_id", PARAM_TEXT, PARAM_BODY, true,
     "INV-XXXXXXXX, or a static wallet's uuid", NULL},
    {"--amount", "amount", PARAM_TEXT, PARAM_BODY, false, "so much of the asset", NULL},
    {"--short", "short", PARAM_FLAG, PARAM_BODY, false, "half of what is due", NULL},
    {"--over", "over", PARAM_FLAG, PARAM_BODY, false, "one and a half of what is due", NULL},
};
static const struct param sandbox_mine_params[] = {
    {"BLOCKS", "blocks", PARAM_NUMBER, PARAM_BODY, true, "how many", NULL},
};
static const struct param sandbox_reorg_params[] = {
    {"DEPTH", "depth", PARAM_NUMBER, PARAM_BODY, true, "how many blocks are replaced", NULL},
    {"--hold", "hold", PARAM_FLAG, PARAM_BODY, false,
     "their transactions wait for the next till sandbox mine", NULL},
    {"--drop", "drop", PARAM_FLAG, PARAM_BODY, false, "their transactions are double spent", NULL},
};
static const struct param alarm_clear_params[] = {
    {"WHAT", "what", PARAM_TEXT, PARAM_BODY, true,
     "an alarm's number, from till alarm list, or a code for the hundred oldest of it", NULL},
    {"--note", "note", PARAM_TEXT, PARAM_BODY, false, "what was done, for the journal", NULL},
};
static const struct param backup_params[] = {
    {"FILE", "file", PARAM_TEXT, PARAM_LOCAL, true, "a new file, in a folder that tilld may write",
     NULL},
};
static const struct param restore_params[] = {
    {"FILE", "file", PARAM_TEXT, PARAM_LOCAL, true, "a backup", NULL},
    {"--replace", "replace", PARAM_FLAG, PARAM_LOCAL, false,
     "put what is there aside and restore in its place", NULL},
    {"--margin", "margin", PARAM_NUMBER, PARAM_LOCAL, false,
     "how far address indexes and invoice numbers jump ahead (10000)", NULL},
};
static const struct param verify_params[] = {
    {"FILE", "file", PARAM_TEXT, PARAM_LOCAL, true, "a backup", NULL},
    {"--key", "key", PARAM_FLAG, PARAM_LOCAL, false, "also that the passphrase opens its key",
     NULL},
};
static const struct param help_params[] = {
    {"COMMAND", "", PARAM_TEXT, PARAM_LOCAL, false, "its words: shop create", NULL},
};

static const struct command commands[] = {
    {"shop create", "POST", "/admin/v1/shops", PARAMS(shop_create_params), &view_shop_created,
     RUN_REQUEST, "make a shop; shows its API key and secret once"},
    {"shop list", "GET", "/admin/v1/shops", NULL, 0, &view_shops, RUN_REQUEST, "all shops"},
    {"shop show", "GET", "/admin/v1/shops/{shop}", PARAMS(shop_params), &view_shop, RUN_REQUEST,
     "a shop and its settings"},
    {"shop set", "PATCH", "/admin/v1/shops/{shop}", PARAMS(shop_set_params), &view_shop,
     RUN_REQUEST, "change settings of a shop"},

    {"key create", "POST", "/admin/v1/shops/{shop}/keys", PARAMS(key_create_params),
     &view_key_created, RUN_REQUEST, "another API key for a shop; shown once"},
    {"key list", "GET", "/admin/v1/shops/{shop}/keys", PARAMS(shop_params), &view_keys, RUN_REQUEST,
     "a shop's API keys, by their last characters"},
    {"key revoke", "POST", "/admin/v1/keys/{key}/revoke", PARAMS(key_params), &view_key_revoked,
     RUN_REQUEST, "end an API key, at once and for good"},

    {"wallet add", "POST", "/admin/v1/wallets", PARAMS(wallet_add_params), &view_wallet_added,
     RUN_REQUEST, "give a shop a wallet by its public key; compare the first addresses"},
    {"wallet list", "GET", "/admin/v1/wallets", PARAMS(wallet_list_params), &view_wallets,
     RUN_REQUEST, "wallets"},
    {"wallet show", "GET", "/admin/v1/wallets/{wallet}", PARAMS(wallet_params), &view_wallet,
     RUN_REQUEST, "a wallet, its indexes, and the gap limit its software needs"},

    {"invoice create", "POST", "/admin/v1/invoices", PARAMS(invoice_create_params), &view_invoice,
     RUN_REQUEST, "make an invoice"},
    {"invoice show", "GET", "/admin/v1/invoices/{invoice}", PARAMS(invoice_params), &view_invoice,
     RUN_REQUEST, "an invoice and what was paid"},
    {"invoice explain", "GET", "/admin/v1/invoices/{invoice}/explain", PARAMS(invoice_params),
     &view_invoice_explained, RUN_REQUEST, "what happened to an invoice, in words"},
    {"invoice list", "GET", "/admin/v1/invoices", PARAMS(invoice_list_params), &view_invoices,
     RUN_REQUEST, "invoices, newest first"},
    {"invoice cancel", "POST", "/admin/v1/invoices/{invoice}/cancel", PARAMS(invoice_params),
     &view_invoice, RUN_REQUEST, "end an invoice that nobody has paid to"},
    {"invoice confirm", "POST", "/admin/v1/invoices/{invoice}/confirm",
     PARAMS(invoice_confirm_params), &view_invoice, RUN_REQUEST,
     "take what arrived, short or late, for enough"},

    {"delivery list", "GET", "/admin/v1/deliveries", PARAMS(delivery_list_params), &view_deliveries,
     RUN_REQUEST, "postbacks on their way, newest first"},
    {"delivery show", "GET", "/admin/v1/deliveries/{delivery}", PARAMS(delivery_params),
     &view_delivery, RUN_REQUEST, "a postback and every attempt to bring it"},
    {"delivery resend", "POST", "/admin/v1/deliveries/resend", PARAMS(delivery_resend_params),
     &view_resent, RUN_REQUEST, "send postbacks again now"},

    {"sweep plan", "POST", "/admin/v1/wallets/{wallet}/sweep-plan", PARAMS(sweep_params),
     &view_sweep_plan, RUN_PLAN,
     "what a wallet's addresses hold and what moving it costs, for a signer with the keys"},
    {"sweep list", "GET", "/admin/v1/sweep-plans", PARAMS(sweep_list_params), &view_sweep_plans,
     RUN_REQUEST, "sweep plans, newest first, and which keep payouts from their addresses"},
    {"sweep end", "POST", "/admin/v1/sweep-plans/{plan}/end", PARAMS(sweep_end_params),
     &view_sweep_ended, RUN_REQUEST,
     "the plan is carried out, or thrown away: payouts may use its addresses again"},

    {"payout list", "GET", "/admin/v1/payouts", PARAMS(payout_list_params), &view_payouts,
     RUN_REQUEST, "what shops ask you to send, newest first"},
    {"payout show", "GET", "/admin/v1/payouts/{payout}", PARAMS(payout_params), &view_payout,
     RUN_REQUEST, "a payout: what, how much, where to"},
    {"payout export", "POST", "/admin/v1/payouts/export", PARAMS(payout_export_params),
     &view_payout_exported, RUN_EXPORT,
     "write payouts as transactions for your wallet or signer to sign"},
    {"payout done", "POST", "/admin/v1/payouts/{payout}/done", PARAMS(payout_finish_params),
     &view_payout, RUN_REQUEST, "you have sent it from your wallet"},
    {"payout cancel", "POST", "/admin/v1/payouts/{payout}/cancel", PARAMS(payout_finish_params),
     &view_payout, RUN_REQUEST, "you will not send it"},

    {"chain status", "GET", "/admin/v1/chains", NULL, 0, &view_chains, RUN_REQUEST,
     "the networks followed, and how well they are seen"},
    {"chain rescan", "POST", "/admin/v1/chains/{network}/rescan", PARAMS(rescan_params),
     &view_rescan, RUN_RESCAN, "read blocks again in which payments may have been passed over"},
    {"chain accept-token", "POST", "/admin/v1/tokens/{token}/accept", PARAMS(token_params),
     &view_token, RUN_REQUEST, "the token's contract has changed, and you know why"},
    {"rate list", "GET", "/admin/v1/rates", NULL, 0, &view_rates, RUN_REQUEST,
     "the rates used for new invoices"},

    {"sandbox pay", "POST", "/admin/v1/sandbox/pay", PARAMS(sandbox_pay_params), &view_sandbox_paid,
     RUN_REQUEST, "pay a test shop's invoice or static wallet"},
    {"sandbox mine", "POST", "/admin/v1/sandbox/mine", PARAMS(sandbox_mine_params),
     &view_sandbox_mined, RUN_REQUEST, "mine blocks"},
    {"sandbox reorg", "POST", "/admin/v1/sandbox/reorg", PARAMS(sandbox_reorg_params),
     &view_sandbox_reorged, RUN_REQUEST, "replace the last blocks by others"},

    {"doctor", "GET", "/admin/v1/doctor", NULL, 0, &view_doctor, RUN_REQUEST,
     "is everything well? alarms, networks, postbacks"},
    {"alarm list", "GET", "/admin/v1/alarms", NULL, 0, &view_alarms, RUN_REQUEST,
     "the alarms that stand, oldest first"},
    {"alarm clear", "POST", "/admin/v1/alarms/clear", PARAMS(alarm_clear_params),
     &view_alarms_cleared, RUN_REQUEST, "you have seen to it; what still holds comes back"},
    {"backup", "POST", "/admin/v1/backup", PARAMS(backup_params), &view_backup, RUN_BACKUP,
     "store, counters and key in one file, under a passphrase"},
    {"verify", NULL, NULL, PARAMS(verify_params), NULL, RUN_VERIFY, "is a backup whole and sound?"},
    {"restore", NULL, NULL, PARAMS(restore_params), NULL, RUN_RESTORE,
     "make an instance of a backup, with tilld stopped"},
    {"help", NULL, NULL, PARAMS(help_params), NULL, RUN_HELP, "this, or one command"},
};

const struct command_table till_commands = {commands, COUNT_OF(commands)};
