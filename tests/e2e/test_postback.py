# SPDX-License-Identifier: MIT
"""Postbacks as real merchants receive them, and merchants who are hard to reach."""

from support.merchants import ExpressMerchant, FlaskMerchant
from support.receiver import CLOSE, FAIL, REDIRECT, Receiver
from support.shop import Shop
from support.stage import wait_until
from support.tilld import Tilld

MERCHANTS = {"flask": FlaskMerchant, "express": ExpressMerchant}


def _each_kind_of_merchant(*kinds):
    def mark(test):
        test.profiles = kinds
        return test

    return mark


def _sandbox(stage, ports):
    return stage.enter(Tilld(stage, allow=ports))


def _pay(tilld, invoice):
    tilld.till("sandbox", "pay", invoice.uuid)


@_each_kind_of_merchant("flask-json", "flask-form", "express-json", "express-form")
def test_a_merchant_verifies_the_token_of_a_postback(stage, kind):
    framework, postback_format = kind.split("-")
    merchant = stage.enter(MERCHANTS[framework](stage, postback_format))
    tilld = _sandbox(stage, [merchant.port])
    shop = Shop(tilld, "Kiosk", merchant.url, postback_format, test=True)
    merchant.start(shop.secret)
    client = shop.client(form=postback_format == "form")
    invoice = shop.create("19.99", "LTC", order_id="Nr. 7 & 8=ü", api=client)
    _pay(tilld, invoice)
    got = merchant.wait_for(invoice)
    assert got["claims"]["id"] == invoice.id and set(got["claims"]) == {"id", "exp"}, got
    fields = got["fields"]
    assert fields["order_id"] == "Nr. 7 & 8=ü" and fields["currency"] == "LTC", fields
    assert str(fields["amount_crypto"]).rstrip("0") == str(invoice.amount).rstrip("0"), fields
    shop.wait_status(invoice, "paid")
    assert len(merchant.received(invoice)) == 1 and not merchant.refused(), merchant.refused()


def test_a_client_that_speaks_forms_creates_reads_and_cancels(stage):
    tilld = _sandbox(stage, [])
    shop = Shop(tilld, "Old plug-in", test=True)
    client = shop.client(form=True)
    invoice = shop.create("7.50", "LTC", minutes=30, order_id="a&b", api=client)
    assert [one["order_id"] for one in client.call("/v2/invoice/merchant/info", {"uuids": [invoice.id]})] == ["a&b"]
    assert client.call("/v2/invoice/merchant/canceled", {"uuid": invoice.uuid}) == ["ok"]
    assert client.call("/v2/invoice/merchant/info", {"uuids": [invoice.uuid]})[0]["status"] == "canceled"


def test_a_shop_that_needs_a_form_gets_every_field_once(stage):
    receiver = stage.enter(Receiver())
    tilld = _sandbox(stage, [receiver.port])
    shop = Shop(tilld, "Old plug-in", receiver.url, "form", test=True)
    invoice = shop.create(5, "BTC")
    _pay(tilld, invoice)
    postback = receiver.wait_for(invoice)
    postback.check(shop, invoice)
    assert postback.fields["order_id"] == "", postback.fields


def test_a_retry_is_the_same_event_with_a_fresh_token(stage):
    receiver = stage.enter(Receiver([FAIL, REDIRECT]))
    tilld = _sandbox(stage, [receiver.port])
    shop = Shop(tilld, "Busy shop", receiver.url, test=True)
    invoice = shop.create(5, "LTC")
    _pay(tilld, invoice)
    receiver.wait_for(invoice, 2)
    # The third would come after half a minute; the operator does not wait.
    tilld.till("delivery", "resend", invoice.uuid)
    receiver.wait_for(invoice, 3, timeout_s=20)
    attempts = receiver.postbacks(invoice)
    for attempt in attempts:
        attempt.check(shop, invoice)
    assert len({attempt.event_id for attempt in attempts}) == 1, [attempt.event_id for attempt in attempts]
    assert len({attempt.claims(shop.secret)["exp"] for attempt in attempts}) > 1
    assert 3 < attempts[1].at - attempts[0].at < 60, "the first retry comes after 5 s"
    receiver.gets_no_more_than(3, invoice)
    tilld.wait_delivered()
    delivery = tilld.till("delivery", "list")["deliveries"][0]
    assert delivery["attempts"] == 3, delivery


def test_a_postback_outlives_a_merchant_and_a_tilld_that_were_down(stage):
    receiver = stage.enter(Receiver([CLOSE]))
    tilld = _sandbox(stage, [receiver.port])
    shop = Shop(tilld, "Shaky shop", receiver.url, test=True)
    invoice = shop.create(5, "LTC")
    _pay(tilld, invoice)
    first = receiver.wait_for(invoice)
    tilld.kill()
    tilld.start()
    last = receiver.wait_for(invoice, 2)
    last.check(shop, invoice)
    assert last.event_id == first.event_id
    wait_until(lambda: tilld.till("delivery", "list")["deliveries"][0]["state"] == "delivered", "it is delivered")
