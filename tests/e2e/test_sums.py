# SPDX-License-Identifier: MIT
"""What list, statistics and balance say agrees with info, with each other, and with the node's own coins."""

from decimal import Decimal

from support.marks import on
from support.stage import wait_until
from support.sums import STATUSES, balance, expect_agreement, in_the_chain
from support.world import World


@on("ltc", "btc")
def test_sums_agree_with_the_invoices_and_with_the_chain(stage, profile):
    world = World(stage, profile)
    invoices = [world.create(amount) for amount in ("10", "12.34", "33.33", "7", "5")]
    created, exact, over, short, canceled = invoices
    expect_agreement(world, invoices)
    assert world.shop.cancel(canceled) == ["ok"]
    world.node.pay_outputs([(over.address, over.amount * 2), (short.address, short.amount - Decimal("0.00002"))])
    world.node.mine()
    world.expect_paid(over, "overpaid")
    payment = world.node.pay_outputs([(exact.address, exact.amount)])
    world.node.mine()
    world.expect_paid(exact)
    expect_agreement(world, invoices)
    assert {world.shop.status(invoice) for invoice in invoices} == set(STATUSES), created
    world.node.reorg(1, lambda: world.node.hold(payment.txid))
    world.shop.wait_status(exact, "created")
    expect_agreement(world, invoices)
    world.node.release(payment.txid)
    world.node.mine()
    world.shop.wait_status(exact, "paid")
    world.tilld.wait_for_height(world.node)
    wait_until(lambda: balance(world)["balance_crypto"] == in_the_chain(world, invoices), "the money is back")
    expect_agreement(world, invoices)
