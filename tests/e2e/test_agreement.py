# SPDX-License-Identifier: MIT
"""Several nodes that must agree, one of which lies, lags or hangs: nothing becomes paid and nothing ends while too few say
the same, and what was paid is paid once when they do again."""

import datetime
import os
import time
from decimal import Decimal

from support import lies
from support.bip32 import Account
from support.marks import on, waits
from support.node import Node
from support.node_proxy import NodeProxy
from support.receiver import Receiver
from support.rpc import RpcError
from support.shop import Shop
from support.stage import stays_so, wait_until
from support.tilld import Tilld
from support.world import World

BOTH = ("ltc", "btc")
DEEP_BLOCKS = 9  # more than are looked down for a block in common
PROOF_BLOCKS = 6  # of the last eleven, so that their median is past a deadline
CHAIN = """
[chain {coin}]
kind = bitcoin
url = {urls}
cookie_file = {cookies}
network = regtest
poll_ms = 100
quorum = {quorum}
confirmations = 1
"""


class Agreement(World):
    """A World on two nodes with one chain, the second one behind a proxy that may lie; with `spare`, the first one is
    there twice, so that two of three are honest."""

    def __init__(self, stage, profile, spare=False, quorum=2):
        self.stage = stage
        self.node = stage.enter(Node(stage, profile))
        self.second = stage.enter(Node(stage, profile))
        self.proxy = stage.enter(NodeProxy(self.second))
        self.receiver = stage.enter(Receiver())
        urls = [f"http://127.0.0.1:{self.node.port}", self.proxy.url]
        cookies = [self.node.cookie_path, self.second.cookie_path]
        if spare:  # one for all: proxies log in by themselves, and three make a long line
            urls.append(stage.enter(NodeProxy(self.node)).url)
            cookies = cookies[:1]
        chain = CHAIN.format(coin=self.node.coin, urls=" ".join(urls), cookies=" ".join(cookies), quorum=quorum)
        self.tilld = stage.enter(Tilld(stage, [chain], [self.receiver.port]))
        self.tilld.wait_for_height(self.node)
        number = 1 if self.node.coin == "ltc" else 0
        self.account = Account(os.urandom(16).hex(), self.node.profile.prefix, number)
        self.shop = Shop(self.tilld, notify_url=self.receiver.url, account=self.account, coin=self.node.coin)

    def mine(self, blocks=1):
        """On the first node; the second one hears of it."""
        self.node.mine(blocks)
        self.tell_second()

    def tell_second(self):
        for height in range(self.second.height() + 1, self.node.height() + 1):
            block = self.node.rpc.getblock(self.node.rpc.getblockhash(height), 0)
            assert self.second.rpc.submitblock(block) is None

    def pay(self, invoice, amount=None):
        """Both mempools have it."""
        txid = self.node.pay(invoice.address, amount or invoice.amount)
        try:
            self.second.rpc.sendrawtransaction(self.node.rpc.getrawtransaction(txid))
        except RpcError:
            pass  # its own wallet's coins may be others
        return txid

    def script(self, invoice):
        return self.node.rpc.validateaddress(invoice.address)["scriptPubKey"]

    def next_height(self):
        return self.node.height() + 1

    def chain(self):
        return self.tilld.chain(self.node.coin)

    def wait_blind(self, *words):
        wait_until(lambda: self.chain()["state"] == "blind", "the network is blind")
        wait_until(lambda: all(word in self.chain()["reason"] for word in words), f"the reason says {words}")

    def wait_well(self):
        self.tilld.wait_for_height(self.node)
        wait_until(lambda: self.chain()["state"] == "ready", "the network is ready")
        wait_until(lambda: not self.alarms(), "the alarms are gone")
        assert self.chain()["warning"] == "", self.chain()

    def alarms(self):
        """What the doctor says of nodes that disagree, and of networks that are blind."""
        checks = self.tilld.till("doctor")["checks"]
        return [one for one in checks if one["what"].startswith(("nodes_disagree", "network_blind"))]

    def has_alarm(self, words):
        told = [one["detail"] for one in self.alarms() if one["what"] == f"nodes_disagree {self.node.coin}"]
        return len(told) == 1 and all(word in told[0] for word in words)

    def wait_alarm(self, *words):
        wait_until(lambda: self.has_alarm(words), f"the doctor shows nodes_disagree with {words}")

    def mine_to_alarm(self, *words):
        """Blocks until the doctor tells: a node that was busy when it was asked about one is asked about the next."""

        def found():
            self.mine()
            return self.has_alarm(words)

        wait_until(found, f"the doctor shows nodes_disagree with {words}", 60, 0.5)

    def nothing_happens_to(self, invoice, height=None, status="created"):
        def same():
            if height is not None:
                assert self.chain()["height"] == height, self.chain()
            return self.shop.status(invoice) == status

        stays_so(same, f"{invoice} is {status}")
        assert not self.receiver.postbacks(invoice)


@on(*BOTH)
def test_two_nodes_that_agree_are_as_good_as_one(stage, profile):
    world = Agreement(stage, profile)
    assert world.chain()["node_version"].startswith("2 of 2 nodes"), world.chain()
    invoice = world.create()
    world.pay(invoice)
    wait_until(lambda: "seen" in world.flags(invoice), "the payment is seen")
    world.mine()
    world.expect_paid(invoice)
    world.expect_announced_once(invoice)
    world.wait_well()


def _lie_about_a_payment(stage, profile, forge):
    """The invoice is paid in truth; the second node has a chain in which `forge(world, invoice)` says what there is."""
    world = Agreement(stage, profile)
    invoice = world.create()
    world.pay(invoice)
    height = world.next_height()
    world.proxy.lie = lies.Forgery(height, forge(world, invoice))
    world.mine()
    # At first it is a fork like others: nobody is blamed, and nothing counts.
    world.nothing_happens_to(invoice, height - 1)
    world.mine(DEEP_BLOCKS)
    world.wait_blind("disagree")
    world.wait_alarm("disagree")
    world.nothing_happens_to(invoice, height - 1)
    world.proxy.lie = None
    world.expect_paid(invoice)
    assert Decimal(str(world.shop.read(invoice)["received"])) > 0
    world.wait_well()
    world.expect_announced_once(invoice)


@on(*BOTH)
def test_a_payment_that_one_node_hides_is_paid_once_when_it_tells_the_truth(stage, profile):
    _lie_about_a_payment(stage, profile, lambda world, invoice: lies.hide(world.script(invoice)))


def test_a_payment_whose_amount_one_node_changes_is_paid_once_when_it_tells_the_truth(stage):
    def forge(world, invoice):
        return lies.change_amount(world.script(invoice), invoice.amount, invoice.amount * 10)

    _lie_about_a_payment(stage, "ltc", forge)


@on(*BOTH)
def test_a_payment_that_one_node_invents_never_pays(stage, profile):
    world = Agreement(stage, profile)
    invoice = world.create()
    height = world.next_height()
    world.proxy.lie = lies.Forgery(height, lies.pay(world.script(invoice), invoice.amount))
    world.mine(1 + DEEP_BLOCKS)
    world.wait_blind("disagree")
    world.wait_alarm("disagree")
    world.nothing_happens_to(invoice, height - 1)
    world.proxy.lie = None
    world.wait_well()
    world.expect_unpaid(invoice)


def test_one_node_alone_is_believed_when_it_forges_a_chain(stage):
    """What a quorum is for: the same lie works on whoever asks this node only."""
    node = stage.enter(Node(stage, "ltc"))
    proxy = stage.enter(NodeProxy(node))
    chain = CHAIN.format(coin="ltc", urls=proxy.url, cookies=node.cookie_path, quorum=1)
    tilld = stage.enter(Tilld(stage, [chain]))
    shop = Shop(tilld, account=Account(os.urandom(16).hex(), "rltc", 1), coin="ltc")
    invoice = shop.create(10, "LTC")
    script = node.rpc.validateaddress(invoice.address)["scriptPubKey"]
    proxy.lie = lies.Forgery(node.height() + 1, lies.pay(script, invoice.amount))
    node.mine()
    shop.wait_status(invoice, "paid")


def test_a_block_that_does_not_fit_its_hash_is_refused_whoever_tells_it(stage):
    """Clumsy lies need no second node to be seen through; with one, they do not count either."""
    world = Agreement(stage, "ltc")
    invoice = world.create()
    txid = world.pay(invoice)
    height = world.next_height()
    world.proxy.lie = lies.DropsTransaction(txid)
    world.mine()
    world.wait_blind(world.proxy.url, "commits to")
    world.nothing_happens_to(invoice, height - 1)
    world.proxy.lie = lies.RaisesAmount(world.script(invoice))
    world.nothing_happens_to(invoice, height - 1)
    world.wait_blind(world.proxy.url, "commits to")
    world.proxy.lie = None
    world.expect_paid(invoice)
    world.wait_well()


def test_two_of_three_go_on_and_name_the_liar(stage):
    world = Agreement(stage, "ltc", spare=True)
    hidden, clumsy, after = world.create(), world.create(), world.create()
    world.pay(hidden)
    world.proxy.lie = lies.Forgery(world.next_height(), lies.hide(world.script(hidden)))
    world.mine()
    world.expect_paid(hidden)
    world.mine_to_alarm(world.proxy.url, "best chain")
    assert world.chain()["state"] == "ready" and world.proxy.url in world.chain()["warning"], world.chain()
    world.proxy.lie = None
    world.mine()
    world.wait_well()
    world.pay(clumsy)
    world.proxy.lie = lies.DropsLast()
    world.mine()
    world.expect_paid(clumsy)
    world.mine_to_alarm(world.proxy.url, "cannot be true")
    world.proxy.lie = None
    world.pay(after)
    world.mine()
    world.expect_paid(after)
    wait_until(lambda: world.mine() or not world.alarms(), "the node is heard to tell the truth", 60, 0.5)
    world.wait_well()
    for invoice in (hidden, clumsy, after):
        world.expect_announced_once(invoice)


def test_a_reorg_is_one_when_both_nodes_have_it(stage):
    world = Agreement(stage, "ltc")
    invoice = world.create()
    world.pay(invoice)
    world.mine()
    world.expect_paid(invoice)
    height = world.node.height()
    world.node.reorg(1)
    # One node has taken back the block that paid it: nothing is undone, and nothing goes on.
    wait_until(lambda: world.chain()["state"] == "blind", "the network is blind")
    stays_so(lambda: not world.flags(invoice) and world.chain()["height"] == height, "the invoice is undisputed")
    for one in (height, height + 1):
        world.second.rpc.submitblock(world.node.rpc.getblock(world.node.rpc.getblockhash(one), 0))
    world.wait_well()
    world.shop.wait_status(invoice, "paid")
    wait_until(lambda: not world.flags(invoice), "nothing is wrong with the invoice")
    world.expect_announced_once(invoice)


def test_a_node_that_lags_holds_the_network_back_and_nothing_is_lost(stage):
    world = Agreement(stage, "ltc")
    invoice = world.create()
    height = world.node.height()
    world.proxy.lie = lies.Lags(height)
    world.pay(invoice)
    world.mine(DEEP_BLOCKS)
    world.nothing_happens_to(invoice, height)
    assert not world.alarms(), "a node that lags contradicts nobody"
    world.proxy.lie = None
    world.expect_paid(invoice)
    world.expect_announced_once(invoice)
    world.wait_well()


def test_a_hanging_node_delays_nobody_who_does_not_need_it(stage):
    world = Agreement(stage, "ltc", spare=True)
    with world.second.frozen():
        for _ in range(3):
            invoice = world.create()
            world.node.pay(invoice.address, invoice.amount)
            world.node.mine()
            began = time.monotonic()
            world.shop.wait_status(invoice, "paid")
            assert time.monotonic() - began < 15
    world.tell_second()
    world.wait_well()


@waits
def test_a_node_that_proves_a_false_time_ends_no_invoice(stage):
    """The median time is in no hash, so one node can set it as it likes."""
    world = Agreement(stage, "ltc")
    invoice = world.create(minutes=1)
    deadline = datetime.datetime.fromisoformat(invoice.result["expiry_date"]).replace(tzinfo=datetime.timezone.utc)
    height = world.node.height()
    world.proxy.lie = lies.ProvesTime(7200)
    world.mine()
    world.wait_blind("disagree")
    world.wait_alarm("disagree")
    time.sleep(max(0, deadline.timestamp() + 1.5 - time.time()))
    world.nothing_happens_to(invoice, height)
    world.proxy.lie = None
    world.wait_well()
    world.nothing_happens_to(invoice)
    world.mine(PROOF_BLOCKS)
    world.shop.wait_status(invoice, "canceled")
