# SPDX-License-Identifier: MIT
"""What watching costs a node: requests for each block, counted with few and with many open invoices. Till asks for blocks
and never for addresses, so the two are alike."""

import os
import subprocess
import sys

from support.bip32 import Account
from support.node import Node
from support.node_proxy import NodeProxy
from support.receiver import Receiver
from support.shop import Shop
from support.stage import REPOSITORY, wait_until
from support.tilld import Tilld, chain_of
from support.token_world import EvmWorld, TronWorld
from support.world import World

FEW = 10
MANY = 100_000
BLOCKS = 30
CALLS_MAX = 8  # for each block
CALLS_SPARE = 5
FILL = os.path.join(REPOSITORY, "bench", "fill_addresses.py")


class CountedWorld(World):
    """Litecoin behind a proxy that counts."""

    def __init__(self, stage):
        self.stage = stage
        self.node = stage.enter(Node(stage, "ltc"))
        self.proxy = stage.enter(NodeProxy(self.node))
        self.receiver = stage.enter(Receiver())
        port = int(self.proxy.url.rsplit(":", 1)[1])
        self.tilld = stage.enter(Tilld(stage, [chain_of(self.node, port=port)], [self.receiver.port]))
        self.account = Account(os.urandom(16).hex(), "rltc", 1)
        self.shop = Shop(self.tilld, notify_url=self.receiver.url, account=self.account, coin="ltc")

    def pay(self, invoice):
        self.node.pay(invoice.address, invoice.amount)


def _count(world, counter):
    """{method: how often} while BLOCKS blocks are taken in."""
    world.tilld.wait_for_height(world.node)
    # A tilld that has just started knows its height from before, and has yet to ask who the node is.
    wait_until(lambda: world.tilld.chain(world.node.coin).get("node_version"), "tilld knows its node")
    with world.tilld.frozen():
        world.node.mine(BLOCKS)
        height = world.node.height()
        counter.forget_calls()
    wait_until(lambda: world.tilld.chain(world.node.coin)["height"] == height, "tilld has read the blocks", 200)
    calls = counter.calls() if callable(counter.calls) else counter.calls
    return dict(calls)


def _fill(world, count):
    """So many open invoices, by copies of the first one."""
    world.tilld.stop()
    store = os.path.join(world.tilld.folder, "till.db")
    subprocess.run([sys.executable, FILL, store, str(count)], check=True, timeout=200, stdout=subprocess.DEVNULL)
    world.tilld.start()
    assert len(world.tilld.till("invoice", "list", "--limit", 100)["invoices"]) == 100


def _does_not_grow(world, counter):
    """The first and the last invoice, which are paid in the end, with all the others open."""
    invoices = [world.create() for _ in range(FEW)]
    few = _count(world, counter)
    _fill(world, MANY)
    many = _count(world, counter)
    print(f"{BLOCKS} blocks: {sum(few.values())} calls with {FEW} open invoices, {sum(many.values())} with {MANY}")
    print(f"{few}\n{many}")
    # Not one method is asked more often, but for what goes by the clock.
    for method, times in many.items():
        assert times <= few.get(method, 0) * 1.25 + CALLS_SPARE, (method, few, many)
    assert sum(many.values()) <= BLOCKS * CALLS_MAX
    for one in (invoices[0], invoices[-1]):
        world.pay(one)
    world.node.mine()
    return invoices[0], invoices[-1]


def test_an_invoice_costs_the_bitcoin_node_nothing(stage):
    world = CountedWorld(stage)
    for one in _does_not_grow(world, world.proxy):
        world.expect_paid(one)


def test_an_invoice_costs_the_ethereum_node_nothing(stage):
    world = EvmWorld(stage, hide=())
    for one in _does_not_grow(world, world.proxy):
        world.expect_paid(one)


def test_an_invoice_costs_the_tron_node_nothing(stage):
    world = TronWorld(stage)
    paid = _does_not_grow(world, world.node)
    world.node.solidify()
    for one in paid:
        world.expect_paid(one)
