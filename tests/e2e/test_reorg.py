# SPDX-License-Identifier: MIT
"""Blocks that are replaced by others: before a payment is announced, and after (rule R)."""

from decimal import Decimal

from support.marks import on
from support.stage import wait_until
from support.world import World

EVERYWHERE = ("ltc", "ltc-mweb", "btc")


def _pay_by_reorganizable_block(stage, profile, depth, confirmations):
    """A payment that is `depth` blocks deep."""
    world = World(stage, profile, confirmations)
    invoice = world.create()
    payment = world.node.pay_outputs([(invoice.address, invoice.amount)])
    world.node.mine(depth)
    return world, invoice, payment


def _drop(world, payment):
    """Spends the coins of the undone payment elsewhere."""
    return lambda: world.node.replace(payment, [(world.node.own_address(), Decimal("0.5"))])


def _a_dropped_payment_is_never_announced(stage, profile, depth):
    world, invoice, payment = _pay_by_reorganizable_block(stage, profile, depth, depth + 1)
    world.expect_unpaid(invoice)
    world.node.reorg(depth, _drop(world, payment))
    world.expect_unpaid(invoice)
    world.node.mine(depth + 2)
    world.expect_unpaid(invoice)
    assert not world.flags(invoice), world.flags(invoice)


def _a_moved_payment_is_announced_once(stage, profile, depth):
    # The new branch is one block longer, so the payment, in its first block, becomes deep enough by the reorg itself.
    world, invoice, _ = _pay_by_reorganizable_block(stage, profile, depth, depth + 1)
    world.expect_unpaid(invoice)
    world.node.reorg(depth)
    world.expect_paid(invoice)
    world.expect_announced_once(invoice)
    assert len(world.tilld.invoice(invoice.uuid)["payments"]) == 1


def _a_paid_invoice_is_disputed_while_its_payment_is_gone(stage, profile, depth):
    world, invoice, payment = _pay_by_reorganizable_block(stage, profile, depth, 1)
    world.expect_paid(invoice)
    world.node.reorg(depth, lambda: world.node.hold(payment.txid))
    wait_until(lambda: "dispute" in world.flags(invoice), "the invoice is disputed")
    assert world.shop.status(invoice) == "created"
    world.expect_announced_once(invoice)
    world.node.release(payment.txid)
    world.node.mine()
    world.shop.wait_status(invoice, "paid")
    wait_until(lambda: "dispute" not in world.flags(invoice), "the dispute is over")
    world.expect_announced_once(invoice)


@on(*EVERYWHERE)
def test_a_reorg_of_one_block_that_drops_a_payment(stage, profile):
    _a_dropped_payment_is_never_announced(stage, profile, 1)


@on(*EVERYWHERE)
def test_a_reorg_of_three_blocks_that_drops_a_payment(stage, profile):
    _a_dropped_payment_is_never_announced(stage, profile, 3)


@on(*EVERYWHERE)
def test_a_reorg_of_one_block_that_moves_a_payment(stage, profile):
    _a_moved_payment_is_announced_once(stage, profile, 1)


@on(*EVERYWHERE)
def test_a_reorg_of_three_blocks_that_moves_a_payment(stage, profile):
    _a_moved_payment_is_announced_once(stage, profile, 3)


@on(*EVERYWHERE)
def test_a_paid_invoice_is_disputed_when_its_block_is_reorged_out(stage, profile):
    _a_paid_invoice_is_disputed_while_its_payment_is_gone(stage, profile, 1)


@on(*EVERYWHERE)
def test_a_paid_invoice_is_disputed_when_three_blocks_are_reorged_out(stage, profile):
    _a_paid_invoice_is_disputed_while_its_payment_is_gone(stage, profile, 3)


@on("ltc", "btc")
def test_a_paid_invoice_stays_paid_through_a_reorg_that_moves_its_payment(stage, profile):
    world, invoice, _ = _pay_by_reorganizable_block(stage, profile, 2, 1)
    world.expect_paid(invoice)
    # tilld sees the branches change at once, as it does when another miner's longer one arrives.
    with world.tilld.frozen():
        world.node.reorg(2)
    world.tilld.wait_for_height(world.node)
    world.shop.wait_status(invoice, "paid")
    wait_until(lambda: not world.flags(invoice), "nothing is wrong with the invoice")
    world.expect_announced_once(invoice)


@on("ltc", "btc")
def test_a_reorg_while_tilld_is_down_is_found_at_start(stage, profile):
    world, invoice, payment = _pay_by_reorganizable_block(stage, profile, 2, 3)
    world.expect_unpaid(invoice)
    world.tilld.stop()
    world.node.reorg(2, _drop(world, payment))
    world.tilld.start()
    world.node.mine(2)
    world.expect_unpaid(invoice)
