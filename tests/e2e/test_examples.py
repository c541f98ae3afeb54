# SPDX-License-Identifier: MIT
"""The merchants' programs of examples/: they ship what was paid for, once, and nothing else."""

import subprocess
from datetime import datetime, timedelta, timezone

from support.examples import RECEIVERS, Example
from support.marks import on
from support.shop import Invoice, Shop
from support.stage import stays_so, wait_until
from support.tilld import Tilld


def _pay(tilld, invoice):
    tilld.till("sandbox", "pay", invoice.uuid)


def _shop_of(tilld, example):
    shop = Shop(tilld, "Kiosk", example.url, example.format, test=True)
    example.start(shop)
    return shop


def _refused(status):
    return 400 <= status < 500


@on(*RECEIVERS)
def test_an_example_ships_once_what_was_paid_for(stage, kind):
    examples = [stage.enter(Example(stage, kind, postback_format)) for postback_format in ("json", "form")]
    tilld = stage.enter(Tilld(stage, allow=[example.port for example in examples]))
    for example in examples:
        shop = _shop_of(tilld, example)
        example.sell("A-1", "25.00 USD")
        invoice = shop.create("25", "LTC", order_id="A-1")
        _pay(tilld, invoice)
        wait_until(lambda: example.shipped() == {"A-1": invoice.uuid}, f"{kind} ships for a {example.format}")
        wait_until(
            lambda: tilld.till("delivery", "list", "--shop", shop.id)["deliveries"][0]["state"] == "delivered",
            "Till hears that the postback was taken",
        )
        # The same message again, and in the other format too: a repetition is answered well and ships nothing.
        for postback_format in ("json", "form"):
            assert example.post(example.fields(invoice), postback_format) == 200
        # A second invoice for the same sale is the merchant's to look at.
        second = shop.create("25", "LTC", order_id="A-1")
        _pay(tilld, second)
        shop.wait_status(second, "paid")
        assert example.post(example.fields(second)) == 200
        assert example.shipped() == {"A-1": invoice.uuid}


@on(*RECEIVERS)
def test_an_example_believes_no_forger(stage, kind):
    example = stage.enter(Example(stage, kind))
    tilld = stage.enter(Tilld(stage, allow=[example.port]))
    shop = _shop_of(tilld, example)
    example.sell("A-1", "25.00 USD")
    example.sell("B-2", "25.00 USD")
    invoice = shop.create("25", "LTC", order_id="A-1")
    other = shop.create("25", "LTC", order_id="B-2")
    _pay(tilld, invoice)
    wait_until(lambda: "A-1" in example.shipped(), "the paid one ships")

    # Nobody paid for the other one, whatever they send.
    for postback_format in ("json", "form"):
        for what, token in example.forged_tokens(other.id, invoice.id):
            status = example.post(example.fields(other, token), postback_format)
            assert _refused(status), f"{what} ({postback_format}): {status}"
    for text in ("", "{", "[]", "null", '"x"', "{}", '{"token":{}}', "\xff", "x" * 70000, "[" * 60000):
        for type_ in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
            status = example.post_raw(text, type_)
            assert _refused(status), f"{text[:20]!r} as {type_}: {status}"
    # A right token for it, as if the secret had leaked: Till does not call it paid, so it is asked for again later.
    assert example.post(example.fields(other)) == 503
    # An invoice that Till does not know.
    unknown = Invoice({**other.result, "uuid": "INV-AAAAAAAA"})
    assert example.post(example.fields(unknown)) == 503
    assert example.shipped() == {"A-1": invoice.uuid}

    # It can still be paid.
    _pay(tilld, other)
    wait_until(lambda: example.shipped().get("B-2") == other.uuid, "the other one ships when it is paid")


@on(*RECEIVERS)
def test_an_example_compares_with_its_own_records_and_asks_again_later(stage, kind):
    example = stage.enter(Example(stage, kind))
    tilld = stage.enter(Tilld(stage, allow=[example.port]))
    shop = _shop_of(tilld, example)
    example.sell("dear-1", "2500.00 USD")
    example.sell("euro-1", "25.00 EUR")
    paid = [shop.create("25", "LTC", order_id=order_id) for order_id in ("dear-1", "euro-1", "never-sold", "../orders/dear-1")]
    for invoice in paid:
        _pay(tilld, invoice)
    for invoice in paid:
        shop.wait_status(invoice, "paid")
        assert example.post(example.fields(invoice)) == 200
    stays_so(lambda: example.shipped() == {}, "nothing ships that was not sold at this price")

    # Till cannot be asked: nothing is decided.
    example.stop()
    example.start(shop, till_url="http://127.0.0.1:9")
    example.sell("dear-1", "25.00 USD")
    assert example.post(example.fields(paid[0])) == 503 and example.shipped() == {}
    example.stop()
    example.start(shop)
    assert example.post(example.fields(paid[0])) == 200 and example.shipped() == {"dear-1": paid[0].uuid}


def test_the_c_example_creates_shows_cancels_and_lists_invoices(stage):
    tilld = stage.enter(Tilld(stage))
    shop = Shop(tilld, "Kiosk", test=True)

    def ask(*arguments, key=shop.api_key):
        return subprocess.run(
            [stage.program("examples/c/invoice"), *arguments],
            env={"TILL_URL": tilld.base_url, "TILL_API_KEY": key},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def tells(*arguments):
        ran = ask(*arguments)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def refuses(words, *arguments, **options):
        ran = ask(*arguments, **options)
        assert ran.returncode == 1 and words in ran.stderr, (ran.returncode, ran.stderr)

    created = tells("create", shop.id, "A-1", "19.99", "USD", "LTC")
    uuid, *rest, link = created.split()
    assert rest == ["created", "19.99", "USD", "-"], created  # create's answer has no order_id
    assert link == f"{tilld.base_url}/{uuid.removeprefix('INV-')}"
    (seen,) = shop.api.call("/v2/invoice/merchant/info", {"uuids": [uuid]})
    assert seen["order_id"] == "A-1" and str(seen["amount_in_fiat"]) == "19.99" and seen["address"], seen
    shown = tells("show", uuid)
    assert shown == tells("show", uuid.removeprefix("INV-")) == created.replace(" - ", " A-1 ")
    # For the same sale it is the same invoice.
    assert tells("create", shop.id, "A-1", "19.99", "USD", "LTC") == created

    assert tells("cancel", uuid) == ""
    assert tells("show", uuid) == shown.replace(" created ", " canceled ")
    refuses("Invoice is not created", "cancel", uuid)
    refuses("no such invoice", "show", "INV-AAAAAAAA")
    refuses("amount", "create", shop.id, "A-2", "-1", "USD")
    refuses("API key", "create", shop.id, "A-2", "1", "USD", key="garbage")

    # More than one call of till_list brings.
    uuids = [shop.create(1, "LTC").uuid for _ in range(60)]
    days = [(datetime.now(timezone.utc) + timedelta(days)).strftime("%d.%m.%Y") for days in (-1, 1)]
    listed = [line.split()[0] for line in tells("list", *days).splitlines()]
    assert listed == uuids[::-1] + [uuid], listed
    assert tells("list", "01.01.2020", "02.01.2020") == ""
    refuses("end", "list", "02.01.2020", "01.01.2020")
