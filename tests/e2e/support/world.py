# SPDX-License-Identifier: MIT
"""The usual set of a test: a node, tilld that follows it, and a shop with a wallet and a receiver of postbacks."""

import os

from .bip32 import Account
from .node import Node
from .receiver import Receiver
from .shop import Shop
from .tilld import Tilld, chain_of


class World:
    """The parts are made in the order in which they need each other; the stage takes them down."""

    def __init__(self, stage, profile, confirmations=1, answers=(), postback_format="json"):
        self.stage = stage
        self.node = stage.enter(Node(stage, profile))
        self.receiver = stage.enter(Receiver(answers))
        self.tilld = stage.enter(Tilld(stage, [chain_of(self.node, confirmations)], [self.receiver.port]))
        # Bitcoin's and Litecoin's test accounts would share their keys, hence the other account number.
        number = 1 if self.node.coin == "ltc" else 0
        self.account = Account(os.urandom(16).hex(), self.node.profile.prefix, number)
        self.shop = Shop(
            self.tilld,
            notify_url=self.receiver.url,
            postback_format=postback_format,
            account=self.account,
            coin=self.node.coin,
        )

    def create(self, amount=10, minutes=None, order_id=None):
        """An invoice in the node's coin, its address known (H2H)."""
        return self.shop.create(amount, self.node.asset, minutes, order_id)

    def index(self, invoice):
        """The index of its address, which must be the account's address of that index."""
        index = int(self.tilld.invoice(invoice.uuid)["options"][0]["address_index"])
        assert self.account.address(index) == invoice.address, (index, invoice.address)
        return index

    def wif(self, invoice):
        """The private key of the invoice's address."""
        return self.account.wif(self.index(invoice))

    def expect_paid(self, invoice, status="paid"):
        """The invoice is paid, and the shop got one good postback for it."""
        seen = self.shop.wait_status(invoice, status)
        info = self.receiver.wait_for(invoice).check(self.shop, invoice)
        assert info["status"] == status, info
        return seen

    def expect_unpaid(self, invoice, status="created"):
        """The invoice keeps this status, and the shop got nothing."""
        self.tilld.wait_for_height(self.node)
        self.shop.stays(invoice, status)
        assert not self.receiver.postbacks(invoice), self.receiver.postbacks(invoice)

    def expect_announced_once(self, invoice):
        """However often it was sent, the shop saw one event."""
        self.receiver.gets_no_more_than(1, invoice)
        assert len({one.event_id for one in self.receiver.postbacks(invoice)}) == 1

    def flags(self, invoice):
        return self.tilld.invoice(invoice.uuid)["flags"]
