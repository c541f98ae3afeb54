# SPDX-License-Identifier: MIT
"""Blocks of an EVM chain that are replaced, moved about, or gone: one credit for one transfer, none for none."""

from support.anvil import Anvil
from support.marks import on
from support.stage import wait_until
from support.token_world import EvmWorld

REORG_LIMIT = 128  # of Ethereum's network
STRANGER = "0x0000000000000000000000000000000000000b0b"


def _pay_at_depth(stage, depth, confirmations, asset="USDT_ERC20"):
    world = EvmWorld(stage, confirmations)
    invoice = world.create(10, asset)
    sent = world.pay(invoice, asset=asset)
    world.node.mine(depth)
    world.tilld.wait_for_height(world.node)
    return world, invoice, sent


def _another_transfer(world):
    """One of another token's holder, which comes first in its block and moves what follows to another index."""
    return world.usdt.request("transfer(address,uint256)", STRANGER, 0, sender=1)


def _has_seen_the_head(world):
    """The same height is no sign: the blocks are others."""
    world.node.mine()
    world.tilld.wait_for_height(world.node)


@on("1", "2", "7", "32")
def test_a_transfer_that_a_reorg_moves_is_credited_once(stage, depth):
    depth = int(depth)
    world, invoice, sent = _pay_at_depth(stage, depth, 1)
    world.expect_paid(invoice)
    before = world.node.receipt(sent)["logs"][0]
    world.node.reorg(depth, [(_another_transfer(world), depth - 1), (world.node.raw(sent), depth - 1)])
    after = world.node.receipt(sent)["logs"][0]
    assert before["blockHash"] != after["blockHash"] and before["logIndex"] != after["logIndex"]
    _has_seen_the_head(world)
    wait_until(lambda: world.shop.status(invoice) == "paid" and not world.flags(invoice), "it is paid as before")
    payments = world.tilld.invoice(invoice.uuid)["payments"]
    assert [(one["ordinal"], one["height"]) for one in payments] == [(0, int(after["blockNumber"], 16))], payments
    world.expect_announced_once(invoice)


@on("1", "5")
def test_a_transfer_that_a_reorg_moves_is_announced_when_it_is_deep_enough(stage, depth):
    depth = int(depth)
    world, invoice, sent = _pay_at_depth(stage, depth, depth + 1)
    world.expect_unpaid(invoice)
    world.node.reorg(depth, [(_another_transfer(world), depth - 1), (world.node.raw(sent), depth - 1)])
    world.node.mine(depth - 1)
    world.expect_unpaid(invoice)
    world.node.mine()
    world.expect_paid(invoice)
    world.expect_announced_once(invoice)
    assert len(world.facts(invoice)) == 1


@on("USDT_ERC20", "ETH")
def test_a_payment_that_a_reorg_drops_is_disputed_until_it_returns(stage, asset):
    world, invoice, sent = _pay_at_depth(stage, 3, 1, asset)
    world.expect_paid(invoice)
    raw = world.node.raw(sent)
    world.node.reorg(3)
    world.node.mine()
    wait_until(lambda: "dispute" in world.flags(invoice), "the invoice is disputed")
    assert world.shop.status(invoice) == "created"
    world.expect_announced_once(invoice)
    world.node.rpc.eth_sendRawTransaction(raw)
    world.node.mine()
    wait_until(lambda: "dispute" not in world.flags(invoice), "the dispute is over")
    assert world.shop.status(invoice) == "paid" and len(world.facts(invoice)) == 1
    world.expect_announced_once(invoice)


def test_a_payment_dropped_before_its_confirmations_is_never_announced(stage):
    world, invoice, _ = _pay_at_depth(stage, 2, 3)
    world.node.reorg(2)
    world.node.mine(4)
    world.expect_unpaid(invoice)
    assert not world.flags(invoice) and not world.receiver.postbacks(invoice)


def test_a_node_that_is_set_back_below_what_was_taken_in(stage):
    world = EvmWorld(stage)
    snapshot = world.node.snapshot()
    kept, dropped = world.create(10), world.create(10)
    world.pay(kept)
    world.pay(dropped)
    world.node.mine(5)
    world.expect_paid(kept)
    world.expect_paid(dropped)
    world.node.revert(snapshot)
    # A head that is lower, and no more, undoes nothing: the node may have fallen behind.
    world.shop.stays(kept, "paid")
    again = world.pay(kept)
    world.node.mine(8)
    assert world.node.is_good(again)
    wait_until(lambda: "dispute" in world.flags(dropped), "the payment that is gone is disputed")
    wait_until(lambda: world.shop.status(kept) == "paid" and not world.flags(kept), "the payment that is there counts")
    world.expect_announced_once(kept)


def test_a_reorg_that_is_deeper_than_the_limit_is_for_a_person_to_judge(stage):
    world, invoice, _ = _pay_at_depth(stage, REORG_LIMIT + 5, 1)
    world.expect_paid(invoice)
    world.node.reorg(REORG_LIMIT + 3)
    world.node.mine()
    wait_until(lambda: world.tilld.chain("eth")["state"] == "blind", "tilld stops", 90)
    world.shop.stays(invoice, "paid")
    assert "dispute" not in world.flags(invoice)


def test_another_chain_on_the_same_port_is_not_followed(stage):
    world = EvmWorld(stage)
    invoice = world.create()
    world.node.mine(3)
    world.tilld.wait_for_height(world.node)
    height = world.tilld.chain("eth")["height"]
    world.node.kill()
    other = Anvil(stage, arguments=("--timestamp", "1700000000"))
    other.move_to(world.node.port)
    stage.enter(other)
    token = other.deploy("Usdt")
    assert token.address == world.usdt.address
    token.pay(invoice.address, 10_000_000)
    other.mine(10)
    wait_until(lambda: world.tilld.chain("eth")["state"] == "blind", "tilld does not believe it", 90)
    world.shop.stays(invoice, "created")
    assert world.tilld.chain("eth")["height"] == height
