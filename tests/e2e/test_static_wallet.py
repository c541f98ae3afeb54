# SPDX-License-Identifier: MIT
"""Static wallets: each payment into a customer's address is an invoice and one postback, through reorgs, too."""

from decimal import Decimal

from support.marks import on
from support.shop import Shop
from support.stage import wait_until
from support.tilld import Tilld
from support.world import World

CUSTOMER = "customer-7"


class Receipt:
    """An invoice that nobody created: tilld made it for a payment."""

    def __init__(self, row):
        self.uuid = row["invoice_id"]
        self.id = self.uuid.removeprefix("INV-")

    def __repr__(self):
        return self.uuid


def _address(world):
    body = {"shop_id": world.shop.id, "currency": world.node.asset, "identify": CUSTOMER}
    return world.shop.api.call("/v2/invoice/static/create", body)["address"]


def _receipts(world, count):
    """So many there are, and stay; by what was received."""

    def rows():
        return world.tilld.till("invoice", "list")["invoices"]

    wait_until(lambda: len(rows()) == count, f"there are {count} receipts")
    found = [Receipt(row) for row in rows()]
    return {Decimal(world.shop.read(one)["amount"]): one for one in found}


def _expect_credited(world, receipt, amount, address):
    seen = world.shop.wait_status(receipt, "paid")
    assert Decimal(seen["received"]) == amount and seen["order_id"] == CUSTOMER, seen
    assert seen["address"] == address and seen["invoice_status"] == "success", seen
    info = world.receiver.wait_for(receipt).check(world.shop, receipt)
    assert Decimal(info["received"]) == amount, info
    assert world.receiver.postbacks(receipt)[-1].fields["order_id"] == CUSTOMER


@on("ltc", "btc")
def test_two_payments_into_a_static_wallet_in_one_transaction_are_two_receipts(stage, profile):
    world = World(stage, profile)
    address = _address(world)
    assert address == _address(world)
    amounts = [Decimal("0.01"), Decimal("0.0025")]
    payment = world.node.pay_outputs([(address, amount) for amount in amounts])
    world.tilld.wait_for_height(world.node)
    assert not world.tilld.till("invoice", "list")["invoices"], "what is only in the mempool is no receipt"
    world.node.mine()
    receipts = _receipts(world, 2)
    for amount in amounts:
        _expect_credited(world, receipts[amount], amount, address)
        assert world.shop.read(receipts[amount])["tx_list"] == [payment.txid]
        world.expect_announced_once(receipts[amount])
    told = str(world.tilld.till("invoice", "explain", receipts[amounts[0]].uuid))
    assert "static wallet" in told, told
    assert _address(world) == address


@on("ltc", "btc")
def test_a_receipt_that_a_reorg_moves_is_announced_once(stage, profile):
    world = World(stage, profile)
    address = _address(world)
    first = Decimal("0.01")
    payment = world.node.pay_outputs([(address, first), (address, first + first)])
    world.node.mine()
    receipts = _receipts(world, 2)
    for amount, receipt in receipts.items():
        _expect_credited(world, receipt, amount, address)
    world.node.reorg(1, lambda: world.node.hold(payment.txid))
    for receipt in receipts.values():
        wait_until(lambda receipt=receipt: "dispute" in world.flags(receipt), f"{receipt} is disputed")
    world.node.release(payment.txid)
    later = Decimal("0.05")
    world.node.pay_outputs([(address, later)])
    world.node.mine()
    after = _receipts(world, 3)
    assert {one.id for one in receipts.values()} <= {one.id for one in after.values()}, (receipts, after)
    for amount, receipt in after.items():
        _expect_credited(world, receipt, amount, address)
        wait_until(lambda receipt=receipt: not world.flags(receipt), f"nothing is wrong with {receipt}")
        world.expect_announced_once(receipt)
    world.receiver.gets_no_more_than(3)


@on("ltc")
def test_a_restarted_tilld_knows_its_static_wallets(stage, profile):
    world = World(stage, profile)
    address = _address(world)
    world.tilld.stop()
    payment = world.node.pay_outputs([(address, Decimal("0.02"))])
    world.node.mine()
    world.tilld.start()
    receipt = _receipts(world, 1)[Decimal("0.02")]
    _expect_credited(world, receipt, Decimal("0.02"), address)
    assert _address(world) == address
    world.node.reorg(1, lambda: world.node.replace(payment, [(world.node.own_address(), Decimal("0.5"))]))
    wait_until(lambda: "dispute" in world.flags(receipt), f"{receipt} is disputed")
    world.node.mine(2)
    world.tilld.wait_for_height(world.node)
    assert world.shop.status(receipt) == "created"
    world.expect_announced_once(receipt)


def test_a_test_shops_static_wallet_is_paid_on_the_sandbox(stage):
    tilld = stage.enter(Tilld(stage))
    shop = Shop(tilld, test=True)
    wallet = shop.api.call("/v2/invoice/static/create", {"shop_id": shop.id, "currency": "LTC", "identify": CUSTOMER})
    paid = tilld.till("sandbox", "pay", wallet["uuid"], "--amount", "0.5")
    assert paid["address"] == wallet["address"], paid

    def receipts():
        return tilld.till("invoice", "list", "--shop", shop.id)["invoices"]

    wait_until(lambda: [row["status"] for row in receipts()] == ["paid"], "the receipt is paid")
    receipt = receipts()[0]
    assert receipt["order_id"] == CUSTOMER, receipt
    assert tilld.invoice(receipt["invoice_id"])["kind"] == "static"
    assert shop.read(Receipt(receipt))["test_mode"] is True
