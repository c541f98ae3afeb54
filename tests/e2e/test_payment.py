# SPDX-License-Identifier: MIT
"""Paying on real nodes: exactly, in parts, short, over, twice, and by replaced transactions."""

from decimal import Decimal

from support.marks import on
from support.shop import Refused
from support.stage import wait_until
from support.world import World

EVERYWHERE = ("ltc", "ltc-mweb", "btc")


@on(*EVERYWHERE)
def test_an_exact_payment_is_paid_and_announced_once(stage, profile):
    world = World(stage, profile)
    invoice = world.create(amount="12.34", order_id="cart-7")
    world.index(invoice)
    txid = world.node.pay(invoice.address, invoice.amount)
    world.expect_unpaid(invoice)
    world.node.mine()
    seen = world.expect_paid(invoice)
    assert seen["tx_list"] == [txid], seen
    assert Decimal(seen["amount_paid"]) == invoice.amount and seen["order_id"] == "cart-7", seen
    world.expect_announced_once(invoice)


@on(*EVERYWHERE)
def test_confirmations_are_waited_for(stage, profile):
    world = World(stage, profile, confirmations=3)
    invoice = world.create()
    world.node.pay(invoice.address, invoice.amount)
    world.node.mine(2)
    world.expect_unpaid(invoice)
    world.node.mine()
    world.expect_paid(invoice)


@on(*EVERYWHERE)
def test_two_outputs_of_one_transaction_are_added_up(stage, profile):
    world = World(stage, profile)
    invoice = world.create()
    part = Decimal("0.0001")
    world.node.pay_outputs([(invoice.address, invoice.amount - part), (invoice.address, part)])
    world.node.mine()
    world.expect_paid(invoice)
    assert len(world.tilld.invoice(invoice.uuid)["payments"]) == 2


@on(*EVERYWHERE)
def test_one_transaction_pays_two_invoices(stage, profile):
    world = World(stage, profile)
    invoices = [world.create(10), world.create(20)]
    world.node.pay_outputs([(invoice.address, invoice.amount) for invoice in invoices])
    world.node.mine()
    for invoice in invoices:
        world.expect_paid(invoice)
        world.expect_announced_once(invoice)


@on(*EVERYWHERE)
def test_a_short_payment_is_partial_until_topped_up(stage, profile):
    world = World(stage, profile)
    invoice = world.create()
    part = Decimal("0.00005")
    world.node.pay(invoice.address, invoice.amount - part)
    world.node.mine()
    assert Decimal(world.shop.wait_status(invoice, "partial")["to_surcharge"]) == part
    world.expect_unpaid(invoice, "partial")
    world.node.pay(invoice.address, part)
    world.node.mine()
    world.expect_paid(invoice)
    world.expect_announced_once(invoice)


@on(*EVERYWHERE)
def test_too_much_is_overpaid_and_credited_whole(stage, profile):
    world = World(stage, profile)
    invoice = world.create()
    world.node.pay(invoice.address, invoice.amount * 2)
    world.node.mine()
    seen = world.expect_paid(invoice, "overpaid")
    assert Decimal(seen["amount_paid"]) == invoice.amount * 2, seen


@on(*EVERYWHERE)
def test_a_canceled_invoice_stays_canceled_when_it_is_paid_late(stage, profile):
    world = World(stage, profile)
    invoice = world.create()
    assert world.shop.cancel(invoice) == ["ok"]
    world.expect_unpaid(invoice, "canceled")
    world.node.pay(invoice.address, invoice.amount)
    world.node.mine()
    wait_until(lambda: "late" in world.flags(invoice), "the late payment is noted")
    world.expect_unpaid(invoice, "canceled")


@on(*EVERYWHERE)
def test_an_invoice_that_received_something_cannot_be_canceled(stage, profile):
    world = World(stage, profile)
    invoice = world.create()
    world.node.pay(invoice.address, Decimal("0.0001"))
    world.node.mine()
    world.shop.wait_status(invoice, "partial")
    try:
        world.shop.cancel(invoice)
        raise AssertionError("it was canceled")
    except Refused as refused:
        wanted = {"status": "error", "result": {"validate_error": "Invoice is not created"}}
        assert refused.status == 400 and refused.body == wanted, refused


@on(*EVERYWHERE)
def test_a_payment_replaced_by_another_is_no_longer_seen(stage, profile):
    world = World(stage, profile)
    invoice = world.create()
    payment = world.node.pay_outputs([(invoice.address, invoice.amount)])
    wait_until(lambda: "seen" in world.flags(invoice), "the payment is seen")
    world.node.replace(payment, [(world.node.own_address(), Decimal("0.5"))])
    wait_until(lambda: "seen" not in world.flags(invoice), "the replaced payment is forgotten")
    world.node.mine(2)
    world.expect_unpaid(invoice)


@on(*EVERYWHERE)
def test_a_payment_replaced_by_one_to_the_same_invoice_counts_once(stage, profile):
    world = World(stage, profile)
    invoice = world.create()
    payment = world.node.pay_outputs([(invoice.address, invoice.amount)])
    wait_until(lambda: "seen" in world.flags(invoice), "the payment is seen")
    replacement = world.node.replace(payment, [(invoice.address, invoice.amount)])
    world.node.mine()
    world.expect_paid(invoice)
    wait_until(lambda: world.shop.read(invoice)["tx_list"] == [replacement.txid], "the replaced payment is forgotten")
    world.expect_announced_once(invoice)
