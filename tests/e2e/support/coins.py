# SPDX-License-Identifier: MIT
"""Transactions put together by hand, where a wallet would refuse: two outputs to one address, replacements."""

import decimal

SAT = 100_000_000
REPLACEABLE = 0xFFFFFFFD


class Payment:
    """A transaction that was sent, and what is needed to replace it."""

    def __init__(self, txid, coins, fee_sat):
        self.txid = txid
        self.coins = coins
        self.fee_sat = fee_sat


def to_sat(amount):
    sat = decimal.Decimal(amount) * SAT
    assert sat == int(sat), f"{amount} has more than 8 decimals"
    return int(sat)


def build_transaction(coins, outputs, change_script, fee_sat):
    """An unsigned version-2 transaction as hex. `outputs` is [(script hex, amount), ...]; the rest is change."""
    rest_sat = sum(to_sat(coin["amount"]) for coin in coins) - sum(to_sat(amount) for _, amount in outputs) - fee_sat
    assert rest_sat > 1000, f"not enough coins: {rest_sat} sat would be left"
    inputs = b"".join(
        bytes.fromhex(coin["txid"])[::-1] + coin["vout"].to_bytes(4, "little") + b"\0" + REPLACEABLE.to_bytes(4, "little")
        for coin in coins
    )
    paid = [(script, to_sat(amount)) for script, amount in outputs] + [(change_script, rest_sat)]
    written = b"".join(_output(bytes.fromhex(script), amount_sat) for script, amount_sat in paid)
    raw = (2).to_bytes(4, "little") + _count(coins) + inputs + _count(paid) + written + bytes(4)
    return raw.hex()


def _count(items):
    assert len(items) < 0xFD
    return bytes([len(items)])


def _output(script, amount_sat):
    return amount_sat.to_bytes(8, "little") + _count(script) + script
