# SPDX-License-Identifier: MIT
"""What list, statistics and balance say agrees with info, with each other, and with the node's own coins."""

import datetime
from decimal import Decimal

from support.marks import on
from support.stage import wait_until
from support.world import World

STATUSES = ("created", "paid", "overpaid", "partial", "canceled")


def _days():
    """Yesterday to tomorrow: a test may run over midnight."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    day = datetime.timedelta(days=1)
    return {"start": f"{today - day:%d.%m.%Y}", "end": f"{today + day:%d.%m.%Y}"}


def _balance(world):
    lines = world.shop.api.call("/v2/merchant/wallet/balance/all", {})
    assert sum(Decimal(line["balance_crypto"]) != 0 for line in lines) <= 1, lines
    [line] = [line for line in lines if line["currency"]["code"] == world.node.asset]
    return line


def _in_the_chain(world, invoices):
    """What lies on the invoices' addresses, by the node's set of unspent outputs."""
    found = world.node.rpc.scantxoutset("start", [f"addr({invoice.address})" for invoice in invoices])
    return Decimal(found["total_amount"])


def _expect_agreement(world, invoices):
    listed = world.shop.api.call("/v2/invoice/merchant/list", {**_days(), "limit": 100})
    assert [one["uuid"] for one in listed] == [invoice.uuid for invoice in reversed(invoices)], listed
    assert listed == [world.shop.read(invoice) for invoice in reversed(invoices)]
    statistics = world.shop.api.call("/v2/invoice/merchant/statistics", _days())
    for status in STATUSES:
        of_status = [one for one in listed if one["status"] == status]
        assert statistics["count"][status] == len(of_status), (status, statistics)
        assert statistics["amount"][status] == sum(Decimal(one["amount_usd"]) for one in of_status), statistics
    assert statistics["count"]["all"] == len(listed), statistics
    balance = _balance(world)
    assert Decimal(balance["balance_crypto"]) == sum(Decimal(one["amount_paid"]) for one in listed), balance
    assert Decimal(balance["balance_usd"]) == sum(Decimal(one["amount_paid_usd"]) for one in listed), balance
    assert Decimal(balance["balance_crypto"]) == _in_the_chain(world, invoices), balance


@on("ltc", "btc")
def test_sums_agree_with_the_invoices_and_with_the_chain(stage, profile):
    world = World(stage, profile)
    invoices = [world.create(amount) for amount in ("10", "12.34", "33.33", "7", "5")]
    created, exact, over, short, canceled = invoices
    _expect_agreement(world, invoices)
    assert world.shop.cancel(canceled) == ["ok"]
    world.node.pay_outputs([(over.address, over.amount * 2), (short.address, short.amount - Decimal("0.00002"))])
    world.node.mine()
    world.expect_paid(over, "overpaid")
    payment = world.node.pay_outputs([(exact.address, exact.amount)])
    world.node.mine()
    world.expect_paid(exact)
    _expect_agreement(world, invoices)
    assert {world.shop.status(invoice) for invoice in invoices} == set(STATUSES), created
    world.node.reorg(1, lambda: world.node.hold(payment.txid))
    world.shop.wait_status(exact, "created")
    _expect_agreement(world, invoices)
    world.node.release(payment.txid)
    world.node.mine()
    world.shop.wait_status(exact, "paid")
    world.tilld.wait_for_height(world.node)
    wait_until(lambda: _balance(world)["balance_crypto"] == _in_the_chain(world, invoices), "the money is back")
    _expect_agreement(world, invoices)
