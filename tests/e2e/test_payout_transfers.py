# SPDX-License-Identifier: MIT
"""Payouts on chains of accounts, exported as transfers, signed by ethers with the wallet's words, sent and done."""

import json
import os
import uuid

from support.ethers import send, sign, tpub_of_words
from support.tilld import TillRefused
from support.token_world import EvmWorld, TronWorld, units_of

TO = "0x00000000000000000000000000000000c0FFEe43"
OTHER = "0x00000000000000000000000000000000C0Ffee44"


def _export(world, *payouts, options=()):
    path = world.stage.path(f"{uuid.uuid4()}.json")
    told = world.tilld.till("payout", "export", *payouts, "--output", path, *options)
    with open(path, encoding="utf-8") as file:
        made = json.load(file)
    assert made["transfers"] == [dict(one) for one in told["transfers"]], "the file is what was said"
    assert os.stat(path).st_mode & 0o777 == 0o600
    return made, path


def _refused(world, *payouts, options=()):
    try:
        made = world.tilld.till("payout", "export", *payouts, *options)
    except TillRefused as refused:
        return refused.text
    raise AssertionError(made)


def _earn(world, **amounts):
    """Paid invoices by their asset; each has an address of its own."""
    invoices = {asset: world.create(amount, asset) for asset, amount in amounts.items()}
    for asset, invoice in invoices.items():
        world.pay(invoice, asset=asset)
    world.node.mine()
    for invoice in invoices.values():
        world.expect_paid(invoice)
    world.tilld.wait_for_height(world.node)
    return invoices


def _balance(world, asset, address):
    token = world.tokens.get(asset.split("_")[0])
    return world.node.balance(address) if token is None else token.balance(address)


def test_payouts_are_exported_signed_sent_and_done(stage):
    world = EvmWorld(stage)
    world.shop.add_xpub(tpub_of_words(), "eth")
    earned = _earn(world, ETH=100, USDT_ERC20=50, TUSD_ERC20=20)
    ask = world.shop.ask_payout
    wanted = {
        ask("0.01", TO, "ETH"): ("ETH", "0.01", TO),
        ask("0.011", OTHER, "ETH"): ("ETH", "0.011", OTHER),
        ask("20", TO, "USDT_ERC20"): ("USDT_ERC20", "20", TO),
        ask("29.999999", OTHER, "USDT_ERC20"): ("USDT_ERC20", "29.999999", OTHER),
        ask("12.000000000000000001", TO, "TUSD_ERC20"): ("TUSD_ERC20", "12.000000000000000001", TO),
    }
    # Whoever has tokens and no coin is named, with what is missing; that is sent there, and all can be paid.
    refusal = _refused(world, *wanted)
    for asset in ("USDT_ERC20", "TUSD_ERC20"):
        assert f"{earned[asset].address} has it and lacks " in refusal and "ETH for the fee" in refusal, refusal
        world.node.send(earned[asset].address, units_of("ETH", "0.01"))
    world.node.mine()
    made, path = _export(world, *wanted)
    assert (made["format"], made["version"], made["kind"]) == ("till-payout-transfers", 1, "evm"), made
    assert (made["chain_id"], made["account_path"]) == (str(world.node.chain_id), "m/44'/60'/0'"), made
    found = {one["payout_id"]: (one["asset"], int(one["units"]), one["to"]) for one in made["transfers"]}
    assert found == {
        payout: (asset, units_of(asset, amount), to) for payout, (asset, amount, to) in wanted.items()
    }, made
    for asset, invoice in earned.items():
        ours = [one for one in made["transfers"] if one["asset"] == asset]
        assert {one["address"] for one in ours} == {invoice.address}, ours
        assert [int(one["nonce"]) for one in ours] == list(range(len(ours))), ours
    # Asked for again, the same file comes again; parts of it do not, and nothing else counts on its money.
    assert _export(world, *reversed(wanted))[0] == made
    first, *_ = wanted
    assert "name both" in _refused(world, first)
    # Without a file a person sees the same, and then the file.
    told, text = world.tilld.show("payout", "export", *wanted).split("\n\n{", 1)
    assert json.loads("{" + text) == made, text
    assert "in the order to send them" in told and all(payout in told for payout in wanted), told
    late = ask("0.001", TO, "ETH")
    assert "addresses that wait for what was exported" in _refused(world, late)

    send(world.node, sign(path))
    for asset, amount, to in wanted.values():
        same = [one for one in wanted.values() if (one[0], one[2]) == (asset, to)]
        assert _balance(world, asset, to) == sum(units_of(asset, one[1]) for one in same), (asset, amount, to)
    assert "till payout done" in _refused(world, *wanted)
    for payout in wanted:
        assert world.tilld.till("payout", "show", payout)["export_id"], payout
        assert world.tilld.till("payout", "done", payout, "--note", "sent")["status"] == "done"
    assert "done or canceled already" in _refused(world, first)
    again, path = _export(world, late)
    before = world.node.balance(TO)
    assert int(again["transfers"][0]["nonce"]) > 0 or again["transfers"][0]["address"] != earned["ETH"].address, again
    send(world.node, sign(path))
    assert world.node.balance(TO) - before == units_of("ETH", "0.001")


def test_a_contract_that_gets_coin_gets_it_with_gas_enough(stage):
    world = EvmWorld(stage)
    wallet = world.shop.add_xpub(tpub_of_words(), "eth")["wallet_id"]
    _earn(world, ETH=100)
    safe = world.node.deploy("Safe").address
    world.node.mine()
    _, path = _export(world, world.shop.ask_payout("0.01", safe, "ETH"))
    send(world.node, sign(path))
    assert world.node.balance(safe) == units_of("ETH", "0.01")
    world.tilld.till("payout", "done", world.tilld.till("payout", "list")["payouts"][0]["payout_id"])
    plan_file = stage.path("plan.json")
    plan = world.tilld.till("sweep", "plan", "--wallet", wallet, "--to", safe, "--output", plan_file)
    (transfer,) = plan["transfers"]
    assert int(transfer["gas_limit"]) > 21000, plan
    send(world.node, sign(plan_file, safe))
    assert world.node.balance(safe) == units_of("ETH", "0.01") + int(transfer["units"])


def test_a_payout_is_not_sent_twice_by_two_files(stage):
    world = EvmWorld(stage)
    world.shop.add_xpub(tpub_of_words(), "eth")
    _earn(world, ETH=100)
    payout = world.shop.ask_payout("0.01", TO, "ETH")
    _, path = _export(world, payout)
    world.tilld.restart()
    _, again = _export(world, payout, options=("--wallet", world.tilld.till("wallet", "list")["wallets"][-1]["wallet_id"]))
    (first,), (second,) = sign(path), sign(again)
    assert first == second, "the same transaction, to the byte"
    send(world.node, [first])
    assert world.node.balance(TO) == units_of("ETH", "0.01")
    assert "till payout done" in _refused(world, payout)


def test_exports_that_cannot_be_made_are_refused_with_a_sentence(stage):
    world = EvmWorld(stage)
    world.shop.add_xpub(tpub_of_words(), "eth")
    earned = [_earn(world, ETH=30)["ETH"].address for _ in range(2)]
    scattered = world.shop.ask_payout("0.02", TO, "ETH")
    text = _refused(world, scattered)
    assert scattered in text and "no address has 0.02 ETH and its fee alone, 2 have" in text and "till sweep plan" in text, text
    too_much = world.shop.ask_payout("3", TO, "ETH")
    assert "are there to pay 3 with, " in _refused(world, too_much)
    small = world.shop.ask_payout("0.001", TO, "ETH")
    assert "for Bitcoin and Litecoin" in _refused(world, small, options=("--fee-rate", "2"))
    assert "there is no payout" in _refused(world, "INV-AAAAAAAA")
    assert world.tilld.till("payout", "show", small)["export_id"] is None
    other, named = earned
    assert "are there to pay 0.02 with" in _refused(world, scattered, options=("--from", named))
    assert "no address that wallet" in _refused(world, small, options=("--from", TO))
    (transfer,) = _export(world, small, options=("--from", named))[0]["transfers"]
    assert transfer["address"] == named != other, transfer


def test_a_file_for_tron_has_what_a_signer_needs(stage):
    world = TronWorld(stage)
    token, coin = world.create(20), world.create(30, "TRX")
    world.pay(token)
    world.pay(coin, asset="TRX")
    world.node.mine()
    world.node.solidify()
    world.expect_paid(token)
    world.expect_paid(coin)
    to = world.create(5).address
    payouts = [world.shop.ask_payout("12.5", to, "USDT_TRC20")]
    payouts += [world.shop.ask_payout("20", to, "TRX") for _ in range(2)]
    assert f"{token.address} has it and lacks " in _refused(world, *payouts)
    world.node.pay(token.address, 100)
    world.node.mine()
    world.node.solidify()
    made, _ = _export(world, *payouts)
    assert made["kind"] == "tron" and made["account_path"] == "m/44'/195'/0'", made
    usdt, *trx = made["transfers"]
    assert (usdt["address"], usdt["asset"], usdt["to"]) == (token.address, "USDT_TRC20", to), made
    assert int(usdt["units"]) == units_of("USDT_TRC20", "12.5") and usdt["contract"].startswith("T"), made
    assert int(usdt["fee_limit_sun"]) > 0 and "nonce" not in usdt, made
    assert [int(one["units"]) for one in trx] == [20_000_000] * 2 and all(one["contract"] is None for one in trx), made
    # Nobody has been there: its account costs the sender 1.1 TRX.
    assert all(int(float(one["fee"]) * 10) >= 11 for one in trx), made
    # Otherwise the two equal ones would be one transaction to the network.
    assert len({one["timestamp"] for one in made["transfers"]}) == 3, made
    assert len(made["fees"]["ref_block_bytes"]) == 4 and len(made["fees"]["ref_block_hash"]) == 16, made
    assert _export(world, *payouts)[0] == made, "the same file again"
    # What they count on is no other's, until they are over.
    others = [world.shop.ask_payout("20", to, "TRX") for _ in range(2)]
    (free,) = _export(world, others[0])[0]["transfers"]
    assert free["address"] not in {one["address"] for one in made["transfers"]}, free
    assert "addresses that wait for what was exported" in _refused(world, others[1])
    for payout in payouts:
        world.tilld.till("payout", "cancel", payout)
    assert len(_export(world, others[1])[0]["transfers"]) == 1
