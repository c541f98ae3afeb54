# SPDX-License-Identifier: MIT
"""What holds on the main chain alone, on a node that says it is there: built-in tokens, keys of real money, finality."""

import os

from support.anvil import Anvil, Contract
from support.bip32 import EvmAccount
from support.evm_abi import topic_of
from support.evm_proxy import EvmProxy
from support.receiver import Receiver
from support.shop import Shop
from support.stage import wait_until
from support.tilld import Tilld, TillRefused, evm_chain_of
from support.token_world import units_of
from support.world import World

MAIN_CHAIN_ID = 1
FIRST_BLOCK = "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"
# {where it is on Ethereum: which of our contracts takes its place}
BUILT_IN = {
    "0xdAC17F958D2ee523a2206206994597C13D831ec7": "Usdt",
    "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48": "Usdc",
    "0x0000000000085d4780B73119b644AE5ecd22b376": "Tusd",
    "0x6B175474E89094C44Da98b954EedeAC495271d0F": "Tusd",  # DAI, of 18 decimals too
    "0x6c3ea9036406852006290770BEdFcAbA0e23A0e8": "Usdc",  # PYUSD, of 6
}


class MainWorld(World):
    """Ethereum as far as chain id, first block, first tokens and finality go."""

    def __init__(self, stage, missing=(), first_block=FIRST_BLOCK, will_be_ready=True):
        self.stage = stage
        self.node = stage.enter(Anvil(stage, chain_id=MAIN_CHAIN_ID, slots=1))
        for address, name in BUILT_IN.items():
            if address not in missing:
                code = self.node.rpc.eth_getCode(self.node.deploy(name).address, "latest")
                self.node.rpc.anvil_setCode(address, code)
        # Storage is empty there; the owner is what comes first in it.
        self.usdt = Contract(self.node, "Usdt", next(iter(BUILT_IN)))
        self.node.rpc.anvil_setStorageAt(self.usdt.address, "0x0", topic_of(self.node.accounts[0]))
        self.usdt.send("issue(uint256)", 10**15)
        self.node.mine(12)  # tilld begins above the first block, which nobody has
        self.proxy = stage.enter(EvmProxy(self.node))
        self.proxy.change = lambda method, parameters, result: (
            {**result, "hash": first_block} if (method, parameters[:1]) == ("eth_getBlockByNumber", ["0x0"]) else result
        )
        self.receiver = stage.enter(Receiver())
        text = evm_chain_of(self.node, {}, url=self.proxy.url).replace(f"chain_id = {MAIN_CHAIN_ID}\n", "")
        self.tilld = stage.enter(Tilld(stage, [text], [self.receiver.port], will_be_ready=will_be_ready))
        self.shop = Shop(self.tilld, notify_url=self.receiver.url)

    def pay(self, invoice):
        return self.usdt.pay(invoice.address, units_of("USDT", invoice.amount))


def test_built_in_tokens_are_paid_on_the_main_chain_until_its_finality_breaks(stage):
    world = MainWorld(stage)
    account = EvmAccount(os.urandom(16).hex())
    try:
        world.shop.add_xpub(account.xpub(is_test=True), "eth")
        raise AssertionError("a test chain's key was taken for the main chain")
    except TillRefused as refused:
        assert "another network" in refused.text, refused
    world.shop.add_xpub(account.xpub(), "eth")
    invoice, later = world.shop.create(10, "USDT_ERC20"), world.shop.create(20, "USDT_ERC20")
    world.pay(invoice)
    world.node.mine()
    world.expect_paid(invoice)
    world.node.mine(5)
    world.tilld.wait_for_height(world.node)
    # What was final is replaced: that cannot be, so nothing that this node says counts any more.
    world.node.reorg(5)
    world.pay(later)
    world.node.mine(2)
    wait_until(lambda: world.tilld.chain("eth")["state"] == "blind", "tilld stops", 90)
    world.shop.stays(later, "created")
    assert world.shop.status(invoice) == "paid" and "dispute" not in world.flags(invoice)


def test_a_main_chain_without_one_of_its_tokens_goes_on_with_the_others(stage):
    world = MainWorld(stage, missing=["0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"])
    world.shop.add_xpub(EvmAccount(os.urandom(16).hex()).xpub(), "eth")
    states = {one["asset"]: one["state"] for one in world.tilld.till("chain", "status")["tokens"]}
    assert states["USDC_ERC20"] == "unusable" and states["USDT_ERC20"] == "accepted", states
    invoice = world.shop.create(10, "USDT_ERC20")
    world.pay(invoice)
    world.node.mine(20)
    world.expect_paid(invoice)


def test_a_main_chain_that_begins_otherwise_is_not_believed(stage):
    world = MainWorld(stage, first_block="0x" + "0b" * 32, will_be_ready=False)
    wait_until(lambda: world.tilld.chain("eth")["reason"], "tilld says what is wrong")
    chain = world.tilld.chain("eth")
    assert chain["state"] == "blind" and "first block" in chain["reason"], chain
