# SPDX-License-Identifier: MIT
"""EVM nodes that are away, on another chain, out of order, poor in methods, or lying."""

import copy
import itertools
import time

from support.anvil import Anvil, EvmRpc
from support.evm_abi import TRANSFER_TOPIC, topic_of, word_of
from support.marks import limit, on
from support.stage import wait_until
from support.tilld import evm_chain_of
from support.token_world import EvmWorld, units_of

CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking</body></html>"
RECEIPTS = "eth_getBlockReceipts"
BALANCES_MAX = 100  # addresses that are looked at after each block
BY_THE_CLOCK = ("eth_syncing", "eth_blockNumber", "eth_chainId", "web3_clientVersion")


def _is_blind(world):
    return world.tilld.chain("eth")["state"] == "blind"


def test_an_evm_node_of_another_chain_is_refused(stage):
    world = EvmWorld(stage)
    world.tilld.stop()
    other = stage.enter(Anvil(stage, chain_id=5))
    world.tilld.configure([evm_chain_of(world.node, {}, url=other.url)])
    world.tilld.launch()
    world.tilld.wait_serving()
    wait_until(lambda: world.tilld.ended() or _is_blind(world), "tilld refuses the node")


def test_payments_made_while_tilld_or_the_node_is_away_are_found(stage):
    world = EvmWorld(stage, hide=())
    first, second, third = world.create(10), world.create(20, "ETH"), world.create(30, "TUSD_ERC20")
    world.tilld.stop()
    world.pay(first)
    world.node.mine(150)
    world.tilld.start()
    world.expect_paid(first)
    world.proxy.status = 503
    wait_until(lambda: _is_blind(world), "tilld knows that it sees nothing")
    world.pay(second, asset="ETH")
    world.node.mine(40)
    world.shop.stays(second, "created")
    world.proxy.status = None
    world.expect_paid(second)
    world.tilld.wait_delivered()
    world.tilld.kill()
    world.pay(third, asset="TUSD_ERC20")
    world.node.mine(2)
    world.tilld.start()
    world.expect_paid(third)
    world.expect_announced_once(first, second, third)


def test_a_second_evm_node_stands_in_for_the_first(stage):
    world = EvmWorld(stage, hide=(), providers=2)
    first, second = world.proxies
    invoices = [world.create() for _ in range(3)]
    for invoice, broken in zip(invoices, (first, second, first)):
        broken.status = 503
        world.pay(invoice)
        world.node.mine()
        world.expect_paid(invoice)
        broken.status = None
    world.expect_announced_once(*invoices)


def test_a_node_that_serves_no_receipts_of_blocks_is_good_enough(stage):
    world = EvmWorld(stage, hide=[RECEIPTS])
    invoices = {asset: world.create(10, asset) for asset in ("USDT_ERC20", "ETH")}
    fake = world.node.deploy("FakeUsdt")
    payer = world.node.deploy("Payer")
    for asset, invoice in invoices.items():
        fake.pay(invoice.address, 5)
        world.pay(invoice, asset=asset)
    world.node.rpc.anvil_setCode("0x" + "77" * 20, "0x60006000fd")
    world.node.send("0x" + "77" * 20, 5)
    world.node.mine()
    for invoice in invoices.values():
        world.expect_paid(invoice)
    twice = world.create(10)
    half = units_of("USDT_ERC20", twice.amount) // 2
    world.usdt.pay(payer.address, 10**9)
    payer.send("repeatTransfer(address,address,uint256,uint256)", world.usdt.address, twice.address, half, 2)
    world.node.mine()
    world.expect_paid(twice)
    assert [one["ordinal"] for one in world.tilld.invoice(twice.uuid)["payments"]] == [0, 1]


def test_an_evm_provider_that_is_out_of_order_changes_no_status(stage):
    world = EvmWorld(stage, hide=())
    proxy, invoices = world.proxy, []
    limit_error = {"code": -32005, "message": "daily request count exceeded"}
    faults = [{"status": status} for status in (429, 403, 503)]
    faults += [{"status": 200, "page": page} for page in (CHALLENGE, b"", b"[]", b'{"jsonrpc":"2.0","id":1}', b"\0" * 999)]
    faults += [{"cut": True}, {"refuse": lambda *_: limit_error}, {"change": lambda *_: None}]
    for fault in faults:
        invoices.append(world.create())
        for name, value in fault.items():
            setattr(proxy, name, value)
        world.pay(invoices[-1])
        world.node.mine()
        wait_until(lambda: _is_blind(world), f"tilld knows that it sees nothing: {fault}", 90)
        assert world.shop.status(invoices[-1]) == "created"
        proxy.status, proxy.page, proxy.cut, proxy.refuse, proxy.change = None, b"", False, None, None
        world.expect_paid(invoices[-1])
    world.expect_announced_once(*invoices)


def _without_logs(method, _, result):
    if method == RECEIPTS and result:
        return [{**receipt, "logs": []} for receipt in result]
    return [] if method == "eth_getLogs" else result


def _without_receipts(method, _, result):
    return [] if method in (RECEIPTS, "eth_getLogs") else result


def _without_status(method, _, result):
    if method == RECEIPTS and result:
        return [{name: value for name, value in receipt.items() if name != "status"} for receipt in result]
    return result


def _without_transactions(method, _, result):
    if method in ("eth_getBlockByHash", "eth_getBlockByNumber") and result:
        return {**result, "transactions": []}
    return [] if method == RECEIPTS else result


LIES = {
    "logs are left out": _without_logs,
    "all receipts are left out": _without_receipts,
    "the status of receipts is left out": _without_status,
    "transactions are left out": _without_transactions,
    "there are no receipts of blocks, and logs are left out": _without_logs,
}


@on(*LIES)
def test_a_block_from_which_something_is_missing_is_not_believed(stage, lie):
    world = EvmWorld(stage, hide=[RECEIPTS] if lie.startswith("there are no") else [])
    invoice = world.create()
    world.node.mine()
    world.tilld.wait_for_height(world.node)
    world.proxy.change = LIES[lie]
    world.pay(invoice)
    world.node.mine()
    height = world.node.height()
    world.node.mine(2)
    wait_until(lambda: _is_blind(world), "tilld notices", 90)
    assert world.tilld.chain("eth")["height"] < height
    world.proxy.change = None
    world.expect_paid(invoice)
    world.expect_announced_once(invoice)


def test_an_invented_transfer_is_not_believed(stage):
    world = EvmWorld(stage, hide=())
    invoice = world.create()
    units = units_of("USDT_ERC20", invoice.amount)

    def invent(method, _, result):
        if method != RECEIPTS or not result:
            return result
        result = copy.deepcopy(result)
        log = copy.deepcopy(result[0]["logs"][0])
        log |= {"topics": [TRANSFER_TOPIC, log["topics"][1], topic_of(invoice.address)], "logIndex": "0x1"}
        result[0]["logs"].append(log | {"data": "0x" + word_of(units).hex()})
        return result

    world.tilld.wait_for_height(world.node)
    world.proxy.change = invent
    world.usdt.pay("0x" + "77" * 20, 5)
    world.node.mine(3)
    wait_until(lambda: _is_blind(world), "tilld notices", 90)
    world.shop.stays(invoice, "created")
    assert not world.facts(invoice)


def test_a_changed_amount_in_a_block_is_not_believed(stage):
    world = EvmWorld(stage, hide=())
    invoice = world.create(10, "ETH")

    def multiply(method, _, result):
        if method in ("eth_getBlockByHash", "eth_getBlockByNumber") and result and result["transactions"]:
            return {**result, "transactions": [_dearer(one) for one in result["transactions"]]}
        return result

    world.tilld.wait_for_height(world.node)
    world.proxy.change = multiply
    world.node.send(invoice.address, 1)
    world.node.mine(2)
    wait_until(lambda: _is_blind(world), "tilld notices", 90)
    world.shop.stays(invoice, "created")
    # Of what waits to be mined nobody can prove anything: it is seen, and no more.
    assert all(one["state"] == "seen" for one in world.tilld.invoice(invoice.uuid)["payments"])


def _dearer(transaction):
    return {**transaction, "value": hex(10**19)} if isinstance(transaction, dict) else transaction


def test_a_provider_whose_nodes_differ_by_a_block_undoes_nothing(stage):
    world = EvmWorld(stage, hide=())
    invoice = world.create()
    turns = itertools.count()

    def lag(method, parameters, result):
        if method == "eth_blockNumber":
            return hex(int(result, 16) - next(turns) % 2)
        if method == "eth_getBlockByNumber" and parameters[0] == "latest" and next(turns) % 2:
            return EvmRpc(world.node.port).eth_getBlockByHash(result["parentHash"], parameters[1])
        return result

    world.proxy.change = lag
    world.pay(invoice)
    for _ in range(5):
        world.node.mine()
        time.sleep(0.3)
    world.expect_paid(invoice)
    world.shop.stays(invoice, "paid")
    assert not world.flags(invoice)
    world.expect_announced_once(invoice)


@on("in reverse order", "twice", "one is missing", "others' ids")
def test_the_answers_of_a_batch_are_told_apart(stage, how):
    world = EvmWorld(stage, hide=())
    token, coin = world.create(), world.create(10, "ETH")
    world.tilld.wait_for_height(world.node)
    world.proxy.reorder = {
        "in reverse order": lambda answers: answers[::-1],
        "twice": lambda answers: answers + answers,
        "one is missing": lambda answers: answers[:-1],
        "others' ids": lambda answers: [{**one, "id": 4711} for one in answers],
    }[how]
    world.pay(token)
    world.pay(coin, asset="ETH")
    world.node.mine(2)
    if how != "in reverse order":
        time.sleep(1)
        world.proxy.reorder = None
    world.expect_paid(token)
    world.expect_paid(coin)
    world.expect_announced_once(token, coin)


def _calls_for_blocks(world, blocks):
    """What the node was asked besides where its head is, which goes by the clock."""
    world.tilld.wait_for_height(world.node)
    world.proxy.forget_calls()
    for _ in range(blocks):
        world.usdt.pay("0x" + "77" * 20, 5)
        world.node.mine()
        world.tilld.wait_for_height(world.node)
    return {name: count for name, count in world.proxy.calls.items() if name not in BY_THE_CLOCK and " " not in name}


@limit(600)
def test_requests_per_block_do_not_grow_with_open_invoices(stage):
    world = EvmWorld(stage, hide=())
    asked = []
    for open_invoices in (10, 100_000 if stage.long else 500):
        while world.made < open_invoices:
            world.create(10, "ETH" if world.made % 2 else "USDT_ERC20")
        asked.append(_calls_for_blocks(world, 10))
    assert max(one.pop("eth_getBalance", 0) for one in asked) <= 11 * BALANCES_MAX, asked
    # A look at our own tip goes by the clock as well.
    assert max(one.pop("eth_getBlockByNumber", 0) for one in asked) <= 200, asked
    assert asked[0] == asked[1] and asked[0][RECEIPTS] == 10, asked
