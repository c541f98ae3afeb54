/* SPDX-License-Identifier: MIT */
#include "http/admin/admin_routes.h"

#include "http/admin/handlers.h"

static const struct route routes[] = {
    /* method     path                                     caller  handler */
    {HTTP_POST, "/admin/v1/shops", 0, admin_shop_create},
    {HTTP_GET, "/admin/v1/shops", 0, admin_shop_list},
    {HTTP_GET, "/admin/v1/shops/{shop}", 0, admin_shop_show},
    {HTTP_PATCH, "/admin/v1/shops/{shop}", 0, admin_shop_set},

    {HTTP_POST, "/admin/v1/shops/{shop}/keys", 0, admin_key_create},
    {HTTP_GET, "/admin/v1/shops/{shop}/keys", 0, admin_key_list},
    {HTTP_POST, "/admin/v1/keys/{key}/revoke", 0, admin_key_revoke},

    {HTTP_POST, "/admin/v1/wallets", 0, admin_wallet_add},
    {HTTP_GET, "/admin/v1/wallets", 0, admin_wallet_list},
    {HTTP_GET, "/admin/v1/wallets/{wallet}", 0, admin_wallet_show},
    {HTTP_POST, "/admin/v1/wallets/{wallet}/sweep-plan", 0, admin_sweep_plan},
    {HTTP_GET, "/admin/v1/sweep-plans", 0, admin_sweep_list},
    {HTTP_POST, "/admin/v1/sweep-plans/{plan}/end", 0, admin_sweep_end},

    {HTTP_POST, "/admin/v1/invoices", 0, admin_invoice_create},
    {HTTP_GET, "/admin/v1/invoices", 0, admin_invoice_list},
    {HTTP_GET, "/admin/v1/invoices/{invoice}", 0, admin_invoice_show},
    {HTTP_GET, "/admin/v1/invoices/{invoice}/explain", 0, admin_invoice_explain},
    {HTTP_POST, "/admin/v1/invoices/{invoice}/cancel", 0, admin_invoice_cancel},
    {HTTP_POST, "/admin/v1/invoices/{invoice}/confirm", 0, admin_invoice_confirm},

    {HTTP_GET, "/admin/v1/deliveries", 0, admin_delivery_list},
    {HTTP_POST, "/admin/v1/deliveries/resend", 0, admin_delivery_resend},
    {HTTP_GET, "/admin/v1/deliveries/{delivery}", 0, admin_delivery_show},

    {HTTP_GET, "/admin/v1/payouts", 0, admin_payout_list},
    {HTTP_POST, "/admin/v1/payouts/export", 0, admin_payout_export},
    {HTTP_GET, "/admin/v1/payouts/{payout}", 0, admin_payout_show},
    {HTTP_POST, "/admin/v1/payouts/{payout}/done", 0, admin_payout_done},
    {HTTP_POST, "/admin/v1/payouts/{payout}/cancel", 0, admin_payout_cancel},

    {HTTP_GET, "/admin/v1/chains", 0, admin_chain_list},
    {HTTP_POST, "/admin/v1/chains/{network}/rescan", 0, admin_rescan},
    {HTTP_POST, "/admin/v1/tokens/{token}/accept", 0, admin_token_accept},
    {HTTP_GET, "/admin/v1/rates", 0, admin_rate_list},

    {HTTP_POST, "/admin/v1/sandbox/pay", 0, admin_sandbox_pay},
    {HTTP_POST, "/admin/v1/sandbox/mine", 0, admin_sandbox_mine},
    {HTTP_POST, "/admin/v1/sandbox/reorg", 0, admin_sandbox_reorg},

    {HTTP_GET, "/admin/v1/doctor", 0, admin_doctor},
    {HTTP_GET, "/admin/v1/alarms", 0, admin_alarm_list},
    {HTTP_POST, "/admin/v1/alarms/clear", 0, admin_alarm_clear},
    {HTTP_POST, "/admin/v1/backup", 0, admin_backup_make},
};

const struct route_table admin_routes = {routes, sizeof routes / sizeof routes[0]};
