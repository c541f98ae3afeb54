# SPDX-License-Identifier: MIT
"""A hundred invoices over all networks at once, paid in every way, with tilld killed and nodes away in between: in the end
the books say what the chains say."""

import os
import random
import signal
import time
from decimal import Decimal

from support.anvil import Anvil
from support.bip32 import Account, EvmAccount, TronAccount
from support.evm_proxy import EvmProxy
from support.java_tron import JavaTron, to_base58, to_hex
from support.marks import limit
from support.node import Node
from support.receiver import Receiver
from support.shop import Shop
from support.stage import Skip, wait_until
from support.tilld import Tilld, chain_of, evm_chain_of, tron_chain_of
from support.token_world import CONTRACTS, DECIMALS, units_of

INVOICES = 100
STATUS = {"exact": "paid", "in parts": "paid", "over": "overpaid", "short": "partial", "late": "canceled", "never": "created"}
FATES = ["exact"] * 4 + ["in parts", "in parts", "over", "short", "late", "never"]
ANNOUNCED = ("paid", "overpaid")
SETTLED_S = 240


class Everything:
    """All networks that this machine has nodes for, one tilld, one shop."""

    def __init__(self, stage):
        self.bitcoins = [stage.enter(Node(stage, "ltc"))]
        try:
            self.bitcoins.append(stage.enter(Node(stage, "btc")))
        except Skip:
            pass
        self.eth = stage.enter(Anvil(stage))
        self.proxy = stage.enter(EvmProxy(self.eth))
        self.tron = stage.enter(JavaTron(stage))
        self.tokens = {}
        for suffix, node in (("ERC20", self.eth), ("TRC20", self.tron)):
            self.tokens |= {f"{name}_{suffix}": node.deploy(contract) for name, contract in CONTRACTS.items()}
        self.receiver = stage.enter(Receiver())
        self.tilld = stage.enter(Tilld(stage, self._chains(), [self.receiver.port]))
        self.shop = Shop(self.tilld, notify_url=self.receiver.url)
        for number, node in enumerate(self.bitcoins):
            self.shop.add_wallet(Account(os.urandom(16).hex(), node.profile.prefix, number), node.coin)
        self.shop.add_xpub(EvmAccount(os.urandom(16).hex()).xpub(is_test=True), "eth")
        self.shop.add_xpub(TronAccount(os.urandom(16).hex()).xpub(is_test=True), "tron")
        self.assets = [node.asset for node in self.bitcoins] + ["ETH", "TRX", *self.tokens]

    def _chains(self):
        def named(suffix, text_of):
            return {
                code: (text_of(token.address), DECIMALS[code.split("_")[0]])
                for code, token in self.tokens.items()
                if code.endswith(suffix)
            }

        ours = [chain_of(node, 2) for node in self.bitcoins]
        ours.append(evm_chain_of(self.eth, named("ERC20", str), 3, self.proxy.url))
        return [*ours, tron_chain_of(self.tron, named("TRC20", to_base58))]

    def pay(self, invoice, asset, amount):
        if asset in ("LTC", "BTC"):
            next(node for node in self.bitcoins if node.asset == asset).pay(invoice.address, amount)
        elif asset == "ETH":
            self.eth.pay(invoice.address, amount)
        elif asset == "TRX":
            self.tron.pay(invoice.address, amount)
        else:
            address = to_hex(invoice.address) if asset.endswith("TRC20") else invoice.address
            self.tokens[asset].pay(address, units_of(asset, amount))

    def held(self, invoice, asset):
        """What the chain says is at the invoice's address, in whole coins."""
        if asset in ("LTC", "BTC"):
            node = next(node for node in self.bitcoins if node.asset == asset)
            script = node.rpc.validateaddress(invoice.address)["scriptPubKey"]
            return node.rpc.scantxoutset("start", [f"raw({script})"])["total_amount"]
        address = to_hex(invoice.address) if asset == "TRX" or asset.endswith("TRC20") else invoice.address
        if asset in ("ETH", "TRX"):
            node = self.eth if asset == "ETH" else self.tron.anvil
            return Decimal(node.balance(address)).scaleb(-18)
        return Decimal(self.tokens[asset].balance(address)).scaleb(-DECIMALS[asset.split("_")[0]])

    def mine(self, blocks=1):
        for node in (*self.bitcoins, self.eth, self.tron):
            node.mine(blocks)


class Sale:
    """One invoice, how it will be paid, and what is still to come."""

    def __init__(self, world, asset, fate):
        self.asset = asset
        self.fate = fate
        self.invoice = world.shop.create(10, asset)
        if fate == "late":
            world.shop.cancel(self.invoice)
        whole = self.invoice.amount
        step = Decimal(1).scaleb(-min(8, DECIMALS.get(asset.split("_")[0], 8)))
        half = (whole / 2).quantize(step)
        self.parts = {"in parts": [half, whole - half], "over": [whole * 2], "short": [half], "never": []}.get(fate, [whole])

    def pay_next(self, world):
        if self.parts:
            world.pay(self.invoice, self.asset, self.parts.pop())


def _kill_tilld(world):
    world.tilld.kill()
    world.mine()
    world.tilld.start()


def _stop_tilld_for_a_while(world):
    world.tilld.stop()
    world.mine(30)
    world.tilld.start()


def _take_the_nodes_away(world):
    world.proxy.status = 503
    world.tron.fail({"on": "/", "kind": "status", "status": 429})
    world.bitcoins[0].stop()
    world.tilld.kill()
    world.tilld.launch()
    world.tilld.wait_serving()
    world.bitcoins[0].start()
    world.proxy.status = None
    world.tron.fail()


def _freeze_the_nodes(world):
    world.eth.send_signal(signal.SIGSTOP)
    time.sleep(2)
    world.eth.send_signal(signal.SIGCONT)
    world.mine()


def _replace_blocks(world):
    world.mine()
    world.bitcoins[0].reorg(1)
    world.tron.mine()


DISTURBANCES = (_kill_tilld, _take_the_nodes_away, _replace_blocks, _freeze_the_nodes, _stop_tilld_for_a_while)


def _statuses(world, sales):
    found = world.shop.api.call("/v2/invoice/merchant/info", {"uuids": [sale.invoice.uuid for sale in sales]})
    return {row["uuid"]: row["status"] for row in found}


def _expected(sales):
    return {sale.invoice.uuid: STATUS[sale.fate] for sale in sales}


@limit(600)
def test_a_hundred_invoices_of_all_networks_end_as_their_chains_say(stage):
    dice = random.Random(4)
    world = Everything(stage)
    sales = [Sale(world, world.assets[i % len(world.assets)], dice.choice(FATES)) for i in range(INVOICES)]
    dice.shuffle(sales)
    for part, disturb in enumerate(DISTURBANCES):
        for sale in sales[part :: len(DISTURBANCES)]:
            sale.pay_next(world)
        disturb(world)
    for sale in sales:
        sale.pay_next(world)
    world.mine(3)
    world.tron.solidify()
    wait_until(
        lambda: _statuses(world, sales) == _expected(sales),
        "all invoices are as they were paid",
        SETTLED_S,
        pause_s=0.5,
    )
    for sale in sales:
        _check_books(world, sale)
    announced = [sale.invoice for sale in sales if STATUS[sale.fate] in ANNOUNCED]
    assert {one.invoice_id for one in world.receiver.postbacks()} == {invoice.id for invoice in announced}


def _check_books(world, sale):
    """The ledger is what the chain holds, and whoever was to hear of it heard of it."""
    booked = sum(Decimal(one["amount"]) for one in world.tilld.invoice(sale.invoice.uuid)["payments"])
    assert booked == world.held(sale.invoice, sale.asset), (sale.asset, sale.fate, sale.invoice, booked)
    if STATUS[sale.fate] in ANNOUNCED:
        world.receiver.wait_for(sale.invoice).check(world.shop, sale.invoice)
        assert len({one.event_id for one in world.receiver.postbacks(sale.invoice)}) == 1
