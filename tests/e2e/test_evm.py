# SPDX-License-Identifier: MIT
"""Payments on an EVM node: tokens by their logs, native coin by transactions and by contracts, and all that only looks
like money."""

import json
import os
import subprocess
import time
from decimal import Decimal

from support.anvil import WEI, Anvil
from support.evm_abi import TRANSFER_TOPIC, topic_of, word_of
from support.marks import limit, on, waits
from support.stage import REPOSITORY, wait_until
from support.tilld import evm_chain_of
from support.token_world import EvmWorld, units_of
from support.wire import Wire

PAY_IN_ALL_TYPES = os.path.join(REPOSITORY, "tests", "e2e", "evm", "pay_in_all_types.mjs")
STRANGER = "0x0000000000000000000000000000000000000b0b"
NO_TRACES = ("debug_traceBlockByHash", "debug_traceBlockByNumber", "debug_traceTransaction", "trace_block", "trace_transaction")
ASSETS = ("USDT_ERC20", "USDC_ERC20", "TUSD_ERC20", "ETH")


# ---- the ordinary


def test_tokens_and_ether_are_paid_and_announced(stage):
    world = EvmWorld(stage)
    invoices = {asset: world.create("12.34", asset, order_id=asset) for asset in ASSETS}
    sent = {asset: world.pay(invoice, asset=asset) for asset, invoice in invoices.items()}
    for invoice in invoices.values():
        world.index(invoice)
    world.expect_unpaid(*invoices.values())
    world.node.mine()
    for asset, invoice in invoices.items():
        seen = world.expect_paid(invoice)
        assert seen["tx_list"] == [sent[asset]] and seen["order_id"] == asset, seen
        shown = world.tilld.till("invoice", "show", invoice.id)
        assert [payment["txid"] for payment in shown["payments"]] == [sent[asset]], shown
        assert Decimal(seen["amount_paid"]) == invoice.amount, seen
    world.expect_announced_once(*invoices.values())
    with Wire(world.tilld.port) as wire:
        for invoice in invoices.values():
            page = wire.call("GET", f"/{invoice.id}")
            assert page.status == 200 and "paid" in page.text.lower(), page
        open_invoice = world.create(10, "USDT_ERC20")
        assert open_invoice.address in wire.call("GET", f"/{open_invoice.id}").text


def test_an_evm_payment_waits_for_its_confirmations(stage):
    world = EvmWorld(stage, confirmations=3)
    invoice = world.create()
    world.pay(invoice)
    world.node.mine(2)
    world.expect_unpaid(invoice)
    world.node.mine()
    world.expect_paid(invoice)


@on("safe", "finalized")
def test_an_evm_payment_waits_for_the_finality_that_was_asked(stage, tag):
    world = EvmWorld(stage, confirmations=tag, slots=2)
    invoice = world.create()
    world.pay(invoice)
    world.node.mine()
    height = world.node.height()
    while int(world.node.block(tag)["number"], 16) < height - 1:
        world.node.mine()
    world.expect_unpaid(invoice)
    world.node.mine()
    assert int(world.node.block(tag)["number"], 16) == height
    world.expect_paid(invoice)


def test_parts_and_too_much_of_a_token_are_added_up(stage):
    world = EvmWorld(stage)
    short, over = world.create(10), world.create(10, "TUSD_ERC20")
    world.pay(short, short.amount - Decimal("0.5"))
    world.pay(over, over.amount + 1, "TUSD_ERC20")
    world.node.mine()
    assert Decimal(world.shop.wait_status(short, "partial")["to_surcharge"]) == Decimal("0.5")
    world.expect_paid(over, "overpaid")
    world.pay(short, Decimal("0.5"))
    world.node.mine()
    world.expect_paid(short)
    world.expect_announced_once(short)


def test_a_pending_payment_that_is_replaced_is_forgotten(stage):
    world = EvmWorld(stage)
    invoice = world.create(10, "ETH")
    sent = world.pay(invoice, asset="ETH")
    wait_until(lambda: "seen" in world.flags(invoice), "the payment is seen")
    world.node.replace(sent, STRANGER, WEI)
    wait_until(lambda: "seen" not in world.flags(invoice), "the replaced payment is forgotten")
    world.node.mine(2)
    world.expect_unpaid(invoice)


def test_ether_counts_by_whatever_type_of_transaction_it_comes(stage):
    world = EvmWorld(stage)
    invoice = world.create(10, "ETH")
    quarter = units_of("ETH", invoice.amount) // 4
    paid = subprocess.run(
        ["node", PAY_IN_ALL_TYPES, world.node.url, invoice.address, str(quarter)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert paid.returncode == 0, paid.stderr
    world.node.mine()
    seen = world.expect_paid(invoice)
    assert sorted(json.loads(paid.stdout).values()) == sorted(seen["tx_list"]), seen


def test_networks_of_one_kind_share_an_account_and_never_an_address(stage):
    world = EvmWorld(stage)
    bsc = stage.enter(Anvil(stage, "bsc", chain_id=5656))
    token = bsc.deploy("Tusd")  # 18 decimals, as Tether has there
    world.follow_also(evm_chain_of(bsc, {"USDT_BSC": (token.address, 18)}))
    world.shop.add_xpub(world.account.xpub(is_test=True), "bsc")
    assets = ["ETH", "BNB", "USDT_ERC20", "USDT_BSC"]
    invoices = [world.create(10, asset) for asset in assets * 2]
    addresses = [invoice.address for invoice in invoices]
    assert len(set(addresses)) == len(addresses), addresses
    assert set(addresses) <= {world.account.address(index) for index in range(40)}, addresses
    eth, bnb, usdt, usdt_bsc = invoices[:4]
    # The right sum on the wrong network pays nothing.
    bsc.send(eth.address, units_of("ETH", eth.amount))
    bsc.mine()
    world.expect_unpaid(eth)
    world.pay(eth, asset="ETH")
    world.pay(usdt)
    bsc.send(bnb.address, units_of("ETH", bnb.amount))
    token.pay(usdt_bsc.address, units_of("TUSD", usdt_bsc.amount))
    bsc.mine()
    world.node.mine()
    for invoice in (eth, bnb, usdt, usdt_bsc):
        world.expect_paid(invoice)
    world.expect_announced_once(eth, bnb, usdt, usdt_bsc)


# ---- what a log says


def test_what_arrived_counts_when_a_token_takes_a_fee(stage):
    world = EvmWorld(stage)
    invoice = world.create(100)
    world.usdt.send("setParams(uint256,uint256)", 10, 1_000_000)
    world.pay(invoice)
    world.node.mine()
    seen = world.shop.wait_status(invoice, "partial")
    assert Decimal(seen["amount_paid"]) == invoice.amount * Decimal("0.999"), seen
    assert len(world.facts(invoice)) == 1


def test_identical_transfers_of_one_transaction_all_count(stage):
    world = EvmWorld(stage)
    payer = world.node.deploy("Payer")
    world.usdt.pay(payer.address, 10**9)
    invoice = world.create(10)
    half = units_of("USDT_ERC20", invoice.amount) // 2
    payer.send("repeatTransfer(address,address,uint256,uint256)", world.usdt.address, invoice.address, half, 2)
    world.node.mine()
    world.expect_paid(invoice)
    world.expect_announced_once(invoice)
    assert [one["ordinal"] for one in world.tilld.invoice(invoice.uuid)["payments"]] == [0, 1]


def test_dust_is_added_up_and_announced_to_nobody(stage):
    world = EvmWorld(stage)
    payer = world.node.deploy("Payer")
    world.usdt.pay(payer.address, 10**9)
    invoice = world.create(10)
    payer.send("repeatTransfer(address,address,uint256,uint256)", world.usdt.address, invoice.address, 1, 200, gas=hex(10**7))
    world.node.mine()
    seen = world.shop.wait_status(invoice, "partial")
    assert Decimal(seen["amount_paid"]) == Decimal("0.0002"), seen
    world.expect_unpaid(invoice, status="partial")
    world.pay(invoice)
    world.node.mine()
    world.expect_paid(invoice, "overpaid")
    world.expect_announced_once(invoice)


def test_one_transaction_pays_many_invoices_in_tokens(stage):
    world = EvmWorld(stage)
    payer = world.node.deploy("Payer")
    world.usdt.pay(payer.address, 10**9)
    invoices = [world.create(amount) for amount in (10, 20, 30)]
    to = [STRANGER, *(invoice.address for invoice in invoices)]
    units = [5, *(units_of("USDT_ERC20", invoice.amount) for invoice in invoices)]
    payer.send("transferMany(address,address[],uint256[])", world.usdt.address, to, units)
    world.node.mine()
    for invoice in invoices:
        world.expect_paid(invoice)
    world.expect_announced_once(*invoices)


def test_nothing_that_only_looks_like_a_token_counts(stage):
    world = EvmWorld(stage)
    fake, item = world.node.deploy("FakeUsdt"), world.node.deploy("Collectible")
    payer = world.node.deploy("Payer")
    world.usdt.pay(payer.address, 10**9)
    invoice = world.create(10)
    units = units_of("USDT_ERC20", invoice.amount)
    to = topic_of(invoice.address)
    fake.pay(invoice.address, units)
    fake.send("emitTransfer(address,address,uint256)", world.usdt.address, invoice.address, 2**256 - 1)
    for topics in ([], [TRANSFER_TOPIC], [TRANSFER_TOPIC, to], [TRANSFER_TOPIC, to, to, to]):
        fake.send("emitRaw(bytes32[],bytes)", topics, word_of(units))
    for size in (0, 31, 33, 64):
        fake.send("emitRaw(bytes32[],bytes)", [TRANSFER_TOPIC, to, to], bytes(size))
    item.send("mint(address,uint256)", invoice.address, units)
    world.usdt.send("transferFrom(address,address,uint256)", STRANGER, invoice.address, 0, sender=1)
    world.usdt.send("transfer(address,uint256)", invoice.address, units, sender=2)  # fails: that sender has none
    world.usdt.send("approve(address,uint256)", invoice.address, units)
    payer.send(
        "transferInsideRevert(address,address,uint256)", world.usdt.address, invoice.address, units
    )
    world.node.mine()
    world.expect_unpaid(invoice)
    assert not world.facts(invoice) and not world.flags(invoice)
    world.pay(invoice)
    world.node.mine()
    world.expect_paid(invoice)


def test_a_pinned_contract_that_misspells_its_log_is_not_believed(stage):
    # The token itself is the fake: whatever it says in another form than Transfer's is no payment.
    world = EvmWorld(stage)
    world.tilld.stop()
    fake = world.node.deploy("FakeUsdt")
    world.follow(USDT_ERC20=(fake.address, 6))
    world.tilld.start()
    world.accept("USDT_ERC20")
    invoice = world.create(10)
    units = units_of("USDT_ERC20", invoice.amount)
    to = topic_of(invoice.address)
    dirty = "0x" + "ff" * 12 + invoice.address[2:].lower()
    for topics in ([TRANSFER_TOPIC], [TRANSFER_TOPIC, to], [TRANSFER_TOPIC, to, to, to], [TRANSFER_TOPIC, to, dirty]):
        fake.send("emitRaw(bytes32[],bytes)", topics, word_of(units))
    for data in (b"", bytes(31), word_of(units) + b"\1", word_of(units) * 2, word_of(2**256 - 1)):
        fake.send("emitRaw(bytes32[],bytes)", [TRANSFER_TOPIC, to, to], data)
    world.node.mine()
    world.expect_unpaid(invoice)
    fake.pay(invoice.address, units)
    world.node.mine()
    world.expect_paid(invoice)


def test_money_made_by_the_issuer_counts_and_money_he_destroys_stays_counted(stage):
    world = EvmWorld(stage)
    minted, kept = world.create(10, "USDC_ERC20"), world.create(10)
    world.tokens["USDC"].send("mint(address,uint256)", minted.address, units_of("USDC_ERC20", minted.amount))
    world.pay(kept)
    world.node.mine()
    world.expect_paid(minted)
    world.expect_paid(kept)
    world.usdt.send("setBlackListed(address,bool)", kept.address, True)
    world.usdt.send("destroyBlackFunds(address)", kept.address)
    world.node.mine(3)
    world.tilld.wait_for_height(world.node)
    assert world.usdt.balance(kept.address) == 0
    world.shop.stays(kept, "paid")


def test_another_token_or_coin_at_an_invoices_address_is_shown_and_does_not_pay(stage):
    world = EvmWorld(stage)
    invoice = world.create(10)
    world.pay(invoice, 10, "USDC_ERC20")
    world.pay(invoice, 1, "ETH")
    world.node.mine()
    world.expect_unpaid(invoice)
    wait_until(lambda: sorted(world.foreign(invoice)) == [(Decimal(1), "ETH"), (Decimal(10), "USDC_ERC20")], "it is shown")
    assert list(world.events(invoice)) == ["payment_foreign"] * 2, world.events(invoice)
    with Wire(world.tilld.port) as wire:
        assert "USDC" in wire.call("GET", f"/{invoice.id}").text
    world.pay(invoice)
    world.node.mine()
    world.expect_paid(invoice)


# ---- native coin


def test_failed_transactions_pay_nobody_and_addresses_with_code_are_paid(stage):
    world = EvmWorld(stage)
    invoice = world.create(10, "ETH")
    world.node.rpc.anvil_setCode(invoice.address, "0x60006000fd")
    failed = world.pay(invoice, asset="ETH")
    world.node.mine()
    assert world.node.receipt(failed)["status"] == "0x0"
    world.expect_unpaid(invoice)
    world.node.rpc.anvil_setCode(invoice.address, "0x00")
    world.pay(invoice, asset="ETH")
    world.node.mine()
    world.expect_paid(invoice)


def _pay_by_contracts(world):
    """{invoice: how often it is paid} of ether that contracts send, and the invoice that gets none."""
    payer = world.node.deploy("Payer")
    world.node.send(payer.address, 10**20)
    paid = {}

    def send(signature, arguments_of, times=1, own=False):
        """`own`: out of what the contract has already, so that the transaction itself moves nothing."""
        invoice = world.create(10, "ETH")
        wei = units_of("ETH", invoice.amount)
        payer.send(signature, *arguments_of(invoice.address, wei // times), wei=0 if own else wei)
        paid[invoice] = times

    send("payMany(address[],uint256[])", lambda to, wei: ([STRANGER, to], [0, wei]))
    send("payMany(address[],uint256[])", lambda to, wei: ([to, STRANGER, to], [wei, 0, wei]), times=2)
    send("payMany(address[],uint256[])", lambda to, wei: ([to, to], [wei, wei]), times=2, own=True)
    send("payDeep(address,uint256,uint256)", lambda to, wei: (to, wei, 6))
    send("payInsideRevertAndOutside(address,uint256)", lambda to, wei: (to, wei))
    send("payByConstructor(address)", lambda to, wei: (to,))
    send("payBySelfdestruct(address)", lambda to, wei: (to,))
    unpaid = world.create(10, "ETH")
    wei = units_of("ETH", unpaid.amount)
    payer.send("payInsideRevert(address,uint256)", unpaid.address, wei, wei=wei)
    world.node.mine()
    return paid, unpaid


@on("debug_traceBlockByHash", "trace_block", "trace_block, and no receipts of blocks")
def test_ether_that_contracts_send_is_found_in_traces(stage, way):
    way, _, poor = way.partition(",")
    world = EvmWorld(stage, hide=[one for one in NO_TRACES if one != way] + ["eth_getBlockReceipts"] * bool(poor))
    paid, unpaid = _pay_by_contracts(world)
    for invoice, times in paid.items():
        seen = world.expect_paid(invoice)
        assert Decimal(seen["amount_paid"]) == invoice.amount, seen
        payments = world.tilld.invoice(invoice.uuid)["payments"]
        assert len(payments) == len({one["ordinal"] for one in payments}) == times, payments
    world.expect_unpaid(unpaid)
    assert not world.facts(unpaid)
    assert not any(world.unattributed(invoice) for invoice in (*paid, unpaid))
    world.expect_announced_once(*paid)


def test_rewards_and_withdrawals_are_noticed_where_traces_are_served(stage):
    """No transaction brings them, so no trace lists them. anvil pays rewards; a balance that is set stands for a withdrawal."""
    world = EvmWorld(stage)
    paid, unpaid = _pay_by_contracts(world)
    rewarded, withdrawn = world.create(10, "ETH"), world.create(10, "ETH")
    world.node.rpc.anvil_setCoinbase(rewarded.address)
    world.node.rpc.anvil_setBalance(withdrawn.address, hex(units_of("ETH", withdrawn.amount)))
    world.usdt.pay(STRANGER, 1)
    world.node.mine()
    assert world.node.balance(rewarded.address) > 0
    for invoice in (rewarded, withdrawn):
        wait_until(lambda: world.unattributed(invoice), f"money at the address of {invoice} is noticed")
    for invoice in paid:
        world.expect_paid(invoice)
    world.expect_unpaid(rewarded, withdrawn, unpaid)
    assert not world.facts(rewarded) and not world.facts(withdrawn)
    assert not any(world.unattributed(invoice) for invoice in (*paid, unpaid))


def test_without_traces_ether_that_contracts_send_is_noticed_and_not_attributed(stage):
    world = EvmWorld(stage, hide=NO_TRACES)
    plain = world.create(10, "ETH")
    world.pay(plain, asset="ETH")
    paid, unpaid = _pay_by_contracts(world)
    rewarded = world.create(10, "ETH")
    world.node.rpc.anvil_setCoinbase(rewarded.address)
    world.usdt.pay(STRANGER, 1)
    world.node.mine()
    assert world.node.balance(rewarded.address) > 0
    world.expect_paid(plain)
    for invoice in (*paid, rewarded):
        wait_until(lambda: world.unattributed(invoice), f"money at the address of {invoice} is noticed")
    world.expect_unpaid(*paid, unpaid)
    assert not world.unattributed(unpaid) and not world.unattributed(plain)
    first = next(iter(paid))
    world.tilld.till("invoice", "confirm", first.uuid, "--reason", "the exchange says so")
    world.expect_paid(first)


@waits
@limit(600)
def test_a_node_that_fails_to_trace_holds_nothing_up_for_long(stage):
    """Tokens and plain ether are paid after two minutes of tries; what contracts sent is told, and noticed by balances."""
    world = EvmWorld(stage, hide=())
    world.proxy.refuse = lambda method, _: {"code": -32002, "message": "request timed out"} if method in NO_TRACES else None
    token, plain = world.create(), world.create(10, "ETH")
    paid, unpaid = _pay_by_contracts(world)
    world.pay(token)
    world.pay(plain, asset="ETH")
    world.node.mine()
    wait_until(lambda: world.tilld.chain("eth").get("height") == world.node.height(), "the node is given up", 300)
    given_up = time.monotonic()
    for invoice in (token, plain):
        world.expect_paid(invoice)
    alarms = [one["detail"] for one in world.tilld.till("doctor")["checks"] if one["what"] == "contracts_unseen eth"]
    assert len(alarms) == 1 and "the node did not trace them" in alarms[0], alarms
    world.proxy.forget_calls()
    world.usdt.pay(STRANGER, 1)
    world.node.mine(3)
    world.tilld.wait_for_height(world.node)
    is_left_alone = not world.proxy.calls["debug_traceBlockByHash"]
    assert is_left_alone or time.monotonic() - given_up > 50, "it is left alone for a minute"
    for invoice in paid:
        wait_until(lambda: world.unattributed(invoice), f"money at the address of {invoice} is noticed")
    world.expect_unpaid(*paid, unpaid)


def _blocks_without_traces(world):
    return [one["detail"] for one in world.tilld.till("doctor")["checks"] if one["what"] == "contracts_unseen eth"]


def test_what_contracts_paid_in_untraced_blocks_is_found_when_they_are_read_again(stage):
    """The node traces nothing for a while, is put right, and is started again in between, as is Till."""
    world = EvmWorld(stage, hide=())
    first = world.node.height() + 1
    world.proxy.refuse = lambda method, _: {"code": -32000, "message": "its state is gone"} if method in NO_TRACES else None
    plain = world.create(10, "ETH")
    paid, unpaid = _pay_by_contracts(world)
    world.pay(plain, asset="ETH")
    world.node.mine()
    world.expect_paid(plain)
    world.expect_unpaid(*paid, unpaid)
    wait_until(lambda: len(_blocks_without_traces(world)) == 1, "it is told")
    world.tilld.wait_delivered()
    world.tilld.kill()
    world.tilld.start()
    world.proxy.refuse = None
    assert len(_blocks_without_traces(world)) == 1, "the alarm survives a restart"
    read = world.tilld.till("chain", "rescan", "eth", "--from", str(first))
    assert read["next"] is None and read["payments_found"] == sum(paid.values()), read
    assert read["payments_known"] == 1 and read["blocks_untraced"] == 0, read
    wait_until(lambda: not _blocks_without_traces(world), "it is over")
    world.node.mine()
    for invoice in paid:
        seen = world.expect_paid(invoice)
        assert Decimal(seen["amount_paid"]) == invoice.amount, seen
    again = world.tilld.till("chain", "rescan", "eth", "--from", str(first))
    assert again["payments_found"] == 0 and again["payments_known"] == read["payments_found"] + 1, again
    world.node.mine()
    world.expect_unpaid(unpaid)
    world.expect_announced_once(plain, *paid)
