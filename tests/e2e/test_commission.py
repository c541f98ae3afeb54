# SPDX-License-Identifier: MIT
"""Fees, small shortfalls, rehearsals without payment, and payouts, through a running tilld on the sandbox."""

import urllib.parse
import urllib.request

from support.receiver import Receiver
from support.shop import MerchantApi, Refused, Shop
from support.tilld import Tilld, TillRefused

SUMS = ("amount", "amount_to_pay", "amount_paid", "received", "to_surcharge", "fee", "service_fee")


def _shop(stage, *settings):
    receiver = stage.enter(Receiver())
    tilld = stage.enter(Tilld(stage, allow=[receiver.port]))
    shop = Shop(tilld, "Kiosk", receiver.url, test=True)
    if settings:
        tilld.till("shop", "set", shop.id, *settings)
    return tilld, shop, receiver


def _balances(shop):
    return {line["currency"]["code"]: line["balance_crypto"] for line in shop.api.call("/v2/merchant/wallet/balance/all", {})}


def _press(tilld, invoice, act):
    body = urllib.parse.urlencode({"act": act}).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{tilld.port}/{invoice.id}/sandbox", body, timeout=60) as page:
        return page.status, page.read().decode()


def test_a_rehearsal_sends_an_ordinary_postback_and_moves_no_balance(stage):
    tilld, shop, receiver = _shop(stage)
    before = _balances(shop)
    chosen, unchosen = shop.create("19.99", "LTC", order_id="a"), shop.create("20.01", order_id="b")
    status, page = _press(tilld, chosen, "confirm")
    assert status == 200 and chosen.id in page
    assert tilld.till("invoice", "confirm", unchosen.uuid, "--without-payment")["status"] == "paid"
    for invoice, price in ((chosen, 19.99), (unchosen, 20.01)):
        postback = receiver.wait_for(invoice)
        postback.check(shop, invoice)
        info = shop.read(invoice)
        assert (info["status"], info["invoice_status"], info["test_mode"]) == ("paid", "success", True), info
        assert float(info["amount_paid_usd"]) == price and info["to_surcharge"] == 0 and info["tx_list"] == [], info
        assert info["amount_paid"] == info["amount_to_pay"], info
    assert _balances(shop) == before
    receiver.gets_no_more_than(2)


def test_the_sums_of_a_postback_add_up_and_a_small_shortfall_is_paid_at_once(stage):
    tilld, shop, receiver = _shop(stage, "transfer_fee=0.35USD", "side_commission=client", "service_fee=1.9%",
                                  "side_commission_cc=merchant", "auto_confirm=2%")
    invoice = shop.create("33.33", "LTC")
    due = shop.read(invoice)["amount_to_pay"]
    tilld.till("sandbox", "pay", invoice.uuid, "--amount", str(due * 97 / 100)[:10])
    shop.wait_status(invoice, "partial")
    tilld.till("sandbox", "pay", invoice.uuid, "--amount", str(due * 15 / 1000)[:10])
    info = receiver.wait_for(invoice).fields["invoice_info"]
    assert info["status"] == "paid", info
    for suffix in ("", "_usd"):
        amount, to_pay, paid, received, surcharge, fee, service = (round(float(info[name + suffix]) * 10**8) for name in SUMS)
        assert to_pay == amount + fee and received == paid - fee - service and surcharge == 0 < received, info
        assert fee > 0 and service > 0 and paid < to_pay, info
    receiver.gets_no_more_than(1, invoice)


def test_a_payout_waits_for_the_operator_who_finishes_it_once(stage):
    tilld, shop, _ = _shop(stage)
    address = shop.create(5, "LTC").address
    key = tilld.till("key", "create", shop.id, "--account")["api_key"]
    account = MerchantApi(tilld.port, key)
    wanted = {"currency_code": "LTC", "to_address": address, "amount": "0.125"}
    made = account.call("/v2/invoice/api/out/create", wanted)
    try:
        account.call("/v2/invoice/api/out/create", wanted)
        raise AssertionError("twice within twelve seconds")
    except Refused as refused:
        assert list(refused.body["result"]) == ["rate_limit"], refused
    listed = tilld.till("payout", "list", "--shop", shop.id, "--status", "created")["payouts"]
    assert [(one["payout_id"], one["amount"], one["to_address"]) for one in listed] == [(made["uuid"], "0.125", address)], listed
    tilld.restart()
    done = tilld.till("payout", "done", made["uuid"], "--note", 'sent "by hand"')
    assert (done["status"], done["note"]) == ("done", 'sent "by hand"') and done["finished_at"], done
    assert shop.create(5, "LTC").uuid != made["uuid"]
    try:
        tilld.till("payout", "cancel", made["uuid"])
        raise AssertionError("canceled after it was done")
    except TillRefused as refused:
        assert "done or canceled already" in str(refused), refused
