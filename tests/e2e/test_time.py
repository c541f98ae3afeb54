# SPDX-License-Identifier: MIT
"""Deadlines: time is proved by the chain, and while the node is away nothing ends. The shortest invoice lives a minute,
so these tests mostly sleep."""

import datetime
import time
from decimal import Decimal

from support.marks import on, waits
from support.stage import wait_until
from support.world import World

EVERYWHERE = ("ltc", "ltc-mweb", "btc")
PROOF_BLOCKS = 6  # of the last eleven, so that their median is past a deadline


def _deadline(invoice):
    moment = datetime.datetime.fromisoformat(invoice.result["expiry_date"])
    return moment.replace(tzinfo=datetime.timezone.utc).timestamp()


def _sleep_past(invoice):
    time.sleep(max(0, _deadline(invoice) + 1.5 - time.time()))


@on(*EVERYWHERE)
@waits
def test_an_unpaid_invoice_ends_when_the_chain_proves_its_deadline(stage, profile):
    world = World(stage, profile)
    unpaid, short = world.create(minutes=1), world.create(minutes=1)
    world.node.pay(short.address, short.amount - Decimal("0.00005"))
    world.node.mine()
    world.shop.wait_status(short, "partial")
    _sleep_past(short)
    # Our clock alone proves nothing: a block with a payment made in time may be on its way.
    world.expect_unpaid(unpaid, "created")
    world.node.mine(PROOF_BLOCKS)
    world.shop.wait_status(unpaid, "canceled")
    wait_until(lambda: "expired_partial" in world.flags(short), "the short invoice is flagged")
    assert world.shop.status(short) == "partial"
    # Paid after all.
    world.node.pay(unpaid.address, unpaid.amount)
    world.node.mine()
    wait_until(lambda: "late" in world.flags(unpaid), "the late payment is noted")
    world.expect_unpaid(unpaid, "canceled")
    world.expect_unpaid(short, "partial")


@on(*EVERYWHERE)
@waits
def test_a_payment_seen_before_and_mined_after_the_deadline_is_on_time(stage, profile):
    world = World(stage, profile)
    invoice = world.create(minutes=1)
    txid = world.node.pay(invoice.address, invoice.amount)
    wait_until(lambda: "seen" in world.flags(invoice), "the payment is seen")
    world.node.hold(txid)
    _sleep_past(invoice)
    world.node.mine(PROOF_BLOCKS)
    world.expect_unpaid(invoice, "created")
    world.node.release(txid)
    world.node.mine()
    world.expect_paid(invoice)
    assert not world.flags(invoice), world.flags(invoice)
    world.expect_announced_once(invoice)


@on(*EVERYWHERE)
@waits
def test_an_unseen_payment_in_a_block_before_the_deadline_is_on_time(stage, profile):
    world = World(stage, profile)
    invoice = world.create(minutes=1)
    world.tilld.stop()
    world.node.pay(invoice.address, invoice.amount)
    world.node.mine()
    _sleep_past(invoice)
    world.node.mine(PROOF_BLOCKS)
    world.tilld.start()
    world.expect_paid(invoice)
    assert not world.flags(invoice), world.flags(invoice)


@on(*EVERYWHERE)
@waits
def test_nothing_ends_while_the_node_is_stopped_past_a_deadline(stage, profile):
    world = World(stage, profile)
    paid, unpaid = world.create(minutes=1), world.create(minutes=1)
    world.node.stop()
    wait_until(lambda: world.tilld.chain(world.node.coin)["state"] == "blind", "tilld knows that it is blind")
    _sleep_past(unpaid)
    world.shop.stays(paid, "created")
    world.shop.stays(unpaid, "created")
    world.node.start()
    # A miner found the payment in time; its block reaches us only now.
    world.node.set_time(_deadline(paid) - 10)
    world.node.pay(paid.address, paid.amount)
    world.node.mine()
    world.node.set_time(0)
    world.expect_paid(paid)
    world.expect_unpaid(unpaid, "created")
    world.node.mine(PROOF_BLOCKS)
    world.shop.wait_status(unpaid, "canceled")
    assert world.shop.status(paid) == "paid" and not world.flags(paid)
    assert not world.receiver.postbacks(unpaid)
