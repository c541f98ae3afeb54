# SPDX-License-Identifier: MIT
"""The node itself: the wrong one, an absent one, one that tilld was away from; and coins that come out of the MWEB."""

import os
from decimal import Decimal

from support.bip32 import Account
from support.marks import on
from support.node import Node, PROFILES
from support.process import Process
from support.rpc import Rpc, RpcError
from support.shop import Shop
from support.stage import free_port, node_program, wait_until
from support.sums import expect_agreement
from support.tilld import CHAIN, Tilld, TillRefused, chain_of
from support.world import World

EVERYWHERE = ("ltc", "ltc-mweb", "btc")


@on("ltc", "btc")
def test_a_node_of_another_network_is_refused(stage, profile):
    node = stage.enter(Node(stage, profile))
    tilld = stage.enter(Tilld(stage, [chain_of(node, network="main")], will_be_ready=False))
    wait_until(lambda: tilld.chain(node.coin)["reason"], "tilld says what is wrong")
    node.mine()
    chain = tilld.chain(node.coin)
    assert chain["state"] == "blind" and "regtest" in chain["reason"], chain
    assert tilld.ask_status("/readyz") == 503


def test_a_store_stays_with_the_network_it_was_made_on(stage):
    world = World(stage, "ltc")
    invoice = world.create()
    world.tilld.stop()
    # The same coin's testnet, of which this node knows the first block only.
    program = node_program(stage, "litecoind")
    folder, port = stage.make_folder("testnet"), free_port()
    arguments = [argument for argument in PROFILES["ltc"].arguments if not argument.startswith(("-regtest", "-vbparams"))]
    node = Process([program, "-testnet", f"-datadir={folder}", f"-rpcport={port}", *arguments], f"{folder}.log")
    cookie = os.path.join(folder, "testnet4", ".cookie")
    wait_until(lambda: _answers(Rpc(port, cookie)), "the testnet node answers")
    world.tilld.configure(
        [CHAIN.format(coin="ltc", port=port, cookie=cookie, network="testnet", confirmations=1)]
    )
    world.tilld.launch()
    world.tilld.wait_serving()
    line = _refusal_of(world.tilld)
    assert "regtest" in line, line
    node.kill()
    # With its own node all goes on.
    world.tilld.configure([chain_of(world.node)])
    world.tilld.kill()
    world.tilld.start()
    world.node.pay(invoice.address, invoice.amount)
    world.node.mine()
    world.expect_paid(invoice)


def _refusal_of(tilld):
    """What tilld says, whether it ends by it or goes on without the network."""
    return wait_until(lambda: tilld.ended() or tilld.chain("ltc")["reason"], "tilld says what is wrong")


def _answers(rpc):
    try:
        return rpc.getblockchaininfo()["chain"] == "test"
    except (OSError, RpcError):
        return False


@on(*EVERYWHERE)
def test_a_payment_made_and_spent_on_while_tilld_was_down_is_found(stage, profile):
    world = World(stage, profile)
    invoice, other = world.create(), world.create()
    wifs = {one: world.wif(one) for one in (invoice, other)}
    world.tilld.stop()
    txid = world.node.pay(invoice.address, invoice.amount)
    world.node.mine()
    spent = world.node.spend(txid, invoice.address, wifs[invoice])
    world.node.mine(3)
    # And one whose coins come and go in the same block.
    txid = world.node.pay(other.address, other.amount)
    world.node.spend(txid, other.address, wifs[other])
    world.node.mine(2)
    assert not world.node.in_mempool(spent)
    world.tilld.start()
    for one in (invoice, other):
        world.expect_paid(one)
        world.expect_announced_once(one)


@on(*EVERYWHERE)
def test_a_killed_tilld_goes_on_where_it_was(stage, profile):
    world = World(stage, profile)
    before, after = world.create(), world.create()
    world.node.pay(before.address, before.amount)
    world.node.mine()
    world.expect_paid(before)
    world.tilld.kill()
    world.node.pay(after.address, after.amount)
    world.node.mine(20)
    world.tilld.start()
    world.expect_paid(after)
    for one in (before, after):
        assert len({postback.event_id for postback in world.receiver.postbacks(one)}) == 1


def test_coins_that_leave_the_mweb_are_a_payment(stage):
    world = World(stage, "ltc-mweb")
    payer = world.node.mweb_wallet(Decimal(5))
    invoice = world.create()
    txid = payer.sendtoaddress(invoice.address, invoice.amount)
    outputs = world.node.rpc.getrawtransaction(txid, True)["vout"]
    assert not any("scriptPubKey" in output for output in outputs), "an ordinary payment"
    world.expect_unpaid(invoice)
    world.node.mine()
    seen = world.expect_paid(invoice)
    assert len(seen["tx_list"]) == 1 and seen["tx_list"] != [txid], "the block has it under another id"
    world.expect_announced_once(invoice)
    # A reorg mines the same peg-out again.
    with world.tilld.frozen():
        world.node.reorg(1)
    world.tilld.wait_for_height(world.node)
    world.shop.wait_status(invoice, "paid")
    wait_until(lambda: not world.flags(invoice), "nothing is wrong with the invoice")
    world.expect_announced_once(invoice)


def test_several_wallets_are_paid_side_by_side(stage):
    """Two shops on one node, each with its own wallet; nobody's payment reaches the other."""
    world = World(stage, "ltc")
    second = Shop(world.tilld, "Second", notify_url=world.receiver.url, account=Account("second", "rltc", 7), coin="ltc")
    mine, theirs = world.create(10), second.create(10, "LTC")
    assert mine.address != theirs.address
    world.node.pay(theirs.address, theirs.amount)
    world.node.mine()
    second.wait_status(theirs, "paid")
    world.receiver.wait_for(theirs).check(second, theirs)
    world.expect_unpaid(mine)
    assert world.shop.api.call("/v2/invoice/merchant/info", {"uuids": [theirs.uuid]}) == []


def _books(world, invoices):
    return expect_agreement(world, invoices), [world.tilld.invoice(invoice.uuid) for invoice in invoices]


@on(*EVERYWHERE)
def test_reading_the_whole_chain_again_changes_nothing(stage, profile):
    world = World(stage, profile, confirmations=2)
    invoices = [world.create() for _ in range(4)]
    exact, twice, short, unpaid = invoices
    world.node.pay(exact.address, exact.amount)
    world.node.pay(twice.address, twice.amount)
    world.node.mine()
    world.node.pay(twice.address, twice.amount)
    world.node.pay(short.address, (short.amount / 2).quantize(Decimal("1e-8")))
    world.node.mine(3)
    for invoice, status in ((exact, "paid"), (twice, "overpaid"), (short, "partial")):
        world.shop.wait_status(invoice, status)
    world.tilld.wait_for_height(world.node)
    before = _books(world, invoices)
    for _ in range(2):
        read = world.tilld.till("chain", "rescan", world.node.coin, "--from", "0")
        assert read["next"] is None and read["blocks_read"] == world.node.height() + 1, read
        assert (read["payments_found"], read["payments_known"]) == (0, 4), read
        assert _books(world, invoices) == before
    for invoice in (exact, twice):
        world.expect_announced_once(invoice)
    assert not world.receiver.postbacks(unpaid)
    refused = ("--from", str(world.node.height() + 1)), ("--from", "3", "--to", "2")
    for arguments in refused:
        try:
            world.tilld.till("chain", "rescan", world.node.coin, *arguments)
        except TillRefused:
            continue
        raise AssertionError(f"{arguments} is not refused")
