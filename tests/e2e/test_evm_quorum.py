# SPDX-License-Identifier: MIT
"""Several EVM nodes of which enough must agree: one that is away, behind, or on a branch of its own decides nothing."""

import time

from support.anvil import Anvil
from support.marks import on
from support.stage import wait_until
from support.token_world import EvmWorld
from support.wire import Wire

DAY_S = 86_400


def _is_blind(world):
    return world.tilld.chain("eth")["state"] == "blind"


def _own_branch(stage, world, *proxies):
    """A node that knows all that happened so far, behind these providers from now on."""
    other = stage.enter(Anvil(stage, slots=32))
    other.become(world.node)
    for proxy in proxies:
        proxy.node = other
    return other


def test_two_of_three_nodes_are_enough_and_one_is_not(stage):
    world = EvmWorld(stage, hide=(), providers=3, quorum=2)
    first, second = world.create(), world.create()
    world.proxies[0].status = 503
    world.pay(first)
    world.node.mine()
    world.expect_paid(first)
    world.proxies[1].status = 503
    wait_until(lambda: _is_blind(world), "one node alone is not believed", 90)
    world.pay(second)
    world.node.mine(3)
    world.shop.stays(second, "created")
    world.proxies[0].status = None
    world.expect_paid(second)
    world.expect_announced_once(first, second)


@on("USDT_ERC20", "ETH")
def test_a_branch_that_one_node_alone_knows_pays_nothing(stage, asset):
    world = EvmWorld(stage, hide=(), providers=3, quorum=2)
    invoice = world.create(10, asset)
    world.tilld.wait_for_height(world.node)
    liar = _own_branch(stage, world, world.proxies[0])
    if asset == "ETH":
        liar.pay(invoice.address, invoice.amount)
    else:
        liar.rpc.eth_sendTransaction(
            world.usdt.request("transfer(address,uint256)", invoice.address, int(invoice.amount * 10**6))
        )
    liar.mine(6)
    world.node.mine(4)
    world.shop.stays(invoice, "created", 3)
    assert not world.receiver.postbacks(invoice)
    world.pay(invoice, asset=asset)
    world.node.mine()
    world.expect_paid(invoice)
    world.expect_announced_once(invoice)


def test_a_node_that_runs_ahead_of_time_ends_no_invoice(stage):
    world = EvmWorld(stage, hide=(), providers=3, quorum=2)
    invoice = world.create(10, minutes=20)
    world.tilld.wait_for_height(world.node)
    liar = _own_branch(stage, world, world.proxies[0])
    liar.set_next_time(time.time() + DAY_S)
    liar.mine(5)
    world.node.mine(2)
    world.shop.stays(invoice, "created", 3)
    world.pay(invoice)
    world.node.mine()
    world.expect_paid(invoice)


def test_a_node_that_lags_behind_delays_nothing(stage):
    world = EvmWorld(stage, hide=(), providers=3, quorum=2)
    invoice = world.create()
    world.tilld.wait_for_height(world.node)
    _own_branch(stage, world, world.proxies[2])  # it stays where it is
    world.pay(invoice)
    world.node.mine(5)
    world.expect_paid(invoice)


def test_two_nodes_at_odds_freeze_their_network_until_they_agree(stage):
    world = EvmWorld(stage, hide=(), providers=2, quorum=2)
    invoice = world.create()
    world.tilld.wait_for_height(world.node)
    height = world.node.height()
    _own_branch(stage, world, world.proxies[1]).mine(3)
    world.pay(invoice)
    world.node.mine(3)
    wait_until(lambda: _is_blind(world), "the network is blind", 90)
    wait_until(lambda: "disagree about what follows" in world.tilld.chain("eth")["reason"], "the reason is told")
    with Wire(world.tilld.port) as wire:
        wait_until(lambda: wire.call("GET", "/readyz").json()["blind"] == ["eth"], "it is not ready")
    wait_until(
        lambda: any(check["what"] == "nodes_disagree eth" for check in world.tilld.till("doctor")["checks"]),
        "the doctor tells",
    )
    world.shop.stays(invoice, "created")
    assert world.tilld.chain("eth")["height"] == height
    world.proxies[1].node = world.node
    world.expect_paid(invoice)
    wait_until(lambda: not _is_blind(world), "the network is well again")
    world.expect_announced_once(invoice)
