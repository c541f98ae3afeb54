# SPDX-License-Identifier: MIT
"""Payments on Tron, through the double of java-tron: only what is solidified and went well counts, and an API that is
out of order decides nothing."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from support.java_tron import SOLID_LAG, to_base58, to_hex
from support.evm_abi import TRANSFER_TOPIC, topic_of, word_of
from support.stage import wait_until
from support.token_world import TronWorld, units_of
from support.wire import Wire

BALANCES_MAX = 100  # addresses that are looked at after each block
STRANGER = to_base58("0x" + "0b" * 20)
ASSETS = ("USDT_TRC20", "USDC_TRC20", "TUSD_TRC20", "TRX")


def _solidify(world, *sent):
    """What was sent is mined and becomes final. Tron's ids of it."""
    world.node.mine()
    world.node.solidify()
    return [world.node.txid(one) for one in sent]


def _is_blind(world):
    return world.tilld.chain("tron")["state"] == "blind"


def test_tokens_and_trx_are_paid_once_they_are_solidified(stage):
    world = TronWorld(stage)
    invoices = {asset: world.create("12.34", asset, order_id=asset) for asset in ASSETS}
    for invoice in invoices.values():
        world.index(invoice)
    sent = {asset: world.pay(invoice, asset=asset) for asset, invoice in invoices.items()}
    world.node.mine(SOLID_LAG)
    world.expect_unpaid(*invoices.values())
    world.node.mine()
    for asset, invoice in invoices.items():
        seen = world.expect_paid(invoice)
        assert seen["tx_list"] == [world.node.txid(sent[asset])] and seen["order_id"] == asset, seen
        assert Decimal(seen["amount_paid"]) == invoice.amount, seen
    world.expect_announced_once(*invoices.values())
    with Wire(world.tilld.port) as wire:
        for invoice in invoices.values():
            assert "paid" in wire.call("GET", f"/{invoice.id}").text.lower()
        open_invoice = world.create(10)
        assert open_invoice.address in wire.call("GET", f"/{open_invoice.id}").text


def test_a_payment_at_the_head_is_seen_and_gone_after_a_fork(stage):
    world = TronWorld(stage)
    invoice = world.create()
    sent = world.pay(invoice)
    world.node.mine(3)
    wait_until(lambda: "seen" in world.flags(invoice), "the payment is seen")
    raw = world.node.anvil.raw(sent)
    world.node.fork(3)
    wait_until(lambda: "seen" not in world.flags(invoice), "the payment is forgotten", 90)
    world.node.solidify()
    world.expect_unpaid(invoice)
    world.node.anvil.rpc.eth_sendRawTransaction(raw)
    _solidify(world)
    world.expect_paid(invoice)
    world.expect_announced_once(invoice)


def test_what_failed_on_tron_pays_nobody(stage):
    world = TronWorld(stage)
    token, coin = world.create(10), world.create(10, "TRX")
    to, units = to_hex(token.address), units_of("USDT_TRC20", token.amount)
    world.usdt.send("transfer(address,uint256)", to, units, sender=1)  # that sender has none
    world.usdt.send("transfer(address,uint256)", to, units, gas=hex(30_000))
    late, refused = world.pay(token), world.pay(coin, asset="TRX")
    world.node.set(contract_ret={late: "OUT_OF_TIME", refused: "UNKNOWN"})
    _solidify(world)
    world.expect_unpaid(token, coin)
    assert not world.facts(token) and not world.facts(coin)
    world.pay(token)
    world.pay(coin, asset="TRX")
    _solidify(world)
    world.expect_paid(token)
    world.expect_paid(coin)


def test_nothing_that_only_looks_like_a_token_of_tron_counts(stage):
    world = TronWorld(stage)
    fake, item = world.node.deploy("FakeUsdt"), world.node.deploy("Collectible")
    invoice = world.create(10)
    to, units = to_hex(invoice.address), units_of("USDT_TRC20", invoice.amount)
    fake.pay(to, units)
    fake.send("emitTransfer(address,address,uint256)", world.usdt.address, to, units)
    for topics in ([TRANSFER_TOPIC], [TRANSFER_TOPIC, topic_of(to)], [TRANSFER_TOPIC] + 3 * [topic_of(to)]):
        fake.send("emitRaw(bytes32[],bytes)", topics, word_of(units))
    item.send("mint(address,uint256)", to, units)
    world.usdt.send("transferFrom(address,address,uint256)", to_hex(STRANGER), to, 0, sender=1)
    world.node.pay_asset(invoice.address, units, "USDT")
    _solidify(world)
    world.expect_unpaid(invoice)
    assert not world.facts(invoice) and not world.flags(invoice), (world.facts(invoice), world.flags(invoice))
    world.pay(invoice)
    _solidify(world)
    world.expect_paid(invoice)


def test_trx_and_another_token_at_an_invoices_address_are_shown_and_do_not_pay(stage):
    world = TronWorld(stage)
    invoice = world.create(10)
    world.pay(invoice, 40, "TRX")
    world.pay(invoice, 10, "USDC_TRC20")
    _solidify(world)
    world.expect_unpaid(invoice)
    wait_until(lambda: sorted(world.foreign(invoice)) == [(Decimal(10), "USDC_TRC20"), (Decimal(40), "TRX")], "it is shown")


def test_identical_transfers_and_batches_of_tron_all_count(stage):
    world = TronWorld(stage)
    payer = world.node.deploy("Payer")
    world.usdt.pay(payer.address, 10**9)
    twice, first, second = world.create(10), world.create(20), world.create(30)
    half = units_of("USDT_TRC20", twice.amount) // 2
    address, usdt = to_hex(twice.address), world.usdt.address
    payer.send("repeatTransfer(address,address,uint256,uint256)", usdt, address, half, 2)
    units = [units_of("USDT_TRC20", one.amount) for one in (first, second)]
    payer.send("transferMany(address,address[],uint256[])", usdt, [to_hex(first.address), to_hex(second.address)], units)
    _solidify(world)
    for invoice in (twice, first, second):
        world.expect_paid(invoice)
    world.expect_announced_once(twice, first, second)
    assert [one["ordinal"] for one in world.tilld.invoice(twice.uuid)["payments"]] == [0, 1]


# ---- the API out of order

FAULTS = {
    "429": {"kind": "status", "status": 429},
    "403": {"kind": "status", "status": 403},
    "503": {"kind": "status", "status": 503},
    "Error": {"kind": "error"},
    "a challenge page": {"kind": "html"},
    "half answers": {"kind": "cut"},
}


def test_an_api_that_is_out_of_order_changes_no_status(stage):
    world = TronWorld(stage)
    invoices = []
    for fault in FAULTS.values():
        invoice = world.create()
        invoices.append(invoice)
        world.node.fail({"on": "/", **fault})
        world.pay(invoice)
        world.node.mine()
        world.node.solidify()
        wait_until(lambda: _is_blind(world), f"tilld knows that it sees nothing: {fault}", 90)
        assert world.shop.status(invoice) == "created"
        world.node.fail()
        world.expect_paid(invoice)
    world.expect_announced_once(*invoices)


EMPTY = {
    "receipts": ("gettransactioninfobyblocknum",),
    "receipts and logs": ("gettransactioninfobyblocknum", "eth_getLogs"),
    "blocks": ("getblockby",),
    "logs": ("eth_getLogs",),  # the receipts show what they should have shown
}


def test_nothing_where_something_must_be_is_no_answer(stage):
    world = TronWorld(stage)
    invoices = []
    for what, names in EMPTY.items():
        token, coin = world.create(), world.create(10, "TRX")
        invoices += [token, coin]
        world.tilld.wait_for_height(world.node)
        world.node.fail(*({"on": name, "kind": "empty"} for name in names))
        world.pay(token)
        world.pay(coin, asset="TRX")
        world.node.mine(3)
        world.node.solidify()
        if what != "logs":
            world.shop.stays(token, "created", 2)
        world.node.fail()
        world.expect_paid(token)
        world.expect_paid(coin)
    world.expect_announced_once(*invoices)


def test_a_solidified_head_that_stands_still_or_goes_back_undoes_nothing(stage):
    world = TronWorld(stage)
    paid, waiting = world.create(10), world.create(20)
    world.pay(paid)
    _solidify(world)
    world.expect_paid(paid)
    stalled = world.node.height()
    world.node.set(solid_number=stalled)
    world.pay(waiting)
    world.node.mine(60)
    world.shop.stays(waiting, "created")
    world.node.set(solid_number=stalled - 5)
    world.shop.stays(paid, "paid", 3)
    assert not [flag for flag in world.flags(paid) if flag == "dispute"]
    world.node.set(solid_number=None)
    world.expect_paid(waiting)
    world.expect_announced_once(paid)


def test_a_tron_node_without_its_json_rpc_is_good_enough(stage):
    world = TronWorld(stage, json_rpc=False)
    token, coin = world.create(), world.create(10, "TRX")
    world.pay(token)
    world.pay(coin, asset="TRX")
    _solidify(world)
    world.expect_paid(token)
    world.expect_paid(coin)


def test_a_second_tron_node_stands_in_for_the_first(stage):
    world = TronWorld(stage, providers=2)
    first, second = world.nodes
    invoices = [world.create(), world.create(10, "TRX")]
    first.fail({"on": "/", "kind": "status", "status": 429})
    world.pay(invoices[0])
    _solidify(world)
    world.expect_paid(invoices[0])
    first.fail()
    second.set(solid_lag=SOLID_LAG + 5)  # it is behind, so that its head is below what the first one told
    second.fail({"on": "/", "kind": "html"})
    world.pay(invoices[1], asset="TRX")
    _solidify(world)
    world.expect_paid(invoices[1])
    second.fail()
    first.fail({"on": "/", "kind": "error"})
    world.node.mine()
    world.shop.stays(invoices[1], "paid", 2)
    assert not world.flags(invoices[0]) and not world.flags(invoices[1])
    world.expect_announced_once(*invoices)


def test_a_tron_node_that_knows_no_finalized_tag_is_good_enough(stage):
    world = TronWorld(stage, finalized_tag=False)
    invoice = world.create()
    world.pay(invoice)
    world.node.mine(SOLID_LAG)
    world.expect_unpaid(invoice)
    world.node.mine()
    world.expect_paid(invoice)


def test_a_long_absence_from_tron_is_caught_up_within_the_nodes_limits(stage):
    world = TronWorld(stage, blocks_max=50)
    invoices = [world.create(10), world.create(10, "TRX")]
    world.tilld.stop()
    world.pay(invoices[0])
    world.node.mine(300)
    world.pay(invoices[1], asset="TRX")
    world.node.mine(300)
    world.tilld.start()
    for invoice in invoices:
        world.expect_paid(invoice)
    world.expect_announced_once(*invoices)


def test_a_providers_key_is_sent(stage):
    world = TronWorld(stage, api_key="11111111-2222-3333-4444-555555555555")
    invoice = world.create()
    world.pay(invoice)
    _solidify(world)
    world.expect_paid(invoice)
    with open(world.tilld.log, encoding="utf-8") as file:
        assert "2222-3333" not in file.read()


def test_times_in_seconds_where_milliseconds_are_due_are_understood(stage):
    world = TronWorld(stage, timestamp_divisor=1000)
    invoice = world.create()
    world.pay(invoice)
    _solidify(world)
    world.expect_paid(invoice)
    block_time = datetime.fromisoformat(world.tilld.invoice(invoice.uuid)["payments"][0]["block_time"])
    assert abs(block_time - datetime.now(timezone.utc)) < timedelta(hours=1), block_time


def _calls_for_blocks(world, blocks):
    """What the node was asked besides where its heads are, which goes by the clock."""
    world.tilld.wait_for_height(world.node)
    world.node.forget_calls()
    for _ in range(blocks):
        world.usdt.pay(to_hex(STRANGER), 5)
        world.node.mine()
        world.tilld.wait_for_height(world.node)
    return {name: count for name, count in world.node.calls().items() if "getnowblock" not in name}


def test_requests_per_block_of_tron_do_not_grow_with_open_invoices(stage):
    world = TronWorld(stage)
    asked = []
    for open_invoices in (10, 500):
        while world.made < open_invoices:
            world.create(10, "TRX" if world.made % 2 else "USDT_TRC20")
        asked.append(_calls_for_blocks(world, 10))
    assert max(one.pop("/walletsolidity/getaccount", 0) for one in asked) <= 11 * BALANCES_MAX, asked
    for one in asked:
        assert one["eth_getLogs"] <= 10 and sum(one.values()) <= 50, asked
