#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Live rates in a running tilld: its sources are ours, and behave as the worst on the internet do.

usage: test_rates.py TILL TILLD VECTORS. Prints TAP. The tests share one tilld, and leave the sources good.
"""

import decimal
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from rate_source import Sources  # noqa: E402  pylint: disable=wrong-import-position
from till_runner import REFUSED, has, has_not, run_tests, same, until  # pylint: disable=wrong-import-position

COINS = ("coinbase", "kraken", "binance", "coingecko")
ALL = COINS + ("erapi", "frankfurter")
CONFIG = """\
[http]
listen = 127.0.0.1:0
base_url = http://127.0.0.1:18080
socket = {folder}/till.sock

[store]
url = sqlite:{folder}/till.db

[rates]
sources = coinbase, kraken, binance, coingecko, erapi, frankfurter
max_age_s = 9
fixed.BNB_USD = 500
"""
BETWEEN = (decimal.Decimal(88), decimal.Decimal(90))  # what a litecoin costs in the recorded answers

PATIENCE_S = 9  # a source is given up after ten seconds

sources = None


def prepare(till):
    global sources  # pylint: disable=global-statement
    sources = Sources(os.path.dirname(os.path.abspath(sys.argv[3])))
    with open(till.config, "w", encoding="utf-8") as file:
        file.write(CONFIG.format(folder=till.folder))
        file.writelines(f"url.{source} = {sources.url(source)}\n" for source in ALL)


def rates(till):
    return {rate["asset"]: rate for rate in till.done("rate", "list")["rates"]}


def all_agree(till):
    """On what was recorded, every source of coins."""
    listed = rates(till)
    ltc = listed["LTC"]
    return (ltc["rate"] is not None and BETWEEN[0] < decimal.Decimal(ltc["rate"]) < BETWEEN[1]
            and all(f"{name}=" in ltc["source"].partition("without")[0] for name in COINS)
            and all(listed[asset]["problem"] is None for asset in ("BTC", "USDT_TRC20", "EUR")))


def await_good(till):
    sources.moods.clear()
    sources.scale.clear()
    until(lambda: all_agree(till), "the rates did not become well: " + till.run("rate", "list").out, 90)


def in_mood(mood, *names):
    for name in names:
        sources.moods[name] = mood


def alarms(till):
    return [finding["what"] for finding in till.done("doctor")["checks"]]


# ---- when all is well


def test_the_median_of_what_the_sources_say(till):
    await_good(till)
    listed = till.done("rate", "list")
    ltc = rates(till)["LTC"]
    assert BETWEEN[0] < decimal.Decimal(ltc["rate"]) < BETWEEN[1], ltc
    for name in COINS:
        has(ltc["source"], name + "=")
    assert ltc["age_s"] <= 18, ltc
    same({source["source"] for source in listed["sources"] if source["problem"] is None},
         {"coinbase", "kraken", "kraken BNB", "binance", "binance TUSD", "coingecko", "erapi", "frankfurter"})
    assert len([asset for asset in listed["rates"] if asset["currency"] == "USD"]) == 36 + 24, listed
    same([asset["asset"] for asset in listed["rates"] if asset["problem"]], [])
    has(till.run("rate", "list").out, " of coinbase=")


def test_what_is_fixed_wins(till):
    same((rates(till)["BNB"]["rate"], rates(till)["BNB"]["source"]), ("500", "fixed"))


def test_an_invoice_keeps_its_rate_and_where_it_came_from(till):
    await_good(till)
    shop = till.shop()
    invoice = till.invoice(shop, amount="100")
    shown = till.done("invoice", "show", invoice)
    option = shown["options"][0]
    due, rate = decimal.Decimal(option["due"]), decimal.Decimal(option["rate"])
    assert BETWEEN[0] < rate < BETWEEN[1], option
    assert 0 <= due * rate - 100 < decimal.Decimal("0.00001"), option
    has(option["rate_source"], " of coinbase=")
    sources.scale["LTC"] = 1.2
    until(lambda: decimal.Decimal(rates(till)["LTC"]["rate"]) > 100, "the market does not move", 60)
    same(till.done("invoice", "show", invoice)["options"][0], option, "a frozen quote")
    await_good(till)


def test_prices_in_other_currencies(till):
    await_good(till)
    shop = till.shop()
    for currency, amount in (("EUR", "100"), ("UZS", "1200000"), ("JPY", "15000"), ("VND", "2400000")):
        invoice = till.done("invoice", "create", shop, amount, currency, "--crypto", "LTC")["invoice_id"]
        option = till.done("invoice", "show", invoice)["options"][0]
        assert decimal.Decimal("0.9") < decimal.Decimal(option["due"]) < decimal.Decimal("1.4"), (currency, option)
        has(option["rate_source"], "LTC: median at ")
        has(option["rate_source"], f"; {currency}: median at ")


# ---- the worst answers, one source at a time


def test_one_source_may_be_as_bad_as_it_likes(till):
    """Each of them once; all their moods are walked in unit/adapters/rates_http."""
    await_good(till)
    for name, mood in (("kraken", "html"), ("coingecko", "x1000"), ("coinbase", "zero"), ("binance", "nan")):
        in_mood(mood, name)
        asked = sources.asked[name]
        until(lambda: sources.asked[name] > asked, f"{name} is not asked while {mood}", 60)  # noqa: B023
        time.sleep(0.2)
        ltc = rates(till)["LTC"]
        assert ltc["problem"] is None and BETWEEN[0] < decimal.Decimal(ltc["rate"]) < BETWEEN[1], (mood, ltc)
        has_not(till.run("rate", "list").out, "<")
        await_good(till)


def test_a_slow_source_delays_nobody(till):
    in_mood("slow", "coinbase")
    in_mood("silent", "binance")
    shop = till.shop()
    slowest = 0
    sleep_until = time.monotonic() + 4
    while time.monotonic() < sleep_until:
        begun = time.monotonic()
        till.invoice(shop)
        slowest = max(slowest, time.monotonic() - begun)
        time.sleep(0.2)
    assert slowest < PATIENCE_S, slowest
    await_good(till)


# ---- all at once


def test_a_stablecoin_off_its_peg_is_refused(till):
    await_good(till)
    sources.scale["USDT"] = 0.9
    # At first the sources disagree.
    until(lambda: "off its peg" in (rates(till)["USDT_TRC20"]["problem"] or ""), "USDT is still quoted", 90)
    same(rates(till)["USDT_TRC20"]["rate"], None)
    until(lambda: "stablecoin_depeg USDT" in alarms(till), "no alarm", 60)
    assert rates(till)["BTC"]["rate"] is not None
    await_good(till)
    until(lambda: "stablecoin_depeg USDT" not in alarms(till), "the alarm stays", 60)


def test_without_a_trustworthy_rate_an_invoice_is_refused(till):
    await_good(till)
    shop = till.shop()
    in_mood("error", *COINS)
    until(lambda: rates(till)["LTC"]["rate"] is None, "LTC still has a rate", 60)
    ran = till.run("invoice", "create", shop, "10", "USD", "--crypto", "LTC", "--json")
    same(ran.status, REFUSED)
    has(ran.err + ran.out, "no trustworthy rate")
    until(lambda: "rate_missing coins" in alarms(till), "no alarm", 60)
    until(lambda: "too old" in (rates(till)["LTC"]["problem"] or ""), "nothing is said of its age", 60)
    same(rates(till)["BNB"]["rate"], "500", "what is fixed")
    assert rates(till)["EUR"]["rate"] is not None, "currencies live longer"
    await_good(till)
    till.invoice(shop)
    until(lambda: "rate_missing coins" not in alarms(till), "the alarm stays", 60)


def test_a_stop_does_not_wait_for_a_source(till):
    in_mood("silent", *ALL)
    before = sources.asked["coinbase"]
    until(lambda: sources.asked["coinbase"] > before, "nobody asks", 60)
    begun = time.monotonic()
    same(till.stop(), 0)
    assert time.monotonic() - begun < PATIENCE_S
    till.start()
    await_good(till)


if __name__ == "__main__":
    sys.exit(run_tests(globals(), prepare))
