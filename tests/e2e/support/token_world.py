# SPDX-License-Identifier: MIT
"""The usual set of a test on chains with tokens: a node with contracts on it, tilld that follows it, and a shop."""

import decimal
import os

from .anvil import Anvil
from .bip32 import EvmAccount, TronAccount
from .evm_proxy import EvmProxy
from .java_tron import JavaTron, to_base58, to_hex
from .receiver import Receiver
from .shop import Shop
from .stage import stays_so, wait_until
from .tilld import Tilld, evm_chain_of, tron_chain_of
from .wire import Wire
from .world import World

DECIMALS = {"USDT": 6, "USDC": 6, "TUSD": 18, "ETH": 18, "TRX": 6}
CONTRACTS = {"USDT": "Usdt", "USDC": "Usdc", "TUSD": "Tusd"}


def units_of(asset, amount):
    """A sum of the asset in base units."""
    units = decimal.Decimal(amount).scaleb(DECIMALS[asset.split("_")[0]])
    assert units == int(units), f"{amount} has more decimals than {asset}"
    return int(units)


class TokenWorld(World):
    """What EVM chains and Tron share. `tokens` are the contracts by the token's short name."""

    def __init__(self, stage, node, account, chain_text, answers=()):
        self.stage = stage
        self.node = node
        self.account = account
        self.receiver = stage.enter(Receiver(answers))
        self.tilld = stage.enter(Tilld(stage, [chain_text], [self.receiver.port]))
        self.shop = Shop(self.tilld, notify_url=self.receiver.url)
        self.shop.add_xpub(account.xpub(is_test=True), node.coin)
        self.made = 0

    def create(self, amount=10, asset=None, minutes=None, order_id=None):
        self.made += 1
        return self.shop.create(amount, asset or self.usdt_code, minutes, order_id)

    def token_state(self, code):
        """Is its contract the one that was first seen?"""
        return {row["asset"]: row["state"] for row in self.tilld.till("chain", "status")["tokens"]}[code]

    def accept(self, code):
        """Another contract than the first one is the token's from now on."""
        wait_until(lambda: self.token_state(code) == "changed", f"tilld sees another contract of {code}")
        return self.tilld.till("chain", "accept-token", code)

    def expect_unpaid(self, *invoices, status="created"):
        """They keep this status, and the shop got nothing."""
        self.tilld.wait_for_height(self.node)
        stays_so(lambda: {self.shop.status(one) for one in invoices} == {status}, f"all are {status}")
        for invoice in invoices:
            assert not self.receiver.postbacks(invoice), self.receiver.postbacks(invoice)

    def expect_announced_once(self, *invoices):
        """However often it was sent, the shop saw one event for each."""
        seen = {one: len({postback.event_id for postback in self.receiver.postbacks(one)}) for one in invoices}
        assert set(seen.values()) == {1}, seen
        stays_so(lambda: all(len(self.receiver.postbacks(one)) == 1 for one in invoices), "each was sent once")

    def facts(self, invoice):
        """[(amount, asset)] of the payments that Till has in its books, in their order."""
        return [(decimal.Decimal(one["amount"]), one["asset"]) for one in self.tilld.invoice(invoice.uuid)["payments"]]

    def foreign(self, invoice):
        """[(amount, asset)] of money of another asset that came to its address."""
        rows = self.tilld.invoice(invoice.uuid)["foreign"]
        return [(decimal.Decimal(one["amount"]), one["asset"]) for one in rows]

    def events(self, invoice):
        """The types of what the shop hears of it by asking, in order."""
        with Wire(self.tilld.port) as wire:
            answer = wire.call("GET", "/v2/invoice/merchant/events", self.shop.api_key).json()
        return [one["type"] for one in answer["result"]["events"] if one.get("uuid") == invoice.uuid]

    def unattributed(self, invoice):
        """Is there money at its address that no transfer explains?"""
        return "no transfer shows it" in self.tilld.till("invoice", "explain", invoice.uuid)["summary"]


class EvmWorld(TokenWorld):
    """`hide`: methods that the provider between tilld and the node does not have; None: no provider at all. `slots` is
    how many blocks lie between the head, `safe` and `finalized`; `quorum` of `providers` must agree."""

    usdt_code = "USDT_ERC20"
    coin_code = "ETH"

    def __init__(self, stage, confirmations=1, hide=None, answers=(), slots=32, providers=1, quorum=1):
        node = stage.enter(Anvil(stage, slots=slots))
        self.tokens = {name: node.deploy(contract) for name, contract in CONTRACTS.items()}
        self.usdt = self.tokens["USDT"]
        self.proxies = [] if hide is None else [stage.enter(EvmProxy(node, hide)) for _ in range(providers)]
        self.proxy = self.proxies[0] if self.proxies else None
        self._more = f"quorum = {quorum}\n"
        self._confirmations = confirmations
        self._contracts = {f"{name}_ERC20": (token.address, DECIMALS[name]) for name, token in self.tokens.items()}
        super().__init__(stage, node, EvmAccount(os.urandom(16).hex()), self._chain(node), answers)

    def _chain(self, node):
        urls = " ".join(one.url for one in self.proxies or [node])
        return evm_chain_of(node, self._contracts, self._confirmations, urls, self._more)

    def follow(self, **contracts):
        """Other contracts for some tokens, {code: (contract, decimals)}, from tilld's next start on."""
        self._contracts |= contracts
        self.tilld.configure([self._chain(self.node)])

    def follow_also(self, *chain_texts):
        """Other networks too; starts tilld again."""
        self.tilld.configure([self._chain(self.node), *chain_texts])
        self.tilld.restart()

    def pay(self, invoice, amount=None, asset=None, **how):
        """As an ordinary payer does; waits to be mined. The transaction's id."""
        asset = asset or self.usdt_code
        units = units_of(asset, invoice.amount if amount is None else amount)
        if asset == self.coin_code:
            return self.node.send(invoice.address, units, **how)
        return self.tokens[asset.split("_")[0]].pay(invoice.address, units, **how)


class TronWorld(TokenWorld):
    usdt_code = "USDT_TRC20"
    coin_code = "TRX"

    def __init__(self, stage, confirmations=1, answers=(), providers=1, quorum=1, **settings):
        node = stage.enter(JavaTron(stage))
        self.nodes = [node] + [stage.enter(JavaTron(stage, anvil=node.anvil)) for _ in range(providers - 1)]
        if settings:
            node.set(**settings)
        self.tokens = {name: node.deploy(contract) for name, contract in CONTRACTS.items()}
        self.usdt = self.tokens["USDT"]
        contracts = {
            f"{name}_TRC20": (to_base58(token.address), DECIMALS[name]) for name, token in self.tokens.items()
        }
        urls = " ".join(one.url for one in self.nodes)
        text = tron_chain_of(node, contracts, confirmations, settings.get("api_key"), urls, f"quorum = {quorum}\n")
        super().__init__(stage, node, TronAccount(os.urandom(16).hex()), text, answers)

    def pay(self, invoice, amount=None, asset=None, **how):
        asset = asset or self.usdt_code
        amount = invoice.amount if amount is None else amount
        if asset == self.coin_code:
            return self.node.pay(invoice.address, amount, **how)
        token = self.tokens[asset.split("_")[0]]
        return token.pay(to_hex(invoice.address), units_of(asset, amount), **how)
