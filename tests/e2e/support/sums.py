# SPDX-License-Identifier: MIT
"""Info, list, statistics, balance and the node's own coins, held against each other."""

import datetime
from decimal import Decimal

STATUSES = ("created", "paid", "overpaid", "partial", "canceled")


def _days():
    """Yesterday to tomorrow: a test may run over midnight."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    day = datetime.timedelta(days=1)
    return {"start": f"{today - day:%d.%m.%Y}", "end": f"{today + day:%d.%m.%Y}"}


def balance(world):
    lines = world.shop.api.call("/v2/merchant/wallet/balance/all", {})
    assert sum(Decimal(line["balance_crypto"]) != 0 for line in lines) <= 1, lines
    [line] = [line for line in lines if line["currency"]["code"] == world.node.asset]
    return line


def in_the_chain(world, invoices):
    """What lies on the invoices' addresses, by the node's set of unspent outputs."""
    found = world.node.rpc.scantxoutset("start", [f"addr({invoice.address})" for invoice in invoices])
    return Decimal(found["total_amount"])


def expect_agreement(world, invoices, late=()):
    """`invoices` are all the shop has, the oldest first. What they said, by uuid. Money of `late` ones is in the wallet,
    so the balance has it, but nobody has credited it to them."""
    listed = world.shop.api.call("/v2/invoice/merchant/list", {**_days(), "limit": 100})
    assert [one["uuid"] for one in listed] == [invoice.uuid for invoice in reversed(invoices)], listed
    assert listed == [world.shop.read(invoice) for invoice in reversed(invoices)]
    statistics = world.shop.api.call("/v2/invoice/merchant/statistics", _days())
    for status in STATUSES:
        of_status = [one for one in listed if one["status"] == status]
        assert statistics["count"][status] == len(of_status), (status, statistics)
        assert statistics["amount"][status] == sum(Decimal(one["amount_usd"]) for one in of_status), statistics
    assert statistics["count"]["all"] == len(listed), statistics
    line = balance(world)
    uncredited = sum(invoice.amount for invoice in late)
    paid = [(one["status"], one["amount_paid"]) for one in listed]
    assert Decimal(line["balance_crypto"]) == uncredited + sum(Decimal(amount) for _, amount in paid), (line, paid)
    uncredited_usd = sum(Decimal(one["amount_usd"]) for one in listed if one["uuid"] in [one.uuid for one in late])
    paid_usd = sum(Decimal(one["amount_paid_usd"]) for one in listed)
    assert Decimal(line["balance_usd"]) == paid_usd + uncredited_usd, (line, paid_usd)
    assert Decimal(line["balance_crypto"]) == in_the_chain(world, invoices), line
    return {one["uuid"]: one for one in listed}
