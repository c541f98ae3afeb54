# SPDX-License-Identifier: MIT
"""Payouts exported as transactions to sign, signed by a wallet that has the keys, and sent, on real nodes."""

import os
from decimal import Decimal

from support.bip32 import Account
from support.coins import to_sat
from support.marks import on
from support.psbt import Psbt
from support.tilld import TillRefused
from support.world import World

RIPE = {"ltc": 6, "btc": 1}  # Litecoin's coins may come from the MWEB, which locks them for six blocks
FEE_RATE = 5


class Payer:
    """A shop that has been paid, its operator, and the wallet that has the keys."""

    def __init__(self, stage, profile, wrap="wpkh({})"):
        self.world = World(stage, profile)
        self.node = self.world.node
        self.tilld = self.world.tilld
        self.stage = stage
        self.account = self.world.account
        if wrap != "wpkh({})":
            self.account = Account(os.urandom(16).hex(), self.node.profile.prefix, 7, wrap)
            self.world.shop.add_wallet(self.account, self.node.coin)
        self._signer = None
        self._known = set()

    def earn(self, *amounts_usd):
        """Paid invoices, their coins ripe."""
        invoices = [self.world.create(amount) for amount in amounts_usd]
        self.node.pay_outputs([(invoice.address, invoice.amount) for invoice in invoices])
        self.mine(RIPE[self.node.coin])
        for invoice in invoices:
            self.world.shop.wait_status(invoice, "paid")
        return invoices

    def mine(self, blocks=1):
        self.node.mine(blocks)
        self.tilld.wait_for_height(self.node)

    def ask(self, amount, address=None):
        """A payout that the shop asks for."""
        address = address or self.node.own_address()
        return self.world.shop.ask_payout(amount, address, self.node.asset), address

    def export(self, *payouts, fee_rate=FEE_RATE, options=()):
        made = self.tilld.till("payout", "export", *payouts, "--fee-rate", str(fee_rate), *options)
        psbt = Psbt.from_base64(made["psbt"])
        psbt.check_unsigned()
        assert psbt.outpoints() == {(one["txid"], one["vout"]) for one in made["inputs"]}, made
        self._check_sums(made, psbt)
        return made, psbt

    def _check_sums(self, made, psbt):
        gathered = sum(to_sat(one["amount"]) for one in made["inputs"])
        assert gathered == sum(amount for amount, _ in psbt.tx.outputs) + to_sat(made["fee"]), made
        decoded = self.node.rpc.decodepsbt(psbt.base64)
        assert decoded["tx"]["txid"] == psbt.tx.txid, decoded
        assert to_sat(decoded["fee"]) == to_sat(made["fee"]), decoded
        assert made["vsize"] * Decimal(made["fee_rate"]) <= to_sat(made["fee"]), made

    def refused(self, *payouts, fee_rate=FEE_RATE):
        options = ("--fee-rate", str(fee_rate)) if fee_rate else ()
        try:
            self.tilld.till("payout", "export", *payouts, *options)
        except TillRefused as refused:
            return refused.text
        raise AssertionError(f"exported: {payouts}")

    def sign(self, psbt):
        """The signed transaction as hex, by a wallet that holds the keys of the first addresses and of nothing else."""
        if self._signer is None:
            self.node.rpc.createwallet("signer", False, True)
            self._signer = self.node.rpc.wallet("signer")
        self._import(range(12))
        signed = self._signer.walletprocesspsbt(psbt.base64)
        assert signed["complete"], signed
        done = self.node.rpc.finalizepsbt(signed["psbt"])
        assert done["complete"], done
        return done["hex"]

    def _import(self, indexes):
        wanted = []
        for index in indexes:
            descriptor = self.account.private_descriptor(index)
            checksum = self.node.rpc.getdescriptorinfo(descriptor)["checksum"]
            if index not in self._known:
                wanted.append({"desc": f"{descriptor}#{checksum}", "timestamp": "now"})
            self._known.add(index)
        if wanted:
            take = self._signer.importdescriptors if self.node.coin == "btc" else self._signer.importmulti
            assert all(one["success"] for one in take(wanted)), wanted

    def send(self, made, psbt):
        """Signs and sends; the node takes it, and it is no larger than was said."""
        raw = self.sign(psbt)
        vsize = self.node.rpc.decoderawtransaction(raw)["vsize"]
        slack = 2 * len(made["inputs"])  # a signature may be a byte or two shorter than the longest
        assert made["vsize"] - slack <= vsize <= made["vsize"], (vsize, made)
        return self.node.rpc.sendrawtransaction(raw)

    def paid(self, txid, address):
        """What the transaction pays to the address, by the node."""
        script = self.node.rpc.validateaddress(address)["scriptPubKey"]
        outputs = self.node.rpc.getrawtransaction(txid, True)["vout"]
        return sum(one["value"] for one in outputs if one["scriptPubKey"]["hex"] == script)


@on("ltc", "btc")
def test_payouts_are_exported_signed_sent_and_done(stage, profile):
    payer = Payer(stage, profile)
    invoices = payer.earn("10", "20", "30")
    unconfirmed = payer.world.create("5000")
    payer.node.hold(payer.node.pay(unconfirmed.address, unconfirmed.amount))
    amount = invoices[2].amount - Decimal("0.0001")
    first, to_first = payer.ask(amount)
    second, to_second = payer.ask("0.0002")
    assert "name a fee rate" in payer.refused(first, fee_rate=None)

    path = stage.path("payouts.psbt")
    made, psbt = payer.export(first, second, options=("--output", path))
    with open(path, "rb") as file:
        assert Psbt(file.read()).base64 == psbt.base64
    fingerprint, steps = payer.account.origin()
    for _, master, found in psbt.paths(0x06):
        assert master == fingerprint and found[:-1] == [*steps, 0], found
    for payout in (first, second):
        assert payer.tilld.till("payout", "show", payout)["export_id"] == made["export_id"]

    txid = payer.send(made, psbt)
    assert payer.paid(txid, to_first) == amount and payer.paid(txid, to_second) == Decimal("0.0002")
    payer.mine()
    for payout in (first, second):
        assert payer.tilld.till("payout", "done", payout, "--note", txid)["status"] == "done"
    assert "done or canceled already" in payer.refused(first)

    # The change is a coin as any other; what was spent is none.
    payer.mine(RIPE[payer.node.coin])
    left = payer.node.rpc.scantxoutset("start", [f"addr({made['change_address']})"])["total_amount"]
    assert left == Decimal(made["change"]), made
    third, to_third = payer.ask(left - Decimal("0.0001"))
    again, psbt = payer.export(third)
    assert txid in {one["txid"] for one in again["inputs"]}, again
    assert again["change_address"] != made["change_address"], again
    txid = payer.send(again, psbt)
    payer.mine()
    assert payer.paid(txid, to_third) == left - Decimal("0.0001")
    assert payer.tilld.till("doctor")["summary"], "the doctor answers"


@on("ltc", "btc")
def test_no_coin_is_planned_twice(stage, profile):
    payer = Payer(stage, profile)
    payer.earn("10", "11", "12", "13")
    small = "0.00007"
    first, _ = payer.ask(small)
    second, _ = payer.ask(small)
    third, _ = payer.ask(small)
    made, one = payer.export(first, second)
    _, other = payer.export(third)
    assert not one.outpoints() & other.outpoints()
    assert "name both" in payer.refused(first)
    # Exported again it spends the same coins, so that only one of the two can be mined.
    _, again = payer.export(second, first, fee_rate=20)
    assert one.outpoints() <= again.outpoints() and not again.outpoints() & other.outpoints()
    payer.tilld.till("payout", "cancel", third)
    fourth, _ = payer.ask(small)
    _, free = payer.export(fourth)
    assert free.outpoints() == other.outpoints()
    # The first one was signed meanwhile; whoever asks again is told.
    payer.send(made, one)
    assert "probably sent" in payer.refused(first, second)
    payer.mine()
    assert "probably sent" in payer.refused(first, second)
    payer.tilld.till("payout", "done", first)
    payer.tilld.till("payout", "done", second)


@on("ltc", "btc")
def test_coins_that_are_not_there_are_not_spent(stage, profile):
    payer = Payer(stage, profile)
    node = payer.node
    payout, _ = payer.ask("0.0001")
    assert "lacking" in payer.refused(payout)
    invoice = payer.world.create("10")
    payment = node.pay_outputs([(invoice.address, invoice.amount)])
    assert "lacking" in payer.refused(payout)
    payer.mine(RIPE[node.coin])
    made, _ = payer.export(payout)
    assert [one["txid"] for one in made["inputs"]] == [payment.txid], made
    payer.tilld.till("payout", "cancel", payout)
    node.reorg(RIPE[node.coin], lambda: node.hold(payment.txid))
    payer.tilld.wait_for_height(node)
    payout, _ = payer.ask("0.0001")
    assert "0 " in payer.refused(payout) and "lacking" in payer.refused(payout)
    node.release(payment.txid)
    payer.mine(RIPE[node.coin])
    payer.export(payout)
    payer.tilld.till("payout", "cancel", payout)
    # The shop's own wallet spends it without telling anybody.
    node.spend(payment.txid, invoice.address, payer.world.wif(invoice))
    payout, _ = payer.ask("0.0001")
    assert "lacking" in payer.refused(payout)
    node.mine()
    payer.tilld.wait_for_height(node)
    assert "lacking" in payer.refused(payout)
    payer.earn("10")
    made, _ = payer.export(payout)
    assert payment.txid not in [one["txid"] for one in made["inputs"]], made


def _send_one(stage, profile, wrap):
    payer = Payer(stage, profile, wrap)
    payer.earn("20", "10")
    payout, address = payer.ask("0.0002")
    change = payer.node.own_address()
    made, psbt = payer.export(payout, fee_rate="2.5", options=("--change", change))
    assert made["change_address"] == change, made
    txid = payer.send(made, psbt)
    payer.mine()
    assert payer.paid(txid, address) == Decimal("0.0002") and payer.paid(txid, change) == Decimal(made["change"])
    return payer, psbt


@on("ltc", "btc")
def test_coins_of_old_addresses_are_signed(stage, profile):
    _, psbt = _send_one(stage, profile, "pkh({})")
    assert all((0, b"") in fields and (1, b"") not in fields for fields in psbt.inputs), psbt.inputs


@on("ltc", "btc")
def test_coins_of_nested_addresses_are_signed(stage, profile):
    payer, psbt = _send_one(stage, profile, "sh(wpkh({}))")
    assert all((4, b"") in fields for fields in psbt.inputs), psbt.inputs
    payout, _ = payer.ask("0.0001")
    payer.mine(RIPE[profile])
    made, psbt = payer.export(payout)
    if made["change"]:
        assert any((0, b"") in fields and len(fields) == 2 for fields in psbt.outputs), psbt.outputs


@on("btc")
def test_coins_of_taproot_addresses_are_signed(stage, profile):
    _, psbt = _send_one(stage, profile, "tr({})")
    assert all((0x17, b"") in fields and (0, b"") not in fields for fields in psbt.inputs), psbt.inputs
