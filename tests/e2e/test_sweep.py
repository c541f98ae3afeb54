# SPDX-License-Identifier: MIT
"""A plan of `till sweep plan`, signed by ethers with the wallet's words, brings the money home."""

import json
import os
from decimal import Decimal

from support.anvil import Anvil
from support.bip32 import EvmAccount
from support.ethers import send, sign, tpub_of_words
from support.stage import wait_until
from support.tilld import TillRefused, evm_chain_of
from support.token_world import EvmWorld, TokenWorld, TronWorld, units_of

HOME = "0x00000000000000000000000000000000C0FFee42"
GAS_PRICE_ORACLE = "0x420000000000000000000000000000000000000F"
TOKENS = ("USDT_ERC20", "TUSD_ERC20", "USDC_ERC20")


def _units_home(world, asset):
    token = world.tokens.get(asset.split("_")[0])
    return world.node.balance(HOME) if token is None else token.balance(HOME)


def _fund(world, plan):
    for top_up in plan["top_ups"]:
        world.node.send(top_up["address"], int(top_up["units"]))
    world.node.mine()


def test_a_plan_that_ethers_signs_brings_the_money_home(stage):
    world = EvmWorld(stage)
    wallet = world.shop.add_xpub(tpub_of_words(), "eth")["wallet_id"]
    invoices = {asset: world.create("20", asset) for asset in (*TOKENS, "ETH")}
    second = world.create("30", "ETH")
    world.create("20", "ETH")  # nobody pays it
    for asset, invoice in invoices.items():
        world.pay(invoice, asset=asset)
    world.pay(second, asset="ETH")
    world.node.mine()
    for invoice in (*invoices.values(), second):
        world.expect_paid(invoice)
    plan_file = stage.path("plan.json")
    told = world.tilld.till("sweep", "plan", "--wallet", wallet, "--to", HOME, "--output", plan_file)
    with open(plan_file, encoding="utf-8") as file:
        plan = json.load(file)
    assert plan["transfers"] == [dict(one) for one in told["transfers"]], "the file is what was said"
    assert os.stat(plan_file).st_mode & 0o777 == 0o600
    assert (plan["network"], plan["chain_id"], plan["to"]) == ("eth", str(world.node.chain_id), HOME), plan
    assert plan["account_path"] == "m/44'/60'/0'" and plan["more"] is False, plan
    moved = {one["asset"]: 0 for one in plan["transfers"]}
    for one in plan["transfers"]:
        moved[one["asset"]] += int(one["units"])
    for asset in TOKENS:
        assert moved[asset] == units_of(asset, invoices[asset].amount), moved
    assert 0 < units_of("ETH", invoices["ETH"].amount + second.amount) - moved["ETH"] < units_of("ETH", "0.001"), moved
    assert {one["asset"]: int(one["units"]) for one in plan["totals"]} == moved, plan["totals"]
    assert {one["address"] for one in plan["top_ups"]} == {invoices[asset].address for asset in TOKENS}, plan["top_ups"]
    _fund(world, plan)
    topped_up = invoices["USDT_ERC20"]
    wait_until(lambda: world.foreign(topped_up), "the top-up is in the books")
    assert "payment_foreign" not in str(world.tilld.till("doctor")), "and no alarm"
    assert "which a sweep plan asked for" in str(world.tilld.till("invoice", "explain", topped_up.id))
    send(world.node, sign(plan_file, HOME))
    for asset, units in moved.items():
        assert _units_home(world, asset) == units, asset
    again = world.tilld.till("sweep", "plan", "--wallet", wallet)
    # Of the coin there is what the fees took less than they might have.
    assert {one["asset"] for one in again["transfers"] + again["left"]} <= {"ETH"}, again


def test_what_is_not_worth_its_fee_stays_and_is_named(stage):
    world = EvmWorld(stage)
    wallet = world.shop.add_xpub(tpub_of_words(), "eth")["wallet_id"]
    rich, poor, dust = world.create(50, "USDT_ERC20"), world.create(50, "USDT_ERC20"), world.create(50, "ETH")
    world.pay(rich)
    world.pay(poor, "0.01")
    world.node.send(dust.address, 1000)
    world.node.mine()
    world.node.rpc.anvil_setNextBlockBaseFeePerGas(hex(20 * 10**9))
    world.node.mine()
    world.expect_paid(rich)
    wait_until(lambda: world.facts(poor) and world.facts(dust), "all is in the books")
    plan = world.tilld.till("sweep", "plan", "--wallet", wallet)
    assert [one["address"] for one in plan["transfers"]] == [rich.address], plan
    left = {one["address"]: (one["asset"], Decimal(one["amount"]), one["why"]) for one in plan["left"]}
    assert left == {
        poor.address: ("USDT_ERC20", Decimal("0.01"), "moving it costs more than it is worth"),
        dust.address: ("ETH", Decimal(1000).scaleb(-18), "moving it costs more than it is"),
    }, left
    only = world.tilld.till("sweep", "plan", "--wallet", wallet, "--asset", "ETH")
    assert only["transfers"] == [] and [one["asset"] for one in only["left"]] == ["ETH"], only


def _refused(world, *arguments):
    try:
        made = world.tilld.till(*arguments)
    except TillRefused as refused:
        return refused.text
    raise AssertionError(made)


def test_a_plan_and_an_exported_payout_leave_each_other_alone(stage):
    world = EvmWorld(stage)
    wallet = world.shop.add_xpub(tpub_of_words(), "eth")["wallet_id"]
    first = world.create("50", "ETH")
    world.pay(first, asset="ETH")
    world.node.mine()
    world.expect_paid(first)
    world.tilld.wait_for_height(world.node)
    payout = world.shop.ask_payout("0.01", HOME, "ETH")
    plan_file = stage.path("plan.json")
    plan = world.tilld.till("sweep", "plan", "--wallet", wallet, "--to", HOME, "--output", plan_file)
    number = plan["plan_id"]
    assert f"till sweep end {number}" in _refused(world, "payout", "export", payout)
    (row,) = world.tilld.till("sweep", "list")["plans"]
    assert (row["plan_id"], row["addresses"], row["holds"], row["ended_at"]) == (number, 1, True, None), row
    # Thrown away: the payout may have its nonce.
    ended = world.tilld.till("sweep", "end", number)
    assert ended["holds"] is False and ended["ended_at"], ended
    export_file = stage.path("payout.json")
    (sent,) = world.tilld.till("payout", "export", payout, "--output", export_file)["transfers"]
    assert (sent["address"], sent["nonce"]) == (first.address, "0"), sent
    again = world.tilld.till("sweep", "plan", "--wallet", wallet)
    assert again["transfers"] == [] and again["plan_id"] is None, again
    (left,) = again["left"]
    assert left["address"] == first.address and payout in left["why"], left
    send(world.node, sign(export_file))
    world.tilld.till("payout", "done", payout)
    # The rest is moved, and what the node has counted needs no end.
    last = world.tilld.till("sweep", "plan", "--wallet", wallet, "--to", HOME, "--output", stage.path("last.json"))
    assert [one["nonce"] for one in last["transfers"]] == ["1"], last
    send(world.node, sign(stage.path("last.json"), HOME))
    late = world.shop.ask_payout("0.01", HOME, "ETH")
    assert "sweep plan" not in _refused(world, "payout", "export", late)
    assert "no sweep plan 4711" in _refused(world, "sweep", "end", "4711")


class OptimismWorld(TokenWorld):
    usdt_code = "USDT_OPT"

    def __init__(self, stage):
        node = stage.enter(Anvil(stage, "opt"))
        self.tokens = {"USDT": node.deploy("Usdt")}
        chain = evm_chain_of(node, {"USDT_OPT": (self.tokens["USDT"].address, 6)})
        super().__init__(stage, node, EvmAccount(os.urandom(16).hex()), chain)


def test_what_the_layer_below_takes_is_in_the_fees(stage):
    world = OptimismWorld(stage)
    wallet = world.tilld.till("wallet", "list")["wallets"][-1]["wallet_id"]
    coin, token = world.create(30, "ETH_OPT"), world.create(20)
    world.node.send(coin.address, units_of("ETH", coin.amount))
    world.tokens["USDT"].pay(token.address, units_of("USDT", token.amount))
    world.node.mine()
    world.expect_paid(coin)
    world.expect_paid(token)

    def fees():
        plan = world.tilld.till("sweep", "plan", "--wallet", wallet)
        price = int(plan["fees"]["max_fee_per_gas"])
        return {one["asset"]: units_of("ETH", one["fee"]) - int(one["gas_limit"]) * price for one in plan["transfers"]}, plan

    # A chain of one's own without the contract takes nothing; with it what it says, the bytes twice.
    assert fees()[0] == {"ETH_OPT": 0, "USDT_OPT": 0}
    fake = world.node.deploy("FakeGasPriceOracle")
    world.node.mine()
    world.node.rpc.anvil_setCode(GAS_PRICE_ORACLE, world.node.rpc.eth_getCode(fake.address, "latest"))
    below, plan = fees()
    gas = {one["asset"]: int(one["gas_limit"]) for one in plan["transfers"]}
    assert below["ETH_OPT"] == 2 * 96 * 10**9 + 5 + 21000 // 2, below
    assert below["USDT_OPT"] == 2 * 160 * 10**9 + 5 + (gas["USDT_OPT"] + 1) // 2, below
    (moved,) = [one for one in plan["transfers"] if one["asset"] == "ETH_OPT"]
    assert int(moved["units"]) == units_of("ETH", coin.amount) - units_of("ETH", moved["fee"]), moved
    (top_up,) = plan["top_ups"]
    (usdt,) = [one for one in plan["transfers"] if one["asset"] == "USDT_OPT"]
    assert top_up["amount"] == usdt["fee"], plan
    # A payout's fee has it, too.
    world.tilld.till("sweep", "end", plan["plan_id"])
    payout = world.shop.ask_payout("0.001", HOME, "ETH_OPT")
    (transfer,) = world.tilld.till("payout", "export", payout)["transfers"]
    assert units_of("ETH", transfer["fee"]) > 2 * 96 * 10**9 + 21000 * 10**3, transfer


def test_plans_that_cannot_be_made_are_refused_with_a_sentence(stage):
    world = EvmWorld(stage)
    wallet = world.tilld.till("wallet", "list")["wallets"][-1]["wallet_id"]
    for arguments, words in (
        (("--wallet", "4711"), "not"),
        (("--wallet", wallet, "--asset", "LTC"), "no asset of network eth"),
        (("--wallet", wallet, "--asset", "NOPE"), "no asset"),
        (("--wallet", wallet, "--to", "0x1234"), "address"),
    ):
        try:
            plan = world.tilld.till("sweep", "plan", *arguments)
            raise AssertionError(plan)
        except TillRefused as refused:
            assert words in str(refused), refused


def test_a_plan_for_tron_has_what_a_signer_needs(stage):
    world = TronWorld(stage)
    wallet = world.tilld.till("wallet", "list")["wallets"][-1]["wallet_id"]
    token, coin = world.create(20), world.create(30, "TRX")
    world.pay(token)
    world.pay(coin, asset="TRX")
    world.node.mine()
    world.node.solidify()
    world.expect_paid(token)
    world.expect_paid(coin)
    plan = world.tilld.till("sweep", "plan", "--wallet", wallet)
    assert plan["kind"] == "tron" and plan["account_path"] == "m/44'/195'/0'", plan
    by_asset = {one["asset"]: one for one in plan["transfers"]}
    assert by_asset["USDT_TRC20"]["address"] == token.address, plan
    assert int(by_asset["USDT_TRC20"]["units"]) == units_of("USDT_TRC20", token.amount), plan
    assert int(by_asset["USDT_TRC20"]["fee_limit_sun"]) > 0 and by_asset["USDT_TRC20"]["contract"].startswith("T"), plan
    assert int(by_asset["TRX"]["units"]) < units_of("TRX", coin.amount), plan
    assert len(plan["fees"]["ref_block_bytes"]) == 4 and len(plan["fees"]["ref_block_hash"]) == 16, plan
    assert [one["address"] for one in plan["top_ups"]] == [token.address], plan
    # No nonce tells that it was carried out: the operator does, or twelve hours.
    payout = world.shop.ask_payout("12", world.create(5, "TRX").address, "TRX")
    assert f"till sweep end {plan['plan_id']}" in _refused(world, "payout", "export", payout)
    world.tilld.till("sweep", "end", plan["plan_id"])
    assert len(world.tilld.till("payout", "export", payout)["transfers"]) == 1
