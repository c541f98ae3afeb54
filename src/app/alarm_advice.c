/* SPDX-License-Identifier: MIT */
#include "app/alarm_advice.h"

#include <stddef.h>

static const struct alarm_advice advices[] = {
    {"contracts_unseen", ALARM_EVENT,
     "look at its node; once it traces, till chain rescan reads these blocks again"},
    {"delivery_parked", ALARM_EVENT, "put the shop's endpoint right, then till delivery resend"},
    {"dust_flood", ALARM_INVOICE_EVENT,
     "worthless transfers to one invoice are not recorded any more; nothing is owed"},
    {"dust_in_static_wallet", ALARM_EVENT, "worthless transfers make no receipts; nothing is owed"},
    {"finality_silent", ALARM_NETWORK,
     "find a node that tells it; a number in confirmations helps only payments to come"},
    {"invoice_disputed", ALARM_INVOICE_EVENT,
     "tell the shop; till invoice explain says what happened"},
    {"native_unattributed", ALARM_INVOICE_EVENT,
     "a contract may have paid; till invoice confirm takes it for enough"},
    {"native_unwatched", ALARM_NETWORK,
     "coin that contracts send may go unnoticed; look at its node"},
    {"network_blind", ALARM_NETWORK,
     "nothing on this network becomes paid or expires until its node is well"},
    {"nodes_disagree", ALARM_NETWORK,
     "find out which node is wrong, and why; till chain status shows if all waits"},
    {"nodes_missing", ALARM_NETWORK,
     "put it right: the network waits if too many of the others are lost, too"},
    {"payment_foreign", ALARM_INVOICE_EVENT,
     "give it back, or till invoice confirm takes the invoice for paid"},
    {"payment_late", ALARM_INVOICE_EVENT,
     "till invoice confirm takes it for enough; else give it back"},
    {"payment_quarantined", ALARM_EVENT,
     "find out whose it is: the invoice was made after the backup"},
    {"payment_repeated", ALARM_EVENT, "the node shows the same output twice; look at its log"},
    {"rate_missing", ALARM_INSTANCE,
     "invoices that need these rates are refused; till rate list tells why"},
    {"rate_source_silent", ALARM_INSTANCE,
     "the others go on without it; is its address reachable from here?"},
    {"receipt_of_another_asset", ALARM_EVENT,
     "whoever paid into the static wallet sent another coin"},
    {"receipt_unpriced", ALARM_INVOICE_EVENT,
     "reckon it yourself: till invoice show has the sum; till rate list tells what was missing"},
    {"rollups_wrong", ALARM_EVENT,
     "restart tilld, which counts statistics and balances anew, and report it"},
    {"stablecoin_depeg", ALARM_INSTANCE, "if you know better, fix its rate in [rates]"},
    {"taken_on_trust", ALARM_NETWORK,
     "upgrade Till, then take trust_node out of the configuration again"},
    {"token_changed", ALARM_TOKEN, "find out why; till chain accept-token takes it as it is now"},
    {"token_unusable", ALARM_TOKEN,
     "put token.CODE of its network right; it is looked at again every minute"},
};

const struct alarm_advice *alarm_advice_for(struct str code) {
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++) {
        if (str_eq(code, str_from_c(advices[i].code))) {
            return &advices[i];
        }
    }
    return NULL;
}
