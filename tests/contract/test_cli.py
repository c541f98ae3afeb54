#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The command line against a running tilld on the sandbox: what it prints, how it ends, and that both sides agree.

usage: test_cli.py TILL TILLD VECTORS. Prints TAP. One tilld for all tests, in a folder of its own; each test makes its
own shop.
"""

import http.client
import json
import os
import socket
import sys

from till_runner import DONE, REFUSED, UNREACHABLE, USAGE, has, has_not, run_tests, same, until

PHRASE = "abandon " * 11 + "about"


# ---- the command line itself


def test_version_and_help_need_no_tilld(till):
    same(till.bare("--version").status, DONE)
    ran = till.bare("help")
    same(ran.status, DONE)
    has(ran.out, "invoice explain")
    has(till.bare("help", "wallet", "add").out, "--first-index INDEX")
    has(till.bare("shop", "create", "--help").out, "--notify-url URL")
    has(till.bare("help", "key").out, "key revoke")
    same(till.bare("help", "nonsense").status, USAGE)


def test_wrong_usage_ends_with_2_and_says_what_is_wrong(till):
    for arguments, complaint in [
        ([], "which command?"),
        (["shp", "list"], "did you mean: till shop list"),
        (["shop"], '"shop" needs one more word: create, list, show, set'),
        (["shop", "frobnicate"], "did you mean: till shop"),
        (["shop", "list", "--jsn"], "did you mean --json?"),
        (["shop", "show"], "needs SHOP"),
        (["shop", "show", "a", "b"], '"b" is one word too many'),
        (["shop", "create", "--name"], "--name needs a value"),
        (["shop", "create", "--name", "a", "--name", "b"], "--name is given twice"),
        (["shop", "create"], "needs --name"),
        (["shop", "list", "--name", "a"], "does not take --name"),
        (["shop", "create", "--name", "a", "--test=yes"], "--test takes no value"),
        (["shop", "set", "a", "b"], "not like key=value"),
        (["shop", "set", "a", "nmae=b"], 'no key "nmae"'),
        (["sandbox", "mine", "many"], "must be a whole number"),
        (["shop", "show", ""], "SHOP is empty"),
    ]:
        ran = till.bare(*arguments)
        same(ran.status, USAGE, f"{arguments}")
        has(ran.err, complaint)
        same(ran.out, "", f"{arguments}")


def test_without_tilld_it_ends_with_3(till):
    ran = till.bare("shop", "list", "--socket", f"{till.folder}/none.sock")
    same(ran.status, UNREACHABLE)
    has(ran.err, "is tilld running?")


def test_the_socket_is_found_by_option_environment_and_configuration(till):
    same(till.bare("shop", "list", "--socket", till.socket).status, DONE)
    same(till.bare("shop", "list", TILL_HTTP_SOCKET=till.socket).status, DONE)
    same(till.bare("shop", "list", "--config", till.config).status, DONE)
    same(till.bare("--config=" + till.config, "shop", "list").status, DONE)
    ran = till.bare("shop", "list", "--config", f"{till.folder}/none.ini")
    same(ran.status, USAGE)
    has(ran.err, "none.ini")


# ---- shops and keys


def test_a_shop_is_made_shown_changed_and_listed(till):
    made = till.done("shop", "create", "--name", "Tea & Co", "--test", "--notify-url", "https://shop.example/paid")
    same(sorted(made), ["api_key", "postback_format", "secret", "shop_id"])
    same(made["postback_format"], "json")
    same(len(made["secret"]) >= 32, True, "a secret of 32 characters")
    shown = till.done("shop", "show", made["shop_id"])
    same((shown["name"], shown["test"], shown["notify_url"]), ("Tea & Co", True, "https://shop.example/paid"))
    has_not(json.dumps(shown), made["secret"])
    has_not(json.dumps(shown), made["api_key"])
    changed = till.done("shop", "set", made["shop_id"], "postback_format=form", "underpaid_tolerance=0.5%",
                        "assets=BTC LTC", "notify_url=", "auto_confirm=2%", "accept_late=true",
                        "side_commission=merchant", "side_commission_cc=client", "transfer_fee=0.5USD",
                        "service_fee=1.9% + 0.1USD", "amount_min_usd=2")
    same(changed["assets"], ["BTC", "LTC"])
    same(till.done("shop", "show", made["shop_id"]), changed)
    for arguments in (("show", made["shop_id"]), ("set", made["shop_id"], "auto_confirm=2%")):
        ran = till.run("shop", *arguments)
        same(ran.status, DONE, ran.err)
        has(ran.out, made["shop_id"])
        has(ran.out, "invoices live (s)")
    same([changed[key] for key in ("auto_confirm", "accept_late", "side_commission", "transfer_fee",
                                   "side_commission_cc", "service_fee", "amount_min_usd")],
         ["2%", True, "merchant", "0.5USD", "client", "1.9% + 0.1USD", "2"])
    same((changed["name"], changed["notify_url"]), ("Tea & Co", ""))
    has(till.run("shop", "list").out, made["shop_id"])


def test_refusals_end_with_1_and_a_sentence(till):
    shop = till.shop()
    live = till.done("shop", "create", "--name", "Live")["shop_id"]
    for arguments, complaint in [
        (["shop", "show", "nobody"], 'there is no shop "nobody"'),
        (["shop", "create", "--name", ""], "1 to 100 printable characters"),
        (["shop", "create", "--name", "a", "--notify-url", "ftp://x"], "URL"),
        (["shop", "create", "--name", "a", "--notify-url", "http://x.example/"], "must start with https://"),
        (["shop", "set", shop, "notify_url=http://x.example/"], "must start with https://"),
        (["shop", "create", "--name", "a", "--postback-format", "xml"], "json or form"),
        (["shop", "set", shop, "invoice_ttl_s=5"], "one minute"),
        (["shop", "set", shop, "underpaid_tolerance=lots"], "tolerance"),
        (["shop", "set", shop, "auto_confirm=lots"], "tolerance"),
        (["shop", "set", shop, "service_fee=2"], "fee"),
        (["shop", "set", shop, "side_commission=me"], "client or merchant"),
        (["shop", "set", shop, "amount_min_usd=-1"], "amount"),
        (["shop", "set", shop, "assets=GOLD"], "asset"),
        (["key", "create", shop, "--scope", "write"], "read, create or payout"),
        (["key", "create", shop, "--scope", "read", "--account"], "either --scope or --account"),
        (["key", "revoke", "99999"], 'there is no key "99999"'),
        (["invoice", "show", "INV-AAAAAAAA"], 'there is no invoice "INV-AAAAAAAA"'),
        (["invoice", "create", shop, "ten", "USD"], "amount"),
        (["invoice", "create", shop, "0.001", "USD"], "more decimals than its currency"),
        (["invoice", "create", shop, "10", "XYZ"], 'no currency "XYZ"'),
        (["invoice", "create", shop, "10", "USD", "--crypto", "GOLD"], 'no asset "GOLD"'),
        (["invoice", "create", live, "10", "USD", "--crypto", "ETH"], "no wallet for this asset"),
        (["delivery", "show", "99999"], 'there is no delivery "99999"'),
        (["delivery", "resend"], "--since"),
        (["delivery", "resend", "99999"], "there is no such delivery"),
        (["delivery", "resend", "INV-AAAAAAAA"], "there is no such invoice"),
        (["delivery", "resend", "--since", "2999-01-01"], "no postback was made since then"),
        (["delivery", "resend", "--since", "soon"], "2025-01-31"),
        (["delivery", "list", "--state", "lost"], "queued"),
        (["wallet", "show", "99999"], 'there is no wallet "99999"'),
        (["sandbox", "pay", "INV-AAAAAAAA"], 'there is no invoice "INV-AAAAAAAA"'),
        (["sandbox", "mine", "0"], "blocks must be at least 1"),
        (["sandbox", "reorg", "0"], "depth must be at least 1"),
        (["sandbox", "reorg", "1", "--hold", "--drop"], "only one"),
    ]:
        ran = till.run(*arguments)
        same(ran.status, REFUSED, f"{arguments}: {ran.err}")
        has(ran.err, complaint)
        same(ran.out, "", f"{arguments}")


def test_a_refusal_as_json_names_its_error(till):
    ran = till.run("shop", "show", "nobody", "--json")
    same(ran.status, REFUSED)
    same(ran.json()["error"], "not_found")


def test_keys_are_made_listed_by_their_ends_and_revoked(till):
    shop = till.shop()
    made = till.done("key", "create", shop, "--scope", "read")
    same(made["scope"], "read")
    same(till.done("key", "create", shop)["scope"], "all")
    keys = till.done("key", "list", shop)["keys"]
    same(len(keys), 3)
    key = [key for key in keys if key["key_id"] == made["key_id"]][0]
    same(key["hint"], made["api_key"][-4:])
    same(key["revoked_at"], None)
    same(key["last_used_at"], None)
    same(key["scope"], "read")
    has_not(json.dumps(keys), made["api_key"])
    till.done("key", "revoke", str(made["key_id"]))
    key = [key for key in till.done("key", "list", shop)["keys"] if key["key_id"] == made["key_id"]][0]
    same(key["revoked_at"] is None, False, "revoked")


# ---- wallets


def test_a_wallet_shows_the_first_addresses_of_its_key(till):
    shop = till.done("shop", "create", "--name", "Real")["shop_id"]
    account = till.account("LTC", "regtest", "p2wpkh")
    key = account["keys"]["tpub"]
    ran = till.run("wallet", "add", "--shop", shop, "--network", "ltc", "--xpub", key)
    same(ran.status, REFUSED)
    has(ran.err, "--type")
    added = till.done("wallet", "add", "--shop", shop, "--network", "ltc", "--xpub", key, "--type", "wpkh",
                      "--first-index", "7")
    same(sorted(added), ["fingerprint", "first_addresses", "wallet_id"])
    same(added["first_addresses"], [address["address"] for address in account["external"][:3]])
    shown = till.done("wallet", "show", str(added["wallet_id"]))
    same(shown["first_addresses"], added["first_addresses"])
    same((shown["highest_issued"], shown["highest_used"], shown["in_use"]), (None, None, True))
    has(till.run("wallet", "show", str(added["wallet_id"])).out, "gap limit to set")
    same([wallet["wallet_id"] for wallet in till.done("wallet", "list", "--shop", shop)["wallets"]],
         [added["wallet_id"]])
    same([wallet for wallet in till.done("wallet", "list")["wallets"] if not wallet["shop_id"]], [], "the sandbox's own")
    again = till.done("wallet", "add", "--shop", shop, "--network", "ltc", "--descriptor", shown["descriptor"])
    same(again["first_addresses"], added["first_addresses"])
    same(till.done("wallet", "show", str(added["wallet_id"]))["in_use"], False)


def test_a_wallet_that_cannot_work_is_refused(till):
    shop = till.done("shop", "create", "--name", "Real")["shop_id"]
    key = till.account("LTC", "regtest", "p2wpkh")["keys"]["tpub"]
    for arguments, complaint in [
        (["--network", "gold", "--xpub", key], 'no network "gold"'),
        (["--network", "btc", "--xpub", key, "--type", "wpkh"], "does not follow"),
        (["--network", "ltc"], "--xpub or --descriptor"),
        (["--network", "ltc", "--xpub", key, "--descriptor", key], "--xpub or --descriptor"),
        (["--network", "ltc", "--xpub", key, "--type", "best"], "wpkh"),
        (["--network", "ltc", "--xpub", key[:-1] + "x", "--type", "wpkh"], "mistyped"),
    ]:
        ran = till.run("wallet", "add", "--shop", shop, *arguments)
        same(ran.status, REFUSED, f"{arguments}: {ran.err}")
        has(ran.err, complaint)
    ran = till.run("wallet", "add", "--shop", till.shop(), "--network", "ltc", "--xpub", key, "--type", "wpkh")
    same(ran.status, REFUSED)
    has(ran.err, "test shop")


def test_a_private_key_is_refused_loudly_and_never_repeated(till):
    secret = till.wallets[0]["master_xprv"]
    for arguments in [["--xpub", secret], ["--xpub=" + secret], ["--descriptor", f"wpkh({secret}/0/*)"],
                      ["--xpub", PHRASE], ["--xpub", *PHRASE.split()]]:
        ran = till.run("wallet", "add", "--shop", "x", "--network", "btc", *arguments)
        same(ran.status, REFUSED, f"{ran.err}")
        has(ran.err, "PRIVATE key")
        has(ran.err, "history")
        has_not(ran.out + ran.err, secret)
        has_not(ran.out + ran.err, "abandon")
    has_not(till.log(), secret)


def test_the_operator_api_refuses_a_private_key_too(till):
    body = json.dumps({"shop_id": till.shop(), "network": "ltc", "xpub": till.wallets[0]["master_xprv"]})
    connection = http.client.HTTPConnection("till", timeout=20)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(till.socket)
    connection.request("POST", "/admin/v1/wallets", body, {"Content-Type": "application/json"})
    reply = connection.getresponse()
    text = reply.read().decode()
    connection.close()
    same((reply.status, json.loads(text)["error"]), (400, "key_private"))
    has_not(text, till.wallets[0]["master_xprv"])


# ---- invoices on the sandbox


def test_an_invoice_is_paid_on_the_sandbox_and_explained(till):
    shop = till.shop()
    invoice = till.invoice(shop)
    same(till.status(invoice), "created")
    has(till.run("invoice", "explain", invoice).out, "waiting for 0.125 LTC")
    paid = till.done("sandbox", "pay", invoice)
    till.await_status(invoice, "paid")
    shown = till.done("invoice", "show", invoice)
    same([payment["txid"] for payment in shown["payments"]], [paid["txid"]])
    same(shown["options"][0]["still_due"], "0")
    story = till.run("invoice", "explain", invoice).out
    has(story, "paid: 0.125 LTC confirmed, 0.125 LTC was due")
    has(story, paid["txid"])
    has(story, "created became paid")
    has(story, "a postback to the shop was queued")
    has(story, "the shop has no notification URL")
    deliveries = till.done("delivery", "list", "--shop", shop)["deliveries"]
    same([delivery["invoice_id"] for delivery in deliveries], [invoice])
    delivery = str(deliveries[0]["delivery_id"])
    same(len(till.done("delivery", "show", delivery)["attempt_log"]), 1)
    same(till.done("delivery", "resend", delivery)["count"], 1)
    same(till.done("delivery", "resend", invoice)["count"], 1)
    same(till.done("delivery", "resend", "--since", "1h")["count"] >= 1, True)


def test_short_over_and_exact_sums(till):
    shop = till.shop()
    short = till.invoice(shop)
    till.done("sandbox", "pay", short, "--short")
    over = till.invoice(shop, crypto="BTC")
    till.done("sandbox", "pay", over, "--over")
    exact = till.invoice(shop)
    till.done("sandbox", "pay", exact, "--amount", "0.1")
    till.await_status(short, "partial")
    till.await_status(over, "overpaid")
    till.await_status(exact, "partial")
    has(till.run("invoice", "explain", short).out, "waiting for 0.0625 LTC")
    till.done("sandbox", "pay", exact, "--amount", "0.025")
    till.await_status(exact, "paid")
    ran = till.run("sandbox", "pay", short, "--short", "--over")
    same(ran.status, REFUSED)
    ran = till.run("invoice", "confirm", short, "--reason", "a good customer: \"half\" is enough")
    same(ran.status, DONE, ran.err)
    same(till.status(short), "paid")
    has(till.run("invoice", "explain", short).out, 'a good customer: "half" is enough')
    has(till.run("invoice", "confirm", short, "--reason", "again").err, "paid already")


def test_a_test_invoice_is_confirmed_without_payment(till):
    shop = till.shop("--notify-url", "https://shop.example/paid")
    for invoice in till.invoice(shop), till.done("invoice", "create", shop, "10", "USD")["invoice_id"]:
        before = len(till.done("delivery", "list", "--shop", shop)["deliveries"])
        shown = till.done("invoice", "confirm", invoice, "--without-payment")
        same((shown["status"], shown["without_payment"], shown["payments"]), ("paid", True, []))
        same(len(till.done("delivery", "list", "--shop", shop)["deliveries"]), before + 1)
        has(till.run("invoice", "confirm", invoice, "--without-payment").err, "paid already")
        has(till.run("invoice", "explain", invoice).out, "without payment")


def test_a_real_invoice_is_not_confirmed_without_payment(till):
    key = till.account("LTC", "regtest", "p2wpkh")["keys"]["tpub"]
    shop = till.done("shop", "create", "--name", "Real")["shop_id"]
    till.done("wallet", "add", "--shop", shop, "--network", "ltc", "--xpub", key, "--type", "wpkh")
    ran = till.run("invoice", "create", shop, "10", "USD")
    same(ran.status, DONE, ran.err)
    invoice = till.done("invoice", "list", "--shop", shop)["invoices"][0]["invoice_id"]
    ran = till.run("invoice", "confirm", invoice, "--without-payment")
    same(ran.status, REFUSED)
    has(ran.err, "not a test invoice")
    same(till.status(invoice), "created")
    same(till.run("invoice", "confirm", invoice).status, REFUSED)


def test_payouts_that_nobody_asked_for_are_not_there(till):
    shop = till.shop()
    made = till.done("key", "create", shop, "--account")
    same(made["scope"], "payout")
    same(till.done("payout", "list", "--shop", shop, "--status", "created"), {"payouts": []})
    has(till.run("payout", "list").out, "account key")
    has(till.run("payout", "list", "--status", "lost").err, "created, done or canceled")
    for verb in "show", "done", "cancel":
        ran = till.run("payout", verb, "INV-AAAAAAAA")
        same((ran.status, ran.out), (REFUSED, ""))
        has(ran.err, 'there is no payout "INV-AAAAAAAA"')
    file = os.path.join(till.folder, "payouts.psbt")
    same(till.done("sweep", "list"), {"plans": []})
    has(till.run("sweep", "list").out, "No sweep plan was made")
    has(till.run("sweep", "end", "7").err, "there is no sweep plan 7")
    same(till.run("sweep", "end").status, USAGE)
    ran = till.run("payout", "export", "INV-AAAAAAAA", "INV-BBBBBBBB", "--output", file)
    same((ran.status, ran.out, os.path.exists(file)), (REFUSED, "", False))
    has(ran.err, 'there is no payout')
    has(till.run("payout", "export", "INV-AAAAAAAA", "--fee-rate", "0.01").err, "from 0.1 to 10000 sat/vB")
    same(till.run("payout", "export").status, USAGE)
    ran = till.run("payout", "export", "INV-AAAAAAAA", "--output", till.folder)
    same(ran.status, USAGE)
    has(ran.err, "File exists")


def test_an_unpaid_invoice_is_canceled_once(till):
    invoice = till.invoice(till.shop())
    has(till.run("invoice", "confirm", invoice, "--reason", "x").err, "nothing confirmed was received")
    same(till.run("invoice", "cancel", invoice).status, DONE)
    same(till.status(invoice), "canceled")
    has(till.run("invoice", "explain", invoice).out, "canceled by the shop or the operator")
    same(till.run("invoice", "cancel", invoice).status, REFUSED)


def test_a_reorg_is_told_in_the_timeline(till):
    invoice = till.invoice(till.shop())
    till.done("sandbox", "pay", invoice)
    till.await_status(invoice, "paid")
    till.done("sandbox", "reorg", "1", "--hold")
    until(lambda: "left the best chain" in till.run("invoice", "explain", invoice).out, "no reorg in the timeline")
    till.done("sandbox", "mine", "2")
    till.await_status(invoice, "paid")


def test_invoices_are_listed_newest_first_and_in_pages(till):
    shop = till.shop()
    has(till.run("invoice", "list", "--shop", shop).out, "no invoices")
    made = [till.invoice(shop) for _ in range(3)]
    listed = till.done("invoice", "list", "--shop", shop)
    same([invoice["invoice_id"] for invoice in listed["invoices"]], made[::-1])
    same(listed["total"], 3)
    page = till.done("invoice", "list", "--shop", shop, "--limit", "1", "--offset", "1")
    same([invoice["invoice_id"] for invoice in page["invoices"]], made[1:2])


def test_what_a_shop_writes_cannot_move_the_terminal(till):
    shop = till.shop()
    made = till.done("invoice", "create", shop, "10", "USD", "--order-id", "a\x1b[2J\u202eb\u009b1m")
    same(made["order_id"], "a\x1b[2J\u202eb\u009b1m")
    for command in (["show", made["invoice_id"]], ["list", "--shop", shop]):
        out = till.run("invoice", *command).out
        for harmful in ("\x1b", "\u202e", "\u009b"):
            has_not(out, harmful)
        has(out, "a?[2J?b?1m")


# ---- the instance


def test_chains_rates_and_the_doctor(till):
    chains = {chain["network"]: chain for chain in till.done("chain", "status")["chains"]}
    same(chains["sandbox"]["state"], "ready")
    until(lambda: till.done("chain", "status")["chains"] != [] and "blind" in till.run("chain", "status").out,
          "the node that is not there is not noticed")
    rates = {(rate["asset"], rate["currency"]): rate["rate"] for rate in till.done("rate", "list")["rates"]}
    same(rates[("LTC", "USD")], "80")
    doctor = till.done("doctor")
    same(doctor["well"], False)
    has(json.dumps(doctor), "network ltc")
    has(till.run("doctor").out, "must be seen to")


def alarms(till, code):
    return [alarm for alarm in till.done("alarm", "list")["alarms"] if alarm["code"] == code]


def test_an_alarm_about_a_payment_is_cleared_with_a_note(till):
    invoice = till.invoice(till.shop())
    till.done("invoice", "cancel", invoice)
    till.done("sandbox", "pay", invoice)
    until(lambda: alarms(till, "payment_late"), "late money raised no alarm")
    (alarm,) = alarms(till, "payment_late")
    same((alarm["subject"], alarm["ends_by_itself"]), (invoice, False))
    has(alarm["advice"], "give it back")
    number = str(alarm["alarm_id"])
    has(till.run("alarm", "list").out, "payment_late")
    has(till.run("doctor").out, f"till alarm clear {number}")
    same(till.done("alarm", "clear", number, "--note", "sent it back")["cleared"], [alarm])
    same(alarms(till, "payment_late"), [])
    has_not(till.run("doctor").out, "payment_late")
    has(till.run("invoice", "explain", invoice).out, "cleared the alarm payment_late: sent it back")
    ran = till.run("alarm", "clear", number)
    same((ran.status, ran.out), (REFUSED, ""))
    has(ran.err, f'no alarm "{number}" stands; till alarm list')


def test_an_alarm_of_what_still_holds_says_that_it_comes_back(till):
    until(lambda: alarms(till, "network_blind"), "the node that is not there is not noticed")
    ran = till.run("alarm", "clear", "network_blind")
    same(ran.status, DONE, ran.err)
    has(ran.out, "COMES BACK IF IT STILL HOLDS")
    has(ran.out, "yes")


def test_blocks_are_read_again_and_change_nothing(till):
    invoice = till.invoice(till.shop())
    till.done("sandbox", "pay", invoice)
    till.done("sandbox", "mine", "3")
    until(lambda: till.done("invoice", "show", invoice)["status"] == "paid", "the payment is not found")
    before = till.done("invoice", "show", invoice)
    again = till.done("chain", "rescan", "sandbox", "--from", "0")
    same(again["next"], None)
    same(again["blocks_read"], again["to"] + 1)
    same((again["payments_found"], again["blocks_untraced"]), (0, 0))
    same(again["payments_known"] > 0, True)
    same(till.done("chain", "rescan", "sandbox", "--from", "1", "--to", "2")["blocks_read"], 2)
    has(till.run("chain", "rescan", "sandbox", "--from", "0").out, "payments known already")
    same(till.done("invoice", "show", invoice), before)


def test_blocks_that_cannot_be_read_again_are_refused(till):
    for arguments, status, complaint in [
        (("sandbox", "--from", "99999999"), REFUSED, "has not been read yet: Till is at block"),
        (("sandbox", "--from", "0", "--to", "99999999"), REFUSED, "block 99999999 has not been read yet"),
        (("sandbox", "--from", "99999999999999999999"), USAGE, "whole number"),
        (("sandbox", "--from", "2", "--to", "1"), REFUSED, "backwards"),
        (("sandbox", "--from", "-2"), USAGE, "whole number"),
        (("sandbox",), USAGE, "needs --from"),
        (("doge", "--from", "0"), REFUSED, 'no network "doge"'),
        (("ltc", "--from", "0"), REFUSED, "has not been seen yet"),
    ]:
        ran = till.run("chain", "rescan", *arguments)
        same(ran.status, status, f"{arguments}")
        has(ran.err, complaint)
        same(ran.out, "", f"{arguments}")


def test_a_second_start_finds_everything(till):
    invoice = till.invoice(till.shop())
    before = till.done("invoice", "show", invoice)
    same(till.stop(), 0, "an orderly end")
    same(till.bare("shop", "list", "--config", till.config).status, UNREACHABLE)
    till.start()
    same(till.done("invoice", "show", invoice), before)


if __name__ == "__main__":
    sys.exit(run_tests(globals()))
