# SPDX-License-Identifier: MIT
"""Two Tron nodes that must agree: what one of them alone says, or keeps back, decides nothing."""

from support.evm_abi import TRANSFER_TOPIC, topic_of, word_of
from support.java_tron import to_hex
from support.stage import wait_until
from support.token_world import TronWorld, units_of


def _is_blind(world):
    return world.tilld.chain("tron")["state"] == "blind"


def test_two_tron_nodes_that_agree_are_as_good_as_one(stage):
    world = TronWorld(stage, providers=2, quorum=2)
    token, coin = world.create(10), world.create(10, "TRX")
    world.pay(token)
    world.pay(coin, asset="TRX")
    world.node.mine()
    world.node.solidify()
    world.expect_paid(token)
    world.expect_paid(coin)
    world.expect_announced_once(token, coin)


def test_a_tron_node_that_stands_still_holds_the_quorum_back_and_loses_nothing(stage):
    world = TronWorld(stage, providers=2, quorum=2)
    invoice = world.create()
    world.tilld.wait_for_height(world.node)
    world.nodes[1].set(solid_number=world.node.height())
    world.pay(invoice)
    world.node.mine()
    world.node.solidify()
    world.shop.stays(invoice, "created", 3)
    world.nodes[1].set(solid_number=None)
    world.expect_paid(invoice)
    world.expect_announced_once(invoice)


def test_a_token_that_one_tron_node_keeps_back_is_paid_once_it_tells(stage):
    world = TronWorld(stage, providers=2, quorum=2)
    payer, fake = world.node.deploy("Payer"), world.node.deploy("FakeUsdt")
    world.usdt.pay(payer.address, 10**9)
    world.node.mine()
    invoice = world.create()
    to, units = to_hex(invoice.address), units_of("USDT_TRC20", invoice.amount)
    # A log of nobody's in the same block, so that the block is not without logs; and no call of the token itself.
    fake.send("emitRaw(bytes32[],bytes)", [TRANSFER_TOPIC, topic_of(to)], word_of(1))
    paid = payer.send("transferMany(address,address[],uint256[])", world.usdt.address, [to], [units])
    world.node.mine()
    world.nodes[1].set(omit=[world.nodes[1].txid(paid)])
    world.node.solidify()
    wait_until(lambda: _is_blind(world), "the nodes are at odds", 90)
    world.shop.stays(invoice, "created", 3)
    world.nodes[1].set(omit=[])
    world.expect_paid(invoice)
    world.expect_announced_once(invoice)
